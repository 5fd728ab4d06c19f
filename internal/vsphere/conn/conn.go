package conn

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// Conn is the connection to one vCenter: the logins under all calls. Each step happens when it is first needed and once for all
// callers: the service content, the SOAP login, the REST session, and a new login after vCenter dropped the old one.
type Conn struct {
	// Life bounds what goes on in the background.
	Life httpapi.Lifetime
	// Logger receives what is worth a user's attention.
	Logger *slog.Logger

	endpoint  *url.URL
	username  string
	password  string
	timeout   time.Duration
	transport *httpapi.Transport
	clock     *serverClock
	api       string       // how vim25 methods are called
	soap      *soap.Client // asks what vCenter is, and calls methods where the API is SOAP
	methods   *soap.Client // calls methods; set once the service content is known
	policies  *soap.Client // calls methods of the service of storage policies
	http      *http.Client // for REST, on the same transport but without SOAP's cookies
	cache     sessionCache

	contact     httpapi.Contact
	identifying httpapi.Flight
	loggingIn   httpapi.Flight
	restLogin   httpapi.Flight

	keeping sync.Mutex    // held while the cache is written
	seen    cachedSession // what of the cache's content is known: read there at first, or written there

	mu         sync.Mutex
	content    *types.ServiceContent // set once it is known
	generation int                   // counts SOAP logins; 0 is none
	user       string                // as vCenter spells it: "VSPHERE.LOCAL\\ci"
	jsonToken  string                // of the vim25 session, where the API is JSON
	token      restSession
	refused    *apierr.Error // vCenter refused the credentials: not asked again, lest it lock the account
}

// New checks the configuration, its mistakes are a [*ConfigError], and does nothing on the network.
func New(config Config) (*Conn, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	endpoint, err := parseEndpoint(config.Endpoint)
	if err != nil {
		return nil, err
	}
	clock := new(serverClock)
	wire, err := newTransport(config, endpoint.Hostname(), clock)
	if err != nil {
		return nil, err
	}
	kept := endpoint.String()
	if config.API == APIJSON {
		kept += "#" + config.API // its sessions are others
	}
	cache, err := openSessionCache(config.SessionCache, kept, config.Username)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("cookie jar: %w", err)
	}
	client := soap.NewClient(endpoint, config.AllowUnverifiedTLS)
	client.Transport = wire
	client.Jar = jar
	client.UserAgent = config.UserAgent
	client.CheckRedirect = httpapi.RefuseRedirect

	c := &Conn{
		endpoint: endpoint, username: config.Username, password: config.Password, timeout: config.RequestTimeout,
		Logger: config.Logger, transport: wire, clock: clock, soap: client,
		http: &http.Client{Transport: wire, CheckRedirect: httpapi.RefuseRedirect},
		api:  config.API, methods: client, cache: cache,
	}
	c.policies = c.policyClient()

	return c, nil
}

// refusals are the vAPI codes of a service that takes no work now.
var refusals = map[string]httpapi.Effect{"SERVICE_UNAVAILABLE": httpapi.Changes}

// Repeater returns the policy of what is repeated on this connection.
func (c *Conn) Repeater() httpapi.Repeater {
	return httpapi.Repeater{Platform: "vCenter", Logger: c.Logger, Connected: c.connected, Refusals: refusals}
}

// attempts returns the attempts at a call with such an effect.
func (c *Conn) attempts(what httpapi.Effect) *httpapi.Attempts { return c.Repeater().Begin(what) }

// connected reports whether the server has ever answered as a vCenter.
func (c *Conn) connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.content != nil
}

// RoundTripTime returns the shortest time in which an answer came, and 0 before the first one.
func (c *Conn) RoundTripTime() time.Duration { return c.transport.Way() }

// OutlivesProcess reports whether the session goes on after Close, for the next process: then what was made in it must be removed.
func (c *Conn) OutlivesProcess() bool { return c.cache.enabled() }

// Content returns the service content, which needs no login, and no request after the first call.
func (c *Conn) Content(ctx context.Context) (*types.ServiceContent, error) {
	for {
		c.mu.Lock()
		content := c.content
		c.mu.Unlock()
		if content != nil {
			return content, nil
		}
		if err := c.identifying.Do(ctx, &c.Life, c.retrieveContent); err != nil {
			return nil, httpapi.Call{Op: "RetrieveServiceContent"}.Shared(ctx, err)
		}
	}
}

func (c *Conn) retrieveContent(ctx context.Context) error {
	if c.connected() {
		return nil
	}
	if err := c.contact.Refusal(); err != nil {
		return err
	}
	what := httpapi.Call{Op: "RetrieveServiceContent", Object: c.endpoint.Host}
	var client *vim25.Client
	for attempts := c.attempts(httpapi.Reads); ; {
		var err error
		if client, err = c.askContent(ctx, what); err == nil {
			break
		}
		if !attempts.Again(ctx, err) {
			return c.contact.Remember(err)
		}
	}
	if !client.IsVC() {
		failure := what.Error(apierr.Unsupported, apierr.CodeNotVCenter)
		failure.Messages = []string{client.ServiceContent.About.FullName}

		return failure
	}
	if err := c.chooseAPI(client); err != nil {
		return err
	}
	kept, err := c.cache.load()
	if err != nil {
		c.Logger.WarnContext(ctx, "Could not read the session cache", "error", err.Error())
	}
	c.keeping.Lock()
	c.seen = kept
	c.keeping.Unlock()
	c.adopt(&client.ServiceContent, kept)
	c.Life.Run(ctx, c.keepAlive)

	return nil
}

func (c *Conn) askContent(ctx context.Context, what httpapi.Call) (*vim25.Client, error) {
	bounded, cancel := context.WithTimeout(ctx, min(c.timeout, httpapi.ContactLimit))
	defer cancel()
	traced, x := httpapi.Traced(bounded, what.Op)
	client, err := vim25.NewClient(traced, c.soap)
	if err != nil && c.learnVersion(bounded, err) {
		traced, x = httpapi.Traced(bounded, what.Op)
		client, err = vim25.NewClient(traced, c.soap)
	}
	if err != nil {
		return nil, c.notVCenter(httpapi.WantsTLS(ctx, c.endpoint, x, c.soapError(ctx, what, x, err)))
	}
	c.soap.Version = knownVersion(client.ServiceContent.About.ApiVersion)

	return client, nil
}

// adopt takes the service content into use, and with it a session that another process left in the cache. Whether that
// session still lives shows at the first call.
func (c *Conn) adopt(content *types.ServiceContent, kept cachedSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.content = content
	if kept.RESTToken != "" {
		c.token = restSession{token: kept.RESTToken, generation: 1}
	}
	if kept.JSONToken != "" {
		c.jsonToken, c.generation = kept.JSONToken, 1
	}
	cookies, err := http.ParseCookie(kept.SOAPCookie)
	if err != nil {
		return // none was kept
	}
	for _, cookie := range cookies {
		cookie.Path = "/"
	}
	c.soap.Jar.SetCookies(c.endpoint, cookies)
	c.generation = 1
}

// notVCenter says it clearly when the endpoint answers, but not as a vCenter does.
func (c *Conn) notVCenter(failure *apierr.Error) error {
	if apierr.NeedsConfiguration(failure) {
		return failure
	}
	switch failure.Kind {
	case apierr.NotFound, apierr.Denied, apierr.InvalidArgument, apierr.Internal, apierr.Unsupported:
		failure.Kind, failure.Code, failure.Object = apierr.Unsupported, apierr.CodeNotVCenter, c.endpoint.Host
	case apierr.AlreadyExists, apierr.InvalidState, apierr.Insufficient, apierr.Unauthenticated, apierr.Unavailable,
		apierr.Busy, apierr.Cancelled, apierr.TimedOut, apierr.InUse:
	}

	return failure
}
