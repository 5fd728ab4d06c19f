package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxStorageDRS clones into a datastore cluster: Storage DRS recommends a datastore, and makes the clone.
func TestBlackBoxStorageDRS(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	ctx := t.Context()
	folder := object.NewFolder(b.client.Client, reference("Folder", mustID(t, b.server, "/DC0/datastore")))
	stores := []types.ManagedObjectReference{
		reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_0")), reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1")),
	}
	pod, err := folder.CreateStoragePod(ctx, "pod")
	if err != nil {
		t.Fatal(err)
	}
	moved, err := pod.MoveInto(ctx, stores)
	if err := finish(t, moved, err); err != nil {
		t.Fatal(err)
	}
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
	_, err = manager.RecommendDatastores(ctx, spec)
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
	_, err = manager.RecommendDatastores(ctx, spec)
	wantFault(t, err, "NoDiskSpace")
}
