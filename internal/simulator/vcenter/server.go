package vcenter

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	vapi "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Server is one embedded vCenter. Its methods are safe for concurrent use.
type Server struct {
	options Options

	model    *simulator.Model
	service  *simulator.Service
	registry *simulator.Registry

	// world stands above govmomi's locks: held alone by what changes the inventory, shared by what reads it.
	world sync.RWMutex

	listener *serving.Listener
	control  http.Handler
	routes   []route

	requests   serving.RequestCounter
	faults     serving.FaultBox[Fault]
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
	listener, err := serving.Listen(s.options.Address, s.options.InsecureHTTP, "vCenter simulator")
	if err != nil {
		return err
	}
	s.listener = listener
	if err := s.createInventory(); err != nil {
		return err
	}
	s.prepare()
	s.listener.Serve(http.HandlerFunc(s.front), &s.requests)

	return nil
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
		Scheme: scheme, Host: s.Endpoint(), Path: s.registry.Path, User: url.UserPassword(s.Username(), s.Password()),
	}
	sessions := s.registry.SessionManager()
	sessions.ServiceHostName = s.Endpoint()
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

// Close ends the server: connections are cut, tasks and waits end where they are, its files are removed. It may be
// called twice.
func (s *Server) Close() {
	if s.stop != nil {
		s.stop()
	}
	if s.listener != nil {
		s.listener.Close()
	}
	s.background.Wait()
	if s.model != nil {
		s.model.Remove()
	}
}

// Endpoint returns the host and port that the server listens on.
func (s *Server) Endpoint() string { return s.listener.Endpoint() }

// URL returns the server's base URL.
func (s *Server) URL() string { return s.listener.URL() }

// Thumbprint returns the SHA-256 thumbprint of the server's certificate in colon form, and nothing without TLS.
func (s *Server) Thumbprint() string { return s.listener.Thumbprint() }

// ThumbprintSHA1 returns the SHA-1 thumbprint of the server's certificate in colon form, and nothing without TLS.
func (s *Server) ThumbprintSHA1() string { return s.listener.ThumbprintSHA1() }

// CACertificate returns the PEM text of the certificate that a client must trust, and nothing without TLS.
func (s *Server) CACertificate() string { return s.listener.CACertificate() }

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
	return serving.Wait(d, cancel, s.stopped)
}
