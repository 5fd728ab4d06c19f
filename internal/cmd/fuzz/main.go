// Command fuzz sends random calls to simulators: every SOAP method and every REST path; see package fuzz for what must hold. All follows from
// the seed:
//
//	go run ./internal/cmd/fuzz -seed 1 -calls 1000
//	go run ./internal/cmd/fuzz -seed 1 -calls 1000 -episode 17
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/vmfork/terraform-provider-vmfork/internal/fuzz"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

func main() {
	options := fuzz.Options{Note: func(format string, values ...any) { fmt.Printf(format+"\n", values...) }}
	flag.Uint64Var(&options.Seed, "seed", 1, "what all calls follow from")
	flag.IntVar(&options.Calls, "calls", 1000, "how many calls of each method and path")
	flag.StringVar(&options.Only, "only", "", "only methods and paths that contain this `text`; the episodes are then others")
	flag.IntVar(&options.Episode, "episode", -1, "run this episode alone")
	flag.DurationVar(&options.Watchdog, "watchdog", fuzz.Watchdog, "how long a call may take before it counts as hanging")
	flag.StringVar(&options.Program, "simulator", "", "the `program` to test; built from this checkout if it is not given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, options)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, options fuzz.Options) error {
	if options.Program == "" {
		folder, err := os.MkdirTemp("", "fuzz-")
		if err != nil {
			return fmt.Errorf("create a folder for the simulator: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
		options.Program = filepath.Join(folder, "simulator")
		if err := realcli.Build(ctx, "internal/cmd/simulator", options.Program); err != nil {
			return fmt.Errorf("build the simulator: %w", err)
		}
	}
	if err := fuzz.Run(ctx, options); err != nil {
		return fmt.Errorf("with -calls %d: %w", options.Calls, err)
	}

	return nil
}
