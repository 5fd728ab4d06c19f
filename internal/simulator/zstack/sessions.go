package zstack

import (
	"crypto/sha512"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	adminName     = "admin"
	adminPassword = "password"
	// adminAccount is the uuid of the account that every installation has.
	adminAccount = "36c27e8ff05c4780bf6d2fa65700f22e"
	maxSessions  = 500
)

// session is one login, or one call with an access key.
type session struct {
	uuid      string // empty with an access key
	user      string
	createdAt time.Time
	usedAt    time.Time
	expiresAt time.Time
}

type sessionStore struct {
	mu       sync.Mutex
	sessions map[string]*session
}

// sessionOperations are the APIs that need no session.
func (s *Server) sessionOperations() []operation {
	return []operation{
		{
			name: "LogInByAccount", method: http.MethodPut, path: "/v1/accounts/login", action: "logInByAccount",
			sync: true, open: true, begin: s.logIn,
		},
		{
			name: "ValidateSession", method: http.MethodGet, path: "/v1/accounts/sessions/{uuid}/valid",
			sync: true, open: true, begin: s.validateSession,
		},
		{
			name: "LogOut", method: http.MethodDelete, path: "/v1/accounts/sessions/{uuid}",
			sync: true, open: true, begin: s.logOut,
		},
	}
}

// logIn is LogInByAccount: the password comes as the hexadecimal SHA-512 of it.
func (s *Server) logIn(c *call) (effect, *errorCode) {
	var params struct {
		AccountName string `json:"accountName"`
		Password    string `json:"password"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	sum := sha512.Sum512([]byte(s.options.Password))
	if params.AccountName != adminName || params.Password != hex.EncodeToString(sum[:]) {
		return nil, newError(codeLoginFailed, "wrong account name or password")
	}

	return func() (any, *errorCode) {
		now := s.options.Clock()
		made, failure := s.sessions.create(now, s.options.SessionTimeout)
		if failure != nil {
			return nil, failure
		}

		return map[string]any{"inventory": map[string]any{
			"uuid": made.uuid, "accountUuid": adminAccount, "userUuid": adminAccount,
			"createDate": date(made.createdAt), "expiredDate": date(made.expiresAt),
		}}, nil
	}, nil
}

// validateSession is ValidateSession, which does not count as a use of the session.
func (s *Server) validateSession(c *call) (effect, *errorCode) {
	return func() (any, *errorCode) {
		return map[string]any{"valid": s.sessions.find(c.values["uuid"], s.options.Clock()) != nil}, nil
	}, nil
}

// logOut is LogOut. A session that is not there is no error.
func (s *Server) logOut(c *call) (effect, *errorCode) {
	return func() (any, *errorCode) {
		s.sessions.remove(c.values["uuid"])

		return nil, nil
	}, nil
}

func (s *sessionStore) create(now time.Time, timeout time.Duration) (*session, *errorCode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sessions, func(_ string, candidate *session) bool { return now.After(candidate.expiresAt) })
	if len(s.sessions) >= maxSessions {
		return nil, newError(codeTooManySessions, "Login sessions hit limit of max allowed concurrent login sessions")
	}
	if s.sessions == nil {
		s.sessions = map[string]*session{}
	}
	made := &session{uuid: newUUID(), user: adminName, createdAt: now, usedAt: now, expiresAt: now.Add(timeout)}
	s.sessions[made.uuid] = made

	return made, nil
}

// find returns an open session, nil if there is none.
func (s *sessionStore) find(uuid string, now time.Time) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[uuid]
	if !ok || now.After(found.expiresAt) {
		return nil
	}

	return found
}

// use returns an open session and lets its time begin anew.
func (s *sessionStore) use(uuid string, now time.Time, timeout time.Duration) (*session, *errorCode) {
	if uuid == "" {
		return nil, newError(codeInvalidSession, "session uuid is null")
	}
	found := s.find(uuid, now)
	if found == nil {
		return nil, newError(codeInvalidSession, "Session expired")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found.usedAt, found.expiresAt = now, now.Add(timeout)

	return found, nil
}

func (s *sessionStore) remove(uuid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, uuid)
}

// SessionInfo is one session that is open.
type SessionInfo struct {
	UUID       string    `json:"uuid"`
	User       string    `json:"user"`
	CreatedAt  time.Time `json:"created_at"`
	LastActive time.Time `json:"last_active"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// Sessions returns all open sessions, oldest first. Access keys open none.
func (s *Server) Sessions() []SessionInfo {
	now := s.options.Clock()
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	infos := []SessionInfo{} // an empty list and not null, also as JSON
	for _, open := range s.sessions.sessions {
		if !now.After(open.expiresAt) {
			infos = append(infos, SessionInfo{
				UUID: open.uuid, User: open.user, CreatedAt: open.createdAt, LastActive: open.usedAt, ExpiresAt: open.expiresAt,
			})
		}
	}
	slices.SortFunc(infos, func(a, b SessionInfo) int {
		if order := a.CreatedAt.Compare(b.CreatedAt); order != 0 {
			return order
		}

		return strings.Compare(a.UUID, b.UUID)
	})

	return infos
}

// ExpireSessions ends all sessions, as the platform does with those that nobody uses.
func (s *Server) ExpireSessions() {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	clear(s.sessions.sessions)
}
