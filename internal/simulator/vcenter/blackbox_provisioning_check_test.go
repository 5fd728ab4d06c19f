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
