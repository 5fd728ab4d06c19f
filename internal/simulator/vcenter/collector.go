package vcenter

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// gathering is how long a wait lets changes gather before it looks at them.
const gathering = 5 * time.Millisecond

// collector is a PropertyCollector of one session.
type collector struct {
	ref types.ManagedObjectReference

	mu       sync.Mutex
	filters  []*filter
	version  int
	canceled chan struct{} // closed by CancelWaitForUpdates and DestroyPropertyCollector
}

// collectorStore holds the collectors by session and reference.
type collectorStore struct {
	mu         sync.Mutex
	count      int
	collectors map[string]map[types.ManagedObjectReference]*collector
}

// find returns a collector of a session. The one that every session has comes to be when it is first asked for.
func (st *collectorStore) find(session string, ref types.ManagedObjectReference) (*collector, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if found, ok := st.collectors[session][ref]; ok {
		return found, true
	}
	if strings.HasPrefix(ref.Value, sessionPrefix) {
		return nil, false
	}

	return st.add(session, ref), true
}

const sessionPrefix = "session["

func (st *collectorStore) create(session string) *collector {
	st.mu.Lock()
	defer st.mu.Unlock()

	return st.add(session, types.ManagedObjectReference{Type: "PropertyCollector", Value: st.name(session)})
}

func (st *collectorStore) name(session string) string {
	st.count++

	return sessionPrefix + session + "]" + strconv.Itoa(st.count)
}

func (st *collectorStore) add(session string, ref types.ManagedObjectReference) *collector {
	if st.collectors == nil {
		st.collectors = map[string]map[types.ManagedObjectReference]*collector{}
	}
	if st.collectors[session] == nil {
		st.collectors[session] = map[types.ManagedObjectReference]*collector{}
	}
	added := &collector{ref: ref, canceled: make(chan struct{})}
	st.collectors[session][ref] = added

	return added
}

func (st *collectorStore) remove(session string, ref types.ManagedObjectReference) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.collectors[session], ref)
}

func (st *collectorStore) endSession(session string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.collectors, session)
}

// findFilter returns a session's filter and the collector it belongs to.
func (st *collectorStore) findFilter(session string, ref types.ManagedObjectReference) (*collector, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, each := range st.collectors[session] {
		each.mu.Lock()
		for _, filter := range each.filters {
			if filter.ref == ref {
				each.mu.Unlock()

				return each, true
			}
		}
		each.mu.Unlock()
	}

	return nil, false
}

// cancel ends the waits that run on the collector.
func (c *collector) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.canceled)
	c.canceled = make(chan struct{})
}

// createPropertyCollector is CreatePropertyCollector.
func createPropertyCollector(s *Server, c *call) soap.HasFault {
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{
		Returnval: s.collectors.create(c.ctx.Session.Key).ref,
	}}
}

// destroyPropertyCollector is DestroyPropertyCollector.
func destroyPropertyCollector(s *Server, c *call) soap.HasFault {
	found, ok := s.collectors.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	s.collectors.remove(c.ctx.Session.Key, c.this)
	found.cancel()

	return &methods.DestroyPropertyCollectorBody{Res: &types.DestroyPropertyCollectorResponse{}}
}

// createFilter is CreateFilter.
func createFilter(s *Server, c *call) soap.HasFault {
	req := bodyOf[types.CreateFilter](c)
	found, ok := s.collectors.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	for _, set := range req.Spec.ObjectSet {
		if c.ctx.Session.Get(set.Obj) == nil && !isTrue(req.Spec.ReportMissingObjectsInResults) {
			return notFound(set.Obj).body()
		}
	}
	s.collectors.mu.Lock()
	ref := types.ManagedObjectReference{Type: "PropertyFilter", Value: s.collectors.name(c.ctx.Session.Key)}
	s.collectors.mu.Unlock()
	found.mu.Lock()
	found.filters = append(found.filters, &filter{ref: ref, spec: req.Spec})
	found.mu.Unlock()
	s.changes.signal()

	return &methods.CreateFilterBody{Res: &types.CreateFilterResponse{Returnval: ref}}
}

// destroyPropertyFilter is DestroyPropertyFilter.
func destroyPropertyFilter(s *Server, c *call) soap.HasFault {
	found, ok := s.collectors.findFilter(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	found.mu.Lock()
	defer found.mu.Unlock()
	kept := make([]*filter, 0, len(found.filters))
	for _, filter := range found.filters {
		if filter.ref != c.this {
			kept = append(kept, filter)
		}
	}
	found.filters = kept

	return &methods.DestroyPropertyFilterBody{Res: &types.DestroyPropertyFilterResponse{}}
}

// cancelWaitForUpdates is CancelWaitForUpdates.
func cancelWaitForUpdates(s *Server, c *call) soap.HasFault {
	found, ok := s.collectors.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	found.cancel()

	return &methods.CancelWaitForUpdatesBody{Res: &types.CancelWaitForUpdatesResponse{}}
}

// retrieveProperties is RetrieveProperties.
func retrieveProperties(_ *Server, c *call) soap.HasFault {
	return new(simulator.PropertyCollector).RetrieveProperties(c.ctx, bodyOf[types.RetrieveProperties](c))
}

// retrievePropertiesEx is RetrievePropertiesEx.
func retrievePropertiesEx(_ *Server, c *call) soap.HasFault {
	return new(simulator.PropertyCollector).RetrievePropertiesEx(c.ctx, bodyOf[types.RetrievePropertiesEx](c))
}

// continueRetrievePropertiesEx is ContinueRetrievePropertiesEx.
func continueRetrievePropertiesEx(_ *Server, c *call) soap.HasFault {
	return new(simulator.PropertyCollector).ContinueRetrievePropertiesEx(c.ctx, bodyOf[types.ContinueRetrievePropertiesEx](c))
}

func isTrue(value *bool) bool { return value != nil && *value }
