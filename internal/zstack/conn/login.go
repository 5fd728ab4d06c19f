package conn

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	loginOp  = "LogInByAccount"
	logoutOp = "LogOut"
)

// login is the session that all requests share: one login when it is first needed, for all callers that wait, and another one after
// ZStack dropped the session.
type login struct {
	account, password string
	flight            httpapi.Flight

	mu      sync.Mutex
	now     credentials
	uuid    string        // of the account, once it is known
	refused *apierr.Error // ZStack refused the account: it is not asked again, lest it lock the account
}

// credentials are what authorizes a request.
type credentials struct {
	session string // its uuid; empty with an access key
	number  int    // counts logins; 0 is none, as with an access key
}

func (l *login) current() credentials {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.now
}

// credentials returns those of a login later than the one of number after.
func (c *Conn) credentials(ctx context.Context, after int) (*credentials, error) {
	if c.key != nil {
		return &credentials{}, nil
	}
	for {
		if now := c.login.current(); now.number > after {
			return &now, nil
		}
		err := c.login.flight.Do(ctx, &c.Life, func(ctx context.Context) error { return c.logIn(ctx, after) })
		if _, ours := errors.AsType[*apierr.Error](err); ours {
			return nil, owned(err)
		}
		what := httpapi.Call{Op: loginOp, Object: c.endpoint.Host}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return nil, what.Interrupted(ctx, nil)
		default:
			return nil, what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(err)
		}
	}
}

// logIn logs in (PUT /v1/accounts/login), unless a login later than the one of number after was made meanwhile.
func (c *Conn) logIn(ctx context.Context, after int) error {
	l := &c.login
	l.mu.Lock()
	now, refused := l.now, l.refused
	l.mu.Unlock()
	switch {
	case now.number > after:
		return nil
	case refused != nil:
		return refused
	case now.number > 0: // a change may be under way that is worth some patience
	default:
		if err := c.contact.Refusal(); err != nil {
			return err
		}
	}
	uuid, account, err := c.openSession(ctx)
	if now.number == 0 {
		err = c.contact.Remember(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
			l.refused = failure
		}

		return err
	}
	l.now, l.uuid = credentials{session: uuid, number: now.number + 1}, account

	return nil
}

// loginBody is LogInByAccount on the wire; the password is the lower-case hexadecimal SHA-512 of the real one.
type loginBody struct {
	LogIn struct {
		AccountName string `json:"accountName"`
		Password    string `json:"password"`
	} `json:"logInByAccount"`
}

// openSession returns the uuid of a new session, and of its account.
func (c *Conn) openSession(ctx context.Context) (session, account string, err error) {
	digest := sha512.Sum512([]byte(c.login.password))
	var body loginBody
	body.LogIn.AccountName, body.LogIn.Password = c.login.account, hex.EncodeToString(digest[:])
	r := Request{Call: httpapi.Call{Op: loginOp, Object: c.endpoint.Host}, Method: http.MethodPut, Path: "/v1/accounts/login", In: body}
	var told struct {
		Inventory struct {
			UUID        string `json:"uuid"`
			AccountUUID string `json:"accountUuid"`
		} `json:"inventory"`
	}
	reply, err := c.repeat(ctx, r)
	if err == nil {
		err = c.decode(r.Call, reply.Body, &told)
	}
	if err == nil && told.Inventory.UUID == "" {
		err = c.malformed(r.Call, nil)
	}

	return told.Inventory.UUID, told.Inventory.AccountUUID, err
}

// repeat sends a request of the login itself until its answer is none that the policy repeats.
func (c *Conn) repeat(ctx context.Context, r Request) (Answer, error) {
	for attempts := c.attempts(r.Effect); ; {
		reply, err := c.exchange(ctx, r, nil)
		if err == nil || !attempts.Again(ctx, err) {
			return reply, err
		}
	}
}

// logOut ends the session (DELETE /v1/accounts/sessions/{uuid}). One that ZStack does not know any more is ended. A logout that
// was lost or refused is sent again: else the session lasts for two hours.
func (c *Conn) logOut(ctx context.Context) error {
	c.login.mu.Lock()
	as := c.login.now
	c.login.now = credentials{}
	c.login.mu.Unlock()
	if as.session == "" {
		return nil
	}
	// Also when the caller was cancelled: a session that is left behind counts against ZStack's limit.
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(logoutTimeout, c.timeout))
	defer cancel()
	r := Request{
		Call: httpapi.Call{Op: logoutOp, Object: c.endpoint.Host}, Method: http.MethodDelete, Path: "/v1/accounts/sessions/" + as.session,
	}

	return httpapi.EndSession(bounded, func(ctx context.Context) error {
		_, err := c.exchange(ctx, r, &as)
		if apierr.Is(err, apierr.Unauthenticated, apierr.NotFound) {
			return nil
		}

		return err
	})
}
