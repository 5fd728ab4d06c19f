package vsphere

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	vapi "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const headerTimeout = 10 * time.Second

// Server is one embedded vCenter. Its methods are safe for concurrent use.
type Server struct {
	options     Options
	certificate []byte // DER, nil without TLS
	endpoint    string

	model    *simulator.Model
	service  *simulator.Service
	registry *simulator.Registry

	// world stands above govmomi's locks: held alone by what changes the inventory, shared by what reads it.
	world sync.RWMutex

	listener net.Listener
	http     *http.Server
	control  http.Handler
	routes   []route

	requests   requestCounter
	faults     faultBox
	users      userStore
	sessions   restSessions
	tasks      taskEngine
	collectors collectorStore
	changes    changeSignal
	nested     nestedTasks
	guests     guestStore
	specs      specStore
	ft         ftStore
	conditions conditionStore
	inflight   inflight
	restart    restart

	stopped    <-chan struct{} // closed when the server ends
	stop       context.CancelFunc
	root       func() context.Context // the context that lives as long as the server
	background sync.WaitGroup         // what runs beside requests: tasks and guests
}

// Start starts a server. Close ends it.
func Start(options Options) (*Server, error) {
	server := &Server{options: options.withDefaults()}
	if err := server.start(); err != nil {
		server.Close()

		return nil, err
	}

	return server, nil
}

func (s *Server) start() error {
	listener, err := (&net.ListenConfig{}).Listen(simulator.NewContext(), "tcp", s.options.Address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.options.Address, err)
	}
	s.listener = listener
	s.endpoint = listener.Addr().String()

	if err := s.createInventory(); err != nil {
		return err
	}
	s.prepare()

	return s.serve()
}

// prepare connects the parts once the inventory stands.
func (s *Server) prepare() {
	root, stop := context.WithCancel(s.service.Context.Context)
	s.root = func() context.Context { return root }
	s.stopped, s.stop = root.Done(), stop

	scheme := "https"
	if s.options.InsecureHTTP {
		scheme = "http"
	}
	s.service.Listen = &url.URL{
		Scheme: scheme, Host: s.endpoint, Path: s.registry.Path, User: url.UserPassword(s.Username(), s.Password()),
	}
	sessions := s.registry.SessionManager()
	sessions.ServiceHostName = s.endpoint
	sessions.ValidLogin = func(login *types.Login) bool { return s.users.valid(login.UserName, login.Password) }
	s.service.RegisterSDK(s.registry, s.registry.Path+"/vimService")
	s.service.ServeMux.HandleFunc(s.registry.Path+"/vimServiceVersions.xml", s.service.ServiceVersions)
	s.service.ServeMux.HandleFunc("/folder/", s.service.ServeDatastore)
	// The older REST API, with tags and content libraries, is govmomi's alone.
	_, older := vapi.New(s.service.Listen, s.registry)
	s.service.Handle("/rest/", older)
	s.registry.Cookie = s.sessionCookie
	s.registry.Handler = s.dispatch
	s.routes = s.restRoutes()
	s.control = s.controlHandler()
}

func (s *Server) serve() error {
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.front),
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          log.New(io.Discard, "", 0), // handshakes that tests break on purpose
		ConnState:         s.requests.connection,
		// Without HTTP/2, so that a dropped request is a dropped connection.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	listener := s.listener
	if !s.options.InsecureHTTP {
		host, _, err := net.SplitHostPort(s.options.Address)
		if err != nil {
			return fmt.Errorf("address %q: %w", s.options.Address, err)
		}
		certificate, err := newCertificate(host)
		if err != nil {
			return err
		}
		s.certificate = certificate.Certificate[0]
		listener = tls.NewListener(listener, &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	s.background.Go(func() { _ = s.http.Serve(listener) })

	return nil
}

// Close ends the server: connections are cut, tasks and waits end where they are, its files are removed. It may be
// called twice.
func (s *Server) Close() {
	if s.stop != nil {
		s.stop()
	}
	if s.http != nil {
		_ = s.http.Close()
	}
	if s.listener != nil {
		_ = s.listener.Close()
	}
	s.inflight.wait()
	s.background.Wait()
	if s.model != nil {
		s.model.Remove()
	}
}

// Endpoint returns the host and port that the server listens on.
func (s *Server) Endpoint() string { return s.endpoint }

// URL returns the server's base URL.
func (s *Server) URL() string {
	if s.options.InsecureHTTP {
		return "http://" + s.endpoint
	}

	return "https://" + s.endpoint
}

// Username returns the name of the administrator, who has every privilege.
func (s *Server) Username() string { return administrator }

// Password returns the administrator's password.
func (s *Server) Password() string { return administratorPassword }

// newContext returns a context for calls into govmomi's simulator on behalf of a user. Each has its own identity as the
// holder of locks.
func (s *Server) newContext(user string) *simulator.Context {
	clone := *s.service.Context
	clone.Context = s.root()
	clone.Session = &simulator.Session{
		UserSession: types.UserSession{Key: newUUID(), UserName: user, FullName: user},
		Registry:    simulator.NewRegistry(),
		Map:         s.registry,
	}

	return &clone
}

// wait waits for d, and reports false when the server ended or cancel was closed meanwhile.
func (s *Server) wait(d time.Duration, cancel <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-cancel:
		return false
	case <-s.stopped:
		return false
	}
}
