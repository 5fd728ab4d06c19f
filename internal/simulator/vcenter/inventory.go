package vcenter

import (
	"fmt"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// inventory is govmomi's model with a lock above govmomi's own: code that changes the inventory locks mu for writing, code
// that reads it locks mu for reading, and no code waits for time to pass while holding it.
type inventory struct {
	mu       sync.RWMutex
	model    *simulator.Model
	service  *simulator.Service
	registry *simulator.Registry
	lifetime *lifetime
	changes  changeSignal

	// alive is set when the initial inventory is complete. Until then guests do nothing by themselves.
	alive bool
}

// creation serializes the creation of models: govmomi shares a license, a counter of hosts and the session of its own
// client between all of them, and uses them only then.
var creation sync.Mutex

func createModel(model *simulator.Model) error {
	creation.Lock()
	defer creation.Unlock()

	return model.Create()
}

// newInventory creates a model with hosts, clusters and datastores, and without VMs.
func newInventory(options Options) (*inventory, error) {
	model := simulator.VPX()
	model.Host, model.Machine = options.StandaloneHosts, 0
	model.Datacenter = options.Datacenters
	model.Cluster, model.ClusterHost = 2, hostsPerCluster
	model.Datastore = datastores
	about := &model.ServiceContent.About
	about.ApiVersion, about.Version, about.Build = options.APIVersion, productOf(options.APIVersion), productBuild
	about.InstanceUuid = newUUID() // govmomi's is the same for every vCenter
	about.FullName = "VMware vCenter Server " + about.Version + " build-" + productBuild
	if err := createModel(model); err != nil {
		model.Remove()

		return nil, fmt.Errorf("create the inventory: %w", err)
	}

	if options.ESXi {
		sayESXi(model.Map(), options.APIVersion)
	}

	return &inventory{
		model: model, service: model.Service, registry: model.Map(), lifetime: newLifetime(model.Service.Context.Context),
	}, nil
}

// close removes the model's files. The lifetime must have ended.
func (s *inventory) close() { s.model.Remove() }

// newContext returns a context for calls into govmomi's simulator on behalf of a user. Each has its own identity as the
// holder of locks.
func (s *inventory) newContext(user string) *simulator.Context {
	clone := *s.service.Context
	clone.Context = s.lifetime.root()
	clone.Session = &simulator.Session{
		UserSession: types.UserSession{Key: newUUID(), UserName: user, FullName: user},
		Registry:    simulator.NewRegistry(),
		Map:         s.registry,
	}

	return &clone
}

// after calls act with the inventory locked for writing after a delay, unless the server ends before.
func (s *inventory) after(delay time.Duration, act func(*simulator.Context)) {
	if !s.alive {
		return
	}
	s.lifetime.background.Go(func() {
		if !s.lifetime.wait(delay, nil) {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		act(s.newContext(administrator))
	})
}
