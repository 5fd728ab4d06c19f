package vsphere

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

const (
	// connectionsKept is how many idle connections to the one host stay open: more than the calls a CLI makes at a time, so
	// that handshakes are few.
	connectionsKept = 128
	// idleConnection is less than what load balancers in front of vCenter allow: a request that cannot be repeated should not
	// meet a connection that the other side is just closing.
	idleConnection = 30 * time.Second
	handshakeLimit = 15 * time.Second
	// largestAnswer bounds what is read of one answer. The inventory of a large vCenter fits many times.
	largestAnswer = 256 << 20
)

// transport is the one HTTP transport of a client, under SOAP and REST alike. It notes how far each request got, learns
// vCenter's clock, bounds answers and logs.
type transport struct {
	base   *http.Transport
	clock  *serverClock
	logger *slog.Logger
}

func newTransport(c Config, host string) (*transport, error) {
	config, err := tlsConfig(c, host)
	if err != nil {
		return nil, err
	}

	return &transport{
		clock:  new(serverClock),
		logger: c.Logger,
		base: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSClientConfig:     config,
			TLSHandshakeTimeout: handshakeLimit,
			MaxIdleConns:        connectionsKept,
			MaxIdleConnsPerHost: connectionsKept,
			IdleConnTimeout:     idleConnection,
		},
	}, nil
}

// exchange is what became of one request on the wire.
type exchange struct {
	op     string       // the API method, for the log
	sent   atomic.Bool  // the server may have seen the request
	status atomic.Int32 // of the answer, 0 without one
}

type exchangeKey struct{}

// traced returns a context whose next request is noted in the exchange.
func traced(ctx context.Context, op string) (context.Context, *exchange) {
	x := &exchange{op: op}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { x.sent.Store(true) }})

	return context.WithValue(ctx, exchangeKey{}, x), x
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, start := request.Context(), time.Now()
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		x = &exchange{op: request.Method + " " + request.URL.Path}
	}
	response, err := t.base.RoundTrip(request)
	if err != nil {
		t.logger.DebugContext(ctx, "vCenter did not answer", "op", x.op, "elapsed", time.Since(start), "error", err.Error())

		return nil, err //nolint:wrapcheck // http.Client wraps it with method and URL
	}
	t.clock.observe(response.Header.Get("Date"), time.Now())
	x.status.Store(int32(response.StatusCode))
	response.Body = &boundedBody{ReadCloser: response.Body, left: largestAnswer}
	t.logger.DebugContext(ctx, "vCenter answered", "op", x.op, "status", response.StatusCode, "elapsed", time.Since(start))

	return response, nil
}

var errAnswerTooLarge = errors.New("the answer is too large")

// boundedBody fails a read beyond the bound instead of filling the memory.
type boundedBody struct {
	io.ReadCloser

	left int64
}

// Read implements [io.Reader].
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d MiB", errAnswerTooLarge, largestAnswer>>20)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)

	return n, err //nolint:wrapcheck // a reader passes io.EOF on as it is
}

// serverClock knows how far vCenter's clock is ahead of ours, from the Date header of its answers.
type serverClock struct {
	ahead atomic.Pointer[time.Duration]
}

func (c *serverClock) observe(date string, received time.Time) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	ahead := at.Sub(received)
	c.ahead.Store(&ahead)
}

// now returns vCenter's time, and false before the first answer.
func (c *serverClock) now() (time.Time, bool) {
	ahead := c.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}

	return time.Now().Add(*ahead).UTC(), true
}
