package httpapi

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestBoundedBody(t *testing.T) {
	t.Parallel()
	body := newBoundedBody(http.NoBody, 0, 0)
	if _, err := body.Read(make([]byte, 1)); !errors.Is(err, ErrAnswerTooLarge) {
		t.Errorf("error %v", err)
	}
}

// TestTransport_keepsConnections decodes answers by a decoder that stops at the last tag. All go over one connection, as long as an
// answer ends there; one that goes on is not waited for.
func TestTransport_keepsConnections(t *testing.T) {
	t.Parallel()
	long := "<answer>" + strings.Repeat("text ", 4000) + "</answer>"
	tests := map[string]struct {
		tail        time.Duration
		answer      func(w http.ResponseWriter, gone <-chan struct{})
		connections int32
	}{
		"short": {time.Minute, func(w http.ResponseWriter, _ <-chan struct{}) { _, _ = w.Write([]byte("<answer/>")) }, 1},
		"in chunks, the last a little later": {time.Minute, func(w http.ResponseWriter, _ <-chan struct{}) {
			_, _ = w.Write([]byte(long))
			_ = http.NewResponseController(w).Flush()
			<-time.After(5 * time.Millisecond)
		}, 1},
		"with white space": {time.Minute, func(w http.ResponseWriter, _ <-chan struct{}) { _, _ = w.Write([]byte(long + "\n\n")) }, 1},
		"with much behind it": {time.Minute, func(w http.ResponseWriter, _ <-chan struct{}) {
			_, _ = w.Write([]byte(long + strings.Repeat(" ", 1<<20)))
		}, 5},
		"that does not end": {time.Millisecond, func(w http.ResponseWriter, gone <-chan struct{}) {
			_, _ = w.Write([]byte(long))
			_ = http.NewResponseController(w).Flush()
			<-gone
		}, 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var connections atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				test.answer(w, r.Context().Done())
			}))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					connections.Add(1)
				}
			}
			server.Start()
			t.Cleanup(server.Close)
			transport := NewTransport("the platform", nil, 1<<30, slog.New(slog.DiscardHandler), nil)
			transport.tail = test.tail
			t.Cleanup(transport.CloseIdleConnections)
			client := http.Client{Transport: transport, Timeout: time.Minute}
			for range 5 {
				answer, err := client.Get(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				var decoded struct{}
				if err := xml.NewDecoder(answer.Body).Decode(&decoded); err != nil {
					t.Error(err)
				}
				if err := answer.Body.Close(); err != nil {
					t.Error(err)
				}
			}
			if got := connections.Load(); got != test.connections {
				t.Errorf("%d connections, want %d", got, test.connections)
			}
		})
	}
}
