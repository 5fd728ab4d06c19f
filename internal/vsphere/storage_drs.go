package vsphere

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

const (
	recommendOp = "RecommendDatastores"
	applyOp     = "ApplyStorageDrsRecommendation_Task"
)

// CodeNoRecommendation is the code of the error for a datastore cluster whose Storage DRS recommends nothing and does not say why.
const CodeNoRecommendation = "NoRecommendation"

// privilegeApplyRecommendation is needed on a datastore cluster, to place a VM in it.
const privilegeApplyRecommendation = "Resource.ApplyRecommendation"

// clonedID is for the tasks that clone: CloneVM_Task, and the one that applies a recommendation of Storage DRS.
func clonedID(value any) (string, bool) {
	switch applied := value.(type) {
	case types.ApplyStorageRecommendationResult:
		return wait.ReferenceID(applied.Vm)
	case *types.ApplyStorageRecommendationResult:
		return wait.ReferenceID(applied.Vm)
	default:
		return wait.ReferenceID(value)
	}
}

// startRecommendedClone starts the clone on the datastore that the Storage DRS of the datastore cluster recommends. request is what
// CloneVM_Task would take, without a datastore.
func (c *Client) startRecommendedClone(ctx context.Context, spec CloneSpec, request *types.CloneVM_Task) (task.Handle[string], error) {
	request.Spec.Location.Datastore = nil
	storage := types.StoragePlacementSpec{
		Type: string(types.StoragePlacementSpecPlacementTypeClone), Vm: &request.This, Folder: &request.Folder, CloneName: request.Name,
		CloneSpec: &request.Spec, PodSelectionSpec: podSelection(spec.Placement.DatastoreClusterID, podDisks(spec, request)),
	}
	what := httpapi.Call{Op: applyOp, Object: spec.SourceID, Effect: httpapi.Changes}

	return wait.StartQueued(ctx, c.tasks, what, clonedID, c.recommendAndApply(spec.SourceID, storage), &types.ApplyStorageDrsRecommendation_Task{})
}

// relocateByRecommendation relocates the VM to the datastore that the Storage DRS of the datastore cluster recommends. spec has no datastore
// for the VM. Disks that it has a datastore for go there, and the others into the cluster.
func (c *Client) relocateByRecommendation(
	ctx context.Context, id, clusterID string, spec *types.VirtualMachineRelocateSpec,
) (task.Handle[struct{}], error) {
	devices, err := load(ctx, c.devices, id)
	if err != nil {
		return nil, err
	}
	var disks []types.PodDiskLocator
	for _, device := range devices {
		disk, ok := device.(*types.VirtualDisk)
		if ok && !slices.ContainsFunc(spec.Disk, func(own types.VirtualMachineRelocateSpecDiskLocator) bool { return own.DiskId == disk.Key }) {
			disks = append(disks, types.PodDiskLocator{DiskId: disk.Key})
		}
	}
	vm := vmRef(id)
	storage := types.StoragePlacementSpec{
		Type: string(types.StoragePlacementSpecPlacementTypeRelocate), Priority: types.VirtualMachineMovePriorityDefaultPriority,
		Vm: &vm, RelocateSpec: spec, PodSelectionSpec: podSelection(clusterID, disks),
	}

	return start(ctx, c, applyOp, id, c.recommendAndApply(id, storage), &types.ApplyStorageDrsRecommendation_Task{})
}

// recommendAndApply returns a method that asks for a recommendation, sets its key in the request and sends the request. vCenter applies a
// recommendation only once: when the request is sent again, the method asks for a new one.
func (c *Client) recommendAndApply(vmID string, spec types.StoragePlacementSpec) func(
	context.Context, soap.RoundTripper, *types.ApplyStorageDrsRecommendation_Task,
) (*types.ApplyStorageDrsRecommendation_TaskResponse, error) {
	return func(
		ctx context.Context, through soap.RoundTripper, request *types.ApplyStorageDrsRecommendation_Task,
	) (*types.ApplyStorageDrsRecommendation_TaskResponse, error) {
		manager, key, err := c.recommendation(ctx, vmID, spec)
		if err != nil {
			return nil, err
		}
		request.This, request.Key = manager, []string{key}

		return methods.ApplyStorageDrsRecommendation_Task(ctx, through, request)
	}
}

// recommendation returns the key of the best recommendation (RecommendDatastores), and the manager that applies it. It is an error where
// there is none.
func (c *Client) recommendation(ctx context.Context, vmID string, spec types.StoragePlacementSpec) (types.ManagedObjectReference, string, error) {
	none, what := types.ManagedObjectReference{}, httpapi.Call{Op: recommendOp, Object: vmID}
	content, err := c.conn.Content(ctx)
	if err != nil {
		return none, "", err
	}
	if content.StorageResourceManager == nil {
		return none, "", what.Error(apierr.Unsupported, "NotSupported")
	}
	answer, err := conn.Call(ctx, c.conn.Method(what), methods.RecommendDatastores,
		&types.RecommendDatastores{This: *content.StorageResourceManager, StorageSpec: spec})
	if err != nil {
		return none, "", err
	}
	if found := answer.Returnval.Recommendations; len(found) > 0 {
		return *content.StorageResourceManager, found[0].Key, nil
	}

	return none, "", noRecommendation(what, spec.PodSelectionSpec.StoragePod.Value, answer.Returnval.DrsFault)
}

// noRecommendation is the error for a datastore cluster without a recommendation. Storage DRS may say why.
func noRecommendation(what httpapi.Call, clusterID string, why *types.ClusterDrsFaults) *apierr.Error {
	failure := what.Error(apierr.Insufficient, CodeNoRecommendation)
	if why != nil {
		for _, each := range why.FaultsByVm {
			if faults := each.GetClusterDrsFaultsFaultsByVm().Fault; len(faults) > 0 {
				failure = conn.LocalizedError(what, &faults[0])

				break
			}
		}
	}
	failure.Arguments = append(failure.Arguments, clusterID)
	failure.Messages = append([]string{"Storage DRS recommends no datastore of " + clusterID}, failure.Messages...)

	return failure
}

// podSelection says that a VM and its disks are to be in the datastore cluster.
func podSelection(clusterID string, disks []types.PodDiskLocator) types.StorageDrsPodSelectionSpec {
	pod := objectRef(TypeDatastoreCluster, clusterID)
	selection := types.StorageDrsPodSelectionSpec{StoragePod: &pod}
	if len(disks) > 0 {
		selection.InitialVmConfig = []types.VmPodConfigForPlacement{{StoragePod: pod, Disk: disks}}
	}

	return selection
}

// podPolicy returns the storage policy of a disk that Storage DRS places. Its locator knows no encryption: a disk of a clone that is encrypted
// is encrypted by its policy, which is the clone's unless it has its own.
func (s CloneSpec) podPolicy(key string) string {
	if s.KeyProviderID == "" {
		return s.DiskPolicies[key]
	}

	return either(s.DiskPolicies[key], s.StoragePolicyID)
}

// podDisks returns the disks of a clone that Storage DRS places: those of the source without a datastore of their own, and likewise those
// that are added.
func podDisks(spec CloneSpec, request *types.CloneVM_Task) []types.PodDiskLocator {
	var disks []types.PodDiskLocator
	for _, key := range slices.Sorted(maps.Keys(spec.Source.Disks)) {
		number, err := strconv.ParseInt(key, 10, 32)
		if _, own := spec.DisksToUpdate[key]; own || err != nil || slices.Contains(spec.DisksToRemove, key) {
			continue
		}
		locator := types.PodDiskLocator{
			DiskId: int32(number), DiskMoveType: request.Spec.Location.DiskMoveType, Profile: profiles(spec.podPolicy(key)),
		}
		if provisioning := spec.DiskProvisioning[key]; provisioning != "" {
			locator.DiskBackingInfo = flatBacking(provisioning, spec.Source.Disks[key].Mode)
		}
		disks = append(disks, locator)
	}
	if request.Spec.Config == nil {
		return disks
	}
	for _, base := range request.Spec.Config.DeviceChange {
		change := base.GetVirtualDeviceConfigSpec()
		disk, ok := change.Device.(*types.VirtualDisk)
		if !ok || change.Operation != types.VirtualDeviceConfigSpecOperationAdd {
			continue
		}
		if backing, flat := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); flat && backing.Datastore == nil {
			disks = append(disks, types.PodDiskLocator{DiskId: disk.Key, Profile: change.Profile})
		}
	}

	return disks
}
