package vcenter

import (
	"fmt"
	"slices"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// clusterStore holds the settings of clusters that no property of vim25 tells, and changes those that one does.
type clusterStore struct {
	inventory *inventory
	stock     *stockMethods

	mu        sync.Mutex
	noLicence map[types.ManagedObjectReference]bool // by cluster
	limits    map[types.ManagedObjectReference]int  // by cluster
}

// ClusterChange is a change of a cluster by another administrator. Nil parts stay.
type ClusterChange struct {
	HighAvailability *bool `json:"high_availability"`
	// DRS is the automation level: "manual", "partiallyAutomated", "fullyAutomated"; empty switches DRS off.
	DRS *string `json:"drs"`
	// FaultToleranceLicensed says whether the hosts have a licence for Fault Tolerance, as they have at first.
	FaultToleranceLicensed *bool `json:"fault_tolerance_licensed"`
	// FaultTolerantVMsPerHost is the option das.maxftvmsperhost: 4 at first, 0 for no limit.
	FaultTolerantVMsPerHost *int `json:"fault_tolerant_vms_per_host"`
}

// methods returns the vim25 methods that this store answers.
func (s *clusterStore) methods() map[string]method {
	return map[string]method{
		"ClusterComputeResource.ReconfigureComputeResource_Task": {task: s.planReconfigureCluster},
	}
}

func (s *clusterStore) unlicensed(cluster types.ManagedObjectReference) bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.noLicence[cluster]
}

// limit returns how many members of pairs a host of a cluster runs; 0 means no limit.
func (s *clusterStore) limit(cluster types.ManagedObjectReference) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit, ok := s.limits[cluster]; ok {
		return limit
	}

	return ftMaxVMsOnHost
}

// changeCluster changes a cluster at once, without a task.
func (s *clusterStore) changeCluster(id string, change ClusterChange) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	cluster, ok := s.inventory.registry.Get(refOf("ClusterComputeResource", id)).(*simulator.ClusterComputeResource)
	if !ok {
		return fmt.Errorf("change cluster %s: there is no such cluster", id)
	}
	if drs := change.DRS; drs != nil && *drs != "" && !slices.Contains(types.DrsBehavior("").Strings(), *drs) {
		return fmt.Errorf("change cluster %s: there is no DRS automation level %q", id, *drs)
	}
	s.change(cluster.Self, change)
	s.inventory.registry.WithLock(s.inventory.newContext(administrator), cluster, func() {
		config := clusterConfig(cluster)
		if change.HighAvailability != nil {
			config.DasConfig.Enabled = change.HighAvailability
		}
		if drs := change.DRS; drs != nil {
			config.DrsConfig.Enabled = new(*drs != "")
			config.DrsConfig.DefaultVmBehavior = types.DrsBehavior(*drs)
		}
		cluster.Configuration.DrsConfig, cluster.Configuration.DasConfig = config.DrsConfig, config.DasConfig
	})
	s.inventory.changes.signal()

	return nil
}

func (s *clusterStore) change(cluster types.ManagedObjectReference, change ClusterChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.noLicence == nil {
		s.noLicence, s.limits = map[types.ManagedObjectReference]bool{}, map[types.ManagedObjectReference]int{}
	}
	if licensed := change.FaultToleranceLicensed; licensed != nil {
		s.noLicence[cluster] = !*licensed
	}
	if limit := change.FaultTolerantVMsPerHost; limit != nil {
		s.limits[cluster] = *limit
	}
}

// planReconfigureCluster plans ReconfigureComputeResource_Task: govmomi's method, and a copy for the older configuration.
func (s *clusterStore) planReconfigureCluster(c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		_, result, p := s.stock.invoke(ctx, c.this, c.method, c.body)
		if cluster, ok := s.inventory.registry.Get(c.this).(*simulator.ClusterComputeResource); ok && p == nil {
			s.inventory.registry.WithLock(ctx, cluster, func() {
				config := clusterConfig(cluster)
				cluster.Configuration.DrsConfig, cluster.Configuration.DasConfig = config.DrsConfig, config.DasConfig
			})
			s.inventory.changes.signal()
		}

		return result, p
	}}, nil
}

func clusterConfig(cluster *simulator.ClusterComputeResource) *types.ClusterConfigInfoEx {
	config, ok := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	if !ok {
		return &types.ClusterConfigInfoEx{}
	}

	return config
}

func highlyAvailable(cluster *simulator.ClusterComputeResource) bool {
	return isTrue(clusterConfig(cluster).DasConfig.Enabled)
}

// drsBehaviour returns the automation level of a cluster's DRS, empty without DRS.
func drsBehaviour(cluster *simulator.ClusterComputeResource) types.DrsBehavior {
	config := clusterConfig(cluster).DrsConfig
	if !isTrue(config.Enabled) {
		return ""
	}

	return config.DefaultVmBehavior
}
