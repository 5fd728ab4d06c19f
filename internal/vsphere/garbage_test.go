package vsphere_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// garbler stands before a vCenter and answers nonsense to the requests that name a method, by body or path.
type garbler struct {
	next   http.Handler
	method string
	answer func(io.Writer) error // ends with an error when the client has gone

	asked   atomic.Int64
	written atomic.Int64 // bytes, at most
}

// ServeHTTP implements http.Handler.
func (g *garbler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if !strings.Contains(r.URL.Path, g.method) && !bytes.Contains(body, []byte(g.method)) {
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.next.ServeHTTP(w, r)

		return
	}
	g.asked.Add(1)
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(string(body), "<") {
		w.Header().Set("Content-Type", "text/xml")
	}
	_ = g.answer(io.MultiWriter(w, counter{&g.written})) // it fails when the client has read enough
}

type counter struct{ n *atomic.Int64 }

// Write implements io.Writer.
func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))

	return len(p), nil
}

// once writes a text.
func once(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)

		return err
	}
}

// endless writes a beginning, and then the rest for ever.
func endless(beginning, rest string) func(io.Writer) error {
	return func(w io.Writer) error {
		block := strings.Repeat(rest, 1+(1<<16)/len(rest))
		_, err := io.WriteString(w, beginning)
		for err == nil {
			_, err = io.WriteString(w, block)
		}

		return err
	}
}

func newGarbler(t *testing.T, method string, answer func(io.Writer) error) (*garbler, *vcenter.Server, vsphere.Config) {
	t.Helper()
	server := startSimulator(t, vcenter.Options{InsecureHTTP: true, VMs: 1})
	behind, err := url.Parse("http://" + server.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	g := &garbler{next: httputil.NewSingleHostReverseProxy(behind), method: method, answer: answer}
	front := httptest.NewServer(g)
	t.Cleanup(front.Close)
	config := configFor(server)
	config.Endpoint, config.Thumbprint = front.URL, ""

	return g, server, config
}

// Garbage, answers that break off and answers without end are a clear error. None hangs, and no more is read than the bound.
func TestGarbage(t *testing.T) {
	t.Parallel()
	const (
		envelope = `<?xml version="1.0"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>`
		largest  = 2 << 20
		slack    = 32 << 20 // what the sockets hold
	)
	read := func(ctx context.Context, client *vsphere.Client, vm string) error {
		_, err := client.VirtualMachine(ctx, vm)

		return err
	}
	list := func(ctx context.Context, client *vsphere.Client, _ string) error {
		_, err := client.CustomizationSpecExists(ctx, "linux")

		return err
	}
	ways := map[string]struct {
		api, method string
		call        func(context.Context, *vsphere.Client, string) error
		endless     func(io.Writer) error
		cut         string
	}{
		"SOAP, first": {"soap", "RetrieveServiceContent", read, endless(envelope+"<RetrieveServiceContentResponse><x>", "x"), envelope + "<Retr"},
		"SOAP":        {"soap", "RetrievePropertiesEx", read, endless(envelope+"<RetrievePropertiesExResponse><x>", "x"), envelope + "<Retr"},
		"JSON":        {"json", "RetrievePropertiesEx", read, endless(`{"_typeName":"RetrieveResult","token":"`, "x"), `{"_typeName":"Retr`},
		"REST":        {"soap", "customization-specs", list, endless(`[{"name":"`, "x"), `[{"name":"li`},
	}
	for name, way := range ways {
		for kind, answer := range map[string]func(io.Writer) error{
			"nothing": once(""), "garbage": once("\x00\xff{<["), "a web page": once("<html><body>It works!</body></html>"),
			"broken off": once(way.cut), "deep JSON": once(strings.Repeat("[", 1<<20)), "deep XML": once(strings.Repeat("<a>", 1<<18)),
			"a number": once("7"), "endless": way.endless,
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				g, server, config := newGarbler(t, way.method, answer)
				config.API, config.LargestAnswer = way.api, largest
				client := connect(t, config)
				err := way.call(t.Context(), client, mustVM(t, server, "DC0_C0_RP0_VM0").ID)
				failure, ours := errors.AsType[*apierr.Error](err)
				if !ours {
					t.Fatalf("error %v after %d requests", err, g.asked.Load())
				}
				if kind == "endless" && !errors.Is(err, httpapi.ErrAnswerTooLarge) {
					t.Errorf("error %v", err)
				}
				if n := g.asked.Load(); n == 0 || kind == "endless" && n > 1 {
					t.Errorf("asked %d times", n)
				}
				if n := g.written.Load(); n > largest+slack {
					t.Errorf("%d bytes were read", n)
				}
				if text := failure.Error(); len(text) > 4<<10 {
					t.Errorf("an error of %d bytes: %.300s…", len(text), text)
				}
			})
		}
	}
}
