package vcenter

import (
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// SessionInfo is one session that is open.
type SessionInfo struct {
	User       string    `json:"user"`
	Kind       string    `json:"kind"` // "soap" or "rest"
	CreatedAt  time.Time `json:"created_at"`
	LastActive time.Time `json:"last_active"`
}

// methods are the vim25 methods that are answered here.
func (s *sessionStore) methods() map[string]method {
	return map[string]method{
		"SessionManager.Logout":           {direct: s.logout},
		"SessionManager.TerminateSession": {direct: s.terminateSession},
	}
}

// list returns all open sessions, oldest first.
func (s *sessionStore) list() []SessionInfo {
	infos := []SessionInfo{} // an empty list and not null, also as JSON
	for _, session := range s.inventory.soapSessions() {
		infos = append(infos, SessionInfo{
			User: session.UserName, Kind: "soap", CreatedAt: session.LoginTime, LastActive: session.LastActiveTime,
		})
	}
	s.mu.Lock()
	for _, session := range s.tokens {
		infos = append(infos, SessionInfo{
			User: session.user, Kind: "rest", CreatedAt: session.created, LastActive: session.used,
		})
	}
	s.mu.Unlock()
	slices.SortFunc(infos, func(a, b SessionInfo) int { return a.CreatedAt.Compare(b.CreatedAt) })

	return infos
}

// totals returns how many property collectors clients have made and not destroyed, and how many filters there are. The
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

func (s *inventory) soapSessions() []types.UserSession {
	ctx := s.newContext(administrator)
	manager, ok := ctx.Session.Get(*s.model.ServiceContent.SessionManager).(*simulator.SessionManager)
	if !ok {
		return nil
	}

	return manager.SessionList
}

// expireAll ends all sessions, SOAP and REST, as vCenter does with idle ones. Waits of theirs end with
// NotAuthenticated.
func (s *sessionStore) expireAll() {
	s.expire()
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	for _, session := range s.inventory.soapSessions() {
		s.inventory.registry.SessionManager().TerminateSession(ctx, &types.TerminateSession{SessionId: []string{session.Key}})
		s.collectors.endSession(session.Key)
	}
	s.inventory.changes.signal()
}

// hasSession reports whether a SOAP session is open.
func (s *inventory) hasSession(key string) bool {
	return slices.ContainsFunc(s.soapSessions(), func(session types.UserSession) bool { return session.Key == key })
}

// logout is Logout.
func (s *sessionStore) logout(c *call) soap.HasFault {
	key := c.ctx.Session.Key
	s.inventory.registry.SessionManager().Logout(c.ctx, &types.Logout{This: c.this})
	s.collectors.endSession(key)
	s.inventory.changes.signal()

	return &methods.LogoutBody{Res: &types.LogoutResponse{}}
}

// terminateSession is TerminateSession.
func (s *sessionStore) terminateSession(c *call) soap.HasFault {
	req := bodyOf[types.TerminateSession](c)
	answer := s.inventory.registry.SessionManager().TerminateSession(c.ctx, req)
	for _, key := range req.SessionId {
		if !s.inventory.hasSession(key) {
			s.collectors.endSession(key)
		}
	}
	s.inventory.changes.signal()

	return answer
}
