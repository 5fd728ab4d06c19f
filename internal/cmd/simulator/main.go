// Command simulator serves the embedded vCenter, for tests of modules and for playing by hand:
//
//	go run ./internal/cmd/simulator -vsphere 127.0.0.1:8989
//
// When ready it prints one line of JSON to standard output: where it listens, who may log in, and the thumbprint of its
// certificate.
//
//	{"vsphere":{"endpoint":"127.0.0.1:8989","username":"…","password":"…","thumbprint":"…"}}
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

	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
)

const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	log.SetOutput(io.Discard) // govmomi's simulator tells its own developers of each file that it finds in its way
	ignoreBackgroundReads()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the command line says.
type settings struct {
	vsphere vspheresim.Options
	stdin   bool // end when standard input does
}

// parse reads the command line, and tells what is wrong with it on stderr.
func parse(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.vsphere.Address, "vsphere", "127.0.0.1:0", "`address` the vCenter listens on; port 0 is a free one")
	flags.IntVar(&set.vsphere.VMs, "vms", 20, "number of virtual machines to start with, the template not counted")
	flags.DurationVar(&set.vsphere.TaskDuration, "task-duration", 300*time.Millisecond, "how long a task shows progress")
	flags.DurationVar(&set.vsphere.Latency, "latency", 0, "how much later each request is answered")
	flags.BoolVar(&set.vsphere.InsecureHTTP, "insecure-http", false, "serve plain HTTP instead of TLS")
	flags.BoolVar(&set.stdin, "stdin", true, "end when standard input closes; with =false only a signal ends it")
	if err := flags.Parse(args); err != nil {
		return set, fmt.Errorf("parse the command line: %w", err)
	}
	if err := set.check(flags.Args()); err != nil {
		complain(stderr, err)
		flags.Usage()

		return set, err
	}
	if set.vsphere.VMs == 0 {
		set.vsphere.VMs = -1 // none; the simulator's own zero means its default
	}

	return set, nil
}

func (s settings) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case s.vsphere.VMs < 0:
		return fmt.Errorf("-vms must not be negative, but is %d", s.vsphere.VMs)
	case s.vsphere.TaskDuration < 0:
		return fmt.Errorf("-task-duration must not be negative, but is %v", s.vsphere.TaskDuration)
	case s.vsphere.Latency < 0:
		return fmt.Errorf("-latency must not be negative, but is %v", s.vsphere.Latency)
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
	server, err := vspheresim.Start(set.vsphere)
	if err != nil {
		complain(stderr, err)

		return exitFailure
	}
	defer server.Close()
	if err := announce(stdout, server, set.vsphere); err != nil {
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
	_, _ = fmt.Fprintln(stderr, "simulator:", err) // nobody else is left to tell
}

// access is how to reach one platform.
type access struct {
	Endpoint   string `json:"endpoint"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Thumbprint string `json:"thumbprint"` // empty without TLS
}

// announce prints the line that says that the simulator is ready.
func announce(stdout io.Writer, server *vspheresim.Server, options vspheresim.Options) error {
	vsphere := access{
		Endpoint: server.Endpoint(), Username: server.Username(), Password: server.Password(), Thumbprint: server.Thumbprint(),
	}
	if options.InsecureHTTP {
		vsphere.Endpoint = server.URL() // a bare host and port would mean TLS
	}
	line := struct {
		VSphere access `json:"vsphere"`
	}{vsphere}
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
