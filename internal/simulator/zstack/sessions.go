package zstack

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxSessions is how many sessions may be open at the same time.
const maxSessions = 500

// session is one login, or one call with an access key.
type session struct {
	uuid      string // empty with an access key
	user      string
	account   string // the uuid of its account
	createdAt time.Time
	usedAt    time.Time
	expiresAt time.Time
}

// sessionStore holds the open sessions. It has its own lock.
type sessionStore struct {
	clock   clock
	timeout time.Duration // how long a session lives without being used

	mu   sync.Mutex
	open map[string]*session
}

func newSessionStore(clock clock, timeout time.Duration) *sessionStore {
	return &sessionStore{clock: clock, timeout: timeout, open: map[string]*session{}}
}

// openSession opens a session, or returns ID.1006 when too many are open.
func (s *sessionStore) openSession(of account) (*session, *errorCode) {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.open, func(_ string, candidate *session) bool { return now.After(candidate.expiresAt) })
	if len(s.open) >= maxSessions {
		return nil, newError(codeTooManySessions, "Login sessions hit limit of max allowed concurrent login sessions")
	}
	created := &session{
		uuid: newUUID(), user: of.name, account: of.uuid, createdAt: now, usedAt: now, expiresAt: now.Add(s.timeout),
	}
	s.open[created.uuid] = created

	return created, nil
}

// valid reports whether a session is open. It does not extend the session.
func (s *sessionStore) valid(uuid string) bool {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.open[uuid]

	return ok && !now.After(found.expiresAt)
}

// use returns an open session and extends it.
func (s *sessionStore) use(uuid string) (*session, *errorCode) {
	if uuid == "" {
		return nil, newError(codeInvalidSession, "session uuid is null")
	}
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.open[uuid]
	if !ok || now.After(found.expiresAt) {
		return nil, newError(codeInvalidSession, "Session expired")
	}
	found.usedAt, found.expiresAt = now, now.Add(s.timeout)

	return found, nil
}

// remove closes a session. An unknown one is no error.
func (s *sessionStore) remove(uuid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, uuid)
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
func (s *sessionStore) Sessions() []SessionInfo {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	infos := []SessionInfo{} // an empty list and not null, also as JSON
	for _, open := range s.open {
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

// ExpireSessions ends all sessions, as the platform does with unused ones.
func (s *sessionStore) ExpireSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.open)
}
