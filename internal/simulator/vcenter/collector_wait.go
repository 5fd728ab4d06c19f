package vcenter

import (
	"strconv"
	"time"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// waitForUpdatesEx answers WaitForUpdatesEx. It returns on updates, on timeout, when it is cancelled, when the session
// ends, when the client closes the connection and when the server ends.
func (s *collectorStore) waitForUpdatesEx(c *call) soap.HasFault {
	req := bodyOf[types.WaitForUpdatesEx](c)
	set, p := s.awaitUpdates(c, req.Version, req.Options)
	if p != nil {
		return p.body()
	}

	return &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{Returnval: set}}
}

// waitForUpdates answers WaitForUpdates.
func (s *collectorStore) waitForUpdates(c *call) soap.HasFault {
	set, p := s.awaitUpdates(c, bodyOf[types.WaitForUpdates](c).Version, nil)
	if p != nil {
		return p.body()
	}
	if set == nil {
		set = &types.UpdateSet{}
	}

	return &methods.WaitForUpdatesBody{Res: &types.WaitForUpdatesResponse{Returnval: *set}}
}

// checkForUpdates answers CheckForUpdates.
func (s *collectorStore) checkForUpdates(c *call) soap.HasFault {
	options := &types.WaitOptions{MaxWaitSeconds: new(int32(0))}
	set, p := s.awaitUpdates(c, bodyOf[types.CheckForUpdates](c).Version, options)
	if p != nil {
		return p.body()
	}

	return &methods.CheckForUpdatesBody{Res: &types.CheckForUpdatesResponse{Returnval: set}}
}

func (s *collectorStore) awaitUpdates(c *call, version string, options *types.WaitOptions) (*types.UpdateSet, *problem) {
	found, ok := s.find(c.ctx.Session.Key, c.this)
	if !ok {
		return nil, notFound(c.this)
	}
	found.mu.Lock()
	canceled := found.canceled
	found.mu.Unlock()
	wait := waitOf(options)
	defer wait.stop()

	for {
		changed := s.inventory.changes.changed()
		if !s.inventory.hasSession(c.ctx.Session.Key) {
			return nil, notAuthenticated(c.this)
		}
		set := s.collect(c, found, version, wait.limit)
		if set != nil || wait.once {
			return set, nil
		}
		// The first state has been sent: from now on only changes.
		version = found.current()
		select {
		case <-changed:
			s.lifetime.wait(settling, requestOf(c.ctx).done)
		case <-canceled:
			return nil, cancelled()
		case <-wait.over:
			return nil, nil
		case <-requestOf(c.ctx).done:
			return nil, nil
		case <-s.lifetime.stopped:
			return nil, cancelled()
		}
	}
}

// waiting holds the options of a wait.
type waiting struct {
	once  bool
	limit int
	over  <-chan time.Time
	stop  func()
}

func waitOf(options *types.WaitOptions) waiting {
	wait := waiting{stop: func() {}}
	if options == nil {
		return wait
	}
	wait.limit = int(options.MaxObjectUpdates)
	if seconds := options.MaxWaitSeconds; seconds != nil {
		wait.once = *seconds == 0
		timer := time.NewTimer(time.Duration(*seconds) * time.Second)
		wait.over = timer.C
		wait.stop = func() { timer.Stop() }
	}

	return wait
}

func notAuthenticated(ref types.ManagedObjectReference) *problem {
	return &problem{
		fault:     &types.NotAuthenticated{NoPermission: types.NoPermission{Object: &ref, PrivilegeId: "System.View"}},
		errorType: errorUnauthenticated,
		messages:  []string{"The session is not authenticated."},
	}
}

func (c *collector) current() string {
	c.mu.Lock()
	defer c.mu.Unlock()

	return strconv.Itoa(c.version)
}

// collect returns the updates of all filters since a version, nil if there are none. A client with an older version, whose
// answer may have been lost, receives everything again.
func (s *collectorStore) collect(c *call, from *collector, version string, limit int) *types.UpdateSet {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	from.mu.Lock()
	defer from.mu.Unlock()
	if version != strconv.Itoa(from.version) {
		for _, filter := range from.filters {
			filter.known = nil
		}
	}
	set := &types.UpdateSet{}
	left := limit
	for _, filter := range from.filters {
		updates, more := filter.updates(c.ctx, left, limit > 0)
		if len(updates) > 0 {
			set.FilterSet = append(set.FilterSet, types.PropertyFilterUpdate{Filter: filter.ref, ObjectSet: updates})
		}
		left -= len(updates)
		if more {
			set.Truncated = new(true)
		}
	}
	if len(set.FilterSet) == 0 {
		return nil
	}
	from.version++
	set.Version = strconv.Itoa(from.version)

	return set
}
