package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxCloneVMEncrypted clones a VM that is encrypted, as one with a vTPM is: that needs a privilege of its own.
func TestBlackBoxCloneVMEncrypted(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{AttachDevice: new("tpm")})
	common := []string{
		"VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool", "Datastore.AllocateSpace",
	}
	_, err := b.restrictedTo(common...).cloneVM("x", types.VirtualMachineCloneSpec{})
	wantFault(t, err, "NoPermission")
	clone, err := b.restrictedTo(append(common, "Cryptographer.Clone")...).cloneVM("x", types.VirtualMachineCloneSpec{})
	if err != nil || clone.Config.KeyId == nil || mustVM(t, b.server, "x").TPM != mustVM(t, b.server, golden).TPM {
		t.Errorf("the encrypted clone: %+v, %v", clone.Config, err)
	}
	b.change(vcenter.Change{DetachDevices: new(true)})
	if got := mustVM(t, b.server, golden); got.TPM != "" || b.config().KeyId != nil {
		t.Errorf("the vTPM is left: %q, %v", got.TPM, b.config().KeyId)
	}
}

// TestBlackBoxCloneVMProvisioning makes the disks of a clone thick, zeroed in advance or thin, and changes that as they move.
func TestBlackBoxCloneVMProvisioning(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	datastores := []types.ManagedObjectReference{
		reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1")),
	}
	backings := map[string]types.BaseVirtualDeviceBackingInfo{
		"as-it-is": nil, "thin": &flat{ThinProvisioned: new(true)}, "thick": &flat{ThinProvisioned: new(false)}, "eager_zeroed": &flat{EagerlyScrub: new(true)},
	}
	located := func(on types.ManagedObjectReference, backing types.BaseVirtualDeviceBackingInfo) types.VirtualMachineRelocateSpec {
		return types.VirtualMachineRelocateSpec{Disk: []types.VirtualMachineRelocateSpecDiskLocator{
			{DiskId: 2000, Datastore: on, DiskBackingInfo: backing},
		}}
	}
	for name, backing := range backings {
		want := name
		if backing == nil {
			want = "thin"
		}
		if _, err := b.cloneVM(name, types.VirtualMachineCloneSpec{Location: located(datastores[1], backing)}); err != nil {
			t.Fatal(err)
		}
		disk := mustVM(t, b.server, name).Disks["2000"]
		if disk.Provisioning != want || disk.DatastoreID != datastores[1].Value || disk.ControllerKey != 1000 || disk.UnitNumber != 0 || disk.Mode != "persistent" {
			t.Errorf("%s: %+v", name, disk)
		}
	}
	started, err := b.on("thin").vm.Relocate(t.Context(), located(datastores[0], backings["eager_zeroed"]), types.VirtualMachineMovePriorityDefaultPriority)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	moved := mustVM(t, b.server, "thin")
	if disk := moved.Disks["2000"]; disk.Provisioning != "eager_zeroed" || disk.DatastoreID != datastores[0].Value {
		t.Errorf("the moved disk: %+v", disk)
	}
}
