package conn

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// Conn is the connection to one management node. It connects when it is first used, may be used by any number of goroutines,
// and must be closed.
type Conn struct {
	Logger *slog.Logger
	HTTP   *http.Client     // tests replace its transport
	Life   httpapi.Lifetime // ends with Close; bounds what several callers share

	endpoint  *url.URL
	timeout   time.Duration
	userAgent string
	transport *httpapi.Transport
	spoken    atomic.Bool // whether the endpoint has ever answered as a ZStack does
	contact   contact
	key       *accessKey // nil with an account
	login     login
	closing   sync.Once
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
	location, err := config.location()
	if err != nil {
		return nil, err
	}
	trust, err := httpapi.Trust{
		Host: endpoint.Hostname(), CACertificate: config.CACertificate, AllowUnverifiedTLS: config.AllowUnverifiedTLS,
	}.TLS()
	if err != nil {
		return nil, err
	}
	c := &Conn{
		Logger: config.Logger, endpoint: endpoint, timeout: config.RequestTimeout, userAgent: config.UserAgent,
		transport: httpapi.NewTransport("ZStack", trust, config.LargestAnswer, config.Logger, nil),
		contact:   contact{trying: make(chan struct{}, 1)},
		login:     login{account: config.AccountName, password: config.Password},
	}
	c.HTTP = &http.Client{Transport: c.transport, CheckRedirect: httpapi.RefuseRedirect}
	if config.AccessKeyID != "" {
		c.key = &accessKey{id: config.AccessKeyID, secret: config.AccessKeySecret, location: location}
	}

	return c, nil
}

// Close logs out and stops everything that runs in the background. Calls that are still under way end with an error of kind
// Cancelled. Closing again does nothing.
func (c *Conn) Close(ctx context.Context) error {
	var err error
	c.closing.Do(func() {
		err = c.Life.End(ctx)
		err = errors.Join(err, c.logOut(ctx))
		c.transport.CloseIdleConnections()
	})

	return err
}

// RoundTrip is the shortest time in which an answer came, 0 before the first one.
func (c *Conn) RoundTrip() time.Duration { return c.transport.Way() }

// connected reports whether the endpoint has ever answered as a ZStack does.
func (c *Conn) connected() bool { return c.spoken.Load() }

// attempts are those at one request, as the policy allows.
func (c *Conn) attempts(what httpapi.Effect) *httpapi.Attempts {
	return httpapi.Repeater{Platform: "ZStack", Logger: c.Logger, Connected: c.connected, Refusals: refusals}.Begin(what)
}
