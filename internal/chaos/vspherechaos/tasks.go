package vspherechaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// cancelMethods are the calls that ask to cancel a task.
var cancelMethods = []string{"CancelTask", "POST /api/cis/tasks/{task}?action=cancel"}

// taskFaults happen to a task that has come to 60 %.
func (p *platform) taskFaults() []chaos.Fault {
	held := p.holder()

	return []chaos.Fault{
		held.Mid("session expires mid-task", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			p.ExpireSessions()
			held.ReleaseAfter(ctx, later)

			return nil
		}),
		held.Mid("task hangs", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			held.ReleaseAfter(ctx, 2*time.Second+later)

			return nil
		}),
		held.Mid("task hangs and SIGINT", true, func(_ context.Context, command *realcli.Command, _ time.Duration) error {
			return command.Signal(syscall.SIGINT)
		}),
		held.Mid("task hangs over cancelling and SIGINT", true, func(_ context.Context, command *realcli.Command, _ time.Duration) error {
			p.IgnoreCancel(true)

			return command.Signal(syscall.SIGINT)
		}),
		held.Mid("task finishes as it is cancelled", true, func(ctx context.Context, command *realcli.Command, later time.Duration) error {
			p.IgnoreCancel(true)
			before := p.cancellations()
			if err := command.Signal(syscall.SIGINT); err != nil {
				return err
			}
			if chaos.Await(ctx, func() bool { return p.cancellations() > before }) {
				held.ReleaseAfter(ctx, later/4)
			}

			return nil
		}),
		held.Mid("task vanishes", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			p.ForgetTasks()
			held.ReleaseAfter(ctx, later)

			return nil
		}),
		held.Mid("task vanishes and SIGINT", true, func(_ context.Context, command *realcli.Command, _ time.Duration) error {
			p.ForgetTasks()

			return command.Signal(syscall.SIGINT)
		}),
	}
}

func (p *platform) cancellations() int {
	asked := 0
	for _, method := range cancelMethods {
		asked += p.Requests().ByMethod[method]
	}

	return asked
}

// holder holds tasks while they run.
func (p *platform) holder() chaos.Holder {
	return chaos.Holder{
		Draw: func(random *rand.Rand, phase chaos.Phase) string {
			method, _ := anyTask(p, random, phase)

			return method
		},
		Hold: p.HoldTasks, Holding: p.holding, Release: p.ReleaseTasks,
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
		how := vcenter.Restart{
			Outage: time.Duration(random.IntN(3000)) * time.Millisecond, AbortTasks: random.IntN(2) == 0,
		}
		strike := when.Strike(func(context.Context, *realcli.Command) (bool, error) {
			p.Restart(how)

			return true, nil
		})
		strike.Words = fmt.Sprintf("%s, for %s, tasks aborted: %t", when.Words, how.Outage, how.AbortTasks)

		return strike
	}}
}

// moment draws when something happens: at a request, or while a task runs.
func (p *platform) moment(random *rand.Rand, phase chaos.Phase) chaos.Moment {
	if random.IntN(3) == 0 {
		return chaos.AtRequest(random, func() int { return p.Requests().Total })
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
