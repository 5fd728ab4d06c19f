package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/pbm"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxStoragePoliciesOfVMs gives a VM and its disks storage policies: by a reconfiguration, and along with a clone.
func TestBlackBoxStoragePoliciesOfVMs(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	client, err := pbm.NewClient(t.Context(), b.client.Client)
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := client.ProfileMap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gold := profiles.Name["vSAN Default Storage Policy"].GetPbmProfile().ProfileId.UniqueId
	iron := profiles.Name["VVol No Requirements Policy"].GetPbmProfile().ProfileId.UniqueId
	defined := func(id string) []types.BaseVirtualMachineProfileSpec {
		return []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: id}}
	}
	edited := editing(device[*types.VirtualDisk](b, 2000))
	edited.Profile = defined(gold)
	added := creating(newDisk(1000, 1, 1, flat{}))
	added.Profile = defined(iron)
	spec := changed(edited, added)
	spec.VmProfile = defined(iron)
	b.mustReconfigure(spec)
	unknown := creating(newDisk(1000, 2, 1, flat{}))
	unknown.Profile = defined("none")
	b.refuses([]refusal{
		{"of the home", configSpec{VmProfile: defined("none")}, "InvalidArgument", "no storage policy"},
		{"of a disk", changed(unknown), "InvalidArgument", "deviceChange[0].profile"},
	})
	wants := func(name, home string, disks map[string]string) {
		t.Helper()
		vm := mustVM(t, b.server, name)
		if vm.StoragePolicyID != home {
			t.Errorf("%s has policy %q, want %q", name, vm.StoragePolicyID, home)
		}
		for key, want := range disks {
			if got := vm.Disks[key].StoragePolicyID; got != want {
				t.Errorf("disk %s of %s has policy %q, want %q", key, name, got, want)
			}
			ids, err := client.QueryAssociatedProfile(t.Context(), pbmtypes.PbmServerObjectRef{ObjectType: "virtualDiskId", Key: vm.ID + ":" + key})
			if err != nil || len(ids) != min(1, len(want)) || want != "" && ids[0].UniqueId != want {
				t.Errorf("the service says of disk %s of %s: %v, %v", key, name, ids, err)
			}
		}
	}
	wants(golden, iron, map[string]string{"2000": gold, "2001": iron})
	b.mustReconfigure(configSpec{VmProfile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineEmptyProfileSpec{}}})
	wants(golden, "", map[string]string{"2000": gold})
	store := reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0"))
	location := types.VirtualMachineRelocateSpec{
		Profile: defined(gold), Disk: []types.VirtualMachineRelocateSpecDiskLocator{{DiskId: 2000, Datastore: store, Profile: defined(iron)}},
	}
	if _, err := b.cloneVM("clone", types.VirtualMachineCloneSpec{Location: location}); err != nil {
		t.Fatal(err)
	}
	wants("clone", gold, map[string]string{"2000": iron, "2001": ""})
	location.Profile = defined("none")
	_, err = b.cloneVM("refused", types.VirtualMachineCloneSpec{Location: location})
	wantExplained(t, err, "InvalidArgument")

	unnumbered := newDisk(1000, 3, 1, flat{})
	unnumbered.Key = 0 // vCenter chooses the key: the policy is not that of the home
	added = creating(unnumbered)
	added.Profile = defined(gold)
	b.mustReconfigure(changed(added))
	wants(golden, "", map[string]string{"2003": gold})

	replacing := creating(newDisk(1000, 3, 1, flat{})) // it gets the key of the disk that it replaces
	replacing.Profile = defined(iron)
	b.mustReconfigure(changed(removing(device[*types.VirtualDisk](b, 2003)), replacing))
	wants(golden, "", map[string]string{"2003": iron})
}
