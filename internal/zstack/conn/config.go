package conn

import (
	"cmp"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // TimeZone must be understood on machines without a database of time zones

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	defaultUserAgent = "terraform-provider-vmfork"
	// managementPort is where a management node listens for plain HTTP; TLS is the work of a proxy at 443.
	managementPort = "8080"
)

// Config says which management node to speak to, with which credentials, and how. Endpoint and one pair of credentials are required:
// AccountName and Password, or AccessKeyID and AccessKeySecret.
type Config struct {
	// Endpoint is a host, host:port or URL. The scheme is https unless the URL says http. The port is 443 for https, and for
	// http 8080, where a management node listens, and not 80.
	Endpoint string
	// AccountName and Password log in to a session, which [Conn.Close] ends.
	AccountName string
	Password    string
	// AccessKeyID and AccessKeySecret sign each request instead.
	AccessKeyID     string
	AccessKeySecret string
	// CACertificate is the certificate authority to trust instead of the system's: PEM text, or the path of a PEM file.
	CACertificate string
	// AllowUnverifiedTLS accepts any certificate.
	AllowUnverifiedTLS bool
	// TimeZone is the IANA name of the time zone of the management node's clock. Requests that an access key signs carry the
	// time, and by default the server compares what it reads without looking at the zone. Empty is UTC.
	TimeZone string
	// RequestTimeout bounds one request and its answer (default 60 s). Waiting for jobs is not bound by it.
	RequestTimeout time.Duration
	// LargestAnswer bounds one answer in bytes (default 64 MiB).
	LargestAnswer int64
	// UserAgent names the program.
	UserAgent string
	// Logger receives requests at DEBUG and repeated ones at WARN, never credentials or bodies. Nil discards.
	Logger *slog.Logger
}

// ConfigError says which part of a [Config] is wrong. Field is spelled like the provider's attribute: "endpoint",
// "account_name", "password", "access_key_id", "access_key_secret", "ca_certificate", "time_zone", "request_timeout".
type ConfigError = httpapi.ConfigError

// withDefaults checks c and fills in what may be left out.
func (c Config) withDefaults() (Config, error) {
	if err := c.checkCredentials(); err != nil {
		return c, err
	}
	if c.RequestTimeout < 0 {
		return c, httpapi.Invalid("request_timeout", "must not be negative, but is %s", c.RequestTimeout)
	}
	c.RequestTimeout = cmp.Or(c.RequestTimeout, defaultRequestTimeout)
	c.LargestAnswer = cmp.Or(c.LargestAnswer, largestAnswer)
	c.UserAgent = cmp.Or(c.UserAgent, defaultUserAgent)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))

	return c, nil
}

func (c Config) checkCredentials() error {
	account := c.AccountName != "" || c.Password != ""
	key := c.AccessKeyID != "" || c.AccessKeySecret != ""
	const missing = "must not be empty"
	switch {
	case account && key:
		return httpapi.Invalid("access_key_id", "conflicts with account_name and password: set one or the other")
	case !account && !key:
		return httpapi.Invalid("account_name", "must be set together with password, or access_key_id with access_key_secret")
	case account && c.AccountName == "":
		return httpapi.Invalid("account_name", missing)
	case account && c.Password == "":
		return httpapi.Invalid("password", missing)
	case key && c.AccessKeyID == "":
		return httpapi.Invalid("access_key_id", missing)
	case key && c.AccessKeySecret == "":
		return httpapi.Invalid("access_key_secret", missing)
	default:
		return nil
	}
}

// location returns the time zone of Date headers.
func (c Config) location() (*time.Location, error) {
	zone := strings.TrimSpace(c.TimeZone)
	if strings.EqualFold(zone, "local") { // it would depend on where the program runs
		return nil, httpapi.Invalid("time_zone", "must be the IANA name of a time zone, such as Asia/Shanghai")
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, httpapi.Invalid("time_zone", "must be the IANA name of a time zone, such as Asia/Shanghai, but is %q", zone)
	}

	return location, nil
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// parseEndpoint turns host, host:port or a URL into the URL of the API's root. Errors never repeat the endpoint: it may hold
// a password by mistake.
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
		return nil, httpapi.Invalid(field, "the scheme must be https or http")
	case u.User != nil:
		return nil, httpapi.Invalid(field, "must not contain credentials: set account_name and password")
	case u.Hostname() == "":
		return nil, httpapi.Invalid(field, "must name a host")
	case !isRoot(u.Path), u.RawQuery != "", u.Fragment != "":
		return nil, httpapi.Invalid(field, "must be a host, host:port or URL without a path")
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" && u.Port() == "" {
		host = net.JoinHostPort(strings.ToLower(u.Hostname()), managementPort)
	}

	return &url.URL{Scheme: u.Scheme, Host: host, Path: contextPath}, nil
}

// isRoot reports whether a path is one that people write for the API as a whole.
func isRoot(path string) bool {
	switch strings.Trim(path, "/") {
	case "", "zstack", "zstack/v1", "zstack/api":
		return true
	default:
		return false
	}
}
