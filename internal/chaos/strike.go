package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Fault is one kind of fault.
type Fault struct {
	Name string // as the table shows it
	// Draw decides how it strikes in one phase of a plan.
	Draw func(random *rand.Rand, phase Phase) Strike
}

// Strike is one fault that is about to happen.
type Strike struct {
	Words string // the method or the moment
	// Arm prepares it before the command starts; it may be nil.
	Arm func() error
	// Act does it while the command runs, and reports whether it took effect. It ends soon after ctx does. It may be nil,
	// with Struck in its place.
	Act func(ctx context.Context, command *realcli.Command) (bool, error)
	// Struck reports after the command whether an armed fault took effect.
	Struck func() bool
	// Kills says that it kills the provider, which then reports nothing about its work.
	Kills bool
	// Signals says that it stops the command. There is at most one such strike in a command: after a second signal the CLI
	// itself writes no state.
	Signals bool
	// Alone says that nothing else strikes in the same command.
	Alone bool
	// Strands says that it may leave a session on the platform whose login the provider got no answer to.
	Strands bool
}

// step is how often a moment is looked for.
const step = 2 * time.Millisecond

// Await returns true once the moment has come, and false when ctx ends before.
func Await(ctx context.Context, moment func() bool) bool {
	tick := time.NewTicker(step)
	defer tick.Stop()
	for !moment() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}

	return true
}

// Pause waits, and returns false when ctx ends before.
func Pause(ctx context.Context, length time.Duration) bool {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Signals are the faults that every platform has: those of processes. moment draws when they happen.
func Signals(moment func(random *rand.Rand, phase Phase) Moment) []Fault {
	signal := func(name string, kills bool, send func(ctx context.Context, command *realcli.Command) error) Fault {
		return Fault{Name: name, Draw: func(random *rand.Rand, phase Phase) Strike {
			strike := moment(random, phase).Strike(func(ctx context.Context, command *realcli.Command) (bool, error) {
				return sent(send(ctx, command), command)
			})
			strike.Kills, strike.Signals = kills, true

			return strike
		}}
	}

	return []Fault{
		signal("SIGINT to the CLI", false, func(_ context.Context, c *realcli.Command) error { return c.Signal(syscall.SIGINT) }),
		signal("SIGINT to the group", false, func(_ context.Context, c *realcli.Command) error { return c.SignalGroup(syscall.SIGINT) }),
		signal("SIGTERM to the group", false, func(_ context.Context, c *realcli.Command) error { return c.SignalGroup(syscall.SIGTERM) }),
		signal("provider killed", true, killProvider),
	}
}

// sent reports whether a signal reached a process: a command may end at the moment it is signalled.
func sent(err error, command *realcli.Command) (bool, error) {
	if err == nil {
		return true, nil
	}
	select {
	case <-command.Done():
		return false, nil
	case <-time.After(endPatience):
		return false, err
	}
}

// errNoProvider says that the CLI has no provider process at the moment.
var errNoProvider = errors.New("the CLI has started no provider")

// killProvider sends SIGKILL to the CLI's provider processes. The CLI starts one for each walk: between two it waits for the
// next.
func killProvider(ctx context.Context, command *realcli.Command) error {
	var err error
	Await(ctx, func() bool {
		err = killProviders(ctx, command)

		return !errors.Is(err, errNoProvider)
	})

	return err
}

// killProviders kills the provider processes that there are now.
func killProviders(ctx context.Context, command *realcli.Command) error {
	list, err := exec.CommandContext(ctx, "ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return fmt.Errorf("listing processes: %w", err)
	}
	killed := false
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || fields[1] != strconv.Itoa(command.PID()) {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			return fmt.Errorf("listing processes: %w", err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err == nil {
			killed = true
		}
	}
	if !killed {
		return errNoProvider
	}

	return nil
}
