package wait

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// fakeServer plays the property collectors of a server. One that is slow has the quirk of govmomi's simulator: what a new filter
// covers is told only by a wait from the empty version.
type fakeServer struct {
	mu         sync.Mutex
	values     map[types.ManagedObjectReference]map[string]any // nil value: the object is gone
	requests   map[string]int
	collectors int
	failWait   []error
	failRead   error
	changed    chan struct{}
	slow       bool
}

func newFakeServer() *fakeServer {
	return &fakeServer{
		values: make(map[types.ManagedObjectReference]map[string]any), requests: make(map[string]int),
		changed: make(chan struct{}),
	}
}

func (s *fakeServer) count(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[method]++
}

func (s *fakeServer) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return maps.Clone(s.requests)
}

func (s *fakeServer) set(ref types.ManagedObjectReference, values map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[ref] = values
	s.signal()
}

// signal wakes the waits. The server is locked.
func (s *fakeServer) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *fakeServer) fail(errs ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failWait = append(s.failWait, errs...)
	s.signal()
}

func (s *fakeServer) failReads(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failRead = err
}

// read implements propertyServer.
func (s *fakeServer) read(_ context.Context, spec types.PropertyFilterSpec) ([]conn.Properties, error) {
	s.count("read")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failRead != nil {
		return nil, s.failRead
	}
	var found []conn.Properties
	for _, object := range spec.ObjectSet {
		if values := s.values[object.Obj]; values != nil {
			found = append(found, conn.Properties{Ref: object.Obj, Values: maps.Clone(values)})
		}
	}

	return found, nil
}

func (s *fakeServer) outlives() bool { return false }

func (s *fakeServer) open(context.Context) (collector, error) {
	s.count("create")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collectors++

	return &fakeCollector{
		server: s, id: fmt.Sprintf("collector-%d", s.collectors), told: make(map[types.ManagedObjectReference]string),
	}, nil
}

type fakeCollector struct {
	server *fakeServer
	id     string

	mu      sync.Mutex
	covered []types.ManagedObjectReference
	told    map[types.ManagedObjectReference]string
}

func (c *fakeCollector) filter(_ context.Context, spec types.PropertyFilterSpec) error {
	c.server.count("filter")
	c.mu.Lock()
	for _, object := range spec.ObjectSet {
		c.covered = append(c.covered, object.Obj)
	}
	c.mu.Unlock()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.signal()

	return nil
}

func (c *fakeCollector) wait(ctx context.Context, version string) (*types.UpdateSet, error) {
	c.server.count("wait")
	deadline := time.After(longestWait)
	for {
		changed, set, err := c.changes(version)
		if set != nil || err != nil {
			return set, err
		}
		select {
		case <-changed:
		case <-deadline:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *fakeCollector) changes(version string) (<-chan struct{}, *types.UpdateSet, error) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.server.failWait) > 0 {
		err := c.server.failWait[0]
		c.server.failWait = c.server.failWait[1:]

		return nil, nil, err
	}
	var updates []types.ObjectUpdate
	for _, ref := range c.covered {
		values, known := c.server.values[ref]
		if values == nil && known {
			return nil, nil, &apierr.Error{Kind: apierr.NotFound, Code: conn.CodeGone, Arguments: []string{ref.Value}}
		}
		now := fmt.Sprint(values)
		before, toldOnce := c.told[ref]
		news := version == "" || (toldOnce && before != now) || (!toldOnce && !c.server.slow)
		if !news || values == nil {
			continue
		}
		c.told[ref] = now
		update := types.ObjectUpdate{Obj: ref, Kind: types.ObjectUpdateKindModify}
		for name, value := range values {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Name: name, Val: value})
		}
		updates = append(updates, update)
	}
	if len(updates) == 0 && version != "" {
		return c.server.changed, nil, nil
	}

	return nil, &types.UpdateSet{Version: "1", FilterSet: []types.PropertyFilterUpdate{{ObjectSet: updates}}}, nil
}

func (c *fakeCollector) destroy(context.Context) error {
	c.server.count("destroy")

	return nil
}

func newFakeWatch(t *testing.T) (*Tasks, *fakeServer) {
	t.Helper()
	server, c := newFakeServer(), newTasks(t)
	c.watcher = newWatcher(&c.conn.Life, server)
	t.Cleanup(func() { endLife(t, c) })

	return c, server
}

func taskRef(n int) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: taskType, Value: fmt.Sprintf("task-%d", n)}
}

func taskHandle(c *Tasks, n int) task.Handle[struct{}] {
	return newVimTask(c, httpapi.Call{Op: "Foo_Task", Object: "vm-1"}, taskRef(n), NoResult)
}

func vmRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
}

const powerStatePath = "runtime.powerState"

var (
	runningTask   = map[string]any{taskState: types.TaskInfoStateRunning}
	succeededTask = map[string]any{taskState: types.TaskInfoStateSuccess}
)
