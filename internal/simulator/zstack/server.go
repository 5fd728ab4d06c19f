package zstack

import (
	"net/http"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Server is one embedded management node. Its methods are safe for concurrent use.
//
// Server itself listens, dispatches requests and hands out credentials. The methods that observe and change the simulator are those of the
// types that it embeds, each of which has its own lock or holds the inventory's.
type Server struct {
	*faultStore      // Inject, ClearFaults, Struck
	*sessionStore    // Sessions, ExpireSessions
	*accountStore    // AddAccount
	*jobStore        // Jobs, HoldJobs, ReleaseJobs, LoseJobs, TimeOutJobs, PurgeJobs
	*inventoryView   // VMs, VM, Volumes, SnapshotGroups, Tags, ID
	*inventoryEditor // ChangeVM, DestroyVM, RemoveVM and the other changes behind a client's back

	options   Options
	inventory *inventory
	router    router
	auth      authenticator
	responder responder
	listener  *serving.Listener
	control   http.Handler
	requests  serving.RequestCounter

	stopped chan struct{} // closed when the server ends
	stop    func()
}

// Start starts a server. Close ends it.
func Start(options Options) (*Server, error) {
	options = options.withDefaults()
	listener, err := serving.Listen(options.Address, options.InsecureHTTP, "ZStack simulator")
	if err != nil {
		return nil, err
	}
	clock, stopped := clock(options.Clock), make(chan struct{})
	inventory := newInventory(clock, options)
	faults, sessions := &faultStore{}, newSessionStore(clock, options.SessionTimeout)
	accounts := &accountStore{all: []account{{uuid: adminAccount, name: adminName, password: options.Password, key: newAccessKey()}}}
	server := &Server{
		faultStore:      faults,
		sessionStore:    sessions,
		accountStore:    accounts,
		jobStore:        newJobStore(&inventory.mu, faults, clock, options.TaskDuration, stopped),
		inventoryView:   &inventoryView{inventory},
		inventoryEditor: &inventoryEditor{inventory},

		options: options, inventory: inventory, responder: responder{floats: options.FloatNumbers}, listener: listener, stopped: stopped,
		router: router{operations: operations(inventory, faults, accountAPI{options.Version, accounts, sessions})},
		auth:   authenticator{accounts: accounts, sessions: sessions, clock: clock, checkTimeZone: options.CheckTimeZone},
	}
	server.stop = sync.OnceFunc(func() { close(stopped) })
	server.control = server.controlHandler()
	listener.Serve(http.HandlerFunc(server.front), &server.requests)

	return server, nil
}

// Close ends the server: it closes the connections and leaves unfinished jobs as they are. It may be called twice.
func (s *Server) Close() {
	s.stop()
	s.listener.Close()
	s.waitForJobs()
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
func (s *Server) AccessKeyID() string { return s.administrator().key.id }

// AccessKeySecret returns the secret of the account's access key.
func (s *Server) AccessKeySecret() string { return s.administrator().key.secret }

func (s *Server) administrator() account {
	found, _ := s.named(adminName)

	return found
}

// CACertificate returns the PEM text of the certificate that a client must trust, and nothing without TLS.
func (s *Server) CACertificate() string { return s.listener.CACertificate() }

// Requests returns how many requests came since the server started or ResetRequests was called. They are counted by the
// names of ZStack's APIs: "CloneVmInstance", "QueryVmInstance", "LogInByAccount"; asking for a job is "QueryApiJob". A request that
// no API is mapped to is counted by HTTP method and path.
func (s *Server) Requests() serving.RequestCounts { return s.requests.Counts() }

// ResetRequests sets all request counts to zero.
func (s *Server) ResetRequests() { s.requests.Reset() }

// TraceRequests calls a function after each request that is answered from now on. The calls may be concurrent.
func (s *Server) TraceRequests(tell func(serving.Exchange)) { s.requests.Trace(tell) }

// wait waits for d, but no longer than until the server ends or cancel is closed.
func (s *Server) wait(d time.Duration, cancel <-chan struct{}) { serving.Wait(d, cancel, s.stopped) }
