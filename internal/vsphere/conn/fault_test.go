package conn

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

func TestFaultKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault types.BaseMethodFault
		want  apierr.Kind
	}{
		// Named by the four specifications.
		{&types.InvalidArgument{}, apierr.InvalidArgument},
		{&types.InvalidState{}, apierr.InvalidState},
		{&types.InvalidDatastore{}, apierr.InvalidArgument},
		{&types.FileFault{}, apierr.Unavailable},
		{&types.InsufficientResourcesFault{}, apierr.Insufficient},
		{&types.DisallowedMigrationDeviceAttached{}, apierr.InvalidArgument},
		{&types.TaskInProgress{}, apierr.Busy},
		{&types.NotSupported{}, apierr.Unsupported},
		{&types.SnapshotFault{}, apierr.InvalidState},
		{&types.MultipleSnapshotsNotSupported{}, apierr.Unsupported},
		{&types.VmConfigFault{}, apierr.InvalidState},
		{&types.InvalidName{}, apierr.InvalidArgument},
		{&types.InvalidPowerState{}, apierr.InvalidState},
		{&types.ManagedObjectNotFound{}, apierr.NotFound},
		{&types.VmFaultToleranceIssue{}, apierr.InvalidState},
		{&types.FaultToleranceNotLicensed{}, apierr.Insufficient},
		{&types.VmConfigIncompatibleForFaultTolerance{}, apierr.InvalidState},

		// What their kin raise besides.
		{&types.ApplicationQuiesceFault{}, apierr.InvalidState},
		{&types.FilesystemQuiesceFault{}, apierr.InvalidState},
		{&types.SnapshotNoChange{}, apierr.InvalidState},
		{&types.SnapshotDisabled{}, apierr.InvalidState},
		{&types.SnapshotLocked{}, apierr.Busy},
		{&types.TooManySnapshotLevels{}, apierr.Insufficient},
		{&types.MemorySnapshotOnIndependentDisk{}, apierr.Unsupported},
		{&types.SnapshotIncompatibleDeviceInVm{}, apierr.Unsupported},
		{&types.VmPowerOnDisabled{}, apierr.InvalidState},
		{&types.UnsupportedDatastore{}, apierr.InvalidState},
		{&types.NotSupportedDeviceForFT{}, apierr.Unsupported},
		{&types.HostIncompatibleForFaultTolerance{}, apierr.InvalidState},
		{&types.NoHostSuitableForFtSecondary{}, apierr.InvalidState},
		{&types.IncompatibleHostForFtSecondary{}, apierr.InvalidState},
		{&types.PowerOnFtSecondaryFailed{}, apierr.InvalidState},
		{&types.VmFaultToleranceOpIssuesList{}, apierr.InvalidState},
		{&types.VmFaultToleranceConfigIssue{}, apierr.InvalidState},
		{&types.SecondaryVmAlreadyRegistered{}, apierr.AlreadyExists},
		{&types.SecondaryVmAlreadyEnabled{}, apierr.InvalidState},
		{&types.SecondaryVmNotRegistered{}, apierr.NotFound},
		{&types.FaultToleranceVmNotDasProtected{}, apierr.InvalidState},
		{&types.VmFaultToleranceTooManyVMsOnHost{}, apierr.Insufficient},
		{&types.InvalidDrsBehaviorForFtVm{}, apierr.InvalidArgument},
		{&types.VAppTaskInProgress{}, apierr.Busy},

		// Members of families.
		{&types.NoPermission{}, apierr.Denied},
		{&types.NotAuthenticated{}, apierr.Unauthenticated},
		{&types.InvalidLogin{}, apierr.Unauthenticated},
		{&types.PasswordExpired{}, apierr.Unauthenticated},
		{&types.SecurityError{}, apierr.Denied},
		{&types.MethodDisabled{}, apierr.Denied},
		{&types.RequestCanceled{}, apierr.Cancelled},
		{&types.DuplicateName{}, apierr.AlreadyExists},
		{&types.FileAlreadyExists{}, apierr.AlreadyExists},
		{&types.FileNotFound{}, apierr.NotFound},
		{&types.FileLocked{}, apierr.Busy},
		{&types.ConcurrentAccess{}, apierr.Busy},
		{&types.NoDiskSpace{}, apierr.Insufficient},
		{&types.InsufficientMemoryResourcesFault{}, apierr.Insufficient},
		{&types.InsufficientFailoverResourcesFault{}, apierr.Insufficient},
		{&types.NotEnoughLicenses{}, apierr.Insufficient},
		{&types.LicenseRestricted{}, apierr.Insufficient},
		{&types.ResourceInUse{}, apierr.InUse},
		{&types.HostNotConnected{}, apierr.Unavailable},
		{&types.HostNotReachable{}, apierr.Unavailable},
		{&types.InaccessibleDatastore{}, apierr.Unavailable},
		{&types.CannotAccessVmDisk{}, apierr.Unavailable},
		{&types.CannotAccessFile{}, apierr.Unavailable},
		{&types.InvalidHostState{}, apierr.InvalidState},
		{&types.InvalidDatastoreState{}, apierr.InvalidState},
		{&types.QuestionPending{}, apierr.InvalidState},
		{&types.ToolsUnavailable{}, apierr.InvalidState},
		{&types.Timedout{}, apierr.TimedOut},
		{&types.NotImplemented{}, apierr.Unsupported},
		{&types.MethodNotFound{}, apierr.Unsupported},
		{&types.RDMNotSupported{}, apierr.Unsupported},
		{&types.InvalidProperty{}, apierr.InvalidArgument},
		{&types.InvalidRequest{}, apierr.InvalidArgument},
		{&types.InvalidFolder{}, apierr.InvalidArgument},
		{&types.InvalidDeviceSpec{}, apierr.InvalidArgument},
		{&types.DatacenterMismatch{}, apierr.InvalidArgument},
		{&types.CustomizationFault{}, apierr.InvalidArgument},
		{&types.MigrationFault{}, apierr.InvalidState},
		{&types.SystemError{}, apierr.Internal},
		{&types.RuntimeFault{}, apierr.Internal},
		{nil, apierr.Internal},
		{(*types.NoPermission)(nil), apierr.Internal},
	}
	for _, tt := range tests {
		if got := faultKind(tt.fault); got != tt.want {
			t.Errorf("faultKind(%T) = %v, want %v", tt.fault, got, tt.want)
		}
	}
}

// whole writes an error with all its parts, to compare it whole.
func whole(failure apierr.Error) string {
	type plain apierr.Error

	return fmt.Sprintf("%+v", plain(failure))
}

func TestFaultError(t *testing.T) {
	t.Parallel()
	host := types.ManagedObjectReference{Type: "HostSystem", Value: "host-9"}
	tests := []struct {
		name    string
		fault   types.BaseMethodFault
		message string
		want    apierr.Error
	}{
		{
			name: "a secondary that did not start, with its root cause and every host's",
			fault: &types.PowerOnFtSecondaryFailed{
				RootCause: types.LocalizedMethodFault{LocalizedMessage: "No host would do."},
				HostErrors: []types.LocalizedMethodFault{{
					LocalizedMessage: "Host 9 would not.",
					Fault: &types.FtIssuesOnHost{Host: host, Errors: []types.LocalizedMethodFault{
						{Fault: &types.InsufficientMemoryResourcesFault{}},
					}},
				}},
			},
			message: "It failed.",
			want: apierr.Error{
				Kind: apierr.InvalidState, Code: "PowerOnFtSecondaryFailed", Arguments: []string{"host-9"},
				Messages: []string{"It failed.", "No host would do.", "Host 9 would not.", "InsufficientMemoryResourcesFault"},
			},
		},
		{
			name:    "processors that a running VM does not take",
			fault:   &types.CpuHotPlugNotSupported{},
			message: "CPU hot plug is not supported.",
			want: apierr.Error{
				Kind: apierr.InvalidState, Code: "CpuHotPlugNotSupported", Arguments: []string{"numCPUs"},
				Messages: []string{"CPU hot plug is not supported."},
			},
		},
		{
			name: "causes and fault messages, outermost first",
			fault: &types.InvalidState{VimFault: types.VimFault{MethodFault: types.MethodFault{
				FaultMessage: []types.LocalizableMessage{{Message: "First detail."}, {Message: "Second detail."}},
				FaultCause: &types.LocalizedMethodFault{
					LocalizedMessage: "The datastore is full.",
					Fault:            &types.NoDiskSpace{FileFault: types.FileFault{File: "[ds] vm/vm.vmdk"}},
				},
			}}},
			message: "The operation is not allowed.",
			want: apierr.Error{
				Kind: apierr.InvalidState, Code: "InvalidState", Arguments: []string{"[ds] vm/vm.vmdk"},
				Messages: []string{
					"The operation is not allowed.", "First detail.", "Second detail.", "The datastore is full.",
				},
			},
		},
		{
			name:    "the fault inside a migration fault",
			message: "A device keeps the VM where it is.",
			fault: &types.DisallowedMigrationDeviceAttached{Fault: types.LocalizedMethodFault{
				Fault: &types.RDMNotSupported{},
			}},
			want: apierr.Error{
				Kind: apierr.InvalidArgument, Code: "DisallowedMigrationDeviceAttached",
				Messages: []string{"A device keeps the VM where it is.", "RDMNotSupported"},
			},
		},
		{
			name: "missing privileges",
			fault: &types.NoPermission{PrivilegeId: "System.View", MissingPrivileges: []types.NoPermissionEntityPrivileges{
				{Entity: host, PrivilegeIds: []string{"Host.Config", "Host.Inventory"}},
			}},
			want: apierr.Error{
				Kind: apierr.Denied, Code: "NoPermission",
				MissingPrivileges: []apierr.MissingPrivilege{
					{Privilege: "Host.Config", Object: "host-9"}, {Privilege: "Host.Inventory", Object: "host-9"},
				},
			},
		},
		{
			name:  "the one privilege that older servers name",
			fault: &types.NoPermission{Object: &host, PrivilegeId: "Host.Config"},
			want: apierr.Error{
				Kind: apierr.Denied, Code: "NoPermission",
				MissingPrivileges: []apierr.MissingPrivilege{{Privilege: "Host.Config", Object: "host-9"}},
			},
		},
		{
			name:  "names are literal",
			fault: &types.DuplicateName{Name: "a%2fb", Object: types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-7"}},
			want: apierr.Error{
				Kind: apierr.AlreadyExists, Code: "DuplicateName", Arguments: []string{"a/b", "vm-7"},
			},
		},
		{name: "no fault at all", want: apierr.Error{Kind: apierr.Internal, Code: "UnknownFault"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.want.Op, tt.want.Object = "Foo_Task", "vm-1"
			got := faultError(httpapi.Call{Op: "Foo_Task", Object: "vm-1"}, tt.fault, tt.message)
			if got, want := whole(*got), whole(tt.want); got != want {
				t.Errorf("faultError:\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestFaultError_endlessCause(t *testing.T) {
	t.Parallel()
	loop := &types.LocalizedMethodFault{LocalizedMessage: "again"}
	loop.Fault = &types.InvalidState{VimFault: types.VimFault{MethodFault: types.MethodFault{FaultCause: loop}}}
	if got := LocalizedError(httpapi.Call{}, loop); !slices.Equal(got.Messages, []string{"again"}) {
		t.Errorf("messages = %q", got.Messages)
	}
}

func TestSOAPFault(t *testing.T) {
	t.Parallel()
	fault := &soap.Fault{String: "said beside it"}
	fault.Detail.Fault = types.NotAuthenticated{}
	method, message, ok := soapFault(errors.Join(soap.WrapSoapFault(fault)))
	if _, is := method.(*types.NotAuthenticated); !ok || !is || message != "said beside it" {
		t.Errorf("soapFault = %T, %q, %v", method, message, ok)
	}
	if _, _, ok := soapFault(errors.New("no fault")); ok {
		t.Error("soapFault found a fault in a plain error")
	}
	if !isNotAuthenticated(soap.WrapVimFault(&types.NotAuthenticated{})) || isNotAuthenticated(errors.New("x")) {
		t.Error("isNotAuthenticated is wrong")
	}
}
