package tfdiag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// advice says what to do about a failure: by the code where it is known to need more than its kind does.
func advice(op Operation, failure *apierr.Error) string {
	if text := orElse(connectionAdvice(op.Platform.words(), failure), ownAdvice(op, failure)); text != "" {
		return text
	}
	switch failure.Code {
	case task.CodeDeadlineExceeded:
		return deadlineAdvice(op)
	case apierr.CodeInterrupted:
		if failure.Kind == apierr.TimedOut {
			return deadlineAdvice(op)
		}

		return "Apply again to go on."
	case task.CodeTaskUnknown:
		words := op.Platform.words()

		return fmt.Sprintf("%s forgets finished %[2]ss after %[3]s. Run %[4]s: it reads what the %[2]s left.",
			words.name, words.task, words.remembers, Command("plan"))
	}
	if op.Platform == ZStack {
		return orElse(zstackAdvice(failure), kindAdvice(op, failure))
	}

	return orElse(vsphereAdvice(failure), kindAdvice(op, failure))
}

// vsphereAdvice is about the faults and error types of vSphere that are known to need more than their kind does.
func vsphereAdvice(failure *apierr.Error) string {
	switch failure.Code {
	case apierr.CodeVersionTooOld:
		if len(failure.Arguments) == 2 {
			return fmt.Sprintf("This needs version %s of vCenter's API or a newer one; the server has %s.",
				failure.Arguments[0], failure.Arguments[1])
		}
	case "MemorySnapshotOnIndependentDisk":
		return "vSphere keeps no memory in a snapshot of a VM that has an independent disk, which snapshots leave out. Take it without memory " +
			"(memory = false), or give the disk another mode first."
	case "NicSettingMismatch":
		if len(failure.Arguments) == 2 {
			return fmt.Sprintf("The customization specification has settings for %s network adapters, and the machine has %s. Interfaces that are "+
				"added to or removed from a clone count. Name a specification for as many as the machine has in guest_customization_spec.name, or "+
				"change the interfaces.", failure.Arguments[0], failure.Arguments[1])
		}
	case "InvalidName":
		return "Choose another name: this one is empty, too long, or has characters that the platform does not take."
	case "ToolsUnavailable":
		return "VMware Tools do not run in the guest, so it can't be asked. Install or start them, or power the VM off by hand."
	case "InvalidPowerState":
		return "The VM's power state does not allow this. Bring it into the power state that the message asks for, " +
			"then apply again."
	case "ALREADY_IN_DESIRED_STATE":
		return "The object is as it should be already. Apply again: the next plan reads its state anew."
	case "NoDiskSpace", "InsufficientStorageSpace":
		return "The datastore has no room. Free some, or choose another datastore."
	case "FilesystemQuiesceFault", "ApplicationQuiesceFault":
		return "VMware Tools could not bring the guest to rest. The guest's own logs say why (on Windows, those of its VSS " +
			"writers). Repeat, or do without quiescing."
	case "InvalidOperationOnSecondaryVm":
		return "The VM is the secondary of a fault-tolerant pair, as the former primary is after a fail-over, and does only what its primary " +
			"does. Make it the primary again (an unchanged vmfork_vsphere_ft_secondary of it does with its next apply), or turn fault " +
			"tolerance off on the primary, which removes this VM."
	case "TooManySnapshotLevels":
		return "The VM has as many snapshots in a row as vSphere takes. Remove some first."
	case "MultipleSnapshotsNotSupported":
		return "The VM's host takes one snapshot of it at most. Remove the one that is there first."
	case "NotEnoughLicenses", "FaultToleranceNotLicensed":
		return "The licence does not cover this. Ask the administrator of the platform."
	case "UNVERIFIED_PEER":
		return "vCenter does not trust a server that it must itself speak to. Its administrator has to add that " +
			"server's certificate."
	}

	return ""
}

// kindAdvice is what can be said by the kind alone.
func kindAdvice(op Operation, failure *apierr.Error) string {
	words := op.Platform.words()
	switch failure.Kind {
	case apierr.NotFound:
		return "It does not exist, or the user may not see it. Check the id, and that nobody deleted the object outside " + product() + "."
	case apierr.AlreadyExists:
		return "Choose another name, or import the existing object."
	case apierr.InvalidArgument:
		return "Change the argument that the message names."
	case apierr.InvalidState:
		return "Bring the object into the state that the message asks for, then apply again."
	case apierr.Busy:
		return "Another operation holds the object. Repeat when it is done."
	case apierr.Insufficient:
		return "There is no room for this: capacity, quota or licence. Free some, or choose another place."
	case apierr.Denied:
		return deniedAdvice(op, failure)
	case apierr.Unauthenticated:
		return "The session has ended and a new login did not help. " + words.loginHint
	case apierr.Unsupported:
		return fmt.Sprintf("This version of %s, or this object, can't do that.", words.name)
	case apierr.Unavailable:
		return fmt.Sprintf("%s, or a part of it, can't be reached now. Repeat when it is up again.", words.name)
	case apierr.Cancelled:
		return fmt.Sprintf("Somebody cancelled it in %s, or the platform did. Apply again.", words.name)
	case apierr.TimedOut:
		return fmt.Sprintf("%s took too long. Repeat when it is less busy.", words.name)
	case apierr.InUse:
		return "Something else uses the object. Release it first; the message says what uses it."
	case apierr.Internal:
		return fmt.Sprintf("%s does not say what could be changed. Its own logs say more.", words.name)
	default:
		return ""
	}
}

// deniedAdvice names each privilege, the object it is missing on, and the attribute that names the object.
func deniedAdvice(op Operation, failure *apierr.Error) string {
	if len(failure.MissingPrivileges) == 0 {
		return "The user lacks a privilege. Ask an administrator to grant it, or log in as somebody who has it."
	}

	return lacking(op, failure.MissingPrivileges)
}

// lacking names each privilege, the object it is missing on, by id and name, the attribute that names the object, and the user.
func lacking(op Operation, missing []apierr.MissingPrivilege) string {
	lines := make([]string, 0, len(missing))
	for _, one := range missing {
		line := one.Privilege + " on " + one.Object
		if one.ObjectName != "" {
			line += ` "` + one.ObjectName + `"`
		}
		if at, ok := op.Attributes[one.Object]; ok {
			line += " (" + at.String() + ")"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	user, noun := "The user", "this privilege"
	if missing[0].User != "" {
		user = `The user "` + missing[0].User + `"` // as it is: it may hold a backslash
	}
	if len(lines) > 1 {
		noun = "these privileges"
	}

	return fmt.Sprintf("%s lacks %s:\n\n%s\n\nAsk an administrator to grant %s, or log in as somebody who has %s.",
		user, noun, indented(lines...), pronoun(lines), pronoun(lines))
}

func pronoun(lines []string) string {
	if len(lines) > 1 {
		return "them"
	}

	return "it"
}

func deadlineAdvice(op Operation) string {
	if isEmpty(op.TimeoutAttribute) {
		return "Give it more time, or find out what holds it up on the platform."
	}

	return fmt.Sprintf("Give it more time in %s, or find out what holds it up on the platform.", op.TimeoutAttribute)
}

func orElse(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}

	return text
}
