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

type restSessions struct {
	mu     sync.Mutex
	tokens map[string]*restSession
}

// use returns the user of a session and notes that the session is in use.
func (r *restSessions) use(token string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	session, ok := r.tokens[token]
	if !ok {
		return "", false
	}
	session.used = time.Now()

	return session.user, true
}

func (r *restSessions) create(user string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens == nil {
		r.tokens = map[string]*restSession{}
	}
	token := newUUID()
	r.tokens[token] = &restSession{user: user, created: time.Now(), used: time.Now()}

	return token
}

func (r *restSessions) remove(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.tokens, token)
}

func (r *restSessions) expire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.tokens)
}

// createSession is POST /api/session: basic authentication in, token out.
func (s *Server) createSession(c *restCall) (int, any, *problem) {
	user, password, ok := c.r.BasicAuth()
	if !ok || !s.users.valid(user, password) {
		return 0, nil, unauthenticated("Authentication failed: the user name or the password is wrong.")
	}

	return http.StatusCreated, s.sessions.create(user), nil
}

// getSession is GET /api/session.
func (s *Server) getSession(c *restCall) (int, any, *problem) {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	session, ok := s.sessions.tokens[c.token]
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
func (s *Server) deleteSession(c *restCall) (int, any, *problem) {
	s.sessions.remove(c.token)

	return http.StatusNoContent, nil, nil
}

// timeFormat is how vAPI writes a time.
const timeFormat = "2006-01-02T15:04:05.000Z"
