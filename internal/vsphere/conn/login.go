package conn

import (
	"context"
	"errors"
	"net/http"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// ensureLogin makes sure that the SOAP session is newer than the generation that the caller found wanting, and returns its
// generation. The attempt that it joins may be the one that made just the wanting one, hence the loop.
func (c *Conn) ensureLogin(ctx context.Context, wanting int) (int, error) {
	if _, err := c.Content(ctx); err != nil {
		return 0, err
	}
	for {
		if current := c.currentGeneration(); current > wanting {
			return current, nil
		}
		err := c.loggingIn.Do(ctx, &c.Life, func(ctx context.Context) error {
			if c.currentGeneration() > wanting {
				return nil
			}
			lingering, release := httpapi.Lingering(ctx, answerGrace) // else a login on its way leaves a session that no logout ends
			defer release()

			return c.login(lingering)
		})
		if err != nil {
			return 0, httpapi.Call{Op: "Login"}.Shared(ctx, err)
		}
	}
}

func (c *Conn) currentGeneration() int {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.generation
}

func (c *Conn) login(ctx context.Context) error {
	if err := c.refusal(); err != nil {
		return err
	}
	c.forgetCookie()
	var answer *types.LoginResponse
	for attempts := c.attempts(httpapi.Reads); ; {
		var err error
		if answer, err = c.askLogin(ctx); err == nil {
			break
		}
		if !attempts.Again(ctx, err) {
			return c.remember(err)
		}
	}
	c.mu.Lock()
	c.generation++
	c.user = answer.Returnval.UserName
	c.mu.Unlock()
	c.keep(ctx)

	return nil
}

func (c *Conn) askLogin(ctx context.Context) (*types.LoginResponse, error) {
	what := httpapi.Call{Op: "Login", Object: c.endpoint.Host}
	bounded, x, cancel := c.bound(ctx, what, c.timeout)
	defer cancel()
	c.mu.Lock()
	manager := *c.content.SessionManager
	c.mu.Unlock()
	request := types.Login{This: manager, UserName: c.username, Password: c.password, Locale: "en_US"}
	answer, err := methods.Login(bounded, c.methods, &request)
	if err != nil {
		return nil, c.soapError(ctx, what, x, err)
	}

	return answer, nil
}

// forgetCookie drops the cookie of the SOAP session that a new login replaces: should that session still live after all,
// vCenter would refuse to log in on it once more, which reads like a wrong password.
func (c *Conn) forgetCookie() {
	c.soap.Jar.SetCookies(c.endpoint, []*http.Cookie{{Name: soap.SessionCookieName, Path: "/", MaxAge: -1}}) //nolint:gosec // it deletes the cookie
}

// refusal returns a copy of the answer to a login that vCenter refused for its credentials.
func (c *Conn) refusal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		return nil
	}
	failure := *c.refused

	return &failure
}

// remember notes a refusal of the credentials, so that a wrong password is sent once and not by every caller.
func (c *Conn) remember(err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
		c.mu.Lock()
		c.refused = failure
		c.mu.Unlock()
	}

	return err
}

// UserName returns the user as vCenter spells it. The login told; a session from the cache is asked
// (SessionManager.currentSession).
func (c *Conn) UserName(ctx context.Context) (string, error) {
	if _, err := c.ensureLogin(ctx, 0); err != nil {
		return "", err
	}
	c.mu.Lock()
	user, manager := c.user, *c.content.SessionManager
	c.mu.Unlock()
	if user != "" {
		return user, nil
	}
	all, err := c.Retrieve(ctx, "", types.PropertyFilterSpec{
		PropSet:   []types.PropertySpec{{Type: "SessionManager", PathSet: []string{"currentSession"}}},
		ObjectSet: []types.ObjectSpec{{Obj: manager}},
	})
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if current := Get[types.UserSession](p, "currentSession"); current.UserName != "" {
			c.mu.Lock()
			c.user = current.UserName
			c.mu.Unlock()

			return current.UserName, nil
		}
	}

	return c.username, nil
}
