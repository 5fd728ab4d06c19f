package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/floor"
	"github.com/vmfork/terraform-provider-vmfork/internal/bench/launcher"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
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

// Measure takes all steps of a case once, with one subject, on a platform of its own, in a folder of its own below dir. The
// requests of each step are written to traced, unless that is nil.
func Measure(ctx context.Context, dir string, programs Programs, subject Subject, c Case, traced io.Writer) (run Run, err error) {
	chosen, ok := scenarios[c.Scenario]
	if !ok {
		return Run{}, fmt.Errorf("there is no scenario %q, only %v", c.Scenario, Scenarios())
	}
	dir, err = os.MkdirTemp(dir, "case-")
	if err != nil {
		return Run{}, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	on, err := chosen.start(c, chosen.vms(c.N))
	if err != nil {
		return Run{}, err
	}
	defer on.Close()
	before := len(on.machines())
	taker, err := chosen.taker(ctx, dir, programs, subject, on, c)
	if err != nil {
		return Run{}, err
	}
	run = Run{Case: c, Subject: subject}
	var requests trace
	if traced != nil {
		on.TraceRequests(requests.add)
	}
	for _, step := range Steps() {
		start := time.Now()
		sample, err := sampled(ctx, on, step, taker)
		if err == nil && traced != nil {
			err = requests.write(traced, fmt.Sprintf("%s of %s, %s: %.0f ms", step, c, subject, milliseconds(sample.Wall)), start)
		}
		if err != nil {
			return Run{}, fmt.Errorf("%s of %s, %s: %w", step, c, subject, err)
		}
		run.Samples = append(run.Samples, sample)
	}
	if left := len(on.machines()) - before; left != 0 {
		return Run{}, fmt.Errorf("the destroy of %s, %s, left %d machines behind", c, subject, left)
	}

	return run, nil
}

// taker takes steps.
type taker struct {
	take func(ctx context.Context, step Step) error
	// usage tells what the providers took of the machine since it was last asked; nil where nobody accounts for them.
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
	workspace, err := tfcli.NewWorkspace(dir, programs.CLI, program)
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
func succeed(ctx context.Context, workspace *tfcli.Workspace, args ...string) error {
	result, err := workspace.Run(ctx, args...)
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("%v ended with exit code %d:\n%s", args, result.ExitCode, result.Output[max(0, len(result.Output)-shown):])
	}

	return err
}
