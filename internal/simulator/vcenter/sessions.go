package vcenter

import (
	"slices"
	"sync"
	"time"

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

type restSession struct {
	user    string
	created time.Time
	used    time.Time
}

// sessionStore holds the REST sessions. SOAP sessions are govmomi's: it lists and ends them as well.
type sessionStore struct {
	inventory  *inventory
	collectors *collectorStore

	mu     sync.Mutex
	tokens map[string]*restSession
}

// methods returns the vim25 methods that this store answers.
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

// logout answers Logout.
func (s *sessionStore) logout(c *call) soap.HasFault {
	key := c.ctx.Session.Key
	s.inventory.registry.SessionManager().Logout(c.ctx, &types.Logout{This: c.this})
	s.collectors.endSession(key)
	s.inventory.changes.signal()

	return &methods.LogoutBody{Res: &types.LogoutResponse{}}
}

// terminateSession answers TerminateSession.
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

// use returns the user of a session and notes that the session is in use.
func (s *sessionStore) use(token string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.tokens[token]
	if !ok {
		return "", false
	}
	session.used = time.Now()

	return session.user, true
}

// find returns a REST session as it stands.
func (s *sessionStore) find(token string) (restSession, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.tokens[token]
	if !ok {
		return restSession{}, false
	}

	return *session, true
}

func (s *sessionStore) create(user string) string {
	token := newUUID()
	s.open(token, user)

	return token
}

// open opens a session with a token.
func (s *sessionStore) open(token, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[string]*restSession{}
	}
	s.tokens[token] = &restSession{user: user, created: time.Now(), used: time.Now()}
}

func (s *sessionStore) remove(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

func (s *sessionStore) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}
