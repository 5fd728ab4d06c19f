package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Phase is one command of a run.
type Phase string

// The phases of a run. Faults strike in the first three.
const (
	Apply        Phase = "apply"
	Change       Phase = "change"
	Destroy      Phase = "destroy"
	mistake      Phase = "mistake"
	refresh      Phase = "refresh"
	adoption     Phase = "adoption"
	finalApply   Phase = "final apply"
	finalPlan    Phase = "final plan"
	finalDestroy Phase = "final destroy"
)

// Start starts a platform for one run, the same for the same numbers.
type Start func(ctx context.Context, random *rand.Rand) (Platform, error)

// Settings are what all runs share.
type Settings struct {
	CLI, Provider string // programs
	Start         Start
	// Faults limits the faults to those named; nil allows all.
	Faults []string
	// Log gets the output of the commands, and a line for each strike; nil discards it.
	Log io.Writer
}

// run is one run.
type run struct {
	Settings

	random    *rand.Rand
	platform  Platform
	plan      Plan
	workspace *realcli.Workspace
	trace     string // the log file of all processes
	report    Report
	current   []Resource
	excused   map[string]bool // sessions and collectors that a killed provider left on the platform
	told      map[string]bool // ids of parts and renamed objects that a diagnostic named, and so left to the user
	harmed    map[string]bool // ids of other clients' objects that were reported as harmed
	adopted   map[string]bool // ids of objects that an import adopted, which brings no parts along
}

// The streams of random numbers, apart so that a change of one does not shift the other.
const (
	planStream   = 1
	strikeStream = 2
)

// Run does the run of a seed in the folder dir. Its error says that the run itself could not be made; what the provider did
// wrong is in the report.
func Run(ctx context.Context, settings Settings, dir string, seed uint64) (Report, error) {
	r := &run{
		Settings: settings, report: Report{Seed: seed}, excused: map[string]bool{}, told: map[string]bool{}, adopted: map[string]bool{},
		harmed: map[string]bool{},
	}
	if r.Log == nil {
		r.Log = io.Discard
	}
	planning := rand.New(rand.NewPCG(seed, planStream))  //nolint:gosec // repeatable on purpose
	r.random = rand.New(rand.NewPCG(seed, strikeStream)) //nolint:gosec // repeatable on purpose
	platform, err := settings.Start(ctx, planning)
	if err != nil {
		return r.report, fmt.Errorf("starting the platform: %w", err)
	}
	defer platform.Close()
	r.platform = platform
	r.plan = platform.Plan(planning)
	r.report.Words = r.plan.Words
	for _, resource := range r.plan.all() {
		if !slices.Contains(r.report.Types, resource.Type) {
			r.report.Types = append(r.report.Types, resource.Type)
		}
	}
	if err := r.prepare(ctx, dir); err != nil {
		return r.report, err
	}
	for _, act := range []func(context.Context) error{r.troubled, r.final} {
		if err := act(ctx); err != nil {
			return r.report, err
		}
	}

	return r.report, r.searchLog()
}

// prepare makes the working folder.
func (r *run) prepare(ctx context.Context, dir string) error {
	workspace, err := realcli.NewWorkspace(dir, r.CLI, r.Provider)
	if err != nil {
		return err
	}
	r.workspace = workspace
	r.trace = filepath.Join(dir, "trace.log")
	if err := r.configure(r.plan.Before); err != nil {
		return err
	}
	result, err := workspace.Run(ctx, "init", "-no-color")
	if err == nil && result.ExitCode != 0 {
		err = errors.New("init failed:\n" + result.Output)
	}
	workspace.Env = append(workspace.Env, r.platform.Environment()...)
	workspace.Env = append(workspace.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+r.trace, "VMFORK_NAME_WAIT=20s") // as by default

	return err
}

// configure puts another configuration into the working folder.
func (r *run) configure(resources []Resource) error {
	r.current = resources

	return r.workspace.Write("main.tf", r.plan.configuration(resources))
}

// troubled runs apply, change and destroy while faults strike.
func (r *run) troubled(ctx context.Context) error {
	strikes := r.draw()
	refreshed := []Phase{Apply, Change, Destroy}[r.random.IntN(3)]
	for _, step := range []struct {
		phase     Phase
		resources []Resource
		args      []string
	}{
		{Apply, r.plan.Before, []string{"apply", "-auto-approve"}},
		{Change, r.plan.After, []string{"apply", "-auto-approve"}},
		{Destroy, r.plan.After, []string{"destroy", "-auto-approve"}},
	} {
		if err := r.configure(step.resources); err != nil {
			return err
		}
		if err := r.strike(ctx, step.phase, strikes[step.phase], step.args...); err != nil {
			return err
		}
		if step.phase == refreshed {
			if err := r.refresh(ctx); err != nil {
				return err
			}
		}
		if step.phase == Apply {
			if err := r.mistaken(ctx); err != nil {
				return err
			}
		}
	}

	return nil
}

// named is a strike with its fault's name.
type named struct {
	Strike

	fault string
}

// draw decides what strikes when: mostly one thing in a phase, sometimes two or nothing, at least one in all.
func (r *run) draw() map[Phase][]named {
	var faults []Fault
	for _, fault := range r.platform.Faults() {
		if r.Faults == nil || slices.Contains(r.Faults, fault.Name) {
			faults = append(faults, fault)
		}
	}
	strikes := map[Phase][]named{}
	for len(strikes) == 0 {
		for _, phase := range []Phase{Apply, Change, Destroy} {
			count := []int{0, 1, 1, 1, 1, 2}[r.random.IntN(6)]
			for range count {
				fault := faults[r.random.IntN(len(faults))]
				strike := named{fault.Draw(r.random, phase), fault.Name}
				if !slices.ContainsFunc(strikes[phase], func(other named) bool { return excludes(strike, other) }) {
					strikes[phase] = append(strikes[phase], strike)
				}
			}
		}
	}

	return strikes
}

// excludes reports whether two strikes may not come in one command.
func excludes(one, other named) bool { return one.Signals && other.Signals || one.Alone || other.Alone }

// strike runs a command while faults strike, and checks what is left.
func (r *run) strike(ctx context.Context, phase Phase, strikes []named, args ...string) error {
	result, met, err := r.command(ctx, phase, strikes, args...)
	if err != nil {
		return err
	}
	killed := false
	for _, strike := range met {
		killed = killed || strike.Kills
	}
	failed := len(met) == 0 && result.ExitCode != 0 && len(r.platform.Foreign()) == 0 // what is foreign holds a name
	if killed {
		return r.adopt(ctx, phase, result.Output)
	}
	if err := r.accounted(phase, result.Output); err != nil {
		return err
	}
	acted, err := r.operate(ctx, phase, result.Output)
	if failed && !acted { // what an earlier fault has left may need its user
		r.violated(0, phase, "nothing struck, and yet it failed:\n%s", result.Output)
	}

	return err
}

// final runs the last commands, without faults.
func (r *run) final(ctx context.Context) error {
	if err := r.configure(r.plan.After); err != nil {
		return err
	}
	if err := r.freeNames(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		phase Phase
		args  []string
		check func(phase Phase) error
	}{
		{finalApply, []string{"apply", "-auto-approve"}, r.complete},
		{finalPlan, []string{"plan", "-detailed-exitcode"}, nil},
		{finalDestroy, []string{"destroy", "-auto-approve"}, r.empty},
	} {
		result, err := r.finally(ctx, step.phase, step.args)
		if err != nil {
			return err
		}
		if result.ExitCode != 0 {
			r.violated(3, step.phase, "exit code %d:\n%s", result.ExitCode, result.Output)
		}
		if step.check == nil {
			continue
		}
		if err := step.check(step.phase); err != nil {
			return err
		}
	}

	return nil
}

// finally runs a last command, and once more where its diagnostics ask something of the user.
func (r *run) finally(ctx context.Context, phase Phase, args []string) (realcli.Result, error) {
	result, _, err := r.command(ctx, phase, nil, args...)
	if err != nil || result.ExitCode == 0 {
		return result, err
	}
	acted, err := r.operate(ctx, phase, result.Output)
	if err != nil || !acted {
		return result, err
	}
	result, _, err = r.command(ctx, phase, nil, args...)

	return result, err
}

// violated records a violated invariant.
func (r *run) violated(invariant int, phase Phase, format string, args ...any) {
	v := Violation{Invariant: invariant, Phase: phase, Text: fmt.Sprintf(format, args...)}
	r.say("VIOLATION %s\n", v)
	r.report.Violations = append(r.report.Violations, v)
}

// say writes to the log.
func (r *run) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.Log, format, args...) // a log that can't be written does not stop the run
}

// searchLog looks for secrets in the log of the whole run.
func (r *run) searchLog() error {
	content, err := os.ReadFile(r.trace)
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	r.secretFree("the log", Apply, string(content))

	return nil
}
