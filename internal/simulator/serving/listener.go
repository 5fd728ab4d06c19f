package serving

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const headerTimeout = 10 * time.Second

// Listener is the address that a simulator serves.
type Listener struct {
	endpoint    string
	certificate []byte // DER, nil without TLS
	listener    net.Listener
	http        *http.Server
	serving     sync.WaitGroup
	requests    gate
}

// Listen begins to listen on an address, with a certificate of its own unless plain says that it speaks plain HTTP.
// commonName is the name in the certificate. Nothing is answered before Serve.
func Listen(address string, plain bool, commonName string) (*Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	l := &Listener{endpoint: listener.Addr().String(), listener: listener}
	if plain {
		return l, nil
	}
	certificate, err := newCertificate(host, commonName)
	if err != nil {
		_ = listener.Close()

		return nil, err
	}
	l.certificate = certificate.Certificate[0]
	l.listener = tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	})

	return l, nil
}

// Serve starts to hand requests to the handler, and counts connections.
func (l *Listener) Serve(handler http.Handler, counter *RequestCounter) {
	l.http = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !l.requests.enter() {
				panic(http.ErrAbortHandler)
			}
			defer l.requests.leave()
			handler.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          log.New(io.Discard, "", 0), // handshakes that tests break on purpose
		ConnState:         counter.connection,
		// Without HTTP/2, so that a dropped request is a dropped connection.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	l.serving.Go(func() { _ = l.http.Serve(l.listener) })
}

// Close cuts all connections, and returns when no request is in flight. It may be called twice, and before Serve.
func (l *Listener) Close() {
	if l.http != nil {
		_ = l.http.Close()
	}
	_ = l.listener.Close()
	l.requests.close()
	l.serving.Wait()
}

// Endpoint returns the host and port that is listened on.
func (l *Listener) Endpoint() string { return l.endpoint }

// URL returns the base URL of what is served.
func (l *Listener) URL() string {
	if l.certificate == nil {
		return "http://" + l.endpoint
	}

	return "https://" + l.endpoint
}

// gate counts the requests in flight, and admits none once it is closed.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// enter counts a request that close has to wait for, and reports false when the gate is closed.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside.Add(1)

	return true
}

func (g *gate) leave() { g.inside.Done() }

// close waits until no request is inside.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// Wait waits for d, and reports false when one of the ends was closed meanwhile. A nil end never is.
func Wait(d time.Duration, end, otherEnd <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-end:
		return false
	case <-otherEnd:
		return false
	}
}
