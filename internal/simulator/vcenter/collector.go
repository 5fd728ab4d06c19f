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

// settling is how long a wait lets further changes arrive before it reads them.
const settling = 5 * time.Millisecond

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
	inventory  *inventory
	conditions *conditionStore
	lifetime   *lifetime

	mu         sync.Mutex
	count      int
	collectors map[string]map[types.ManagedObjectReference]*collector
}

// methods returns the vim25 methods that this store answers.
func (s *collectorStore) methods() map[string]method {
	return map[string]method{
		"PropertyCollector.CreatePropertyCollector":      {direct: s.createPropertyCollector},
		"PropertyCollector.DestroyPropertyCollector":     {direct: s.destroyPropertyCollector},
		"PropertyCollector.CreateFilter":                 {direct: s.createFilter},
		"PropertyFilter.DestroyPropertyFilter":           {direct: s.destroyPropertyFilter},
		"PropertyCollector.WaitForUpdatesEx":             {unlocked: s.waitForUpdatesEx},
		"PropertyCollector.WaitForUpdates":               {unlocked: s.waitForUpdates},
		"PropertyCollector.CheckForUpdates":              {unlocked: s.checkForUpdates},
		"PropertyCollector.CancelWaitForUpdates":         {unlocked: s.cancelWaitForUpdates},
		"PropertyCollector.RetrieveProperties":           {direct: s.retrieveProperties},
		"PropertyCollector.RetrievePropertiesEx":         {direct: s.retrievePropertiesEx},
		"PropertyCollector.ContinueRetrievePropertiesEx": {direct: s.continueRetrievePropertiesEx},
		"SearchIndex.FindAllByUuid":                      {direct: s.findAllByUUID},
	}
}

// find returns a collector of a session. The one that every session has is created on first use.
func (s *collectorStore) find(session string, ref types.ManagedObjectReference) (*collector, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.collectors[session][ref]; ok {
		return found, true
	}
	if strings.HasPrefix(ref.Value, sessionPrefix) {
		return nil, false
	}

	return s.add(session, ref), true
}

const sessionPrefix = "session["

func (s *collectorStore) create(session string) *collector {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.add(session, types.ManagedObjectReference{Type: "PropertyCollector", Value: s.name(session)})
}

func (s *collectorStore) name(session string) string {
	s.count++

	return sessionPrefix + session + "]" + strconv.Itoa(s.count)
}

func (s *collectorStore) add(session string, ref types.ManagedObjectReference) *collector {
	if s.collectors == nil {
		s.collectors = map[string]map[types.ManagedObjectReference]*collector{}
	}
	if s.collectors[session] == nil {
		s.collectors[session] = map[types.ManagedObjectReference]*collector{}
	}
	added := &collector{ref: ref, canceled: make(chan struct{})}
	s.collectors[session][ref] = added

	return added
}

func (s *collectorStore) remove(session string, ref types.ManagedObjectReference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.collectors[session], ref)
}

func (s *collectorStore) endSession(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.collectors, session)
}

// findFilter returns a session's filter and the collector it belongs to.
func (s *collectorStore) findFilter(session string, ref types.ManagedObjectReference) (*collector, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.collectors[session] {
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

// createPropertyCollector answers CreatePropertyCollector.
func (s *collectorStore) createPropertyCollector(c *call) soap.HasFault {
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{
		Returnval: s.create(c.ctx.Session.Key).ref,
	}}
}

// destroyPropertyCollector answers DestroyPropertyCollector.
func (s *collectorStore) destroyPropertyCollector(c *call) soap.HasFault {
	found, ok := s.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	s.remove(c.ctx.Session.Key, c.this)
	found.cancel()

	return &methods.DestroyPropertyCollectorBody{Res: &types.DestroyPropertyCollectorResponse{}}
}

// createFilter answers CreateFilter.
func (s *collectorStore) createFilter(c *call) soap.HasFault {
	req := bodyOf[types.CreateFilter](c)
	found, ok := s.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	for _, set := range req.Spec.ObjectSet {
		if c.ctx.Session.Get(set.Obj) == nil && !isTrue(req.Spec.ReportMissingObjectsInResults) {
			return notFound(set.Obj).body()
		}
	}
	s.mu.Lock()
	ref := types.ManagedObjectReference{Type: "PropertyFilter", Value: s.name(c.ctx.Session.Key)}
	s.mu.Unlock()
	found.mu.Lock()
	found.filters = append(found.filters, &filter{ref: ref, spec: req.Spec, shown: s.withoutConfig})
	found.mu.Unlock()
	s.inventory.changes.signal()

	return &methods.CreateFilterBody{Res: &types.CreateFilterResponse{Returnval: ref}}
}

// destroyPropertyFilter answers DestroyPropertyFilter.
func (s *collectorStore) destroyPropertyFilter(c *call) soap.HasFault {
	found, ok := s.findFilter(c.ctx.Session.Key, c.this)
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

// cancelWaitForUpdates answers CancelWaitForUpdates.
func (s *collectorStore) cancelWaitForUpdates(c *call) soap.HasFault {
	found, ok := s.find(c.ctx.Session.Key, c.this)
	if !ok {
		return notFound(c.this).body()
	}
	found.cancel()

	return &methods.CancelWaitForUpdatesBody{Res: &types.CancelWaitForUpdatesResponse{}}
}

// retrieveProperties answers RetrieveProperties.
func (s *collectorStore) retrieveProperties(c *call) soap.HasFault {
	answer := new(simulator.PropertyCollector).RetrieveProperties(c.ctx, bodyOf[types.RetrieveProperties](c))
	if body, ok := answer.(*methods.RetrievePropertiesBody); ok && body.Res != nil {
		body.Res.Returnval = s.withoutConfig(body.Res.Returnval)
	}

	return answer
}

// retrievePropertiesEx answers RetrievePropertiesEx.
func (s *collectorStore) retrievePropertiesEx(c *call) soap.HasFault {
	answer := new(simulator.PropertyCollector).RetrievePropertiesEx(c.ctx, bodyOf[types.RetrievePropertiesEx](c))
	if body, ok := answer.(*methods.RetrievePropertiesExBody); ok && body.Res != nil && body.Res.Returnval != nil {
		body.Res.Returnval.Objects = s.withoutConfig(body.Res.Returnval.Objects)
	}

	return answer
}

// continueRetrievePropertiesEx answers ContinueRetrievePropertiesEx.
func (s *collectorStore) continueRetrievePropertiesEx(c *call) soap.HasFault {
	answer := new(simulator.PropertyCollector).ContinueRetrievePropertiesEx(c.ctx, bodyOf[types.ContinueRetrievePropertiesEx](c))
	if body, ok := answer.(*methods.ContinueRetrievePropertiesExBody); ok && body.Res != nil {
		body.Res.Returnval.Objects = s.withoutConfig(body.Res.Returnval.Objects)
	}

	return answer
}

func isTrue(value *bool) bool { return value != nil && *value }

// totals returns how many property collectors clients have created and not destroyed, and how many filters there are. The
// collector that each session has from the beginning does not count.
func (s *collectorStore) totals() (collectors, filters int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ofSession := range s.collectors {
		for ref, each := range ofSession {
			if strings.HasPrefix(ref.Value, sessionPrefix) {
				collectors++
			}
			each.mu.Lock()
			filters += len(each.filters)
			each.mu.Unlock()
		}
	}

	return collectors, filters
}
