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

// Sessions returns all open sessions, oldest first.
func (s *Server) Sessions() []SessionInfo {
	infos := []SessionInfo{} // an empty list and not null, also as JSON
	for _, session := range s.soapSessions() {
		infos = append(infos, SessionInfo{
			User: session.UserName, Kind: "soap", CreatedAt: session.LoginTime, LastActive: session.LastActiveTime,
		})
	}
	s.sessions.mu.Lock()
	for _, session := range s.sessions.tokens {
		infos = append(infos, SessionInfo{
			User: session.user, Kind: "rest", CreatedAt: session.created, LastActive: session.used,
		})
	}
	s.sessions.mu.Unlock()
	slices.SortFunc(infos, func(a, b SessionInfo) int { return a.CreatedAt.Compare(b.CreatedAt) })

	return infos
}

// Collectors returns how many property collectors clients have made and not destroyed, and how many filters there are. The
// collector that each session has from the beginning does not count.
func (s *Server) Collectors() (collectors, filters int) {
	s.collectors.mu.Lock()
	defer s.collectors.mu.Unlock()
	for _, ofSession := range s.collectors.collectors {
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

func (s *Server) soapSessions() []types.UserSession {
	ctx := s.newContext(administrator)
	manager, ok := ctx.Session.Get(*s.model.ServiceContent.SessionManager).(*simulator.SessionManager)
	if !ok {
		return nil
	}

	return manager.SessionList
}

// ExpireSessions ends all sessions, SOAP and REST, as vCenter does with idle ones. Waits of theirs end with
// NotAuthenticated.
func (s *Server) ExpireSessions() {
	s.sessions.expire()
	s.world.Lock()
	defer s.world.Unlock()
	ctx := s.newContext(administrator)
	for _, session := range s.soapSessions() {
		s.registry.SessionManager().TerminateSession(ctx, &types.TerminateSession{SessionId: []string{session.Key}})
		s.collectors.endSession(session.Key)
	}
	s.changes.signal()
}

// hasSession reports whether a SOAP session is open.
func (s *Server) hasSession(key string) bool {
	return slices.ContainsFunc(s.soapSessions(), func(session types.UserSession) bool { return session.Key == key })
}

// logout is Logout.
func logout(s *Server, c *call) soap.HasFault {
	key := c.ctx.Session.Key
	s.registry.SessionManager().Logout(c.ctx, &types.Logout{This: c.this})
	s.collectors.endSession(key)
	s.changes.signal()

	return &methods.LogoutBody{Res: &types.LogoutResponse{}}
}

// terminateSession is TerminateSession.
func terminateSession(s *Server, c *call) soap.HasFault {
	req := bodyOf[types.TerminateSession](c)
	answer := s.registry.SessionManager().TerminateSession(c.ctx, req)
	for _, key := range req.SessionId {
		if !s.hasSession(key) {
			s.collectors.endSession(key)
		}
	}
	s.changes.signal()

	return answer
}
