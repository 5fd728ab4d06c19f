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

// storageDRS recommends a datastore of a datastore cluster for a clone, and makes the clone that it recommended. Other placements are
// govmomi's.
type storageDRS struct {
	inventory *inventory
	stock     *stockMethods
	clones    *cloner

	// count and waiting are guarded by the inventory's lock.
	count   int
	waiting map[string]*types.CloneVM_Task // by the key of the recommendation
}

// methods returns the vim25 methods that this store answers.
func (s *storageDRS) methods() map[string]method {
	return map[string]method{
		"StorageResourceManager.RecommendDatastores":                {direct: s.recommendDatastores},
		"StorageResourceManager.ApplyStorageDrsRecommendation_Task": {task: s.planApply},
	}
}

// recommendDatastores answers RecommendDatastores.
func (s *storageDRS) recommendDatastores(c *call) soap.HasFault {
	spec := bodyOf[types.RecommendDatastores](c).StorageSpec
	if spec.Type != string(types.StoragePlacementSpecPlacementTypeClone) {
		answer, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body)
		if answer == nil && p != nil {
			return p.body()
		}

		return answer
	}
	recommended, p := s.recommend(c, spec)
	if p != nil {
		return p.body()
	}

	return &methods.RecommendDatastoresBody{Res: &types.RecommendDatastoresResponse{
		Returnval: types.StoragePlacementResult{Recommendations: []types.ClusterRecommendation{recommended}},
	}}
}

// recommend chooses, of the datastores of the cluster that take the clone, the one with the most free space.
func (s *storageDRS) recommend(c *call, spec types.StoragePlacementSpec) (types.ClusterRecommendation, *problem) {
	none := types.ClusterRecommendation{}
	switch {
	case spec.Vm == nil || spec.Folder == nil || spec.CloneSpec == nil || spec.CloneName == "":
		return none, badArgument("storageSpec.cloneSpec", "A clone has a source, a folder, a name and a specification.")
	case spec.CloneSpec.Location.Datastore != nil || slices.ContainsFunc(spec.CloneSpec.Location.Disk, namesDatastore):
		return none, badArgument("storageSpec.cloneSpec.location.datastore", "Storage DRS chooses the datastore.")
	case spec.PodSelectionSpec.StoragePod == nil:
		return none, badArgument("storageSpec.podSelectionSpec.storagePod", "There is no datastore cluster.")
	}
	pod, ok := s.inventory.registry.Get(*spec.PodSelectionSpec.StoragePod).(*simulator.StoragePod)
	if !ok {
		return none, notFound(*spec.PodSelectionSpec.StoragePod)
	}
	if entry := pod.PodStorageDrsEntry; entry == nil || !entry.StorageDrsConfig.PodConfig.Enabled {
		return none, invalidState("Storage DRS is off for the datastore cluster %s.", literalName(pod.Name))
	}
	refused := explained(&types.InsufficientStorageSpace{}, errorUnableToAllocateResource,
		"There is not enough storage space.", "The datastore cluster "+literalName(pod.Name)+" has no datastore for the clone.")
	for _, datastore := range s.datastores(pod) {
		clone := *spec.CloneSpec
		clone.Location.Datastore = &datastore.Self
		request := &types.CloneVM_Task{This: *spec.Vm, Folder: *spec.Folder, Name: spec.CloneName, Spec: clone}
		if _, p := s.plan(c, request); p != nil {
			refused = p

			continue
		}

		return s.keep(datastore, request), nil
	}

	return none, refused
}

func namesDatastore(locator types.VirtualMachineRelocateSpecDiskLocator) bool {
	return locator.Datastore.Value != ""
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

func (s *storageDRS) plan(c *call, request *types.CloneVM_Task) (taskPlan, *problem) {
	return s.clones.planCloneVM(&call{ctx: c.ctx, method: "CloneVM_Task", this: request.This, body: request, user: c.user})
}

// keep remembers a recommendation until it is applied.
func (s *storageDRS) keep(datastore *simulator.Datastore, request *types.CloneVM_Task) types.ClusterRecommendation {
	s.count++
	key := strconv.Itoa(s.count)
	if s.waiting == nil {
		s.waiting = map[string]*types.CloneVM_Task{}
	}
	s.waiting[key] = request

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
	if len(keys) != 1 || s.waiting[keys[0]] == nil {
		return taskPlan{}, badArgument("key", "There is no recommendation %q.", keys)
	}
	plan, p := s.plan(c, s.waiting[keys[0]])
	if p != nil {
		return taskPlan{}, p
	}
	delete(s.waiting, keys[0])
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
