package vcenter

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// drsStore creates and removes the recommendations of clusters whose DRS is manual.
type drsStore struct {
	inventory *inventory

	mu          sync.Mutex
	recommended int // the key of the last one
}

// methods returns the vim25 methods that this store answers.
func (s *drsStore) methods() map[string]method {
	return map[string]method{
		"ClusterComputeResource.CancelRecommendation":  {direct: s.cancelRecommendation},
		"ClusterComputeResource.RefreshRecommendation": {direct: s.refreshRecommendation},
	}
}

// recommendPowerOn adds a recommendation to power a secondary on to recommendation and to the older drsRecommendation.
func (s *drsStore) recommendPowerOn(
	ctx *simulator.Context, cluster *simulator.ClusterComputeResource, vm *simulator.VirtualMachine,
) types.ClusterRecommendation {
	s.forgetRecommendations(ctx, vm.Self, false)
	text := "Power on the secondary of " + literalName(vm.Name) + " on host " + s.inventory.entityName(*vm.Runtime.Host) + "."
	const confident = 5
	recommendation := types.ClusterRecommendation{
		Key: s.nextKey(), Type: string(types.RecommendationTypeV1), Time: time.Now(), Rating: confident,
		Reason: string(types.RecommendationReasonCodePowerOnVm), ReasonText: text, Target: new(cluster.Self),
		Action: []types.BaseClusterAction{&types.ClusterInitialPlacementAction{
			ClusterAction: types.ClusterAction{Type: string(types.ActionTypePlacementV1), Target: new(vm.Self)},
			TargetHost:    *vm.Runtime.Host,
		}},
	}
	older := types.ClusterDrsRecommendation{
		Key: recommendation.Key, Rating: confident, Reason: recommendation.Reason, ReasonText: text,
	}
	s.inventory.registry.WithLock(ctx, cluster, func() {
		cluster.Recommendation = append(slices.Clone(cluster.Recommendation), recommendation)
		cluster.DrsRecommendation = append(slices.Clone(cluster.DrsRecommendation), older)
	})
	s.inventory.changes.signal()

	return recommendation
}

// forgetRecommendations removes the recommendations for a VM, unless keep.
func (s *drsStore) forgetRecommendations(ctx *simulator.Context, vm types.ManagedObjectReference, keep bool) {
	if keep {
		return
	}
	for _, entity := range s.inventory.registry.All("ClusterComputeResource") {
		if cluster, ok := entity.(*simulator.ClusterComputeResource); ok {
			for _, each := range cluster.Recommendation {
				if recommendedVM(each) == vm {
					s.removeRecommendation(ctx, cluster, each.Key)
				}
			}
		}
	}
}

func recommendedVM(recommendation types.ClusterRecommendation) types.ManagedObjectReference {
	for _, action := range recommendation.Action {
		if target := action.GetClusterAction().Target; target != nil {
			return *target
		}
	}

	return types.ManagedObjectReference{}
}

func (s *drsStore) removeRecommendation(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, key string) {
	s.inventory.registry.WithLock(ctx, cluster, func() {
		cluster.Recommendation = slices.DeleteFunc(slices.Clone(cluster.Recommendation),
			func(r types.ClusterRecommendation) bool { return r.Key == key })
		cluster.DrsRecommendation = slices.DeleteFunc(slices.Clone(cluster.DrsRecommendation),
			func(r types.ClusterDrsRecommendation) bool { return r.Key == key })
	})
	s.inventory.changes.signal()
}

// takeRecommendation finds a recommendation by its key and removes it.
func (s *drsStore) takeRecommendation(c *call, key string) (types.ClusterRecommendation, *problem) {
	cluster, ok := s.inventory.registry.Get(c.this).(*simulator.ClusterComputeResource)
	if !ok {
		return types.ClusterRecommendation{}, notFound(c.this)
	}
	for _, each := range cluster.Recommendation {
		if each.Key == key {
			s.removeRecommendation(c.ctx, cluster, key)

			return each, nil
		}
	}

	return types.ClusterRecommendation{}, badArgument("key", "There is no recommendation %q.", key)
}

// cancelRecommendation answers CancelRecommendation.
func (s *drsStore) cancelRecommendation(c *call) soap.HasFault {
	if _, p := s.takeRecommendation(c, bodyOf[types.CancelRecommendation](c).Key); p != nil {
		return p.body()
	}

	return &methods.CancelRecommendationBody{Res: &types.CancelRecommendationResponse{}}
}

// refreshRecommendation answers RefreshRecommendation: it recommends again to power on each secondary that waits for it.
func (s *drsStore) refreshRecommendation(c *call) soap.HasFault {
	cluster, ok := s.inventory.registry.Get(c.this).(*simulator.ClusterComputeResource)
	if !ok {
		return notFound(c.this).body()
	}
	if drsBehaviour(cluster) != types.DrsBehaviorManual {
		return &methods.RefreshRecommendationBody{Res: &types.RefreshRecommendationResponse{}}
	}
	for _, entity := range s.inventory.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok || !isPrimary(vm) || vm.Runtime.FaultToleranceState != ftNeedSecondary || s.inventory.owner(*vm.Runtime.Host) != cluster.Self {
			continue
		}
		if pair, ok := s.inventory.pairOf(vm); ok && pair.secondary != nil {
			s.recommendPowerOn(c.ctx, cluster, pair.secondary)
		}
	}

	return &methods.RefreshRecommendationBody{Res: &types.RefreshRecommendationResponse{}}
}

func (s *drsStore) nextKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recommended++

	return strconv.Itoa(s.recommended)
}
