package vcenter

import (
	"net/http"
	"net/url"

	vapi "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Server is one embedded vCenter: a front that hands requests to the APIs, and the stores behind them. Its methods are
// safe for concurrent use.
type Server struct {
	*stores

	options  Options
	listener *serving.Listener
	control  http.Handler
}

// Start starts a server. Close ends it.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	listener, err := serving.Listen(options.Address, options.InsecureHTTP, "vCenter simulator")
	if err != nil {
		return nil, err
	}
	stores, err := newStores(options)
	if err != nil {
		listener.Close()

		return nil, err
	}
	server := &Server{stores: stores, options: options, listener: listener}
	if err := stores.initial.create(); err != nil {
		server.Close()

		return nil, err
	}
	stores.inventory.alive = true
	server.connect()
	listener.Serve(http.HandlerFunc(server.front), stores.requests)

	return server, nil
}

// connect sets the address of govmomi's service and registers the hooks through which it calls vimAPI.
func (s *Server) connect() {
	service, registry := s.inventory.service, s.inventory.registry
	scheme := "https"
	if s.options.InsecureHTTP {
		scheme = "http"
	}
	service.Listen = &url.URL{
		Scheme: scheme, Host: s.Endpoint(), Path: registry.Path, User: url.UserPassword(s.Username(), s.Password()),
	}
	sessions := registry.SessionManager()
	sessions.ServiceHostName = s.Endpoint()
	sessions.ValidLogin = func(login *types.Login) bool { return s.users.valid(login.UserName, login.Password) }
	service.RegisterSDK(registry, registry.Path+"/vimService")
	service.ServeMux.HandleFunc(registry.Path+"/vimServiceVersions.xml", service.ServiceVersions)
	service.ServeMux.HandleFunc("/folder/", func(w http.ResponseWriter, r *http.Request) {
		s.inventory.mu.RLock()
		defer s.inventory.mu.RUnlock()
		service.ServeDatastore(w, r)
	})
	_, older := vapi.New(service.Listen, registry)
	service.Handle("/rest/", &legacyREST{govmomi: older, sessions: s.sessions, users: s.users, rest: s.rest})
	s.profiles.register()
	registry.Cookie = s.vim.sessionCookie
	registry.Handler = s.vim.dispatch
	s.control = (&controlAPI{stores: s.stores}).handler()
}

// Close ends the server: connections are cut, tasks and waits end where they are, its files are removed. It may be
// called twice.
func (s *Server) Close() {
	s.inventory.lifetime.stop()
	s.listener.Close()
	s.inventory.lifetime.background.Wait()
	s.inventory.close()
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

// Username returns the name of the administrator, an account with every privilege.
func (s *Server) Username() string { return administrator }

// Password returns the administrator's password.
func (s *Server) Password() string { return administratorPassword }
