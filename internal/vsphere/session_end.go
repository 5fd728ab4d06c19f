package vsphere

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// keepAlivePause is well under the 30 minutes after which vCenter drops an idle session.
const keepAlivePause = 10 * time.Minute

// logoutTimeout bounds the farewell: a server that hangs must not hold up the end of the process.
const logoutTimeout = 5 * time.Second

// keep writes the tokens to the cache, where there is one. A session that another process has put there since we looked stays:
// that process keeps it for the next one, and ours is ended by [session.logout].
func (s *session) keep(ctx context.Context) {
	if !s.cache.enabled() {
		return
	}
	s.keeping.Lock()
	defer s.keeping.Unlock()
	kept, err := s.cache.load()
	if err != nil {
		s.logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	ours := s.tokens()
	if kept.noLogin() || kept.sameLogin(s.seen) {
		kept.SOAPCookie, kept.JSONToken = ours.SOAPCookie, ours.JSONToken
	}
	if kept.RESTToken == "" || kept.RESTToken == s.seen.RESTToken {
		kept.RESTToken = ours.RESTToken
	}
	if err := s.cache.store(kept); err != nil {
		s.logger.WarnContext(ctx, "Could not write the session cache", "error", err.Error())

		return
	}
	if kept.sameLogin(ours) {
		s.seen.SOAPCookie, s.seen.JSONToken = ours.SOAPCookie, ours.JSONToken
	}
	if kept.RESTToken == ours.RESTToken {
		s.seen.RESTToken = ours.RESTToken
	}
}

// tokens returns what another process needs to go on with this session.
func (s *session) tokens() cachedSession {
	s.mu.Lock()
	tokens := cachedSession{RESTToken: s.token.token, JSONToken: s.jsonToken}
	s.mu.Unlock()
	for _, cookie := range s.soap.Jar.Cookies(s.endpoint) {
		if cookie.Name == soap.SessionCookieName {
			tokens.SOAPCookie = cookie.String()
		}
	}

	return tokens
}

// keepAlive calls vCenter now and then, so that a long wait does not end in an expired session.
func (s *session) keepAlive(ctx context.Context) {
	for backoff.Pause(ctx, keepAlivePause) {
		s.mu.Lock()
		generation, rest := s.generation, s.token
		s.mu.Unlock()
		var failures []error
		if generation > 0 {
			failures = append(failures, s.vimOnce(ctx, httpapi.Call{Op: "CurrentTime"}, s.timeout, currentTime))
		}
		if rest.generation > 0 {
			failures = append(failures, s.restOnce(ctx, restRequest{
				Call: httpapi.Call{Op: "GET " + sessionPath}, method: http.MethodGet, path: sessionPath,
			}))
		}
		if err := errors.Join(failures...); err != nil {
			s.logger.DebugContext(ctx, "Could not keep the session alive", "error", err.Error())
		}
	}
}

func currentTime(ctx context.Context, vim *vim25.Client) error {
	_, err := methods.GetCurrentTime(ctx, vim)

	return err //nolint:wrapcheck // vimOnce classifies it
}

// logout ends both sessions, unless they are kept in the cache for the next process. Of processes that logged in at the same
// time the cache has one's: the others must not leave theirs behind, where nobody finds them.
func (s *session) logout(ctx context.Context) error {
	ours := s.tokens()
	s.mu.Lock()
	vim, generation, rest := s.vim, s.generation, s.token
	s.generation, s.token = 0, restSession{}
	s.mu.Unlock()
	kept, err := s.cache.load()
	if err != nil {
		s.logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	// Also when the caller was cancelled: a session that is left behind counts against vCenter's limit.
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(logoutTimeout, s.timeout))
	defer cancel()
	var (
		both             sync.WaitGroup
		endedREST, ended error
	)
	if rest.generation > 0 && rest.token != kept.RESTToken {
		both.Go(func() { endedREST = s.endREST(bounded, rest) })
	}
	if generation > 0 && !ours.sameLogin(kept) {
		both.Go(func() { ended = s.endSOAP(bounded, *vim.ServiceContent.SessionManager) })
	}
	both.Wait()

	return errors.Join(endedREST, ended)
}

// endSOAP ends the SOAP session, which the JSON form of the API shares. A logout that was lost is sent again: nobody else
// ends the session for half an hour.
func (s *session) endSOAP(ctx context.Context, manager types.ManagedObjectReference) error {
	what := httpapi.Call{Op: "Logout"}
	err := s.repeater().Do(ctx, what.Effect, func() error {
		bounded, x, cancel := s.bound(ctx, what, s.timeout)
		defer cancel()
		if _, err := methods.Logout(bounded, s.methods, &types.Logout{This: manager}); err != nil {
			return s.soapError(ctx, what, x, err)
		}

		return nil
	})
	if apierr.Is(err, apierr.Unauthenticated) {
		return nil
	}

	return err
}
