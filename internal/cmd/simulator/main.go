// Command simulator serves the embedded vCenter and the embedded ZStack management node, for tests of modules and for
// trying things by hand:
//
//	go run ./internal/cmd/simulator -vsphere 127.0.0.1:8989 -zstack 127.0.0.1:8080
//
// When ready it prints one line of JSON to standard output: the address of each, the credentials, and what its certificate is
// verified with: vCenter's thumbprint, and the management node's certificate itself.
//
//	{"vsphere":{"endpoint":"127.0.0.1:8989","username":"…","password":"…","thumbprint":"…"},
//	 "zstack":{"endpoint":"127.0.0.1:8080","account_name":"…","password":"…","access_key_id":"…","access_key_secret":"…",
//	 "ca_certificate":"…"}}
//
// With -insecure-http there is no certificate, and the endpoints are URLs that begin with http.
//
// It serves until its standard input closes or it is signalled, so that it ends with the program that started it and
// with the terminal it runs in. Started with no input to hold open (</dev/null, or in the background of a script), it
// therefore ends at once; -stdin=false makes it serve until it is signalled.
//
// It exits with 0 when told to end, 1 when it cannot serve, and 2 when the command line is wrong.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	log.SetOutput(io.Discard) // govmomi's simulator logs each file that exists already, which only its developers need
	ignoreBackgroundReads()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the command line says.
type settings struct {
	vsphere     string // the address that the vCenter listens on
	zstack      string // the address that the management node listens on
	vms         int
	task        time.Duration
	latency     time.Duration
	plain       bool // HTTP without TLS
	concurrent  bool // instant clones of one source
	datacenters int
	standalone  int  // hosts outside of clusters
	stdin       bool // end when standard input does
}

// parse reads the command line, and tells what is wrong with it on stderr.
func parse(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.vsphere, "vsphere", "127.0.0.1:0", "`address` the vCenter listens on; port 0 is a free one")
	flags.StringVar(&set.zstack, "zstack", "127.0.0.1:0", "`address` the ZStack management node listens on; port 0 is a free one")
	flags.IntVar(&set.vms, "vms", 20, "number of virtual machines to start with on each platform, the ones to clone not counted")
	flags.DurationVar(&set.task, "task-duration", 300*time.Millisecond, "how long a task or job takes")
	flags.DurationVar(&set.latency, "latency", 0, "how much later each request is answered")
	flags.BoolVar(&set.concurrent, "concurrent-instant-clones", false, "let several instant clones of one source run at a time")
	flags.IntVar(&set.datacenters, "datacenters", 1, "number of datacenters on vSphere; the VMs are in the first")
	flags.IntVar(&set.standalone, "standalone-hosts", 0, "number of hosts outside of clusters in each datacenter")
	flags.BoolVar(&set.plain, "insecure-http", false, "serve plain HTTP instead of TLS")
	flags.BoolVar(&set.stdin, "stdin", true, "end when standard input closes; with =false only a signal ends it")
	if err := flags.Parse(args); err != nil {
		return set, fmt.Errorf("parse the command line: %w", err)
	}
	if err := set.check(flags.Args()); err != nil {
		complain(stderr, err)
		flags.Usage()

		return set, err
	}
	if set.vms == 0 {
		set.vms = -1 // none; the simulators' own zero means their default
	}

	return set, nil
}

func (s settings) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case s.vms < 0:
		return fmt.Errorf("-vms must not be negative, but is %d", s.vms)
	case s.task < 0:
		return fmt.Errorf("-task-duration must not be negative, but is %v", s.task)
	case s.latency < 0:
		return fmt.Errorf("-latency must not be negative, but is %v", s.latency)
	}

	return nil
}

// run serves until it is told to end, and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	set, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	removeFiles, err := ownTemporaryFolder()
	if err != nil {
		complain(stderr, err)

		return exitFailure
	}
	defer removeFiles()
	var servers closing
	defer func() { servers.close(closeLimit, stderr) }()
	vsphere, err := vcenter.Start(vcenter.Options{
		Address: set.vsphere, VMs: set.vms, TaskDuration: set.task, Latency: set.latency, InsecureHTTP: set.plain,
		ConcurrentInstantClones: set.concurrent, Datacenters: set.datacenters, StandaloneHosts: set.standalone,
	})
	if err != nil {
		complain(stderr, err)

		return exitFailure
	}
	servers = append(servers, vsphere)
	zstack, err := zstacksim.Start(zstacksim.Options{
		Address: set.zstack, VMs: set.vms, TaskDuration: set.task, Latency: set.latency, InsecureHTTP: set.plain,
	})
	if err != nil {
		complain(stderr, err)

		return exitFailure
	}
	servers = append(servers, zstack)
	if err := announce(stdout, vsphere, zstack, set.plain); err != nil {
		complain(stderr, err)

		return exitFailure
	}
	began := time.Now()
	select {
	case <-ctx.Done():
	case <-closed(stdin, set.stdin):
		if time.Since(began) < time.Second {
			complain(stderr, errNoInput)
		}
	}

	return 0
}

var errNoInput = errors.New("standard input is closed, so it ends; to serve until a signal, say -stdin=false")

func complain(stderr io.Writer, err error) {
	_, _ = fmt.Fprintln(stderr, "simulator:", err) // this is the last chance to report it
}

// ready is the line that says that both platforms are.
type ready struct {
	VSphere vsphereAccess `json:"vsphere"`
	ZStack  zstackAccess  `json:"zstack"`
}

// vsphereAccess is how to reach the vCenter.
type vsphereAccess struct {
	Endpoint   string `json:"endpoint"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Thumbprint string `json:"thumbprint"` // empty without TLS
}

// zstackAccess is how to reach the management node: by account or by access key.
type zstackAccess struct {
	Endpoint        string `json:"endpoint"`
	AccountName     string `json:"account_name"`
	Password        string `json:"password"`
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	CACertificate   string `json:"ca_certificate"` // PEM, empty without TLS
}

// announce prints the line that says that the simulators are ready.
func announce(stdout io.Writer, vsphere *vcenter.Server, zstack *zstacksim.Server, plain bool) error {
	line := ready{
		VSphere: vsphereAccess{
			Endpoint: vsphere.Endpoint(), Username: vsphere.Username(), Password: vsphere.Password(), Thumbprint: vsphere.Thumbprint(),
		},
		ZStack: zstackAccess{
			Endpoint: zstack.Endpoint(), AccountName: zstack.AccountName(), Password: zstack.Password(),
			AccessKeyID: zstack.AccessKeyID(), AccessKeySecret: zstack.AccessKeySecret(), CACertificate: zstack.CACertificate(),
		},
	}
	if plain {
		// A bare host and port would mean TLS.
		line.VSphere.Endpoint, line.ZStack.Endpoint = vsphere.URL(), zstack.URL()
	}
	if err := json.NewEncoder(stdout).Encode(line); err != nil {
		return fmt.Errorf("print the endpoints: %w", err)
	}

	return nil
}

// closed returns a channel that is closed when the input ends. An input that cannot be read, such as the terminal of a
// program in its background, has not ended.
func closed(input io.Reader, watch bool) <-chan struct{} {
	end := make(chan struct{})
	if watch {
		go func() {
			if _, err := io.Copy(io.Discard, input); err == nil {
				close(end)
			}
		}()
	}

	return end
}
