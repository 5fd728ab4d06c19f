package vcenter

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// ftStore holds what no property of vim25 tells.
type ftStore struct {
	mu          sync.Mutex
	noLicence   map[types.ManagedObjectReference]bool // by cluster
	limits      map[types.ManagedObjectReference]int  // by cluster
	recommended int
	starting    bool // pairs that start do not come to run
}

// staysStarting reports whether pairs that start do not come to run.
func (f *ftStore) staysStarting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.starting
}

// HoldStarting keeps pairs that start from running, and with false lets all of them run.
func (s *Server) HoldStarting(held bool) {
	s.world.Lock()
	defer s.world.Unlock()
	s.ft.mu.Lock()
	s.ft.starting = held
	s.ft.mu.Unlock()
	if held {
		return
	}
	for _, vm := range s.allVMs() {
		s.protect(s.newContext(administrator), refOf("VirtualMachine", vm.ID))
	}
}

func (f *ftStore) unlicensed(cluster types.ManagedObjectReference) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return f.noLicence[cluster]
}

// limit is how many members of pairs a host of a cluster runs; 0 means no limit.
func (f *ftStore) limit(cluster types.ManagedObjectReference) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if limit, ok := f.limits[cluster]; ok {
		return limit
	}

	return ftMaxVMsOnHost
}

// ClusterChange says what changes of a cluster. Nil parts stay.
type ClusterChange struct {
	HighAvailability *bool `json:"high_availability"`
	// DRS is the automation level: "manual", "partiallyAutomated", "fullyAutomated"; empty switches DRS off.
	DRS *string `json:"drs"`
	// FaultToleranceLicensed says whether the hosts have a licence for Fault Tolerance, as they have at first.
	FaultToleranceLicensed *bool `json:"fault_tolerance_licensed"`
	// FaultTolerantVMsPerHost is the option das.maxftvmsperhost: 4 at first, 0 for no limit.
	FaultTolerantVMsPerHost *int `json:"fault_tolerant_vms_per_host"`
}

// ChangeCluster changes a cluster at once, without a task.
func (s *Server) ChangeCluster(id string, change ClusterChange) error {
	s.world.Lock()
	defer s.world.Unlock()
	cluster, ok := s.registry.Get(refOf("ClusterComputeResource", id)).(*simulator.ClusterComputeResource)
	if !ok {
		return fmt.Errorf("change cluster %s: there is no such cluster", id)
	}
	if drs := change.DRS; drs != nil && *drs != "" && !slices.Contains(types.DrsBehavior("").Strings(), *drs) {
		return fmt.Errorf("change cluster %s: there is no DRS automation level %q", id, *drs)
	}
	s.ft.change(cluster.Self, change)
	s.registry.WithLock(s.newContext(administrator), cluster, func() {
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
	s.changes.signal()

	return nil
}

func (f *ftStore) change(cluster types.ManagedObjectReference, change ClusterChange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noLicence == nil {
		f.noLicence, f.limits = map[types.ManagedObjectReference]bool{}, map[types.ManagedObjectReference]int{}
	}
	if licensed := change.FaultToleranceLicensed; licensed != nil {
		f.noLicence[cluster] = !*licensed
	}
	if limit := change.FaultTolerantVMsPerHost; limit != nil {
		f.limits[cluster] = *limit
	}
}

// FailOver lets the host of a primary fail: its secondary becomes the primary, and the old primary the secondary, which
// is started again where DRS is automatic. The pair must be running.
func (s *Server) FailOver(id string) error {
	s.world.Lock()
	defer s.world.Unlock()
	ctx := s.newContext(administrator)
	pair, p := s.pairFor(vmRef(id), nil)
	if p == nil {
		if pair.secondary == nil {
			return fmt.Errorf("fail over VM %s: it has lost its secondary", id)
		}
		p = checkRunning(pair)
	}
	if p != nil {
		return fmt.Errorf("fail over VM %s: %s", id, strings.Join(p.messages, " "))
	}
	swapped := s.swapRoles(ctx, pair)
	if p := s.setPower(ctx, swapped.secondary.Self, poweredOff); p != nil {
		return fmt.Errorf("fail over VM %s: %s", id, p.message())
	}
	s.startSecondary(ctx, swapped)

	return nil
}

// controlFT are the control endpoint's parts for clusters and pairs.
func (s *Server) controlFT(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/clusters/{id}", serving.Takes(func(body ClusterChange, r *http.Request) error {
		return s.ChangeCluster(r.PathValue("id"), body)
	}))
	mux.HandleFunc("POST /_control/vms/{vm}/fail-over", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.FailOver(r.PathValue("vm"))
	}))
}

// planReconfigureCluster is ReconfigureComputeResource_Task: govmomi's, told to the older configuration as well.
func planReconfigureCluster(s *Server, c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		_, result, p := s.invoke(ctx, c.this, c.method, c.body)
		if cluster, ok := s.registry.Get(c.this).(*simulator.ClusterComputeResource); ok && p == nil {
			s.registry.WithLock(ctx, cluster, func() {
				config := clusterConfig(cluster)
				cluster.Configuration.DrsConfig, cluster.Configuration.DasConfig = config.DrsConfig, config.DasConfig
			})
			s.changes.signal()
		}

		return result, p
	}}, nil
}

// apiAtLeast reports whether the server's API version is a version or newer.
func (s *Server) apiAtLeast(version string) bool {
	own, wanted := strings.Split(s.model.ServiceContent.About.ApiVersion, "."), strings.Split(version, ".")
	for i := range wanted {
		if i >= len(own) {
			return false
		}
		a, _ := strconv.Atoi(own[i])
		b, _ := strconv.Atoi(wanted[i])
		if a != b {
			return a > b
		}
	}

	return true
}
