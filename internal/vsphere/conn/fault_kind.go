package conn

import (
	"reflect"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// exactKinds are the faults whose kind differs from their family's, or that have no family.
var exactKinds = map[reflect.Type]apierr.Kind{
	reflect.TypeFor[types.NotAuthenticated]():    apierr.Unauthenticated,
	reflect.TypeFor[types.NoClientCertificate](): apierr.Unauthenticated,

	reflect.TypeFor[types.RestrictedByAdministrator](): apierr.Denied,
	reflect.TypeFor[types.MethodDisabled]():            apierr.Denied,

	reflect.TypeFor[types.RequestCanceled](): apierr.Cancelled,

	reflect.TypeFor[types.ManagedObjectNotFound](): apierr.NotFound,
	reflect.TypeFor[types.NotFound]():              apierr.NotFound,
	reflect.TypeFor[types.FileNotFound]():          apierr.NotFound,
	reflect.TypeFor[types.UserNotFound]():          apierr.NotFound,

	reflect.TypeFor[types.DuplicateName]():       apierr.AlreadyExists,
	reflect.TypeFor[types.AlreadyExists]():       apierr.AlreadyExists,
	reflect.TypeFor[types.FileAlreadyExists]():   apierr.AlreadyExists,
	reflect.TypeFor[types.AlreadyBeingManaged](): apierr.AlreadyExists,

	reflect.TypeFor[types.SecondaryVmAlreadyRegistered](): apierr.AlreadyExists,
	reflect.TypeFor[types.SecondaryVmNotRegistered]():     apierr.NotFound,

	reflect.TypeFor[types.ConcurrentAccess](): apierr.Busy,
	reflect.TypeFor[types.FileLocked]():       apierr.Busy,
	reflect.TypeFor[types.SnapshotLocked]():   apierr.Busy,

	reflect.TypeFor[types.NoDiskSpace]():               apierr.Insufficient,
	reflect.TypeFor[types.LimitExceeded]():             apierr.Insufficient,
	reflect.TypeFor[types.FaultToleranceNotLicensed](): apierr.Insufficient,
	reflect.TypeFor[types.TooManyDevices]():            apierr.Insufficient,
	reflect.TypeFor[types.TooManyHosts]():              apierr.Insufficient,
	reflect.TypeFor[types.TooManySnapshotLevels]():     apierr.Insufficient,

	reflect.TypeFor[types.NotImplemented]():                  apierr.Unsupported,
	reflect.TypeFor[types.NotSupportedDeviceForFT]():         apierr.Unsupported,
	reflect.TypeFor[types.MethodNotFound]():                  apierr.Unsupported,
	reflect.TypeFor[types.MultipleSnapshotsNotSupported]():   apierr.Unsupported,
	reflect.TypeFor[types.MemorySnapshotOnIndependentDisk](): apierr.Unsupported,
	reflect.TypeFor[types.SnapshotIncompatibleDeviceInVm]():  apierr.Unsupported,

	reflect.TypeFor[types.ToolsUnavailable](): apierr.InvalidState,
	reflect.TypeFor[types.DrsDisabledOnVm]():  apierr.InvalidState,

	reflect.TypeFor[types.FaultToleranceVmNotDasProtected](): apierr.InvalidState,

	reflect.TypeFor[types.OperationDisallowedOnHost](): apierr.InvalidState,

	reflect.TypeFor[types.InvalidName]():                       apierr.InvalidArgument,
	reflect.TypeFor[types.InvalidProperty]():                   apierr.InvalidArgument,
	reflect.TypeFor[types.OutOfBounds]():                       apierr.InvalidArgument,
	reflect.TypeFor[types.FileNameTooLong]():                   apierr.InvalidArgument,
	reflect.TypeFor[types.DatacenterMismatch]():                apierr.InvalidArgument,
	reflect.TypeFor[types.DisallowedMigrationDeviceAttached](): apierr.InvalidArgument,
}

// family is a branch of vim25's tree of faults, recognised by its Base interface. A fault of a newer API version lands
// where its parent belongs.
type family struct {
	holds func(types.BaseMethodFault) bool
	kind  apierr.Kind
}

func isA[T any](method types.BaseMethodFault) bool {
	_, ok := method.(T)

	return ok
}

// families, the narrower before the wider.
var families = []family{
	{isA[types.BaseInvalidLogin], apierr.Unauthenticated},
	{isA[types.BaseNoPermission], apierr.Denied},
	{isA[types.BaseSecurityError], apierr.Denied},

	{isA[types.BaseTaskInProgress], apierr.Busy},
	{isA[types.BaseResourceInUse], apierr.InUse},

	{isA[types.BaseInsufficientResourcesFault], apierr.Insufficient},
	{isA[types.BaseNotEnoughLicenses], apierr.Insufficient},

	{isA[types.BaseTimedout], apierr.TimedOut},
	{isA[types.BaseHostCommunication], apierr.Unavailable},
	{isA[types.BaseHostConnectFault], apierr.Unavailable},
	{isA[types.BaseInaccessibleDatastore], apierr.Unavailable},
	{isA[types.BaseCannotAccessVmComponent], apierr.Unavailable},
	{isA[types.BaseFileFault], apierr.Unavailable},

	{isA[types.BaseInvalidState], apierr.InvalidState},

	{isA[types.BaseNotSupported], apierr.Unsupported},
	{isA[types.BaseSnapshotCopyNotSupported], apierr.Unsupported},
	{isA[types.BaseMigrationFeatureNotSupported], apierr.Unsupported},
	{isA[types.BaseVirtualHardwareCompatibilityIssue], apierr.Unsupported},

	{isA[types.BaseInvalidArgument], apierr.InvalidArgument},
	{isA[types.BaseInvalidDatastore], apierr.InvalidArgument},
	{isA[types.BaseInvalidFolder], apierr.InvalidArgument},
	{isA[types.BaseInvalidRequest], apierr.InvalidArgument},
	{isA[types.BaseCustomizationFault], apierr.InvalidArgument},
	{isA[types.BaseInvalidFormat], apierr.InvalidArgument},
	{isA[types.BaseInvalidVmConfig], apierr.InvalidArgument},

	// Families whose members blame the state that the VM or its configuration is in.
	{isA[types.BaseSnapshotFault], apierr.InvalidState},
	{isA[types.BaseVmConfigFault], apierr.InvalidState},
	{isA[types.BaseVmFaultToleranceIssue], apierr.InvalidState},
	{isA[types.BaseMigrationFault], apierr.InvalidState},
}

// faultKind classifies a fault by its type: exactly, or by the narrowest family that it belongs to.
func faultKind(method types.BaseMethodFault) apierr.Kind {
	if isNil(method) {
		return apierr.Internal
	}
	exact := reflect.TypeOf(method)
	if exact.Kind() == reflect.Pointer {
		exact = exact.Elem()
	}
	if kind, ok := exactKinds[exact]; ok {
		return kind
	}
	for _, f := range families {
		if f.holds(method) {
			return f.kind
		}
	}

	return apierr.Internal
}
