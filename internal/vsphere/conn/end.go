package conn

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// keep writes the tokens to the cache, where there is one. A session that another process has put there since the last look stays:
// that process keeps it for the next one, and this process's own is ended by [Conn.logout].
func (c *Conn) keep(ctx context.Context) {
	if !c.cache.enabled() {
		return
	}
	c.keeping.Lock()
	defer c.keeping.Unlock()
	kept, err := c.cache.load()
	if err != nil {
		c.Logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	ours := c.tokens()
	if kept.noLogin() || kept.sameLogin(c.seen) {
		kept.SOAPCookie, kept.JSONToken = ours.SOAPCookie, ours.JSONToken
	}
	if kept.RESTToken == "" || kept.RESTToken == c.seen.RESTToken {
		kept.RESTToken = ours.RESTToken
	}
	if err := c.cache.store(kept); err != nil {
		c.Logger.WarnContext(ctx, "Could not write the session cache", "error", err.Error())

		return
	}
	if kept.sameLogin(ours) {
		c.seen.SOAPCookie, c.seen.JSONToken = ours.SOAPCookie, ours.JSONToken
	}
	if kept.RESTToken == ours.RESTToken {
		c.seen.RESTToken = ours.RESTToken
	}
}

// tokens returns what another process needs to go on with this session.
func (c *Conn) tokens() cachedSession {
	c.mu.Lock()
	tokens := cachedSession{RESTToken: c.token.token, JSONToken: c.jsonToken}
	c.mu.Unlock()
	for _, cookie := range c.soap.Jar.Cookies(c.endpoint) {
		if cookie.Name == soap.SessionCookieName {
			tokens.SOAPCookie = cookie.String()
		}
	}

	return tokens
}

// keepAlive calls vCenter now and then, so that a long wait does not end in an expired session.
func (c *Conn) keepAlive(ctx context.Context) {
	for backoff.Pause(ctx, keepAlivePause) {
		c.mu.Lock()
		generation, rest := c.generation, c.token
		c.mu.Unlock()
		var failures []error
		if generation > 0 {
			_, err := methods.GetCurrentTime(ctx, c.Method(httpapi.Call{Op: "CurrentTime"}).Once())
			failures = append(failures, err)
		}
		if rest.generation > 0 {
			failures = append(failures, c.restOnce(ctx, Request{
				Call: httpapi.Call{Op: "GET " + sessionPath}, Method: http.MethodGet, Path: sessionPath,
			}))
		}
		if err := errors.Join(failures...); err != nil {
			c.Logger.DebugContext(ctx, "Could not keep the session alive", "error", err.Error())
		}
	}
}

// Close ends the session, unless it is kept in the cache, and stops everything that runs in the background. Calls that are still
// under way end with an error of kind Cancelled.
func (c *Conn) Close(ctx context.Context) error {
	err := errors.Join(c.Life.End(ctx), c.logout(ctx))
	c.transport.CloseIdleConnections()

	return err
}

// logout ends both sessions, unless they are kept in the cache for the next process. Of processes that logged in at the same
// time the cache has one's: the sessions of the other processes would be found by none, and are ended.
func (c *Conn) logout(ctx context.Context) error {
	ours := c.tokens()
	c.mu.Lock()
	content, generation, rest := c.content, c.generation, c.token
	c.generation, c.token = 0, restSession{}
	c.mu.Unlock()
	kept, err := c.cache.load()
	if err != nil {
		c.Logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	// Also when the caller was cancelled: a session that is left behind counts against vCenter's limit.
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(logoutTimeout, c.timeout))
	defer cancel()
	var (
		both             sync.WaitGroup
		endedREST, ended error
	)
	if rest.generation > 0 && rest.token != kept.RESTToken {
		both.Go(func() {
			endedREST = httpapi.EndSession(bounded, func(ctx context.Context) error { return c.endREST(ctx, rest) })
		})
	}
	if generation > 0 && !ours.sameLogin(kept) {
		both.Go(func() {
			ended = httpapi.EndSession(bounded, func(ctx context.Context) error { return c.endSOAP(ctx, *content.SessionManager) })
		})
	}
	both.Wait()

	return errors.Join(endedREST, ended)
}

// endSOAP ends the SOAP session, which the JSON form of the API shares. A logout that was lost is sent again: else the
// session would last another half an hour.
func (c *Conn) endSOAP(ctx context.Context, manager types.ManagedObjectReference) error {
	what := httpapi.Call{Op: "Logout"}
	bounded, x, cancel := c.bound(ctx, what, c.timeout)
	defer cancel()
	_, err := methods.Logout(bounded, c.methods, &types.Logout{This: manager})
	if err == nil {
		return nil
	}
	failure := c.soapError(ctx, what, x, err)
	if failure.Kind == apierr.Unauthenticated {
		return nil
	}

	return failure
}
