package zstack

import (
	"net/http"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Server is one embedded management node. Its methods are safe for concurrent use.
type Server struct {
	options   Options
	world     *world
	routes    []operation
	accessKey accessKey

	listener *serving.Listener
	control  http.Handler

	requests serving.RequestCounter
	faults   serving.FaultBox[Fault]
	sessions sessionStore
	jobs     jobStore

	stopped    chan struct{} // closed when the server ends
	stop       func()
	background sync.WaitGroup // what runs beside requests: jobs
}

// Start starts a server. Close ends it.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	listener, err := serving.Listen(options.Address, options.InsecureHTTP, "ZStack simulator")
	if err != nil {
		return nil, err
	}
	server := &Server{
		options: options, world: newWorld(options), accessKey: newAccessKey(), listener: listener, stopped: make(chan struct{}),
	}
	server.stop = sync.OnceFunc(func() { close(server.stopped) })
	server.routes = server.operations()
	server.control = server.controlHandler()
	listener.Serve(http.HandlerFunc(server.front), &server.requests)

	return server, nil
}

// Close ends the server: connections are cut and jobs end where they are. It may be called twice.
func (s *Server) Close() {
	s.stop()
	s.listener.Close()
	s.background.Wait()
}

// Endpoint returns the host and port that the server listens on.
func (s *Server) Endpoint() string { return s.listener.Endpoint() }

// URL returns the server's base URL, without the path /zstack.
func (s *Server) URL() string { return s.listener.URL() }

// AccountName returns the name of the account that may log in.
func (s *Server) AccountName() string { return adminName }

// Password returns the account's password, not hashed.
func (s *Server) Password() string { return s.options.Password }

// AccessKeyID returns the id of the account's access key.
func (s *Server) AccessKeyID() string { return s.accessKey.id }

// AccessKeySecret returns the secret of the account's access key.
func (s *Server) AccessKeySecret() string { return s.accessKey.secret }

// CACertificate returns the PEM text of the certificate that a client must trust, and nothing without TLS.
func (s *Server) CACertificate() string { return s.listener.CACertificate() }

// Requests returns how many requests came since the server started or ResetRequests was called. They are counted by the
// names of ZStack's APIs: "CloneVmInstance", "QueryVmInstance", "LogInByAccount"; asking for a job is "QueryApiJob". What
// no API is mapped to is counted by HTTP method and path.
func (s *Server) Requests() serving.RequestCounts { return s.requests.Counts() }

// ResetRequests sets all request counts to zero.
func (s *Server) ResetRequests() { s.requests.Reset() }

// TraceRequests has every request told to a function from now on, when it was answered. Several may be told at the same time.
func (s *Server) TraceRequests(tell func(serving.Exchange)) { s.requests.Trace(tell) }

// wait waits for d, but no longer than until the server ends or cancel is closed.
func (s *Server) wait(d time.Duration, cancel <-chan struct{}) { serving.Wait(d, cancel, s.stopped) }
