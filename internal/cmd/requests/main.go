// Command requests counts what resources cost in API requests: it starts the embedded vCenter or ZStack, applies, refreshes,
// plans and destroys N of one resource through a real CLI and a provider built from this checkout, and prints the requests of
// each step by method.
//
//	go run ./internal/cmd/requests -resource vsphere_clone -n 100 -parallelism 10
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// settings are the command line's.
type settings struct {
	resource    string
	n           int
	parallelism int
	task        time.Duration
	latency     time.Duration
	json        bool
	provider    string // the binary; empty: it is built
}

func main() {
	var s settings
	flag.StringVar(&s.resource, "resource", "vsphere_clone", "what to count: "+names())
	flag.IntVar(&s.n, "n", 100, "number of resources")
	flag.IntVar(&s.parallelism, "parallelism", 10, "the CLI's -parallelism")
	flag.DurationVar(&s.task, "task-duration", 300*time.Millisecond, "how long each task of the simulator takes")
	flag.DurationVar(&s.latency, "latency", 0, "how much later the simulator answers each request")
	flag.BoolVar(&s.json, "json", false, "print JSON instead of a table")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, s); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// run measures in a temporary folder and prints what it counted.
func run(ctx context.Context, s settings) (err error) {
	dir, err := os.MkdirTemp("", "vmfork-requests-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	results, err := measure(ctx, dir, s)
	if err != nil {
		return err
	}
	if s.json {
		if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
			return fmt.Errorf("printing: %w", err)
		}

		return nil
	}
	fmt.Print(table(s, results))

	return nil
}

// step is one command of the CLI and what it cost.
type step struct {
	Name     string         `json:"name"`
	Requests int            `json:"requests"`
	Each     float64        `json:"requests_each"`
	Seconds  float64        `json:"seconds"`
	ByMethod map[string]int `json:"by_method"`
	args     []string
}

// measure runs the steps one after another and counts the requests of each.
func measure(ctx context.Context, dir string, s settings) ([]step, error) {
	chosen, ok := scenarios[s.resource]
	if !ok {
		return nil, fmt.Errorf("-resource is %q, but must be one of %s", s.resource, names())
	}
	on, err := chosen.start(s, chosen.vms(s.n))
	if err != nil {
		return nil, err
	}
	defer on.Close()
	before := len(on.machines())
	workspace, err := prepare(ctx, dir, s.provider, on.environment, chosen.configuration(on, s.n))
	if err != nil {
		return nil, err
	}
	parallelism := fmt.Sprintf("-parallelism=%d", s.parallelism)
	steps := []step{
		{Name: "apply", args: []string{"apply", "-auto-approve", parallelism}},
		{Name: "refresh", args: []string{"apply", "-refresh-only", "-auto-approve", parallelism}},
		{Name: "no-op plan", args: []string{"plan", "-detailed-exitcode", parallelism}},
		{Name: "destroy", args: []string{"destroy", "-auto-approve", parallelism}},
	}
	for i := range steps {
		on.ResetRequests()
		start := time.Now()
		result, err := workspace.Run(ctx, steps[i].args...)
		if err != nil {
			return nil, err
		}
		if result.ExitCode != 0 {
			return nil, fmt.Errorf("%s ended with exit code %d:\n%s", steps[i].Name, result.ExitCode, result.Output)
		}
		counts := on.Requests()
		steps[i].Seconds = time.Since(start).Seconds()
		steps[i].Requests, steps[i].ByMethod = counts.Total, counts.ByMethod
		steps[i].Each = float64(counts.Total) / float64(s.n)
	}
	if left := len(on.machines()) - before; left != 0 {
		return nil, fmt.Errorf("the destroy left %d machines behind", left)
	}

	return steps, nil
}

// prepare builds the provider unless there is one, writes the configuration and initialises the working folder.
func prepare(
	ctx context.Context, dir, provider string, environment []string, configuration string,
) (*tfcli.Workspace, error) {
	cli, err := tfcli.Find(ctx, dir)
	if err != nil {
		return nil, err
	}
	if provider == "" {
		provider = filepath.Join(dir, "terraform-provider-vmfork")
		if err := tfcli.Build(ctx, "", provider); err != nil {
			return nil, err
		}
	}
	workspace, err := tfcli.NewWorkspace(dir, cli, provider)
	if err != nil {
		return nil, err
	}
	workspace.Env = environment
	if err := workspace.Write("main.tf", configuration); err != nil {
		return nil, err
	}
	result, err := workspace.Run(ctx, "init")
	if err == nil && result.ExitCode != 0 {
		err = errors.New("init failed:\n" + result.Output)
	}

	return workspace, err
}
