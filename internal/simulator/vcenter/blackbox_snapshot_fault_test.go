package vcenter_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func pointerTo(value any) any {
	if value == nil || reflect.TypeOf(value).Kind() == reflect.Pointer {
		return value
	}
	pointer := reflect.New(reflect.TypeOf(value))
	pointer.Elem().Set(reflect.ValueOf(value))

	return pointer.Interface()
}

// refusesSnapshot asserts that a snapshot fails with a fault and leaves no trace.
func (b *snapshotBench) refusesSnapshot(request types.CreateSnapshotEx_Task, want string) types.BaseMethodFault {
	b.t.Helper()
	if request.Name == "" {
		request.Name = "refused"
	}
	before := mustVM(b.t, b.server, golden)
	_, err := b.create(request)
	fault := wantExplained(b.t, err, want)
	after := mustVM(b.t, b.server, golden)
	if !reflect.DeepEqual(before.Snapshots, after.Snapshots) || !reflect.DeepEqual(before.Disks, after.Disks) {
		b.t.Errorf("the refused snapshot left a trace: %+v", after.Snapshots)
	}

	return fault
}

func TestBlackBoxSnapshotInvalidQuiesceSpec(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	windows := func(spec types.VirtualMachineWindowsQuiesceSpec) types.BaseVirtualMachineGuestQuiesceSpec {
		return &spec
	}
	b.change(vcenter.Change{GuestID: new("windows2019srv_64Guest")})
	for property, spec := range map[string]types.BaseVirtualMachineGuestQuiesceSpec{
		"quiesceSpec.timeout":          &types.VirtualMachineGuestQuiesceSpec{Timeout: 4},
		"quiesceSpec.vssBackupType":    windows(types.VirtualMachineWindowsQuiesceSpec{VssBackupType: 7}),
		"quiesceSpec.vssBackupContext": windows(types.VirtualMachineWindowsQuiesceSpec{VssBackupContext: "ctx_none"}),
	} {
		fault := b.refusesSnapshot(types.CreateSnapshotEx_Task{QuiesceSpec: spec}, "InvalidArgument")
		if got := fault.(*types.InvalidArgument).InvalidProperty; got != property {
			t.Errorf("invalidProperty %s, want %s", got, property)
		}
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{QuiesceSpec: &types.VirtualMachineGuestQuiesceSpec{Timeout: 241}}, "InvalidArgument")
	for _, good := range []types.BaseVirtualMachineGuestQuiesceSpec{
		&types.VirtualMachineGuestQuiesceSpec{Timeout: 5}, &types.VirtualMachineGuestQuiesceSpec{Timeout: 240},
		windows(types.VirtualMachineWindowsQuiesceSpec{VssBackupType: 6, VssBackupContext: "ctx_file_share_backup"}),
	} {
		if taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "good", QuiesceSpec: good}); !b.node(taken).Quiesced {
			t.Errorf("%+v did not quiesce", good)
		}
	}
}

func TestBlackBoxSnapshotTaskInProgress(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.server.HoldTasks("CreateSnapshot_Task")
	first, err := b.vm.CreateSnapshot(t.Context(), "first", "", false, false)
	if err != nil {
		t.Fatal(err)
	}
	fault := b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "TaskInProgress")
	if got := fault.(*types.TaskInProgress).Task; got != first.Reference() {
		t.Errorf("the fault names %s, the task is %s", got, first.Reference())
	}
	b.server.ReleaseTasks()
	if err := first.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "second"})
	b.change(vcenter.Change{Busy: new(true)})
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "TaskInProgress")
	_, err = methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{This: reference("VirtualMachineSnapshot", b.current()), Name: "x"})
	wantFault(t, err, "TaskInProgress")
	wantFault(t, removeSnapshot(t.Context(), b.client, reference("VirtualMachineSnapshot", b.current()), false), "TaskInProgress")
	wantFault(t, b.revert(types.RevertToSnapshot_Task{This: reference("VirtualMachineSnapshot", b.current())}), "TaskInProgress")
	b.change(vcenter.Change{Busy: new(false)})
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "third"})
}

func TestBlackBoxSnapshotNotSupported(t *testing.T) {
	t.Parallel()
	windows := &types.VirtualMachineWindowsQuiesceSpec{VssBackupType: 1}
	for name, test := range map[string]struct {
		change  vcenter.Change
		request types.CreateSnapshotEx_Task
	}{
		"host without snapshots": {
			change: vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{Snapshots: new(false)}},
		},
		"host without quiesced snapshots": {
			change:  vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{Quiesced: new(false)}},
			request: types.CreateSnapshotEx_Task{QuiesceSpec: &types.VirtualMachineGuestQuiesceSpec{}},
		},
		"host without memory snapshots": {
			change:  vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{Memory: new(false)}},
			request: types.CreateSnapshotEx_Task{Memory: true},
		},
		"Windows specification for Linux": {request: types.CreateSnapshotEx_Task{QuiesceSpec: windows}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSnapshotBench(t)
			b.change(test.change)
			b.refusesSnapshot(test.request, "NotSupported")
		})
	}
	t.Run("template", func(t *testing.T) {
		t.Parallel()
		b := newSnapshotBench(t)
		b.vm = virtualMachine(t, b.server, b.client, "golden-template")
		b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "NotSupported")
	})
}

func TestBlackBoxSnapshotFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  vcenter.Change
		request types.CreateSnapshotEx_Task
		want    string
	}{
		"quiescing fails": {
			vcenter.Change{QuiesceFails: new(true)},
			types.CreateSnapshotEx_Task{QuiesceSpec: &types.VirtualMachineGuestQuiesceSpec{}},
			"FilesystemQuiesceFault",
		},
		"shared bus": {vcenter.Change{AttachDevice: new("shared-bus")}, types.CreateSnapshotEx_Task{}, "SnapshotIncompatibleDeviceInVm"},
		"raw disk":   {vcenter.Change{AttachDevice: new("raw-disk")}, types.CreateSnapshotEx_Task{}, "SnapshotIncompatibleDeviceInVm"},
		"independent disk": {
			vcenter.Change{AttachDevice: new("independent-disk")}, types.CreateSnapshotEx_Task{Memory: true}, "MemorySnapshotOnIndependentDisk",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSnapshotBench(t)
			b.change(test.change)
			if _, ok := b.refusesSnapshot(test.request, test.want).(types.BaseSnapshotFault); !ok {
				t.Errorf("%s is no SnapshotFault", test.want)
			}
			b.change(vcenter.Change{DetachDevices: new(true), QuiesceFails: new(false)})
			test.request.Name = "good"
			b.mustCreate(test.request)
		})
	}
}

func TestBlackBoxSnapshotMultipleNotSupported(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{Multiple: new(false)}})
	only := b.mustCreate(types.CreateSnapshotEx_Task{Name: "only"})
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "MultipleSnapshotsNotSupported")
	if err := removeSnapshot(t.Context(), b.client, only, false); err != nil {
		t.Fatal(err)
	}
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "again"})
}

func TestBlackBoxSnapshotTooManyLevels(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	for range 32 {
		b.mustCreate(types.CreateSnapshotEx_Task{Name: "level"})
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "TooManySnapshotLevels")
}

func TestBlackBoxSnapshotFileFault(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	datastore := mustVM(t, b.server, golden).DatastoreID
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "before"})
	if err := b.server.ChangeDatastore(datastore, new(false), nil); err != nil {
		t.Fatal(err)
	}
	fault, ok := b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "CannotAccessFile").(types.BaseFileFault)
	if !ok || !strings.Contains(fault.GetFileFault().File, "[LocalDS_0]") {
		t.Errorf("%T names no file", fault)
	}
	wantFault(t, removeSnapshot(t.Context(), b.client, taken, false), "CannotAccessFile")
	wantFault(t, b.revert(types.RevertToSnapshot_Task{This: taken}), "CannotAccessFile")
	if err := b.server.ChangeDatastore(datastore, new(true), new(int64(0))); err != nil {
		t.Fatal(err)
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "NoDiskSpace")
	if err := b.server.ChangeDatastore(datastore, nil, new(int64(100<<20))); err != nil {
		t.Fatal(err)
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{Memory: true}, "NoDiskSpace")
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "after"})
}

func TestBlackBoxSnapshotInvalidConfiguration(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{LostSnapshots: new(true)})
	if _, ok := b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "InvalidSnapshotFormat").(types.BaseVmConfigFault); !ok {
		t.Error("InvalidSnapshotFormat is no VmConfigFault")
	}
	b.change(vcenter.Change{LostSnapshots: new(false), ConnectionState: new("invalid")})
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "InvalidVmConfig")
}

func TestBlackBoxSnapshotInvalidName(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	for _, name := range []string{"50%", "100% sure", "%2", "%zz", "%ff", strings.Repeat("x", 81)} {
		b.refusesSnapshot(types.CreateSnapshotEx_Task{Name: name}, "InvalidName")
	}
	_, err := b.vm.CreateSnapshot(t.Context(), "", "", false, false)
	wantExplained(t, err, "InvalidName")
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "a/b%2Fc%41%25 größe"})
	if got, want := b.node(taken).Name, "a%2fb%2fcA%25 größe"; got != want {
		t.Errorf("the name is %q, want %q", got, want)
	}
	_, err = methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{This: taken, Name: "%"})
	wantExplained(t, err, "InvalidName")
}

func TestBlackBoxSnapshotInvalidPowerState(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{PoweredOff: new(false)}})
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "on"})
	setPower(t, b.server, golden, "poweredOff")
	fault := b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "InvalidPowerState").(*types.InvalidPowerState)
	if fault.ExistingState != "poweredOff" || fault.RequestedState != "poweredOn" {
		t.Errorf("%+v", fault)
	}
}

func TestBlackBoxSnapshotInvalidState(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "before"})
	for _, state := range []string{"disconnected", "inaccessible", "orphaned"} {
		b.change(vcenter.Change{ConnectionState: &state})
		b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "InvalidState")
		_, err := methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{This: taken, Name: "x"})
		wantExplained(t, err, "InvalidState")
		wantExplained(t, removeSnapshot(t.Context(), b.client, taken, false), "InvalidState")
		wantExplained(t, b.revert(types.RevertToSnapshot_Task{This: taken}), "InvalidState")
	}
}

func TestBlackBoxSnapshotNoPermission(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "theirs"})
	all := map[string]string{
		"create": "VirtualMachine.State.CreateSnapshot", "rename": "VirtualMachine.State.RenameSnapshot",
		"revert": "VirtualMachine.State.RevertToSnapshot", "remove": "VirtualMachine.State.RemoveSnapshot",
	}
	for _, verb := range []string{"create", "rename", "revert", "remove"} {
		var others []string
		for other, privilege := range all {
			if other != verb {
				others = append(others, privilege)
			}
		}
		user := "cannot " + verb
		b.server.AddUser(user, "secret", others...)
		client, err := dialSOAP(t, b.server, user, "secret")
		if err != nil {
			t.Fatal(err)
		}
		theirs := &snapshotBench{t: t, server: b.server, client: client, vm: object.NewVirtualMachine(client.Client, b.vm.Reference())}
		do := map[string]func() error{
			"create": func() error {
				_, err := theirs.create(types.CreateSnapshotEx_Task{Name: "x"})

				return err
			},
			"rename": func() error {
				_, err := methods.RenameSnapshot(t.Context(), client, &types.RenameSnapshot{This: taken, Name: "x"})

				return err
			},
			"revert": func() error { return theirs.revert(types.RevertToSnapshot_Task{This: taken}) },
			"remove": func() error { return removeSnapshot(t.Context(), client, taken, false) },
		}
		err = do[verb]()
		wantFault(t, err, "NoPermission")
		if fault := faultIn(t, err).(*types.NoPermission); fault.PrivilegeId != all[verb] || *fault.Object != b.vm.Reference() {
			t.Errorf("%s: %s is missing on %v", verb, fault.PrivilegeId, fault.Object)
		}
		for other := range all {
			wantPrivilege(t, b.server, user, all[other], other != verb)
			if other != verb && other != "remove" {
				if err := do[other](); err != nil {
					t.Errorf("%s by one who %s: %v", other, user, err)
				}
			}
		}
	}
}
