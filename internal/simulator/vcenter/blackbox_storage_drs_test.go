package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

// pod makes a datastore cluster with Storage DRS of the datastores.
func (b *snapshotBench) pod(name string, stores ...types.ManagedObjectReference) *object.StoragePod {
	b.t.Helper()
	ctx := b.t.Context()
	folder := object.NewFolder(b.client.Client, reference("Folder", mustID(b.t, b.server, "/DC0/datastore")))
	pod, err := folder.CreateStoragePod(ctx, name)
	if err != nil {
		b.t.Fatal(err)
	}
	moved, err := pod.MoveInto(ctx, stores)
	if err := finish(b.t, moved, err); err != nil {
		b.t.Fatal(err)
	}
	started, err := object.NewStorageResourceManager(b.client.Client).ConfigureStorageDrsForPod(ctx, pod, types.StorageDrsConfigSpec{
		PodConfigSpec: &types.StorageDrsPodConfigSpec{Enabled: new(true)},
	}, true)
	if err := finish(b.t, started, err); err != nil {
		b.t.Fatal(err)
	}

	return pod
}

// TestBlackBoxStorageDRS clones into a datastore cluster: Storage DRS recommends a datastore, and makes the clone.
func TestBlackBoxStorageDRS(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	ctx := t.Context()
	stores := []types.ManagedObjectReference{
		reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1")),
	}
	pod := b.pod("pod", stores...)
	manager := object.NewStorageResourceManager(b.client.Client)
	spec := types.StoragePlacementSpec{
		Type: "clone", Vm: new(b.vm.Reference()), Folder: new(reference("Folder", mustID(t, b.server, "/DC0/vm"))), CloneName: "placed",
		CloneSpec: &types.VirtualMachineCloneSpec{}, PodSelectionSpec: types.StorageDrsPodSelectionSpec{StoragePod: new(pod.Reference())},
	}
	enable := func(enabled bool) {
		started, err := manager.ConfigureStorageDrsForPod(ctx, pod, types.StorageDrsConfigSpec{
			PodConfigSpec: &types.StorageDrsPodConfigSpec{Enabled: &enabled},
		}, true)
		if err := finish(t, started, err); err != nil {
			t.Fatal(err)
		}
	}
	enable(false)
	_, err := manager.RecommendDatastores(ctx, spec)
	wantExplained(t, err, "InvalidState")
	enable(true)
	chosen := spec
	chosen.CloneSpec = &types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Datastore: &stores[0]}}
	_, err = manager.RecommendDatastores(ctx, chosen)
	wantExplained(t, err, "InvalidArgument")
	result, err := manager.RecommendDatastores(ctx, spec)
	if err != nil || len(result.Recommendations) != 1 {
		t.Fatalf("recommendations: %+v, %v", result, err)
	}
	key := result.Recommendations[0].Key
	started, err := manager.ApplyStorageDrsRecommendation(ctx, []string{key})
	if err != nil {
		t.Fatal(err)
	}
	info, err := started.WaitForResult(ctx)
	if err != nil {
		t.Fatal(err)
	}
	placed := mustVM(t, b.server, "placed")
	if got, _ := info.Result.(types.ApplyStorageRecommendationResult); got.Vm == nil || got.Vm.Value != placed.ID ||
		placed.DatastoreID != stores[1].Value || result.Recommendations[0].Target.Value != stores[1].Value {
		t.Errorf("the clone is %+v, the result %+v", placed, info.Result)
	}
	_, err = manager.ApplyStorageDrsRecommendation(ctx, []string{key})
	wantExplained(t, err, "InvalidArgument")
	_, err = object.NewStorageResourceManager(b.restrictedTo().client.Client).RecommendDatastores(ctx, spec)
	wantFault(t, err, "NoPermission")
	for _, store := range stores {
		if err := b.server.ChangeDatastore(store.Value, nil, new(int64(1))); err != nil {
			t.Fatal(err)
		}
	}
	spec.CloneName = "too-big"
	result, err = manager.RecommendDatastores(ctx, spec)
	if err != nil || len(result.Recommendations) > 0 || result.DrsFault == nil {
		t.Fatalf("of a full cluster: %+v, %v", result, err)
	}
	why := result.DrsFault.FaultsByVm[0].GetClusterDrsFaultsFaultsByVm().Fault[0].Fault
	if _, full := why.(*types.NoDiskSpace); !full {
		t.Errorf("of a full cluster: %T", why)
	}
}

// TestBlackBoxStorageDRSRelocation moves a VM into a datastore cluster, with the disks that it names, and refuses a user without the
// privilege on the cluster.
func TestBlackBoxStorageDRSRelocation(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	ctx := t.Context()
	store := reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))
	pod := b.pod("pod", store)
	manager := object.NewStorageResourceManager(b.client.Client)
	selection := types.StorageDrsPodSelectionSpec{StoragePod: new(pod.Reference()), InitialVmConfig: []types.VmPodConfigForPlacement{{
		StoragePod: pod.Reference(), Disk: []types.PodDiskLocator{{DiskId: 2000}},
	}}}
	spec := types.StoragePlacementSpec{
		Type: "relocate", Vm: new(b.vm.Reference()), RelocateSpec: &types.VirtualMachineRelocateSpec{}, PodSelectionSpec: selection,
	}
	chosen := spec
	chosen.RelocateSpec = &types.VirtualMachineRelocateSpec{Datastore: &store}
	_, err := manager.RecommendDatastores(ctx, chosen)
	wantExplained(t, err, "InvalidArgument")
	chosen.RelocateSpec = nil
	_, err = manager.RecommendDatastores(ctx, chosen)
	wantExplained(t, err, "InvalidArgument")
	result, err := manager.RecommendDatastores(ctx, spec)
	if err != nil || len(result.Recommendations) != 1 {
		t.Fatalf("recommendations: %+v, %v", result, err)
	}
	key := []string{result.Recommendations[0].Key}
	b.server.AddUser("mover", "secret", "Datastore.AllocateSpace", "Resource.AssignVMToPool")
	mover, err := dialSOAP(t, b.server, "mover", "secret")
	if err != nil {
		t.Fatal(err)
	}
	_, err = object.NewStorageResourceManager(mover.Client).ApplyStorageDrsRecommendation(ctx, key)
	wantFault(t, err, "NoPermission")
	started, err := manager.ApplyStorageDrsRecommendation(ctx, key)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	moved := mustVM(t, b.server, golden)
	if moved.DatastoreID != store.Value || moved.Disks["2000"].DatastoreID != store.Value {
		t.Errorf("the machine is on %s, its disks are %+v", moved.DatastoreID, moved.Disks)
	}
}
