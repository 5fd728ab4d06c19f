package vcenter_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// refusesClone asserts that an instant clone fails with a fault and leaves no VM, and that the provisioning checker finds
// the same fault.
func (b *snapshotBench) refusesClone(spec types.VirtualMachineInstantCloneSpec, want string) types.BaseMethodFault {
	b.t.Helper()
	if spec.Name == "" {
		spec.Name = "refused"
	}
	before := len(b.server.VMs())
	fault := wantExplained(b.t, b.instantClone(spec), want)
	if len(b.server.VMs()) != before {
		b.t.Errorf("the refused clone left a VM: %v", vmNames(b.server))
	}
	result := b.check(&types.CheckInstantClone_Task{Vm: b.vm.Reference(), Spec: spec})
	if !slices.ContainsFunc(result.Error, func(found types.LocalizedMethodFault) bool { return typeName(found.Fault) == want }) {
		b.t.Errorf("the checker found %+v, want %s", result.Error, want)
	}

	return fault
}

// check runs a method of the provisioning checker.
func (b *snapshotBench) check(request any) types.CheckResult {
	b.t.Helper()
	result, err := b.tryCheck(request)
	if err != nil {
		b.t.Fatalf("%T: %v", request, err)
	}

	return result
}

func (b *snapshotBench) tryCheck(request any) (types.CheckResult, error) {
	b.t.Helper()
	checker := *b.client.ServiceContent.VmProvisioningChecker
	var started types.ManagedObjectReference
	var err error
	switch x := request.(type) {
	case *types.CheckInstantClone_Task:
		x.This = checker
		var answer *types.CheckInstantClone_TaskResponse
		if answer, err = methods.CheckInstantClone_Task(b.t.Context(), b.client, x); err == nil {
			started = answer.Returnval
		}
	case *types.CheckClone_Task:
		x.This = checker
		var answer *types.CheckClone_TaskResponse
		if answer, err = methods.CheckClone_Task(b.t.Context(), b.client, x); err == nil {
			started = answer.Returnval
		}
	case *types.CheckRelocate_Task:
		x.This = checker
		var answer *types.CheckRelocate_TaskResponse
		if answer, err = methods.CheckRelocate_Task(b.t.Context(), b.client, x); err == nil {
			started = answer.Returnval
		}
	}
	if err != nil {
		return types.CheckResult{}, err
	}
	info, err := object.NewTask(b.client.Client, started).WaitForResult(b.t.Context())
	if err != nil {
		return types.CheckResult{}, err
	}
	results, ok := info.Result.(types.ArrayOfCheckResult)
	if !ok || len(results.CheckResult) != 1 {
		b.t.Fatalf("the result is %+v", info.Result)
	}

	return results.CheckResult[0], nil
}

func located(location types.VirtualMachineRelocateSpec) types.VirtualMachineInstantCloneSpec {
	return types.VirtualMachineInstantCloneSpec{Location: location}
}

func TestBlackBoxInstantCloneInvalidArgument(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	source := mustVM(t, b.server, golden)
	device := card(t, b.devices(golden))
	add := edit(&types.VirtualVmxnet3{})
	add[0].GetVirtualDeviceConfigSpec().Operation = types.VirtualDeviceConfigSpecOperationAdd
	remove := edit(networkCard(device.Key, "VM Network"))
	remove[0].GetVirtualDeviceConfigSpec().Operation = types.VirtualDeviceConfigSpecOperationRemove
	address := networkCard(device.Key, "VM Network")
	address.MacAddress = "nonsense"
	for property, spec := range map[string]types.VirtualMachineInstantCloneSpec{
		"spec.location.host":         located(types.VirtualMachineRelocateSpec{Host: new(reference("HostSystem", source.HostID))}),
		"spec.location.disk":         located(types.VirtualMachineRelocateSpec{Disk: []types.VirtualMachineRelocateSpecDiskLocator{{DiskId: 2000}}}),
		"spec.location.diskMoveType": located(types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"}),
		"spec.location.profile": located(types.VirtualMachineRelocateSpec{
			Profile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefaultProfileSpec{}},
		}),
		"spec.location.service":                   located(types.VirtualMachineRelocateSpec{Service: &types.ServiceLocator{Credential: &types.ServiceLocatorSAMLCredential{}}}),
		"spec.location.transform":                 located(types.VirtualMachineRelocateSpec{Transform: "flat"}),
		"spec.location.cryptoSpec":                located(types.VirtualMachineRelocateSpec{CryptoSpec: &types.CryptoSpecNoOp{}}),
		"spec.location.deviceChange[0].operation": located(types.VirtualMachineRelocateSpec{DeviceChange: add}),
		"spec.location.deviceChange[1].operation": located(types.VirtualMachineRelocateSpec{
			DeviceChange: append(edit(networkCard(device.Key, "VM Network")), remove...),
		}),
		"spec.location.deviceChange[0].device.key":        located(types.VirtualMachineRelocateSpec{DeviceChange: edit(networkCard(4999, "VM Network"))}),
		"spec.location.deviceChange[0].device.backing":    located(types.VirtualMachineRelocateSpec{DeviceChange: edit(networkCard(device.Key, "no such"))}),
		"spec.location.deviceChange[0].device.macAddress": located(types.VirtualMachineRelocateSpec{DeviceChange: edit(address)}),
		"spec.location.pool": located(types.VirtualMachineRelocateSpec{
			Pool: new(reference("ResourcePool", mustID(t, b.server, "/DC0/host/DC0_C1/Resources"))),
		}),
		"spec.biosUuid": {BiosUuid: "none"},
	} {
		fault := b.refusesClone(spec, "InvalidArgument").(*types.InvalidArgument)
		if fault.InvalidProperty != property {
			t.Errorf("invalidProperty %s, want %s", fault.InvalidProperty, property)
		}
	}
	b.change(vcenter.Change{AttachDevice: new("independent-disk")})
	b.refusesClone(types.VirtualMachineInstantCloneSpec{}, "InvalidArgument")
	b.change(vcenter.Change{DetachDevices: new(true)})
	for _, state := range []string{"suspended", "poweredOff"} {
		setPower(t, b.server, golden, state)
		b.refusesClone(types.VirtualMachineInstantCloneSpec{}, "InvalidArgument")
	}
	b.vm = virtualMachine(t, b.server, b.client, "golden-template")
	b.refusesClone(types.VirtualMachineInstantCloneSpec{}, "InvalidArgument")
}

func TestBlackBoxInstantCloneInvalidState(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	host := mustVM(t, b.server, golden).HostID
	none := types.VirtualMachineInstantCloneSpec{}
	for _, test := range []struct{ maintenance, connected bool }{{true, true}, {false, false}} {
		if err := b.server.ChangeHost(host, &test.maintenance, &test.connected); err != nil {
			t.Fatal(err)
		}
		b.refusesClone(none, "InvalidState")
	}
	if err := b.server.ChangeHost(host, new(false), new(true)); err != nil {
		t.Fatal(err)
	}
	b.change(vcenter.Change{ConnectionState: new("disconnected")})
	b.refusesClone(none, "InvalidState")
}

func TestBlackBoxInstantCloneInvalidDatastore(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	closed := mustID(t, b.server, "/DC0/datastore/LocalDS_1")
	if err := b.server.ChangeDatastore(closed, new(false), nil); err != nil {
		t.Fatal(err)
	}
	spec := located(types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", closed))})
	if _, ok := b.refusesClone(spec, "InaccessibleDatastore").(types.BaseInvalidDatastore); !ok {
		t.Error("InaccessibleDatastore is no InvalidDatastore")
	}
}

func TestBlackBoxInstantCloneFileFault(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	if err := b.server.ChangeDatastore(mustVM(t, b.server, golden).DatastoreID, new(false), nil); err != nil {
		t.Fatal(err)
	}
	fault, ok := b.refusesClone(types.VirtualMachineInstantCloneSpec{}, "CannotAccessFile").(types.BaseFileFault)
	if !ok || !strings.Contains(fault.GetFileFault().File, golden) {
		t.Errorf("%T names no file", fault)
	}
}

func TestBlackBoxInstantCloneInsufficientResources(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	full := mustID(t, b.server, "/DC0/datastore/LocalDS_1")
	if err := b.server.ChangeDatastore(full, nil, new(int64(1))); err != nil {
		t.Fatal(err)
	}
	spec := located(types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", full))})
	if _, ok := b.refusesClone(spec, "InsufficientStorageSpace").(types.BaseInsufficientResourcesFault); !ok {
		t.Error("InsufficientStorageSpace is no InsufficientResourcesFault")
	}
	root := object.NewResourcePool(b.client.Client, reference("ResourcePool", mustID(t, b.server, "/DC0/host/DC0_C0/Resources")))
	small := types.DefaultResourceConfigSpec()
	small.MemoryAllocation.Reservation, small.MemoryAllocation.ExpandableReservation = new(int64(100)), new(false)
	pool, err := root.Create(t.Context(), "small", small)
	if err != nil {
		t.Fatal(err)
	}
	spec = located(types.VirtualMachineRelocateSpec{Pool: new(pool.Reference())})
	spec.Name = "fits"
	if err := b.instantClone(spec); err != nil {
		t.Fatal(err)
	}
	spec.Name = "does not"
	fault, ok := b.refusesClone(spec, "InsufficientMemoryResourcesFault").(*types.InsufficientMemoryResourcesFault)
	if !ok || fault.Unreserved >= fault.Requested {
		t.Errorf("%+v", fault)
	}
}

func TestBlackBoxInstantCloneDisallowedDevice(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	for device, issue := range map[string]string{
		"passthrough-cdrom": "DeviceNotSupported", "remote-cdrom": "RemoteDeviceNotSupported", "pci-passthrough": "DeviceNotSupported",
		"device-serial-port": "DeviceNotSupported", "raw-disk": "PhysCompatRDMNotSupported", "shared-bus": "SharedBusControllerNotSupported",
	} {
		b.change(vcenter.Change{AttachDevice: &device})
		fault := b.refusesClone(types.VirtualMachineInstantCloneSpec{}, "DisallowedMigrationDeviceAttached")
		if got := typeName(fault.(*types.DisallowedMigrationDeviceAttached).Fault.Fault); got != issue {
			t.Errorf("%s: %s, want %s", device, got, issue)
		}
		b.change(vcenter.Change{DetachDevices: new(true)})
	}
	disk := &types.VirtualDisk{}
	disk.Key = 2000
	b.refusesClone(located(types.VirtualMachineRelocateSpec{DeviceChange: edit(disk)}), "DisallowedMigrationDeviceAttached")
}

func TestBlackBoxInstantCloneNames(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.refusesClone(types.VirtualMachineInstantCloneSpec{
		Name: golden, Location: types.VirtualMachineRelocateSpec{Folder: new(reference("Folder", mustID(t, b.server, "/DC0/vm")))},
	}, "DuplicateName")
	wantFault(t, b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "50%"}), "InvalidName")
	unknown := located(types.VirtualMachineRelocateSpec{Folder: new(reference("Folder", "group-v99999"))})
	unknown.Name = "lost"
	wantFault(t, b.instantClone(unknown), "ManagedObjectNotFound")
}

func TestBlackBoxInstantCloneTaskInProgress(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.server.HoldTasks("InstantClone_Task")
	first, err := b.vm.InstantClone(t.Context(), types.VirtualMachineInstantCloneSpec{Name: "first"})
	if err != nil {
		t.Fatal(err)
	}
	wantExplained(t, b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "second"}), "TaskInProgress")
	b.server.ReleaseTasks()
	if err := first.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "second"}); err != nil {
		t.Fatal(err)
	}
}

// TestBlackBoxInstantCloneConcurrent allows several instant clones of one source, which still keep other tasks away, and
// forbids them again over the control endpoint.
func TestBlackBoxInstantCloneConcurrent(t *testing.T) {
	t.Parallel()
	options := quick()
	options.ConcurrentInstantClones = true
	b := newSnapshotBenchOn(t, startServer(t, options))
	b.server.HoldTasks("InstantClone_Task")
	start := func(name string) (*object.Task, error) {
		return b.vm.InstantClone(t.Context(), types.VirtualMachineInstantCloneSpec{Name: name})
	}
	var held []*object.Task
	for _, name := range []string{"first", "second", "third"} {
		started, err := start(name)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, started)
	}
	b.refusesSnapshot(types.CreateSnapshotEx_Task{}, "TaskInProgress")

	admin := loginREST(t, b.server)
	admin.do(t.Context(), http.MethodPost, "/_control/tasks/concurrent-instant-clones", spec{"allow": false}).
		wantStatus(t, http.StatusNoContent)
	_, err := start("fourth")
	wantFault(t, err, "TaskInProgress")
	b.server.AllowConcurrentInstantClones(true)
	fourth, err := start("fourth")
	if err != nil {
		t.Fatal(err)
	}

	b.server.ReleaseTasks()
	for _, started := range append(held, fourth) {
		if err := started.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"first", "second", "third", "fourth"} {
		if clone := mustVM(t, b.server, name); clone.PowerState != "poweredOn" {
			t.Errorf("%s is %s", name, clone.PowerState)
		}
	}
}

func TestBlackBoxInstantCloneNoPermission(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	all := append(slices.Clone(clonePrivileges), "VirtualMachine.Interact.PowerOn")
	for i, missing := range all {
		user := "lacks " + missing
		b.server.AddUser(user, "secret", slices.Delete(slices.Clone(all), i, i+1)...)
		err := b.as(user, "secret").instantClone(types.VirtualMachineInstantCloneSpec{Name: "forbidden"})
		wantFault(t, err, "NoPermission")
		if got := faultIn(t, err).(*types.NoPermission).PrivilegeId; got != missing {
			t.Errorf("%s is missing, want %s", got, missing)
		}
		wantPrivilege(t, b.server, user, missing, false)
	}
	b.server.AddUser("has all", "secret", all...)
	if err := b.as("has all", "secret").instantClone(types.VirtualMachineInstantCloneSpec{Name: "allowed"}); err != nil {
		t.Fatal(err)
	}
}

func TestBlackBoxProvisioningChecker(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	reader := b.as(restricted, restricted) // System.View is enough
	good := types.VirtualMachineInstantCloneSpec{Name: "fork"}
	result := reader.check(&types.CheckInstantClone_Task{Vm: b.vm.Reference(), Spec: good})
	if len(result.Error) != 0 || len(result.Warning) != 1 || *result.Vm != b.vm.Reference() || result.Host.Value != mustVM(t, b.server, golden).HostID {
		t.Errorf("a source that is not frozen: %+v", result)
	}
	b.change(vcenter.Change{InstantCloneFrozen: new(true)})
	if result := reader.check(&types.CheckInstantClone_Task{Vm: b.vm.Reference(), Spec: good}); len(result.Warning) != 0 {
		t.Errorf("a frozen source: %+v", result.Warning)
	}
	bad := located(types.VirtualMachineRelocateSpec{Transform: "flat", DeviceChange: edit(networkCard(4000, "no such"))})
	bad.Name = "50%"
	if result := reader.check(&types.CheckInstantClone_Task{Vm: b.vm.Reference(), Spec: bad}); len(result.Error) != 3 {
		t.Errorf("three mistakes: %+v", result.Error)
	}
	if result := reader.check(&types.CheckInstantClone_Task{
		Vm: b.vm.Reference(), Spec: bad, TestType: []string{"networkTests"},
	}); len(result.Error) != 1 {
		t.Errorf("one mistake about networks: %+v", result.Error)
	}
	_, err := reader.tryCheck(&types.CheckInstantClone_Task{Vm: b.vm.Reference(), Spec: good, TestType: []string{"nonsense"}})
	wantFault(t, err, "InvalidArgument")
	_, err = reader.tryCheck(&types.CheckInstantClone_Task{Vm: reference("VirtualMachine", "vm-99999"), Spec: good})
	wantFault(t, err, "ManagedObjectNotFound")
}

func TestBlackBoxProvisioningCheckerCloneAndRelocate(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	folder := reference("Folder", mustID(t, b.server, "/DC0/vm"))
	clone := types.CheckClone_Task{Vm: b.vm.Reference(), Folder: folder, Name: "fork"}
	if result := b.check(&clone); len(result.Error) != 0 {
		t.Errorf("%+v", result.Error)
	}
	clone.Name = golden // no group of tests is about names
	if result := b.check(&clone); len(result.Error) != 0 {
		t.Errorf("%+v", result.Error)
	}
	closed := reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))
	relocate := types.CheckRelocate_Task{Vm: b.vm.Reference(), Spec: types.VirtualMachineRelocateSpec{Datastore: &closed}}
	if result := b.check(&relocate); len(result.Error) != 0 || result.Host == nil {
		t.Errorf("%+v", result)
	}
	if err := b.server.ChangeDatastore(closed.Value, new(false), nil); err != nil {
		t.Fatal(err)
	}
	if result := b.check(&relocate); len(result.Error) != 1 || typeName(result.Error[0].Fault) != "InaccessibleDatastore" {
		t.Errorf("%+v", result.Error)
	}
	if got := mustVM(t, b.server, golden).DatastoreID; got == closed.Value {
		t.Error("the check moved the VM")
	}
}
