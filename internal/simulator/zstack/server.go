package zstack

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	headerTimeout = 10 * time.Second
	// contextPath is where the management node's servlet stands before all paths of the API.
	contextPath = "/zstack"
)

// Server is one embedded management node. Its methods are safe for concurrent use.
type Server struct {
	options  Options
	endpoint string
	world    *world
	routes   []operation
	faults   faultBox

	listener   net.Listener
	http       *http.Server
	background sync.WaitGroup
}

// session is a login.
type session struct{ uuid string }

// Start starts a server. Close ends it.
func Start(options Options) (*Server, error) {
	server := &Server{options: options.withDefaults()}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", server.options.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", server.options.Address, err)
	}
	server.listener, server.endpoint = listener, listener.Addr().String()
	server.world = newWorld(server.options)
	server.routes = server.operations()
	server.http = &http.Server{Handler: http.HandlerFunc(server.front), ReadHeaderTimeout: headerTimeout}
	server.background.Go(func() { _ = server.http.Serve(listener) })

	return server, nil
}

// Close ends the server. It may be called twice.
func (s *Server) Close() {
	_ = s.http.Close()
	s.background.Wait()
}

// Endpoint returns the host and port that the server listens on.
func (s *Server) Endpoint() string { return s.endpoint }

func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, contextPath)
	for i := range s.routes {
		operation := &s.routes[i]
		values, ok := matchPath(operation.path, path)
		if !ok || operation.method != r.Method {
			continue
		}
		c := &call{server: s, operation: operation, values: values, query: r.URL.Query()}
		result, failure := s.run(c)
		if failure != nil {
			writeJSON(w, http.StatusServiceUnavailable, map[string]any{"error": failure})

			return
		}
		writeJSON(w, http.StatusOK, result)

		return
	}
	http.NotFound(w, r)
}

// run carries out a synchronous call.
func (s *Server) run(c *call) (any, *errorCode) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	effect, failure := c.operation.begin(c)
	if failure != nil || effect == nil {
		return nil, failure
	}

	return effect()
}

// matchPath compares a path with a pattern and returns what stands for the placeholders. Doubled slashes count as one.
func matchPath(pattern, path string) (map[string]string, bool) {
	want := strings.FieldsFunc(pattern, isSlash)
	got := strings.FieldsFunc(path, isSlash)
	if len(want) != len(got) {
		return nil, false
	}
	values := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			values[strings.TrimSuffix(name, "}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}

	return values, true
}

func isSlash(r rune) bool { return r == '/' }

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		body = struct{}{}
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)

		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}
