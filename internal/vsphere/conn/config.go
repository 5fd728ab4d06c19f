package conn

import (
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	defaultUserAgent = "terraform-provider-vmfork"
	// defaultLargestAnswer fits the inventory of a large vCenter many times.
	defaultLargestAnswer = 256 << 20
)

// The ways to call vim25 methods.
const (
	APISOAP = "soap"
	APIJSON = "json" // VI/JSON, from vCenter 8.0.1 on
)

// Config says which vCenter to connect to, as which user, and how. Only Endpoint, Username and Password are required.
type Config struct {
	// Endpoint is a host, host:port or URL. The scheme is https unless the URL says http, which is meant for simulators.
	Endpoint string
	Username string
	Password string
	// Thumbprint is the SHA-1 or SHA-256 of the server's certificate in hexadecimal, with or without colons. When set, that
	// very certificate is accepted and no other, by any signer.
	Thumbprint string
	// CACertificate is the certificate authority to trust instead of the system's: PEM text, or the path of a PEM file.
	CACertificate string
	// AllowUnverifiedTLS accepts any certificate.
	AllowUnverifiedTLS bool
	// SessionCache is a folder, for its owner only, where sessions are kept between processes; such sessions are not logged
	// out. Empty: every client has a session of its own and ends it.
	SessionCache string
	// API is how vim25 methods are called: [APISOAP], which is the default, or [APIJSON], which needs vCenter 8.0.1.
	API string
	// MaxConcurrentTasks is how many slots AcquireTaskSlot hands out at a time; 0 is no limit.
	MaxConcurrentTasks int
	// RequestTimeout bounds one request and its answer (default 60 s). Waiting for tasks is not bound by it.
	RequestTimeout time.Duration
	// LargestAnswer bounds what is read of one answer, in bytes (default 256 MiB).
	LargestAnswer int64
	// UserAgent names the program to vCenter, which shows it in its session list.
	UserAgent string
	// Logger receives requests at DEBUG and repeated ones at WARN, never credentials or bodies. Nil discards.
	Logger *slog.Logger
}

// ConfigError says which part of a [Config] is wrong. Field is spelled like the provider's attribute: "endpoint",
// "username", "password", "thumbprint", "ca_certificate", "session_cache", "api", "max_concurrent_tasks", "request_timeout".
type ConfigError = httpapi.ConfigError

// withDefaults checks c and fills in what may be left out.
func (c Config) withDefaults() (Config, error) {
	if c.Username == "" {
		return c, httpapi.Invalid("username", "must not be empty")
	}
	if strings.Contains(c.Username, ":") {
		return c, httpapi.Invalid("username", "must not have a colon: vCenter's REST API takes what follows it for the password")
	}
	if c.Password == "" {
		return c, httpapi.Invalid("password", "must not be empty")
	}
	switch c.API {
	case "":
		c.API = APISOAP
	case APISOAP, APIJSON:
	default:
		return c, httpapi.Invalid("api", "must be %q or %q, but is %q", APISOAP, APIJSON, c.API)
	}
	if c.MaxConcurrentTasks < 0 {
		return c, httpapi.Invalid("max_concurrent_tasks", "must not be negative, but is %d", c.MaxConcurrentTasks)
	}
	if c.RequestTimeout < 0 {
		return c, httpapi.Invalid("request_timeout", "must not be negative, but is %s", c.RequestTimeout)
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultRequestTimeout
	}
	if c.LargestAnswer == 0 {
		c.LargestAnswer = defaultLargestAnswer
	}
	if c.UserAgent == "" {
		c.UserAgent = defaultUserAgent
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}

	return c, nil
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// parseEndpoint turns host, host:port or a URL into the URL of the vim25 service. Errors never repeat the endpoint: it may
// hold a password that was put there by mistake.
func parseEndpoint(endpoint string) (*url.URL, error) {
	const field = "endpoint"
	endpoint = strings.TrimSpace(endpoint)
	if endpoint == "" {
		return nil, httpapi.Invalid(field, "must not be empty")
	}
	if !hasScheme.MatchString(endpoint) {
		if ip := net.ParseIP(endpoint); ip != nil && ip.To4() == nil {
			endpoint = "[" + endpoint + "]"
		}
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return nil, httpapi.Invalid(field, "must be a host, host:port or URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, httpapi.Invalid(field, "the scheme must be https, or http for a simulator")
	case u.User != nil:
		return nil, httpapi.Invalid(field, "must not contain credentials: set username and password")
	case u.Hostname() == "":
		return nil, httpapi.Invalid(field, "must name a host")
	case strings.Trim(u.Path, "/") != "" && strings.Trim(u.Path, "/") != "sdk", u.RawQuery != "", u.Fragment != "":
		return nil, httpapi.Invalid(field, "must be a host, host:port or URL without a path")
	}

	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: "/sdk"}, nil
}
