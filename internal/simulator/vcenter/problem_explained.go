package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// explained returns a problem with causes: the message that vCenter shows, then each cause of the one before. The causes
// are in the fault's faultCause, and all messages in its faultMessage, as vCenter gives them.
func explained(fault types.BaseMethodFault, errorType string, messages ...string) *problem {
	method := fault.GetMethodFault()
	for _, message := range messages {
		method.FaultMessage = append(method.FaultMessage, types.LocalizableMessage{
			Key: "com.vmware.vim.vm." + typeOf(fault), Message: message,
		})
	}
	if method.FaultCause == nil && len(messages) > 1 {
		method.FaultCause = causeChain(messages[1:])
	}

	return &problem{fault: fault, errorType: errorType, messages: messages}
}

// alsoExplained adds messages to a problem as [explained] does; nil stays nil.
func alsoExplained(p *problem, further ...string) *problem {
	if p == nil {
		return nil
	}

	return explained(p.fault, p.errorType, append(slices.Clone(p.messages), further...)...)
}

func unsupported(format string, args ...any) *problem {
	return explained(&types.NotSupported{}, errorUnsupported,
		"The operation is not supported on the object.", fmt.Sprintf(format, args...))
}

func invalidState(format string, args ...any) *problem {
	return explained(&types.InvalidState{}, errorNotAllowedInCurrentState,
		"The operation is not allowed in the current state.", fmt.Sprintf(format, args...))
}

// badArgument is [invalidArgument] with its messages in faultMessage as well.
func badArgument(property, format string, args ...any) *problem {
	return explained(&types.InvalidArgument{InvalidProperty: property}, errorInvalidArgument,
		"A specified parameter was not correct: "+property, fmt.Sprintf(format, args...))
}

// fileProblem returns the problem of a file that cannot be reached.
func fileProblem(file, why string) *problem {
	return explained(&types.CannotAccessFile{FileFault: types.FileFault{File: file}}, errorResourceInaccessible,
		"Unable to access file "+file, why)
}
