package vsphere

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// session is the one login under all calls. Each step happens when it is first needed and once for all callers: the
// service content, the SOAP login, the REST session, and a new login after vCenter dropped the old one.
type session struct {
	endpoint  *url.URL
	username  string
	password  string
	timeout   time.Duration
	logger    *slog.Logger
	transport *httpapi.Transport
	clock     *serverClock
	api       string       // how vim25 methods are called
	soap      *soap.Client // asks what vCenter is, and calls methods where the API is SOAP
	methods   *soap.Client // calls methods; set once the service content is known
	http      *http.Client // for REST, on the same transport but without SOAP's cookies
	cache     sessionCache
	life      *httpapi.Lifetime

	contact     httpapi.Contact
	identifying httpapi.Flight
	loggingIn   httpapi.Flight
	restLogin   httpapi.Flight

	keeping sync.Mutex    // one at a time writes the cache
	seen    cachedSession // what of the cache's content we know: read there at first, or written there

	mu         sync.Mutex
	vim        *vim25.Client // set once the service content is known
	generation int           // counts SOAP logins; 0 is none
	user       string        // as vCenter spells it: "VSPHERE.LOCAL\\ci"
	jsonToken  string        // of the vim25 session, where the API is JSON
	token      restSession
	refused    *apierr.Error // vCenter refused the credentials: not asked again, lest it lock the account
}

func newSession(c Config, life *httpapi.Lifetime) (*session, error) {
	endpoint, err := parseEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	clock := new(serverClock)
	wire, err := newTransport(c, endpoint.Hostname(), clock)
	if err != nil {
		return nil, err
	}
	kept := endpoint.String()
	if c.API == APIJSON {
		kept += "#" + c.API // its sessions are others
	}
	cache, err := openSessionCache(c.SessionCache, kept, c.Username)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("cookie jar: %w", err)
	}
	client := soap.NewClient(endpoint, c.AllowUnverifiedTLS)
	client.Transport = wire
	client.Jar = jar
	client.UserAgent = c.UserAgent
	client.CheckRedirect = httpapi.RefuseRedirect

	return &session{
		endpoint: endpoint, username: c.Username, password: c.Password, timeout: c.RequestTimeout, logger: c.Logger,
		transport: wire, clock: clock, soap: client, http: &http.Client{Transport: wire, CheckRedirect: httpapi.RefuseRedirect},
		api: c.API, methods: client, cache: cache, life: life,
	}, nil
}

// repeater repeats what meets a passing failure.
func (s *session) repeater() httpapi.Repeater {
	return httpapi.Repeater{Platform: "vCenter", Logger: s.logger, Connected: s.connected}
}

// connected reports whether the server has ever answered as a vCenter.
func (s *session) connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.vim != nil
}

// identify returns the client with the service content, which needs no login.
func (s *session) identify(ctx context.Context) (*vim25.Client, error) {
	for {
		s.mu.Lock()
		vim := s.vim
		s.mu.Unlock()
		if vim != nil {
			return vim, nil
		}
		if err := s.identifying.Do(ctx, s.life, s.retrieveContent); err != nil {
			return nil, httpapi.Call{Op: "RetrieveServiceContent"}.Shared(ctx, err)
		}
	}
}

func (s *session) retrieveContent(ctx context.Context) error {
	if s.connected() {
		return nil
	}
	if err := s.contact.Refusal(); err != nil {
		return err
	}
	what := httpapi.Call{Op: "RetrieveServiceContent", Object: s.endpoint.Host}
	var client *vim25.Client
	err := s.repeater().Do(ctx, httpapi.Reads, func() error {
		bounded, cancel := context.WithTimeout(ctx, min(s.timeout, httpapi.ContactLimit))
		defer cancel()
		bounded, x := httpapi.Traced(bounded, what.Op)
		var err error
		if client, err = vim25.NewClient(bounded, s.soap); err != nil {
			return s.notVCenter(s.soapError(ctx, what, x, err))
		}

		return nil
	})
	if err != nil {
		return s.contact.Remember(err)
	}
	if !client.IsVC() {
		failure := what.Error(apierr.Unsupported, apierr.CodeNotVCenter)
		failure.Messages = []string{client.ServiceContent.About.FullName}

		return failure
	}
	if err := s.speak(client); err != nil {
		return err
	}
	client.RoundTripper = &reauthenticator{session: s}
	kept, err := s.cache.load()
	if err != nil {
		s.logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	s.keeping.Lock()
	s.seen = kept
	s.keeping.Unlock()
	s.adopt(client, kept)
	s.life.Run(ctx, s.keepAlive)

	return nil
}

// adopt takes the service content into use, and with it a session that another process left in the cache. Whether that
// session still lives shows at the first call.
func (s *session) adopt(client *vim25.Client, kept cachedSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vim = client
	if kept.RESTToken != "" {
		s.token = restSession{token: kept.RESTToken, generation: 1}
	}
	if kept.JSONToken != "" {
		s.jsonToken, s.generation = kept.JSONToken, 1
	}
	cookies, err := http.ParseCookie(kept.SOAPCookie)
	if err != nil {
		return // none was kept
	}
	for _, cookie := range cookies {
		cookie.Path = "/"
	}
	s.soap.Jar.SetCookies(s.endpoint, cookies)
	s.generation = 1
}

// notVCenter says it clearly when the endpoint answers, but not as a vCenter does.
func (s *session) notVCenter(failure *apierr.Error) error {
	switch failure.Kind {
	case apierr.NotFound, apierr.Denied, apierr.InvalidArgument, apierr.Internal, apierr.Unsupported:
		failure.Kind, failure.Code, failure.Object = apierr.Unsupported, apierr.CodeNotVCenter, s.endpoint.Host
	case apierr.AlreadyExists, apierr.InvalidState, apierr.Insufficient, apierr.Unauthenticated, apierr.Unavailable,
		apierr.Busy, apierr.Cancelled, apierr.TimedOut, apierr.InUse:
	}

	return failure
}

// client returns the client with a SOAP session.
func (s *session) client(ctx context.Context) (*vim25.Client, error) {
	vim, err := s.identify(ctx)
	if err != nil {
		return nil, err
	}

	return vim, s.ensureLogin(ctx, 0)
}

// ensureLogin makes sure that the SOAP session is newer than the generation that the caller found wanting. The attempt
// that it joins may be the one that made just that generation, hence the loop.
func (s *session) ensureLogin(ctx context.Context, wanting int) error {
	for s.currentGeneration() <= wanting {
		err := s.loggingIn.Do(ctx, s.life, func(ctx context.Context) error {
			if s.currentGeneration() > wanting {
				return nil
			}

			return s.login(ctx)
		})
		if err != nil {
			return httpapi.Call{Op: "Login"}.Shared(ctx, err)
		}
	}

	return nil
}

func (s *session) currentGeneration() int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.generation
}

func (s *session) login(ctx context.Context) error {
	if err := s.refusal(); err != nil {
		return err
	}
	s.mu.Lock()
	vim := s.vim
	s.mu.Unlock()
	what := httpapi.Call{Op: "Login", Object: s.endpoint.Host}
	s.forgetCookie()
	request := types.Login{
		This: *vim.ServiceContent.SessionManager, UserName: s.username, Password: s.password, Locale: "en_US",
	}
	var answer *types.LoginResponse
	err := s.repeater().Do(ctx, httpapi.Reads, func() error {
		bounded, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		bounded, x := httpapi.Traced(bounded, what.Op)
		var err error
		if answer, err = methods.Login(bounded, s.methods, &request); err != nil {
			return s.soapError(ctx, what, x, err)
		}

		return nil
	})
	if err != nil {
		return s.remember(err)
	}
	s.mu.Lock()
	s.generation++
	s.user = answer.Returnval.UserName
	s.mu.Unlock()
	s.keep(ctx)

	return nil
}

// forgetCookie drops the cookie of the SOAP session that a new login replaces: should that session still live after all,
// vCenter would refuse to log in on it once more, which reads like a wrong password.
func (s *session) forgetCookie() {
	s.soap.Jar.SetCookies(s.endpoint, []*http.Cookie{{Name: soap.SessionCookieName, Path: "/", MaxAge: -1}}) //nolint:gosec // it deletes the cookie
}

// refusal returns a copy of the answer to a login that vCenter refused for its credentials.
func (s *session) refusal() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == nil {
		return nil
	}
	failure := *s.refused

	return &failure
}

// remember notes a refusal of the credentials, so that a wrong password is sent once and not by every caller.
func (s *session) remember(err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
		s.mu.Lock()
		s.refused = failure
		s.mu.Unlock()
	}

	return err
}
