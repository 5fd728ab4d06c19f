package chaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Deadlines that only end what hangs: each is far longer than anything takes on a busy machine.
const (
	commandPatience = 10 * time.Minute
	calmPatience    = 3 * time.Minute
	endPatience     = time.Minute // of processes and sessions, after the CLI ended
)

// logoutTime is the time that a provider has to close its sessions after the CLI ended, where one may be left.
const logoutTime = 1500 * time.Millisecond

// command runs one command of the CLI while faults strike, waits until the platform is idle, and checks the invariants that hold
// after every command. It returns which strikes took effect.
func (r *run) command(ctx context.Context, phase Phase, strikes []named, args ...string) (realcli.Result, []named, error) {
	r.say("\n=== %s\n", phase)
	before := r.platform.Creations()
	for _, strike := range strikes {
		if strike.Arm == nil {
			continue
		}
		if err := strike.Arm(); err != nil {
			return realcli.Result{}, nil, fmt.Errorf("preparing %q: %w", strike.fault, err)
		}
	}
	bounded, stop := context.WithTimeout(ctx, commandPatience)
	defer stop()
	command, err := r.workspace.Start(bounded, nil, append(args, "-no-color")...)
	if err != nil {
		return realcli.Result{}, nil, err
	}
	met, strikeErr := meet(bounded, command, strikes)
	result, err := command.Wait()
	if ctx.Err() != nil {
		return result, nil, fmt.Errorf("stopped: %w", ctx.Err())
	}
	if err := errors.Join(err, strikeErr); err != nil {
		return result, nil, err
	}
	r.note(phase, strikes, met)
	r.say("%s\nexit code %d\n", result.Output, result.ExitCode)
	if bounded.Err() != nil {
		r.violated(0, phase, "the command did not end within %s:\n%s", commandPatience, result.Output)
	}
	r.exited(ctx, phase, command)
	if err := r.rest(ctx); err != nil {
		return result, nil, err
	}

	r.recordReported(result.Output)
	killed := slices.ContainsFunc(met, func(strike named) bool { return strike.Kills })
	r.checkOutput(phase, result, killed)
	r.once(phase, before)
	if err := r.foreign(phase); err != nil {
		return result, nil, err
	}
	r.cleared(ctx, phase, killed || slices.ContainsFunc(met, func(strike named) bool { return strike.Strands }))

	return result, met, nil
}

// note records the strikes in the report.
func (r *run) note(phase Phase, strikes, met []named) {
	for _, strike := range strikes {
		struck := Struck{Phase: phase, Fault: strike.fault, Words: strike.Words, Met: slices.ContainsFunc(met, func(m named) bool {
			return m.fault == strike.fault && m.Words == strike.Words
		})}
		r.say("%s\n", struck)
		r.report.Strikes = append(r.report.Strikes, struck)
	}
}

// meet lets faults strike until the command ends, and returns those that took effect.
func meet(ctx context.Context, command *realcli.Command, strikes []named) ([]named, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	met := make([]bool, len(strikes))
	errs := make([]error, len(strikes))
	var group sync.WaitGroup
	for i, strike := range strikes {
		if strike.Act != nil {
			group.Go(func() { met[i], errs[i] = strike.Act(running, command) })
		}
	}
	<-command.Done()
	stop()
	group.Wait()

	var all []named
	for i, strike := range strikes {
		if met[i] || strike.Struck != nil && strike.Struck() {
			all = append(all, strike)
		}
		if errs[i] != nil {
			errs[i] = fmt.Errorf("%s: %w", strike.fault, errs[i])
		}
	}

	return all, errors.Join(errs...)
}

// rest waits until the platform is idle.
func (r *run) rest(ctx context.Context) error {
	bounded, stop := context.WithTimeout(ctx, calmPatience)
	defer stop()
	if err := r.platform.Calm(bounded); err != nil {
		return fmt.Errorf("the platform does not come to rest: %w", err)
	}

	return nil
}

// checkOutput checks that the provider neither crashed nor broke the CLI's rules nor printed a secret.
func (r *run) checkOutput(phase Phase, result realcli.Result, killed bool) {
	r.secretFree("the output", phase, result.Output)
	signs := []string{"panic:", "bug in the provider"}
	if !killed {
		signs = append(signs, "Plugin did not respond", "plugin crashed")
	}
	for _, sign := range signs {
		if strings.Contains(result.Output, sign) {
			r.violated(0, phase, "the provider misbehaved (%q):\n%s", sign, result.Output)
		}
	}
}

// once checks that nothing was created twice.
func (r *run) once(phase Phase, before map[string]int) {
	now := r.platform.Creations()
	for _, what := range slices.Sorted(maps.Keys(now)) {
		if made := now[what] - before[what]; made > 1 {
			r.violated(4, phase, "%s was created %d times", what, made)
		}
	}
}

// exited checks that no process outlasts the command.
func (r *run) exited(ctx context.Context, phase Phase, command *realcli.Command) {
	bounded, stop := context.WithTimeout(ctx, endPatience)
	defer stop()
	if !Await(bounded, func() bool { return errors.Is(command.SignalGroup(0), syscall.ESRCH) }) {
		r.violated(6, phase, "a process outlasts the CLI")
		_ = command.SignalGroup(syscall.SIGKILL) // it may end by itself at this moment
	}
}

// cleared checks that no session or collector outlasts the command, except those that the provider could not close.
func (r *run) cleared(ctx context.Context, phase Phase, stranded bool) {
	bounded, stop := context.WithTimeout(ctx, endPatience)
	defer stop()
	if stranded {
		Pause(ctx, logoutTime) // sessions that it can close are closed meanwhile
		for _, what := range r.platform.Remains() {
			r.excused[what] = true
		}

		return
	}
	var left []string
	if !Await(bounded, func() bool {
		left = slices.DeleteFunc(r.platform.Remains(), func(what string) bool { return r.excused[what] })

		return len(left) == 0
	}) {
		r.violated(6, phase, "left on the platform: %s", strings.Join(left, "; "))
		for _, what := range left {
			r.excused[what] = true
		}
	}
}

// secretFree checks that a text holds no secret.
func (r *run) secretFree(where string, phase Phase, text string) {
	lower := strings.ToLower(text)
	for what, secret := range r.platform.Secrets() {
		if at := strings.Index(lower, strings.ToLower(secret)); at >= 0 {
			r.violated(5, phase, "%s holds %s: …%s…", where, what, around(text, at))
		}
	}
}

// around is the line that holds the byte at a position, as far as it is of a readable length.
func around(text string, at int) string {
	const reach = 200
	from, to := max(0, at-reach), min(len(text), at+reach)
	if i := strings.LastIndexByte(text[from:at], '\n'); i >= 0 {
		from += i + 1
	}
	if i := strings.IndexByte(text[at:to], '\n'); i >= 0 {
		to = at + i
	}

	return text[from:to]
}
