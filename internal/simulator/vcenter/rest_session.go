package vcenter

import (
	"net/http"
)

// sessionHeader carries a REST session's token.
const sessionHeader = "vmware-api-session-id"

// createSession answers POST /api/session: basic authentication in, token out.
func (s *restAPI) createSession(c *restCall) (int, any, *problem) {
	user, password, ok := c.r.BasicAuth()
	if !ok || !s.users.valid(user, password) {
		return 0, nil, unauthenticated("Authentication failed: the user name or the password is wrong.")
	}

	return http.StatusCreated, s.sessions.create(user), nil
}

// getSession answers GET /api/session.
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

// deleteSession answers DELETE /api/session.
func (s *restAPI) deleteSession(c *restCall) (int, any, *problem) {
	s.sessions.remove(c.token)

	return http.StatusNoContent, nil, nil
}

// timeFormat is how vAPI writes a time.
const timeFormat = "2006-01-02T15:04:05.000Z"
