// Command bench measures what resources cost, beside two floors under that cost: see package bench. It starts the embedded
// vCenter or ZStack, applies, refreshes, plans, updates and destroys N of one resource through a real CLI and a provider built
// from this checkout, and prints tables.
//
//	go run ./internal/cmd/bench
//	go run ./internal/cmd/bench -n 10 -latency 20ms -only vsphere_clone
//	go run ./internal/cmd/bench -n 100 -parallelism 10 -subjects provider -latency 0 -repeat 1 -methods
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench"
)

// options are the command line's.
type options struct {
	settings bench.Settings
	json     bool
	methods  bool
	output   string
	trace    string
	profiles string
}

func main() {
	// The measured programs run as a user runs them, without the GOGC that make sets for tests.
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS"} {
		_ = os.Unsetenv(name)
	}
	chosen, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, chosen); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// parse reads the command line.
func parse(args []string) (options, error) {
	const objects = "1,10,100,1000"
	var chosen options
	var only, n, parallelism, tasks, subjects string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&only, "only", "", "what to measure, with commas between: "+strings.Join(bench.Scenarios(), ", "))
	flags.StringVar(&n, "n", objects, "numbers of objects")
	flags.StringVar(&parallelism, "parallelism", "10,50", "the CLI's -parallelism")
	flags.StringVar(&tasks, "tasks", "", "how long each task of the simulator takes (default 300ms, and once 0 unless -n is given)")
	flags.DurationVar(&chosen.settings.Latency, "latency", 20*time.Millisecond, "how much later the simulator answers each request")
	flags.IntVar(&chosen.settings.Repeat, "repeat", 0, "how often each case is measured (default 3, and 1 for 1000 objects and more)")
	flags.StringVar(&subjects, "subjects", "provider,floor,engine", "what takes the steps")
	flags.BoolVar(&chosen.json, "json", false, "print JSON instead of tables")
	flags.BoolVar(&chosen.methods, "methods", false, "print the requests by method alone")
	flags.StringVar(&chosen.trace, "trace", "", "a file for the requests of each step: when they came, in ms, how long they took, and what they were")
	flags.StringVar(&chosen.profiles, "profiles", "", "a folder for profiles of the provider's CPU time, one a process, in the order of the steps")
	flags.StringVar(&chosen.output, "output", "", "a file that is written anew after each case, too")
	if err := flags.Parse(args); err != nil {
		return options{}, fmt.Errorf("the command line: %w", err)
	}
	if tasks == "" {
		tasks = "300ms"
		if n == objects {
			tasks = "300ms,0"
		}
	}
	chosen.settings.Long = only != "" && n != objects

	var errs [4]error
	chosen.settings.Objects, errs[0] = list(n, "-n", atLeastOne)
	chosen.settings.Parallelism, errs[1] = list(parallelism, "-parallelism", atLeastOne)
	chosen.settings.Tasks, errs[2] = list(tasks, "-tasks", time.ParseDuration)
	chosen.settings.Subjects, errs[3] = list(subjects, "-subjects", oneOf(bench.Subjects()))
	chosen.settings.Scenarios = bench.Scenarios()
	var err error
	if only != "" {
		chosen.settings.Scenarios, err = list(only, "-only", oneOf(bench.Scenarios()))
	}
	slices.Sort(chosen.settings.Parallelism)

	return chosen, errors.Join(append(errs[:], err)...)
}

// list reads values with commas between.
func list[T any](text, flag string, read func(string) (T, error)) ([]T, error) {
	var values []T
	for part := range strings.SplitSeq(text, ",") {
		value, err := read(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		values = append(values, value)
	}

	return values, nil
}

func atLeastOne(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err == nil && number < 1 {
		err = fmt.Errorf("%d is less than 1", number)
	}

	return number, err
}

func oneOf[T ~string](all []T) func(string) (T, error) {
	return func(text string) (T, error) {
		if !slices.Contains(all, T(text)) {
			return "", fmt.Errorf("%q is none of %v", text, all)
		}

		return T(text), nil
	}
}

// run builds, measures and prints, also what it has when it is interrupted.
func run(ctx context.Context, chosen options) (err error) {
	dir, err := os.MkdirTemp("", "vmfork-bench-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Setenv("TMPDIR", dir); err != nil { // for the files of simulators, and sockets of killed providers
		return fmt.Errorf("preparing: %w", err)
	}
	if chosen.trace != "" {
		file, failure := os.Create(chosen.trace)
		if failure != nil {
			return fmt.Errorf("the trace: %w", failure)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		chosen.settings.Trace = file
	}
	if chosen.profiles != "" {
		if chosen.profiles, err = filepath.Abs(chosen.profiles); err == nil {
			err = os.MkdirAll(chosen.profiles, 0o700)
		}
		if err != nil {
			return fmt.Errorf("the folder for profiles: %w", err)
		}
	}
	programs, err := bench.Build(ctx, dir, chosen.profiles)
	if err != nil {
		return err
	}
	report := &bench.Report{Machine: bench.Describe(ctx, programs)}
	for subject, program := range map[bench.Subject]string{bench.Provider: programs.Provider, bench.Engine: programs.Bare} {
		if chosen.methods || !slices.Contains(chosen.settings.Subjects, subject) {
			continue
		}
		binary, err := bench.Inspect(ctx, subject, program)
		if err != nil {
			return err
		}
		report.Programs = append(report.Programs, binary)
	}
	slices.SortFunc(report.Programs, func(a, b bench.Binary) int { return -strings.Compare(string(a.Subject), string(b.Subject)) })

	var lost error
	err = report.Run(ctx, dir, programs, chosen.settings, os.Stderr, func() {
		if chosen.output != "" {
			lost = os.WriteFile(chosen.output, []byte(chosen.text(report)), 0o600)
		}
	})
	fmt.Print(chosen.text(report))
	if len(report.Failures) > 0 {
		err = errors.Join(err, fmt.Errorf("%d measurements failed", len(report.Failures)))
	}

	return errors.Join(err, lost)
}

// text is the report as it was asked for.
func (o options) text(report *bench.Report) string {
	switch {
	case o.json:
		var b strings.Builder
		if err := report.WriteJSON(&b); err != nil {
			return err.Error()
		}

		return b.String()
	case o.methods:
		return report.ByMethod()
	default:
		return report.Markdown()
	}
}
