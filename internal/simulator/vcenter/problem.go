package vcenter

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// problem is why vCenter refuses or fails something, in the terms of both APIs.
type problem struct {
	fault     types.BaseMethodFault
	errorType string
	messages  []string // outermost first, each further one the cause of the one before
}

func (p *problem) message() string {
	if len(p.messages) == 0 {
		return ""
	}

	return p.messages[0]
}

// vimFault returns the problem's fault with the chain of causes filled in.
func (p *problem) vimFault() types.BaseMethodFault {
	method := p.fault.GetMethodFault()
	if method.FaultCause == nil && len(p.messages) > 1 {
		method.FaultCause = causeChain(p.messages[1:])
	}

	return p.fault
}

func causeChain(messages []string) *types.LocalizedMethodFault {
	if len(messages) == 0 {
		return nil
	}

	return &types.LocalizedMethodFault{
		Fault:            &types.MethodFault{FaultCause: causeChain(messages[1:])},
		LocalizedMessage: messages[0],
	}
}

func (p *problem) localized() *types.LocalizedMethodFault {
	return &types.LocalizedMethodFault{Fault: p.vimFault(), LocalizedMessage: p.message()}
}

// faultBody is a SOAP answer that is a fault, whatever the method.
type faultBody struct {
	Reason *soap.Fault
}

// Fault returns the fault.
func (b *faultBody) Fault() *soap.Fault { return b.Reason }

func (p *problem) body() *faultBody {
	reason := &soap.Fault{Code: "ServerFaultCode", String: p.message()}
	reason.Detail.Fault = p.vimFault()

	return &faultBody{Reason: reason}
}

func notFound(ref types.ManagedObjectReference) *problem {
	return &problem{
		fault:     &types.ManagedObjectNotFound{Obj: ref},
		errorType: errorNotFound,
		messages:  []string{fmt.Sprintf("The object '%s:%s' has already been deleted or has not been completely created.", ref.Type, ref.Value)},
	}
}

func invalidArgument(property, format string, args ...any) *problem {
	return &problem{
		fault:     &types.InvalidArgument{InvalidProperty: property},
		errorType: errorInvalidArgument,
		messages:  []string{"A specified parameter was not correct: " + property, fmt.Sprintf(format, args...)},
	}
}

func duplicateName(name string, ref types.ManagedObjectReference) *problem {
	return &problem{
		fault:     &types.DuplicateName{Name: name, Object: ref},
		errorType: errorAlreadyExists,
		messages:  []string{fmt.Sprintf("The name '%s' already exists.", literalName(name))},
	}
}

func cancelled() *problem {
	return &problem{
		fault:     &types.RequestCanceled{},
		errorType: errorCanceled,
		messages:  []string{"The task was canceled by a user."},
	}
}

func invalidPowerState(requested, existing types.VirtualMachinePowerState, ref types.ManagedObjectReference) *problem {
	errorType := errorNotAllowedInCurrentState
	if requested == existing {
		errorType = errorAlreadyInDesiredState
	}

	return &problem{
		fault:     &types.InvalidPowerState{RequestedState: requested, ExistingState: existing},
		errorType: errorType,
		messages:  []string{fmt.Sprintf("The attempted operation cannot be performed in the current state (%s) of %s.", powerWord(existing), ref.Value)},
	}
}

func powerWord(state types.VirtualMachinePowerState) string {
	switch state {
	case types.VirtualMachinePowerStatePoweredOn:
		return "Powered on"
	case types.VirtualMachinePowerStatePoweredOff:
		return "Powered off"
	case types.VirtualMachinePowerStateSuspended:
		return "Suspended"
	default:
		return string(state)
	}
}

// fromFault returns the problem behind a fault that govmomi's simulator reports.
func fromFault(fault types.BaseMethodFault, message string) *problem {
	name := typeOf(fault)
	if message == "" || strings.HasPrefix(message, "*types.") {
		message = name
	}

	return &problem{fault: fault, errorType: errorTypeOfFault(name), messages: []string{message}}
}

// newFault returns a new fault of a vim25 type, and whether there is such a type.
func newFault(name string) (types.BaseMethodFault, bool) {
	kind, ok := types.TypeFunc()(name)
	if !ok {
		return nil, false
	}
	fault, ok := reflect.TypeAssert[types.BaseMethodFault](reflect.New(kind))

	return fault, ok
}

// typeOf returns the vim25 type of a fault or a device.
func typeOf(value any) string { return reflect.TypeOf(value).Elem().Name() }
