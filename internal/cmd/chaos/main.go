// Command chaos tests the provider under random faults: it runs a real CLI and real provider processes on simulated platforms,
// with random resources; see package chaos for what is checked. Each run follows from its
// seed:
//
//	go run ./internal/cmd/chaos -seeds 200
//	go run ./internal/cmd/chaos -seed 17 -v
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/vspherechaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/chaos/zstackchaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// options are the command line's.
type options struct {
	seed, first uint64
	seeds       int
	parallel    int
	faults      string
	tags        string
	platform    string
	verbose     bool
	keep        string
}

// The platforms.
const (
	onVSphere = "vsphere"
	onZStack  = "zstack"
	both      = "both"
)

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 0, "run this seed alone")
	flag.IntVar(&o.seeds, "seeds", 20, "how many seeds to run")
	flag.Uint64Var(&o.first, "first", 1, "the first of them")
	flag.IntVar(&o.parallel, "parallel", 2, "how many runs at a time")
	flag.StringVar(&o.faults, "faults", "", "only these faults, with commas between them, as the table names them")
	flag.StringVar(&o.tags, "tags", "", "build tags of the provider: chaos_no_settle plants a bug")
	flag.StringVar(&o.platform, "platform", both, "vsphere, zstack or both: even seeds on ZStack, odd ones on vSphere")
	flag.BoolVar(&o.verbose, "v", false, "print what the commands print, and what strikes")
	flag.StringVar(&o.keep, "keep", "", "keep the working folders, with logs and states, in this folder")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// run prepares the programs and does all runs.
func run(ctx context.Context, o options) (err error) {
	if o.platform != onVSphere && o.platform != onZStack && o.platform != both {
		return fmt.Errorf("-platform %q is none of %s, %s and %s", o.platform, onVSphere, onZStack, both)
	}
	dir, err := os.MkdirTemp("", "vmfork-chaos-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Setenv("TMPDIR", dir); err != nil { // for the files of simulators, and sockets of killed providers
		return fmt.Errorf("preparing: %w", err)
	}
	cli, err := realcli.Find(ctx, dir)
	if err != nil {
		return err
	}
	settings := chaos.Settings{CLI: cli, Provider: filepath.Join(dir, "terraform-provider-vmfork")}
	if err := realcli.Build(ctx, "", settings.Provider, "-tags="+o.tags); err != nil {
		return err
	}
	if o.faults != "" {
		settings.Faults = strings.Split(o.faults, ",")
	}
	if o.keep == "" {
		o.keep = dir
	}
	if o.seed != 0 {
		o.first, o.seeds = o.seed, 1
	}

	return (&suite{options: o, settings: settings, out: os.Stdout}).run(ctx)
}

// suite does runs, some at a time.
type suite struct {
	options

	settings chaos.Settings
	out      io.Writer
	mu       sync.Mutex
	table    chaos.Table
	errs     []error
}

// run does all runs and prints the table.
func (s *suite) run(ctx context.Context) error {
	seeds := make(chan uint64)
	var group sync.WaitGroup
	for range min(s.parallel, s.seeds) {
		group.Go(func() {
			for seed := range seeds {
				s.one(ctx, seed)
			}
		})
	}
	for i := range s.seeds {
		if ctx.Err() == nil {
			seeds <- s.first + uint64(i)
		}
	}
	close(seeds)
	group.Wait()
	if err := s.table.Print(s.out); err != nil {
		return err
	}
	if violations := s.table.Violations(); violations > 0 {
		s.errs = append(s.errs, fmt.Errorf("%d violations", violations))
	}

	return errors.Join(s.errs...)
}

// one does the run of one seed.
func (s *suite) one(ctx context.Context, seed uint64) {
	settings := s.settings
	if s.verbose {
		settings.Log = s.out
	}
	platform := s.platformOf(seed)
	settings.Start = vspherechaos.Start
	if platform == onZStack {
		settings.Start = zstackchaos.Start
	}
	dir := filepath.Join(s.keep, fmt.Sprintf("%s-%d", platform, seed))
	report, err := chaos.Run(ctx, settings, dir, seed)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.errs = append(s.errs, fmt.Errorf("seed %d on %s: %w", seed, platform, err))

		return
	}
	s.table.Add(report)
	strikes := make([]string, len(report.Strikes))
	for i, strike := range report.Strikes {
		strikes[i] = strike.String()
	}
	s.say("seed %d on %s: %s; %s\n", seed, platform, report.Words, strings.Join(strikes, "; "))
	for _, violation := range report.Violations {
		text, _, _ := strings.Cut(violation.String(), "\n") // the rest is what commands printed
		s.say("VIOLATION of %s\nRepeat it: go run ./internal/cmd/chaos -platform %s -seed %d%s -v\n", text, platform, seed, s.flags())
	}
}

// platformOf is the platform that a seed is run on.
func (s *suite) platformOf(seed uint64) string {
	switch {
	case s.platform != both:
		return s.platform
	case seed%2 == 0:
		return onZStack
	default:
		return onVSphere
	}
}

// say prints. Output that can't be written does not stop the run.
func (s *suite) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

// flags are the flags that a repetition needs besides the seed.
func (s *suite) flags() string {
	flags := ""
	if s.faults != "" {
		flags += fmt.Sprintf(" -faults %q", s.faults)
	}
	if s.tags != "" {
		flags += " -tags " + s.tags
	}

	return flags
}
