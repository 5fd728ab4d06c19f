package zstack_test

import (
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
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// garbler stands before a management node and answers nonsense to the requests for a path.
type garbler struct {
	next   http.Handler
	path   string
	answer func(io.Writer) error // ends with an error when the client has gone

	asked, written atomic.Int64
}

// ServeHTTP implements http.Handler.
func (g *garbler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, g.path) {
		g.next.ServeHTTP(w, r)

		return
	}
	g.asked.Add(1)
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

// endless begins an answer that never ends.
func endless(w io.Writer) error {
	block := strings.Repeat("x", 1<<16)
	_, err := io.WriteString(w, `{"inventories":[{"uuid":"`)
	for err == nil {
		_, err = io.WriteString(w, block)
	}

	return err
}

// Garbage, answers that break off and answers without end are a clear error. None hangs, and no more is read than the bound.
func TestGarbage(t *testing.T) {
	t.Parallel()
	const (
		largest = 1 << 20
		slack   = 32 << 20 // what the sockets hold
	)
	read := func(ctx context.Context, client *zstack.Client, vm string) error {
		_, err := client.VirtualMachine(ctx, vm)

		return err
	}
	act := func(ctx context.Context, client *zstack.Client, vm string) error {
		h, err := client.RebootVM(ctx, vm)
		if err != nil {
			return err
		}
		_, err = task.Wait(ctx, h)

		return err
	}
	for name, way := range map[string]struct {
		path string
		call func(context.Context, *zstack.Client, string) error
	}{"login": {"/accounts/login", read}, "read": {"/vm-instances", read}, "job": {"/api-jobs", act}} {
		for kind, answer := range map[string]func(io.Writer) error{
			"nothing": once(""), "garbage": once("\x00\xff{<["), "a web page": once("<html><body>It works!</body></html>"),
			"broken off": once(`{"inventor`), "deep": once(strings.Repeat("[", largest/2)), "another kind": once(`{"inventories":{"uuid":[]}}`),
			"endless": endless,
		} {
			if name != "read" && kind == "another kind" {
				continue // it says nothing there
			}
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				server := startSimulator(t, zstacksim.Options{InsecureHTTP: true})
				behind, err := url.Parse(server.URL())
				if err != nil {
					t.Fatal(err)
				}
				g := &garbler{next: httputil.NewSingleHostReverseProxy(behind), path: way.path, answer: answer}
				front := httptest.NewServer(g)
				t.Cleanup(front.Close)
				config := accountOf(server)
				config.Endpoint, config.CACertificate, config.LargestAnswer = front.URL, "", largest
				client, err := zstack.New(config)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = client.Close(context.WithoutCancel(t.Context())) })

				err = way.call(t.Context(), client, server.ID("vm", "golden"))
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
