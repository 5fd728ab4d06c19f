package httpapi

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// connectionsKept is how many idle connections to the one host stay open: more than the calls a CLI makes at a time, so
// that handshakes are few.
const connectionsKept = 128

// Transport is the one HTTP transport of a client. It notes how far each request got, bounds answers and logs.
type Transport struct {
	platform string
	base     *http.Transport
	logger   *slog.Logger
	largest  int64
	tail     time.Duration // how long the end of an answer is waited for
	observe  func(*http.Response)
	way      atomic.Int64 // the shortest time that an answer took, 0 while there was none
}

// NewTransport makes a transport. platform is for the log ("vCenter"), largest bounds an answer in bytes, and observe, unless
// nil, sees the head of every answer.
func NewTransport(
	platform string, trust *tls.Config, largest int64, logger *slog.Logger, observe func(*http.Response),
) *Transport {
	return &Transport{
		platform: platform, logger: logger, largest: largest, tail: tailPatience, observe: observe,
		base: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSClientConfig:     trust,
			TLSHandshakeTimeout: handshakeLimit,
			MaxIdleConns:        connectionsKept,
			MaxIdleConnsPerHost: connectionsKept,
			IdleConnTimeout:     idleConnection,
		},
	}
}

// Way is how long it takes there and back: the shortest time in which an answer came. It is 0 before the first one.
func (t *Transport) Way() time.Duration { return time.Duration(t.way.Load()) }

func (t *Transport) answered(elapsed time.Duration) {
	for known := t.way.Load(); (known == 0 || int64(elapsed) < known) && !t.way.CompareAndSwap(known, int64(elapsed)); {
		known = t.way.Load()
	}
}

// CloseIdleConnections closes the connections that no request uses.
func (t *Transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// Exchange is what became of one request on the wire.
type Exchange struct {
	op     string       // the API method, for the log
	sent   atomic.Bool  // the server may have seen the request
	status atomic.Int32 // of the answer, 0 without one

	movedToTLS atomic.Bool // the answer redirects from http to https, on the same host
}

// Sent reports whether the server may have seen the request.
func (x *Exchange) Sent() bool { return x.sent.Load() }

// Status returns the HTTP status of the answer, and 0 without one.
func (x *Exchange) Status() int { return int(x.status.Load()) }

type exchangeKey struct{}

// ExchangeOf returns the exchange of the request that a context was made for, if any.
func ExchangeOf(ctx context.Context) (*Exchange, bool) {
	x, ok := ctx.Value(exchangeKey{}).(*Exchange)

	return x, ok
}

// Traced returns a context whose next request is noted in the exchange. op names the API method in the log.
func Traced(ctx context.Context, op string) (context.Context, *Exchange) {
	x := &Exchange{op: op}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { x.sent.Store(true) }})

	return context.WithValue(ctx, exchangeKey{}, x), x
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, start := request.Context(), time.Now()
	x, ok := ExchangeOf(ctx)
	if !ok {
		x = &Exchange{op: request.Method + " " + request.URL.Path}
	}
	response, err := t.base.RoundTrip(request)
	if err != nil {
		t.logger.DebugContext(ctx, t.platform+" did not answer", "op", x.op, "elapsed", time.Since(start), "error", err.Error())

		return nil, err //nolint:wrapcheck // http.Client wraps it with method and URL
	}
	elapsed := time.Since(start)
	t.answered(elapsed)
	if t.observe != nil {
		t.observe(response)
	}
	x.status.Store(int32(response.StatusCode))
	x.movedToTLS.Store(redirectsToTLS(response))
	response.Body = newBoundedBody(response.Body, t.largest, t.tail)
	t.logger.DebugContext(ctx, t.platform+" answered", "op", x.op, "status", response.StatusCode, "elapsed", elapsed)

	return response, nil
}

// RefuseRedirect is an [http.Client]'s CheckRedirect that takes a redirect for the answer: the platforms send none, and
// credentials must not follow one elsewhere.
func RefuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// redirectsToTLS reports whether the answer redirects from http to https on the same host.
func redirectsToTLS(response *http.Response) bool {
	from := response.Request.URL
	to, err := response.Location()

	return err == nil && from.Scheme == "http" && to.Scheme == "https" && to.Hostname() == from.Hostname()
}
