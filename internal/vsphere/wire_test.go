package vsphere

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// content is the least that a vCenter says of itself.
const content = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">group-d1</rootFolder>` +
	`<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector><about><name>n</name>` +
	`<apiType>VirtualCenter</apiType><apiVersion>8.0.3.0</apiVersion></about><sessionManager type="SessionManager">SessionManager</sessionManager>` +
	`</returnval></RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>`

const loggedIn = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<LoginResponse xmlns="urn:vim25"><returnval><key>k</key><userName>u</userName></returnval></LoginResponse>` +
	`</soapenv:Body></soapenv:Envelope>`

// newWire makes a client of a server that logs in properly and leaves every other request to answer.
func newWire(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if r.URL.Path == "/sdk" {
			_, _ = fmt.Fprint(body, readAll(r))
			r.Body = io.NopCloser(strings.NewReader(body.String()))
		}
		switch {
		case r.URL.Path == "/api/session" && r.Method == http.MethodPost:
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`"token"`))
		case r.URL.Path == "/api/session", strings.Contains(body.String(), "<Logout"):
			w.WriteHeader(http.StatusNoContent)
		case strings.Contains(body.String(), "<RetrieveServiceContent"):
			_, _ = w.Write([]byte(content))
		case strings.Contains(body.String(), "<Login"):
			_, _ = w.Write([]byte(loggedIn))
		default:
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	client, err := New(Config{Endpoint: server.URL, Username: "u", Password: "p", RequestTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(context.WithoutCancel(t.Context())) })

	return client
}

func readAll(r *http.Request) string {
	text := new(strings.Builder)
	buffer := make([]byte, 4096)
	for {
		n, err := r.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			return text.String()
		}
	}
}

// cut ends the connection, after the beginning of an answer that promised more.
func cut(beginning string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if beginning != "" {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write([]byte(beginning))
		}
		panic(http.ErrAbortHandler)
	}
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestWire_changes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer http.HandlerFunc
		kind   apierr.Kind
		code   string
		lost   bool
	}{
		{"dropped", cut(""), apierr.Unavailable, apierr.CodeConnectionLost, true},
		{"cut short", cut(`"task`), apierr.Unavailable, apierr.CodeConnectionLost, true},
		{"not what was promised", text(http.StatusOK, "<html>Welcome</html>"), apierr.Internal, apierr.CodeMalformedAnswer, true},
		{"nothing", text(http.StatusOK, ""), apierr.Internal, apierr.CodeMalformedAnswer, true},
		{"the answer to another method", text(http.StatusOK, loggedIn), apierr.Internal, apierr.CodeMalformedAnswer, true},
		{"gateway", text(http.StatusBadGateway, "<html>"), apierr.Unavailable, "HTTP 502", true},
		{"gateway timeout", text(http.StatusGatewayTimeout, ""), apierr.TimedOut, "HTTP 504", true},
		{"server error of no API", text(http.StatusInternalServerError, "boom"), apierr.Internal, "HTTP 500", true},
		{"redirect", text(http.StatusFound, ""), apierr.Internal, "HTTP 302", false},
		{"not found", text(http.StatusNotFound, "404"), apierr.NotFound, "HTTP 404", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			client := newWire(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				tt.answer(w, r)
			})
			for name, change := range map[string]func() error{
				"REST": func() error {
					_, err := client.StartClone(t.Context(), CloneSpec{SourceID: "vm-1", Name: "x"})

					return err
				},
				"SOAP": func() error {
					_, err := client.PowerOn(t.Context(), "vm-1")

					return err
				},
			} {
				sent.Store(0)
				err := change()
				failure, ok := errors.AsType[*apierr.Error](err)
				if !ok || failure.Kind != tt.kind || failure.Code != tt.code || failure.AnswerLost != tt.lost {
					t.Errorf("%s: %+v", name, err)
				}
				if sent.Load() != 1 {
					t.Errorf("%s: sent %d times", name, sent.Load())
				}
			}
		})
	}
}

func TestWire_readsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"dropped": cut(""), "cut short": cut(`[{"vm":`), "gateway": text(http.StatusBadGateway, ""),
		"gateway timeout": text(http.StatusGatewayTimeout, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			client := newWire(t, func(w http.ResponseWriter, r *http.Request) {
				if sent.Add(1) < 3 {
					answer(w, r)
				}
				_, _ = w.Write([]byte(`[{"name":"x"}]`))
			})
			found, err := client.CustomizationSpecExists(t.Context(), "x")
			if err != nil || !found || sent.Load() != 3 {
				t.Errorf("found %v, %v after %d requests", found, err, sent.Load())
			}
		})
	}
}

func TestWire_noAnswer(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	client := newWire(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	defer close(release)
	_, err := client.StartClone(t.Context(), CloneSpec{SourceID: "vm-1", Name: "x"})
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok || failure.Kind != apierr.TimedOut || failure.Code != apierr.CodeNoAnswer || !failure.AnswerLost {
		t.Errorf("error %v", err)
	}
}

func TestWire_tokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	var refused atomic.Int32
	client := newWire(t, func(w http.ResponseWriter, _ *http.Request) {
		refused.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error_type":"UNAUTHENTICATED","messages":[]}`))
	})
	_, err := client.CustomizationSpecExists(t.Context(), "x")
	if !apierr.Is(err, apierr.Unauthenticated) || refused.Load() > 2 {
		t.Errorf("error %v after %d requests", err, refused.Load())
	}
}
