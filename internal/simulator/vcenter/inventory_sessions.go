package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func (s *inventory) soapSessions() []types.UserSession {
	ctx := s.newContext(administrator)
	manager, ok := ctx.Session.Get(*s.model.ServiceContent.SessionManager).(*simulator.SessionManager)
	if !ok {
		return nil
	}

	return manager.SessionList
}

// hasSession reports whether a SOAP session is open.
func (s *inventory) hasSession(key string) bool {
	return slices.ContainsFunc(s.soapSessions(), func(session types.UserSession) bool { return session.Key == key })
}

// hasOpenSession reports whether a key belongs to an open session of the vim25 API.
func (s *inventory) hasOpenSession(key string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()

	return key != "" && s.hasSession(key)
}
