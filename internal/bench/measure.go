package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/floor"
	"github.com/vmfork/terraform-provider-vmfork/internal/bench/launcher"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Programs are the paths of what a measurement runs.
type Programs struct {
	CLI      string
	Provider string
	Bare     string // the provider that does nothing
	// Launcher stands between the CLI and its providers and accounts for them. Empty: they are started without one, and what
	// they take of the machine is not known.
	Launcher string
}

// takes is the number of times that a step is taken that changes nothing: it is short, so one busy moment of the machine would
// distort it.
var takes = map[Step]int{Refresh: 3, NoOp: 3}

// Measure takes all steps of a case once, with each subject on a platform of its own, in a folder of its own below dir: one step
// with all of them before the next, so that what slows the machine down for minutes slows them all. A subject that fails is in
// the error and in no run. The requests of each step are written to traced, unless that is nil.
func Measure(ctx context.Context, dir string, programs Programs, subjects []Subject, c Case, traced io.Writer) ([]Run, error) {
	var lanes []*lane
	var failures []error
	for _, subject := range subjects {
		one, err := newLane(ctx, dir, programs, subject, c, traced)
		if err != nil {
			failures = append(failures, err)

			continue
		}
		lanes = append(lanes, one)
	}
	each := func(act func(one *lane) error) {
		lanes = slices.DeleteFunc(lanes, func(one *lane) bool {
			err := act(one)
			if err != nil {
				failures = append(failures, fmt.Errorf("%s, %s: %w", c, one.run.Subject, errors.Join(err, one.close())))
			}

			return err != nil
		})
	}
	for _, step := range Steps() {
		for range max(1, takes[step]) {
			each(func(one *lane) error { return one.take(ctx, step) })
		}
	}
	each((*lane).empty)
	runs := make([]Run, len(lanes))
	for i, one := range lanes {
		runs[i] = one.run
		failures = append(failures, one.close())
	}

	return runs, errors.Join(failures...)
}

// taker takes steps.
type taker struct {
	take func(ctx context.Context, step Step) error
	// usage returns the CPU time and memory that the providers took since its last call; nil where they are not measured.
	usage func() (launcher.Usage, error)
}

// taker prepares a subject to take the steps of a case.
func (c scenario) taker(ctx context.Context, dir string, programs Programs, subject Subject, on *platform, of Case) (taker, error) {
	switch subject {
	case Provider:
		return prepare(ctx, dir, programs, programs.Provider, on, of)
	case Engine:
		return prepare(ctx, dir, programs, programs.Bare, on, of)
	case Floor:
		return c.driver(on, of)
	default:
		return taker{}, fmt.Errorf("there is no subject %q, only %v", subject, Subjects())
	}
}

// sampled takes a step and measures it.
func sampled(ctx context.Context, on *platform, step Step, by taker) (Sample, error) {
	on.ResetRequests()
	cpu, start := ownCPU(), time.Now()
	if err := by.take(ctx, step); err != nil {
		return Sample{}, err
	}
	wall, spent := time.Since(start), ownCPU()-cpu
	counts := on.Requests()
	sample := Sample{
		Step: step, Requests: counts.Total, ByMethod: counts.ByMethod, Handshakes: counts.Connections, Wall: wall, SimulatorCPU: spent,
	}
	if by.usage == nil {
		return sample, nil
	}
	usage, err := by.usage()
	switch {
	case errors.Is(err, launcher.ErrKilled): // not known
	case err != nil:
		return Sample{}, err
	default:
		sample.CPU, sample.Memory = usage.CPU, usage.Memory
	}

	return sample, nil
}

// ownCPU is the time that this process has taken so far.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// driver prepares the floor.
func (c scenario) driver(on *platform, of Case) (taker, error) {
	order := floor.Order{Objects: of.N, Parallelism: of.Parallelism, Task: of.Task}
	switch {
	case c.machines != nil:
		order.Machines = on.machines()
	case c.source != "":
		order.Machines = []string{on.named(c.source)}
	}
	driver, err := floor.New(of.Scenario, on.login, order)
	if err != nil {
		return taker{}, err
	}
	steps := map[Step]func(context.Context) error{
		Apply: driver.Apply, Refresh: driver.Refresh, NoOp: driver.Refresh, Update: driver.Update, Destroy: driver.Destroy,
	}

	return taker{take: func(ctx context.Context, step Step) error { return steps[step](ctx) }}, nil
}

// prepare writes a configuration, and initialises its folder for a provider that the CLI takes the steps with.
func prepare(ctx context.Context, dir string, programs Programs, provider string, on *platform, c Case) (taker, error) {
	program := provider
	if programs.Launcher != "" {
		program = programs.Launcher
	}
	workspace, err := realcli.NewWorkspace(dir, programs.CLI, program)
	if err != nil {
		return taker{}, err
	}
	workspace.Env = on.environment
	var by taker
	if programs.Launcher != "" {
		accounts := filepath.Join(dir, "accounts")
		if err := os.Mkdir(accounts, 0o700); err != nil {
			return taker{}, fmt.Errorf("making a folder: %w", err)
		}
		workspace.Env = append(workspace.Env, launcher.Environment(provider, accounts)...)
		by.usage = func() (launcher.Usage, error) { return launcher.Collect(accounts) }
	}
	if err := workspace.Write("main.tf", scenarios[c.Scenario].configuration(on, c.N)); err != nil {
		return taker{}, err
	}
	if err := succeed(ctx, workspace, "init", "-no-color"); err != nil {
		return taker{}, err
	}
	parallelism := fmt.Sprintf("-parallelism=%d", c.Parallelism)
	commands := map[Step][]string{
		Apply:   {"apply", "-auto-approve", "-no-color", parallelism},
		Refresh: {"apply", "-refresh-only", "-auto-approve", "-no-color", parallelism},
		NoOp:    {"plan", "-detailed-exitcode", "-no-color", parallelism},
		Update:  {"apply", "-auto-approve", "-no-color", parallelism, "-var=changed=true"},
		Destroy: {"destroy", "-auto-approve", "-no-color", parallelism, "-var=changed=true"},
	}
	by.take = func(ctx context.Context, step Step) error { return succeed(ctx, workspace, commands[step]...) }

	return by, nil
}

// shown is how much of a failed command's output is told: with a thousand objects it is long.
const shown = 2000

// succeed runs a command of the CLI, which has to end with exit code 0.
func succeed(ctx context.Context, workspace *realcli.Workspace, args ...string) error {
	result, err := workspace.Run(ctx, args...)
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("%v ended with exit code %d:\n%s", args, result.ExitCode, result.Output[max(0, len(result.Output)-shown):])
	}

	return err
}
