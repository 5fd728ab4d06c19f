package httpapi

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// WantsTLS returns the error of a server that was asked in plain HTTP and speaks TLS, in place of the failure that the request ended
// with. Servers refuse such a request in many ways, with a text, a broken connection or a redirect, so the server is asked: one that
// redirects from http to https, or completes a TLS handshake, wants TLS. Any other failure, and one of an endpoint with TLS, is returned as
// it is.
func WantsTLS(ctx context.Context, endpoint *url.URL, x *Exchange, failure *apierr.Error) *apierr.Error {
	if endpoint.Scheme != "http" || ctx.Err() != nil || !x.Sent() {
		return failure
	}
	if !x.movedToTLS.Load() && !completesHandshake(ctx, endpoint) {
		return failure
	}

	return &apierr.Error{Kind: apierr.Unsupported, Op: failure.Op, Object: endpoint.Host, Code: apierr.CodeSpeaksTLS}
}

// completesHandshake reports whether the endpoint's port speaks TLS. Nothing is sent there, so no certificate needs to be trusted.
func completesHandshake(ctx context.Context, endpoint *url.URL) bool {
	address := endpoint.Host
	if endpoint.Port() == "" {
		address = net.JoinHostPort(endpoint.Hostname(), "80")
	}
	bounded, cancel := context.WithTimeout(ctx, handshakeLimit)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // nothing is sent
	connection, err := dialer.DialContext(bounded, "tcp", address)
	if err != nil {
		return false
	}
	_ = connection.Close() // the handshake has told

	return true
}
