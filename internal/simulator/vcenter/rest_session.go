package vcenter

import (
	"net/http"
	"sync"
	"time"
)

// sessionHeader carries a REST session's token.
const sessionHeader = "vmware-api-session-id"

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
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[string]*restSession{}
	}
	token := newUUID()
	s.tokens[token] = &restSession{user: user, created: time.Now(), used: time.Now()}

	return token
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

// createSession is POST /api/session: basic authentication in, token out.
func (s *restAPI) createSession(c *restCall) (int, any, *problem) {
	user, password, ok := c.r.BasicAuth()
	if !ok || !s.users.valid(user, password) {
		return 0, nil, unauthenticated("Authentication failed: the user name or the password is wrong.")
	}

	return http.StatusCreated, s.sessions.create(user), nil
}

// getSession is GET /api/session.
func (s *restAPI) getSession(c *restCall) (int, any, *problem) {
	session, ok := s.sessions.find(c.token)
	if !ok {
		return 0, nil, unauthenticated("This method requires authentication.")
	}

	return http.StatusOK, map[string]string{
		"user":               session.user,
		"created_time":       session.created.UTC().Format(timeFormat),
		"last_accessed_time": session.used.UTC().Format(timeFormat),
	}, nil
}

// deleteSession is DELETE /api/session.
func (s *restAPI) deleteSession(c *restCall) (int, any, *problem) {
	s.sessions.remove(c.token)

	return http.StatusNoContent, nil, nil
}

// timeFormat is how vAPI writes a time.
const timeFormat = "2006-01-02T15:04:05.000Z"
