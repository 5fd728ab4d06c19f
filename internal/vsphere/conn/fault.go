package conn

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// faulty is what govmomi's errors for SOAP faults and for faults in property reads have in common.
type faulty interface {
	error
	Fault() types.BaseMethodFault
}

// soapFault finds the vim25 fault in err and the message that came beside it.
func soapFault(err error) (types.BaseMethodFault, string, bool) {
	var carrier faulty
	if !errors.As(err, &carrier) {
		return nil, "", false
	}
	message := ""
	if soap.IsSoapFault(carrier) {
		message = soap.ToSoapFault(carrier).String
	}

	return carrier.Fault(), message, true
}

// isNotAuthenticated reports whether err says that there is no session (any more).
func isNotAuthenticated(err error) bool {
	return err != nil && fault.Is(err, &types.NotAuthenticated{})
}

// faultError turns a fault with its message into an error, the whole chain of causes with it.
func faultError(c httpapi.Call, method types.BaseMethodFault, message string) *apierr.Error {
	failure := c.Error(faultKind(method), faultName(method))
	if message = strings.TrimSpace(message); message != "" {
		failure.Messages = append(failure.Messages, message)
	}
	describe(method, failure, 0)

	return failure
}

// LocalizedError turns a fault that carries its own message, as those of tasks do, into an error.
func LocalizedError(c httpapi.Call, localized *types.LocalizedMethodFault) *apierr.Error {
	return faultError(c, localized.Fault, localized.LocalizedMessage)
}

// faultName returns the fault's type as vim25 spells it.
func faultName(method types.BaseMethodFault) string {
	if method == nil {
		return "UnknownFault"
	}

	return VimType(method)
}

// VimType returns the vim25 type of a value.
func VimType(value any) string {
	kind := reflect.TypeOf(value)
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}

	return kind.Name()
}

const deepestCause = 16 // a chain of causes that is longer is a loop

// describe adds what the fault and its causes say: messages outermost first, what they name, missing privileges.
func describe(method types.BaseMethodFault, failure *apierr.Error, depth int) {
	if isNil(method) || depth > deepestCause {
		return
	}
	for _, argument := range faultArguments(method) {
		if argument != "" {
			failure.Arguments = append(failure.Arguments, argument)
		}
	}
	failure.MissingPrivileges = append(failure.MissingPrivileges, missingPrivileges(method)...)
	base := method.GetMethodFault()
	for _, message := range base.FaultMessage {
		addMessage(failure, message.Message)
	}
	for _, cause := range causes(method, base) {
		text := cause.LocalizedMessage
		if text == "" && cause.Fault != nil {
			text = faultName(cause.Fault)
		}
		addMessage(failure, text)
		describe(cause.Fault, failure, depth+1)
	}
}

// causes returns the fault's own cause, and the fault that some kinds carry inside.
func causes(method types.BaseMethodFault, base *types.MethodFault) []*types.LocalizedMethodFault {
	var found []*types.LocalizedMethodFault
	if base.FaultCause != nil {
		found = append(found, base.FaultCause)
	}
	several := func(faults []types.LocalizedMethodFault) {
		for i := range faults {
			found = append(found, &faults[i])
		}
	}
	one := func(fault *types.LocalizedMethodFault) {
		if fault != nil {
			found = append(found, fault)
		}
	}
	switch f := method.(type) {
	case *types.DisallowedMigrationDeviceAttached:
		one(&f.Fault)
	case *types.UnexpectedFault:
		one(f.Fault)
	case *types.VmConfigIncompatibleForFaultTolerance:
		one(f.Fault)
	case *types.VmFaultToleranceConfigIssueWrapper:
		one(f.Error)
	case *types.VmFaultToleranceOpIssuesList:
		several(f.Errors)
	case *types.FtIssuesOnHost:
		several(f.Errors)
	case *types.IncompatibleHostForFtSecondary:
		several(f.Error)
	case *types.PowerOnFtSecondaryFailed:
		one(&f.RootCause)
		several(f.HostErrors)
	}

	return found
}

func addMessage(failure *apierr.Error, message string) {
	message = strings.TrimSpace(message)
	if message == "" || (len(failure.Messages) > 0 && failure.Messages[len(failure.Messages)-1] == message) {
		return
	}
	failure.Messages = append(failure.Messages, message)
}

// faultArguments returns what a fault names: a parameter, an object, a file.
func faultArguments(method types.BaseMethodFault) []string {
	switch f := method.(type) {
	case *types.ManagedObjectNotFound:
		return []string{f.Obj.Value}
	case *types.DuplicateName:
		return []string{UnescapeName(f.Name), f.Object.Value}
	case *types.InvalidName:
		return []string{UnescapeName(f.Name)}
	case types.BaseInvalidArgument:
		return []string{f.GetInvalidArgument().InvalidProperty}
	case types.BaseTaskInProgress:
		return []string{f.GetTaskInProgress().Task.Value}
	case types.BaseInvalidDatastore:
		if datastore := f.GetInvalidDatastore().Datastore; datastore != nil {
			return []string{datastore.Value}
		}

		return []string{f.GetInvalidDatastore().Name}
	case types.BaseFileFault:
		return []string{f.GetFileFault().File}
	case *types.CpuHotPlugNotSupported, *types.NumVirtualCpusNotSupported, *types.NumVirtualCoresPerSocketNotSupported:
		return []string{"numCPUs"}
	case *types.MemoryHotPlugNotSupported, *types.MemorySizeNotSupported:
		return []string{"memoryMB"}
	case types.BaseInvalidVmConfig:
		return []string{f.GetInvalidVmConfig().Property}
	case *types.NicSettingMismatch:
		return []string{strconv.Itoa(int(f.NumberOfNicsInSpec)), strconv.Itoa(int(f.NumberOfNicsInVM))}
	case *types.MethodDisabled:
		return []string{f.Source}
	case *types.FtIssuesOnHost:
		return []string{f.Host.Value}
	case *types.IncompatibleHostForFtSecondary:
		return []string{f.Host.Value}
	case *types.NotSupportedDeviceForFT:
		return []string{f.DeviceLabel}
	}

	return nil
}

// missingPrivileges returns what a NoPermission fault tells; servers before 7.0.3 name one privilege only.
func missingPrivileges(method types.BaseMethodFault) []apierr.MissingPrivilege {
	base, ok := method.(types.BaseNoPermission)
	if !ok {
		return nil
	}
	denied := base.GetNoPermission()
	var missing []apierr.MissingPrivilege
	for _, entity := range denied.MissingPrivileges {
		for _, privilege := range entity.PrivilegeIds {
			missing = append(missing, apierr.MissingPrivilege{Privilege: privilege, Object: entity.Entity.Value})
		}
	}
	if len(missing) == 0 && denied.PrivilegeId != "" {
		object := ""
		if denied.Object != nil {
			object = denied.Object.Value
		}
		missing = append(missing, apierr.MissingPrivilege{Privilege: denied.PrivilegeId, Object: object})
	}

	return missing
}

// isNil reports whether the interface holds nothing, or a typed nil as a decoder may leave behind.
func isNil(method types.BaseMethodFault) bool {
	if method == nil {
		return true
	}
	value := reflect.ValueOf(method)

	return value.Kind() == reflect.Pointer && value.IsNil()
}

// CodeGone is the fault for a reference to an object that does not exist (any more).
const CodeGone = "ManagedObjectNotFound"

// HasCode reports whether err is a failure with the code.
func HasCode(err error, code string) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && failure.Code == code
}
