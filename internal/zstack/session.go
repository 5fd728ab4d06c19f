package zstack

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	loginOp  = "LogInByAccount"
	logoutOp = "LogOut"
	// logoutTimeout bounds the farewell: a server that hangs must not hold up the end of the process.
	logoutTimeout = 5 * time.Second
)

// session is the one login that all calls share. It is made when it is first needed, once for all who wait for it, and anew
// after ZStack dropped it.
type session struct {
	account, password string
	loggingIn         httpapi.Flight

	mu         sync.Mutex
	uuid       string
	generation int           // counts logins; 0 is none
	refused    *apierr.Error // ZStack refused the credentials: not asked again, lest it lock the account
}

func (s *session) current() (uuid string, generation int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.uuid, s.generation
}

// authorizer returns what authorizes a request, under a session newer than the generation that the caller found wanting,
// and the session's own generation.
func (c *Client) authorizer(ctx context.Context, wanting int) (authorizer, int, error) {
	if c.key != nil {
		return c.key.sign, 0, nil
	}
	for {
		if uuid, generation := c.session.current(); generation > wanting {
			return func(r *http.Request) { r.Header.Set("Authorization", "OAuth "+uuid) }, generation, nil
		}
		err := c.session.loggingIn.Do(ctx, &c.life, func(ctx context.Context) error {
			if _, generation := c.session.current(); generation > wanting {
				return nil // the attempt before this one made it
			}

			return c.login(ctx)
		})
		if err != nil {
			return nil, 0, httpapi.Call{Op: loginOp, Object: c.endpoint.Host}.Shared(ctx, err)
		}
	}
}

// loginBody is LogInByAccount on the wire; the password is the lower-case hexadecimal SHA-512 of the real one.
type loginBody struct {
	LogIn struct {
		AccountName string `json:"accountName"`
		Password    string `json:"password"`
	} `json:"logInByAccount"`
}

// login makes a session (PUT /v1/accounts/login).
func (c *Client) login(ctx context.Context) error {
	s := &c.session
	s.mu.Lock()
	refused, again := s.refused, s.generation > 0
	s.mu.Unlock()
	if refused != nil {
		return refused
	}
	digest := sha512.Sum512([]byte(s.password))
	var body loginBody
	body.LogIn.AccountName, body.LogIn.Password = s.account, hex.EncodeToString(digest[:])
	r := request{
		Call: httpapi.Call{Op: loginOp, Object: c.endpoint.Host}, method: http.MethodPut, path: "/v1/accounts/login", in: body,
	}
	var made struct {
		Inventory struct {
			UUID string `json:"uuid"`
		} `json:"inventory"`
	}
	attempts := func() error {
		return c.repeater().Do(ctx, r.Effect, func() error {
			reply, err := c.exchange(ctx, r, nil)
			if err != nil {
				return err
			}

			return c.decode(r.Call, reply.body, &made)
		})
	}
	var err error
	if again { // something may be under way that is worth some patience
		err = attempts()
	} else {
		err = c.first(attempts)
	}
	if err == nil && made.Inventory.UUID == "" {
		err = c.malformed(r.Call, nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
			s.refused = failure
		}

		return err
	}
	s.uuid = made.Inventory.UUID
	s.generation++

	return nil
}

// logout ends the session (DELETE /v1/accounts/sessions/{uuid}). One that ZStack does not know any more is ended. A logout that
// was lost or met a busy platform is sent again: nobody else ends the session for two hours.
func (c *Client) logout(ctx context.Context) error {
	c.session.mu.Lock()
	uuid := c.session.uuid
	c.session.uuid, c.session.generation = "", 0
	c.session.mu.Unlock()
	if uuid == "" {
		return nil
	}
	// Also when the caller was cancelled: a session that is left behind counts against ZStack's limit.
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(logoutTimeout, c.timeout))
	defer cancel()
	r := request{
		Call: httpapi.Call{Op: logoutOp, Object: c.endpoint.Host}, method: http.MethodDelete, path: "/v1/accounts/sessions/" + uuid,
	}
	err := c.repeater().Do(bounded, r.Effect, func() error {
		_, err := c.exchange(bounded, r, func(r *http.Request) { r.Header.Set("Authorization", "OAuth "+uuid) })

		return err
	})
	if apierr.Is(err, apierr.Unauthenticated, apierr.NotFound) {
		return nil
	}

	return err
}
