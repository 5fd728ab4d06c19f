package tfdiag

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// ownFailure is what happened where the provider itself gave up, in a sentence. It is empty for what a platform said.
func ownFailure(failure *apierr.Error) string {
	switch failure.Code {
	case apierr.CodeNoSlot:
		return fmt.Sprintf("Its turn did not come: as many tasks ran all the time as vsphere.max_concurrent_tasks allows (%s).",
			list(failure.Arguments))
	case apierr.CodeVMState:
		return fmt.Sprintf("%s is %s, so that vCenter refused this and changed nothing.", failure.Object, inState(failure))
	case apierr.CodeNoGuestAddress:
		switch failure.Kind {
		case apierr.NotFound:
			return fmt.Sprintf("%s was deleted while an address of its guest was waited for.", failure.Object)
		case apierr.InvalidState:
			return fmt.Sprintf("%s was switched off while an address of its guest was waited for.", failure.Object)
		default:
			return fmt.Sprintf("The guest of %s told no address in the time that it had.", failure.Object)
		}
	default:
		return ""
	}
}

// ownAdvice says what to do about an [ownFailure].
func ownAdvice(op Operation, failure *apierr.Error) string {
	switch failure.Code {
	case apierr.CodeNoSlot:
		if failure.Kind != apierr.TimedOut {
			return "Apply again to go on."
		}

		return slotAdvice(op)
	case apierr.CodeVMState:
		return stateAdvice(failure)
	case apierr.CodeNoGuestAddress:
		switch failure.Kind {
		case apierr.NotFound:
			return "Find out what deleted it. The next plan creates it anew."
		case apierr.InvalidState:
			return "Find out what switched it off: a guest may shut itself down when its setup fails, and its console or logs say why. Then " +
				"apply again."
		default:
			return "VMware Tools in the guest tell its addresses: check that they are installed and run, that the network interface is " +
				"connected, and that something gives out addresses on its network. " + deadlineAdvice(op)
		}
	default:
		return ""
	}
}

// inState says in words which state an error of the code [apierr.CodeVMState] tells.
func inState(failure *apierr.Error) string {
	if slices.Equal(failure.Arguments, []string{apierr.StateTemplate}) {
		return "a template now"
	}

	return list(failure.Arguments)
}

// stateAdvice says how a VM gets out of the state that an error of the code [apierr.CodeVMState] tells.
func stateAdvice(failure *apierr.Error) string {
	if slices.Equal(failure.Arguments, []string{apierr.StateTemplate}) {
		return "It was made one outside " + product() + ". vSphere does not power on a template, and changes none of its hardware. Make a virtual machine of " +
			"it again, which vCenter calls \"Convert to Virtual Machine\", or take the change out of the configuration. Then apply again."
	}

	return remedy(strings.Join(failure.Arguments, " ")) + ", then apply again."
}

// slotAdvice is about a task whose turn did not come in time.
func slotAdvice(op Operation) string {
	text := "Let more tasks run at a time with vsphere.max_concurrent_tasks"
	if isEmpty(op.TimeoutAttribute) {
		return text + "."
	}

	return fmt.Sprintf("%s, or give it more time in %s.", text, op.TimeoutAttribute)
}

// moreTime says what to do about a creation that had too little time.
func (c Creation) moreTime(reason error) string {
	op := Operation{TimeoutAttribute: c.TimeoutAttribute}
	if failure, ok := errors.AsType[*apierr.Error](reason); ok && failure.Code == apierr.CodeNoSlot {
		return slotAdvice(op)
	}

	return deadlineAdvice(op)
}
