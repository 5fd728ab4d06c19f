package vcenter

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// privilegeApplyRecommendation is needed on a datastore cluster to apply a recommendation of its Storage DRS.
const privilegeApplyRecommendation = "Resource.ApplyRecommendation"

// storageDRS recommends a datastore of a datastore cluster for a clone or for a relocation, and does what it recommended. Other placements
// are govmomi's.
type storageDRS struct {
	inventory *inventory
	stock     *stockMethods
	clones    *cloner
	relocator *relocator
	users     *userStore

	// count and waiting are guarded by the inventory's lock.
	count   int
	waiting map[string]recommendation // by key
}

// recommendation is the request that Storage DRS sends once it is applied. Either clone or relocate is set.
type recommendation struct {
	pod      types.ManagedObjectReference
	clone    *types.CloneVM_Task
	relocate *types.RelocateVM_Task
}

// on returns a copy that places the VM and the disks on one of the cluster's datastores.
func (r recommendation) on(datastore *types.ManagedObjectReference, disks []types.PodDiskLocator) recommendation {
	var location *types.VirtualMachineRelocateSpec
	if r.relocate != nil {
		r.relocate = new(*r.relocate)
		location = &r.relocate.Spec
	} else {
		r.clone = new(*r.clone)
		location = &r.clone.Spec.Location
	}
	location.Datastore, location.Disk = datastore, located(location.Disk, disks, *datastore)

	return r
}

// located returns the locators in present, and one on the datastore for each of the disks that the cluster takes.
func located(
	present []types.VirtualMachineRelocateSpecDiskLocator, disks []types.PodDiskLocator, datastore types.ManagedObjectReference,
) []types.VirtualMachineRelocateSpecDiskLocator {
	all := slices.Clone(present)
	for _, disk := range disks {
		if disk.DiskId < 0 { // the clone's configuration adds it, on the datastore of the VM
			continue
		}
		all = append(all, types.VirtualMachineRelocateSpecDiskLocator{
			DiskId: disk.DiskId, Datastore: datastore, DiskMoveType: disk.DiskMoveType, DiskBackingInfo: disk.DiskBackingInfo, Profile: disk.Profile,
		})
	}

	return all
}

// methods returns the vim25 methods that this store answers.
func (s *storageDRS) methods() map[string]method {
	return map[string]method{
		"StorageResourceManager.RecommendDatastores":                {direct: s.recommendDatastores},
		"StorageResourceManager.ApplyStorageDrsRecommendation_Task": {task: s.planApply},
	}
}

// recommendDatastores answers RecommendDatastores. Where no datastore of the cluster is large enough, the answer says so in place of a
// recommendation.
func (s *storageDRS) recommendDatastores(c *call) soap.HasFault {
	spec := bodyOf[types.RecommendDatastores](c).StorageSpec
	wanted, p := wantedOf(spec)
	if p != nil {
		return p.body()
	}
	if wanted.clone == nil && wanted.relocate == nil {
		answer, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body)
		if answer == nil && p != nil {
			return p.body()
		}

		return answer
	}
	result := types.StoragePlacementResult{}
	recommended, p := s.recommend(c, spec, wanted)
	switch {
	case p == nil:
		result.Recommendations = []types.ClusterRecommendation{recommended}
	case isInsufficient(p):
		result.DrsFault = &types.ClusterDrsFaults{Reason: "storagePlacement", FaultsByVm: []types.BaseClusterDrsFaultsFaultsByVm{
			&types.ClusterDrsFaultsFaultsByVm{Vm: spec.Vm, Fault: []types.LocalizedMethodFault{{
				Fault: p.vimFault(), LocalizedMessage: "No datastore of the cluster is large enough.",
			}}},
		}}
	default:
		return p.body()
	}

	return &methods.RecommendDatastoresBody{Res: &types.RecommendDatastoresResponse{Returnval: result}}
}

func isInsufficient(p *problem) bool {
	switch p.vimFault().(type) {
	case types.BaseInsufficientResourcesFault, *types.NoDiskSpace:
		return true
	default:
		return false
	}
}

// wantedOf returns the request that a placement is for, without a datastore. Neither clone nor relocate is set for a placement that govmomi
// answers.
func wantedOf(spec types.StoragePlacementSpec) (recommendation, *problem) {
	var wanted recommendation
	var location *types.VirtualMachineRelocateSpec
	at := "storageSpec.cloneSpec.location"
	switch types.StoragePlacementSpecPlacementType(spec.Type) {
	case types.StoragePlacementSpecPlacementTypeClone:
		if spec.Vm == nil || spec.Folder == nil || spec.CloneSpec == nil || spec.CloneName == "" {
			return wanted, badArgument("storageSpec.cloneSpec", "A clone has a source, a folder, a name and a specification.")
		}
		wanted.clone = &types.CloneVM_Task{This: *spec.Vm, Folder: *spec.Folder, Name: spec.CloneName, Spec: *spec.CloneSpec}
		location = &spec.CloneSpec.Location
	case types.StoragePlacementSpecPlacementTypeRelocate:
		if spec.Vm == nil || spec.RelocateSpec == nil {
			return wanted, badArgument("storageSpec.relocateSpec", "A relocation has a virtual machine and a specification.")
		}
		wanted.relocate = &types.RelocateVM_Task{This: *spec.Vm, Spec: *spec.RelocateSpec}
		location, at = spec.RelocateSpec, "storageSpec.relocateSpec"
	default:
		return wanted, nil
	}
	switch {
	case location.Datastore != nil:
		return wanted, badArgument(at+".datastore", "Storage DRS chooses the datastore.")
	case spec.PodSelectionSpec.StoragePod == nil:
		return wanted, badArgument("storageSpec.podSelectionSpec.storagePod", "There is no datastore cluster.")
	}
	wanted.pod = *spec.PodSelectionSpec.StoragePod

	return wanted, nil
}

// recommend chooses, of the datastores of the cluster that take what is wanted, the one with the most free space.
func (s *storageDRS) recommend(c *call, spec types.StoragePlacementSpec, wanted recommendation) (types.ClusterRecommendation, *problem) {
	none := types.ClusterRecommendation{}
	pod, ok := s.inventory.registry.Get(wanted.pod).(*simulator.StoragePod)
	if !ok {
		return none, notFound(wanted.pod)
	}
	if entry := pod.PodStorageDrsEntry; entry == nil || !entry.StorageDrsConfig.PodConfig.Enabled {
		return none, invalidState("Storage DRS is off for the datastore cluster %s.", literalName(pod.Name))
	}
	var disks []types.PodDiskLocator
	for _, config := range spec.PodSelectionSpec.InitialVmConfig {
		if config.StoragePod != wanted.pod {
			return none, unsupported("The simulator places a virtual machine and its disks in one datastore cluster.")
		}
		disks = append(disks, config.Disk...)
	}
	refused := explained(&types.InsufficientStorageSpace{}, errorUnableToAllocateResource,
		"There is not enough storage space.", "The datastore cluster "+literalName(pod.Name)+" has no datastore for the virtual machine.")
	for _, datastore := range s.datastores(pod) {
		on := wanted.on(&datastore.Self, disks)
		if _, p := s.plan(c, on); p != nil {
			refused = p

			continue
		}

		return s.keep(datastore, on), nil
	}

	return none, refused
}

// datastores returns those of a cluster, the one with the most free space first.
func (s *storageDRS) datastores(pod *simulator.StoragePod) []*simulator.Datastore {
	var found []*simulator.Datastore
	for _, ref := range pod.ChildEntity {
		if datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore); ok {
			found = append(found, datastore)
		}
	}
	slices.SortStableFunc(found, func(a, b *simulator.Datastore) int {
		return cmp.Compare(b.Summary.FreeSpace, a.Summary.FreeSpace)
	})

	return found
}

// plan plans the request of a recommendation as if the user had sent it.
func (s *storageDRS) plan(c *call, on recommendation) (taskPlan, *problem) {
	if on.relocate != nil {
		return s.relocator.planRelocateVM(&call{
			ctx: c.ctx, method: "RelocateVM_Task", this: on.relocate.This, body: on.relocate, user: c.user,
		})
	}

	return s.clones.planCloneVM(&call{ctx: c.ctx, method: "CloneVM_Task", this: on.clone.This, body: on.clone, user: c.user})
}

// keep remembers a recommendation until it is applied.
func (s *storageDRS) keep(datastore *simulator.Datastore, on recommendation) types.ClusterRecommendation {
	s.count++
	key := strconv.Itoa(s.count)
	if s.waiting == nil {
		s.waiting = map[string]recommendation{}
	}
	s.waiting[key] = on

	return types.ClusterRecommendation{
		Key: key, Type: "V1", Time: time.Now(), Rating: 1, Reason: "storagePlacement",
		ReasonText: "Satisfy storage initial placement requests", Target: &datastore.Self,
		Action: []types.BaseClusterAction{&types.StoragePlacementAction{
			ClusterAction: types.ClusterAction{Type: "StoragePlacementV1"}, Destination: datastore.Self,
			RelocateSpec: types.VirtualMachineRelocateSpec{Datastore: &datastore.Self},
		}},
	}
}

// planApply plans ApplyStorageDrsRecommendation_Task. A recommendation is applied once.
func (s *storageDRS) planApply(c *call) (taskPlan, *problem) {
	keys := bodyOf[types.ApplyStorageDrsRecommendation_Task](c).Key
	var on recommendation
	known := len(keys) == 1
	if known {
		on, known = s.waiting[keys[0]]
	}
	if !known {
		return taskPlan{}, badArgument("key", "There is no recommendation %q.", keys)
	}
	if p := s.users.require(c.user, privilegeApplyRecommendation, on.pod); p != nil {
		return taskPlan{}, p
	}
	plan, p := s.plan(c, on)
	if p != nil {
		return taskPlan{}, p
	}
	delete(s.waiting, keys[0])
	if on.relocate != nil {
		return plan, nil
	}
	clone := plan.effect
	plan.effect = func(ctx *simulator.Context) (types.AnyType, *problem) {
		result, p := clone(ctx)
		ref, ok := result.(types.ManagedObjectReference)
		if p != nil || !ok {
			return nil, p
		}

		return types.ApplyStorageRecommendationResult{Vm: &ref}, nil
	}

	return plan, nil
}
