package zstack

import (
	"net"
	"net/url"
	"strings"
)

// WithPort adds the port to an endpoint, a host or URL, that names none, as ZSTACK_PORT goes with ZSTACK_HOST. What is neither stays as it is:
// [New] refuses it.
func WithPort(endpoint, port string) string {
	if strings.Contains(endpoint, "://") {
		address, err := url.Parse(endpoint)
		if err != nil || address.Hostname() == "" || address.Port() != "" {
			return endpoint
		}
		address.Host = net.JoinHostPort(address.Hostname(), port)

		return address.String()
	}
	if net.ParseIP(endpoint) == nil && strings.Contains(endpoint, ":") {
		return endpoint
	}

	return net.JoinHostPort(endpoint, port)
}
