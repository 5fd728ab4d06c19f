package vspherechaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// cancelMethods are the calls that ask to cancel a task.
var cancelMethods = []string{"CancelTask", "POST /api/cis/tasks/{task}?action=cancel"}

// taskFaults happen to a task that has come to 60 %.
func (p *platform) taskFaults() []chaos.Fault {
	return []chaos.Fault{
		p.midTask("session expires mid-task", false, func(ctx context.Context, _ *tfcli.Command, later time.Duration) error {
			p.ExpireSessions()
			p.releaseAfter(ctx, later)

			return nil
		}),
		p.midTask("task hangs", false, func(ctx context.Context, _ *tfcli.Command, later time.Duration) error {
			p.releaseAfter(ctx, 2*time.Second+later)

			return nil
		}),
		p.midTask("task hangs and SIGINT", true, func(_ context.Context, command *tfcli.Command, _ time.Duration) error {
			return command.Signal(syscall.SIGINT)
		}),
		p.midTask("task hangs over cancelling and SIGINT", true, func(_ context.Context, command *tfcli.Command, _ time.Duration) error {
			p.IgnoreCancel(true)

			return command.Signal(syscall.SIGINT)
		}),
		p.midTask("task finishes as it is cancelled", true, func(ctx context.Context, command *tfcli.Command, later time.Duration) error {
			p.IgnoreCancel(true)
			before := p.cancellations()
			if err := command.Signal(syscall.SIGINT); err != nil {
				return err
			}
			if chaos.Await(ctx, func() bool { return p.cancellations() > before }) {
				p.releaseAfter(ctx, later/4)
			}

			return nil
		}),
		p.midTask("task vanishes", false, func(ctx context.Context, _ *tfcli.Command, later time.Duration) error {
			p.ForgetTasks()
			p.releaseAfter(ctx, later)

			return nil
		}),
		p.midTask("task vanishes and SIGINT", true, func(_ context.Context, command *tfcli.Command, _ time.Duration) error {
			p.ForgetTasks()

			return command.Signal(syscall.SIGINT)
		}),
	}
}

// releaseAfter lets held tasks go on after a while.
func (p *platform) releaseAfter(ctx context.Context, later time.Duration) {
	if chaos.Pause(ctx, later) {
		p.ReleaseTasks()
	}
}

func (p *platform) cancellations() int {
	asked := 0
	for _, method := range cancelMethods {
		asked += p.Requests().ByMethod[method]
	}

	return asked
}

// midTask is a fault that happens while a task is held.
func (p *platform) midTask(
	name string, signals bool, act func(ctx context.Context, command *tfcli.Command, later time.Duration) error,
) chaos.Fault {
	return chaos.Fault{Name: name, Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		method, _ := anyTask(p, random, phase)
		if random.IntN(4) == 0 {
			method = ""
		}
		later := time.Duration(random.IntN(1500)) * time.Millisecond
		words := method
		if method == "" {
			words = "any method"
		}

		return chaos.Strike{
			Words: fmt.Sprintf("%s, %s", words, later), Signals: signals,
			Arm: func() error {
				p.HoldTasks(method)

				return nil
			},
			Act: func(ctx context.Context, command *tfcli.Command) (bool, error) {
				if !chaos.Await(ctx, p.holding) {
					return false, nil
				}
				// The provider has begun to wait for the task, mostly.
				chaos.Pause(ctx, later/8)

				return meets(command, act(ctx, command, later))
			},
		}
	}}
}

// meets reports whether an act met the command: it may end at any moment, and a signal then reaches nobody.
func meets(command *tfcli.Command, err error) (bool, error) {
	select {
	case <-command.Done():
		return err == nil, nil
	default:
		return err == nil, err
	}
}

// holding reports whether a task is held.
func (p *platform) holding() bool {
	for _, task := range p.Tasks() {
		if task.Held {
			return true
		}
	}

	return false
}

// restarts is a vCenter that restarts: its sessions and tasks are forgotten.
func (p *platform) restarts() chaos.Fault {
	return chaos.Fault{Name: "vCenter restarts", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		when := p.moment(random, phase)
		how := vspheresim.Restart{
			Outage: time.Duration(random.IntN(3000)) * time.Millisecond, AbortTasks: random.IntN(2) == 0,
		}
		var came func() bool

		return chaos.Strike{
			Words: fmt.Sprintf("%s, for %s, tasks aborted: %t", when.Words, how.Outage, how.AbortTasks),
			Arm: func() error {
				came = when.Begin()

				return nil
			},
			Act: func(ctx context.Context, _ *tfcli.Command) (bool, error) {
				if !chaos.Await(ctx, came) {
					return false, nil
				}
				p.Restart(how)

				return true, nil
			},
		}
	}}
}

// moment draws when something happens: at a request, or while a task runs.
func (p *platform) moment(random *rand.Rand, phase chaos.Phase) chaos.Moment {
	if random.IntN(3) == 0 {
		nth := 1 + random.IntN(25)

		return chaos.Moment{Words: fmt.Sprintf("at request %d", nth), Begin: func() func() bool {
			before := p.Requests().Total

			return func() bool { return p.Requests().Total >= before+nth }
		}}
	}
	method, _ := anyTask(p, random, phase)
	if method == "" {
		return p.moment(random, phase)
	}
	percent := 10 * random.IntN(11)

	return chaos.Moment{Words: fmt.Sprintf("%s at %d %%", method, percent), Begin: func() func() bool {
		before := len(p.Tasks())

		return func() bool {
			for _, task := range p.Tasks()[before:] {
				if task.Method == method && task.Percent >= percent {
					return true
				}
			}

			return false
		}
	}}
}
