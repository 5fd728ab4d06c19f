package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxProvisioningCheckerConfig judges the configuration that comes along with a clone as the clone itself does, and makes nothing.
func TestBlackBoxProvisioningCheckerConfig(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	folder := reference("Folder", mustID(t, b.server, "/DC0/vm"))
	snapshot := b.mustCreate(types.CreateSnapshotEx_Task{Name: "base"})
	linked := types.VirtualMachineCloneSpec{Snapshot: &snapshot}
	linked.Location.DiskMoveType = string(types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking)
	const large, small = 64 << 30, 1 << 20
	for _, test := range []struct {
		name   string
		origin types.VirtualMachineCloneSpec
		config configSpec
		fault  string
	}{
		{"as it is", types.VirtualMachineCloneSpec{}, configSpec{}, ""},
		{"of a snapshot", linked, configSpec{}, ""},
		{"grown", types.VirtualMachineCloneSpec{}, b.sized(2000, large, large>>10), ""},
		{"shrunk", types.VirtualMachineCloneSpec{}, b.sized(2000, small, small>>10), "InvalidDeviceOperation"},
		{"linked and grown", linked, b.sized(2000, large, large>>10), "InvalidDeviceOperation"},
		{"too many CPUs", types.VirtualMachineCloneSpec{}, configSpec{NumCPUs: 4096}, "NumVirtualCpusNotSupported"},
	} {
		spec := test.origin
		spec.Config = &test.config
		before := len(b.server.VMs())
		result := b.check(&types.CheckClone_Task{Vm: b.vm.Reference(), Folder: folder, Name: "fork", Spec: spec})
		var found string
		for _, each := range result.Error {
			found += typeName(each.Fault)
		}
		if found != test.fault || result.Host == nil {
			t.Errorf("%s: found %q on %v, want %q", test.name, found, result.Host, test.fault)
		}
		if made := len(b.server.VMs()) - before; made != 0 {
			t.Errorf("%s: the check made %d VMs", test.name, made)
		}
		_, err := b.cloneVM(test.name, spec)
		if test.fault != "" {
			wantFault(t, err, test.fault)
		} else if err != nil {
			t.Errorf("%s: the clone itself: %v", test.name, err)
		}
	}
}

// TestBlackBoxProvisioningCheckerRelocateDevices judges the devices that change along with a move before anything moves, in the check and in the task.
func TestBlackBoxProvisioningCheckerRelocateDevices(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	other := reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))
	before := mustVM(t, b.server, golden)
	card := func(key int32) types.VirtualMachineRelocateSpec {
		nic := &types.VirtualVmxnet3{}
		nic.Key, nic.Backing = key, &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"},
		}

		return types.VirtualMachineRelocateSpec{Datastore: &other, DeviceChange: []types.BaseVirtualDeviceConfigSpec{
			&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: nic},
		}}
	}
	unknown := card(4999)
	if result := b.check(&types.CheckRelocate_Task{Vm: b.vm.Reference(), Spec: unknown}); len(result.Error) != 1 ||
		typeName(result.Error[0].Fault) != "InvalidDeviceSpec" {
		t.Errorf("%+v", result.Error)
	}
	move := func(spec types.VirtualMachineRelocateSpec) error {
		started, err := b.vm.Relocate(t.Context(), spec, types.VirtualMachineMovePriorityDefaultPriority)

		return finish(t, started, err)
	}
	wantFault(t, move(unknown), "InvalidDeviceSpec")
	if after := mustVM(t, b.server, golden); after.DatastoreID != before.DatastoreID {
		t.Errorf("the refused relocation moved the VM to %s", after.DatastoreID)
	}
	known := card(4000)
	if result := b.check(&types.CheckRelocate_Task{Vm: b.vm.Reference(), Spec: known}); len(result.Error) != 0 {
		t.Errorf("%+v", result.Error)
	}
	if err := move(known); err != nil {
		t.Error(err)
	}
	if after := mustVM(t, b.server, golden); after.DatastoreID != other.Value {
		t.Errorf("the VM is on %s, want %s", after.DatastoreID, other.Value)
	}
}
