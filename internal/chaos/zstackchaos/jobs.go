package zstackchaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// longest is how long a job that is lost shows as running, where the resources wait for it without end. With short timeouts it
// does so until the command has ended.
const longest = 2 * time.Second

// jobFaults happen to a job that runs.
func (p *platform) jobFaults() []chaos.Fault {
	held := p.holder()

	return []chaos.Fault{
		held.Mid("session expires mid-job", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			p.ExpireSessions()
			held.ReleaseAfter(ctx, later)

			return nil
		}),
		held.Mid("job hangs", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			held.ReleaseAfter(ctx, longest+later)

			return nil
		}),
		held.Mid("job hangs and SIGINT", true, func(_ context.Context, command *realcli.Command, _ time.Duration) error {
			return command.Signal(syscall.SIGINT)
		}),
		held.Mid("job finishes as it is interrupted", true, func(ctx context.Context, command *realcli.Command, later time.Duration) error {
			if err := command.Signal(syscall.SIGINT); err != nil {
				return err
			}
			held.ReleaseAfter(ctx, later/4)

			return nil
		}),
		held.Mid("job is purged", false, func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
			p.PurgeJobs()
			held.ReleaseAfter(ctx, later)

			return nil
		}),
		held.Mid("job is purged and SIGINT", true, func(_ context.Context, command *realcli.Command, _ time.Duration) error {
			p.PurgeJobs()

			return command.Signal(syscall.SIGINT)
		}),
		held.Mid("job lost with its effect", false, p.lose(true)),
		held.Mid("job lost without its effect", false, p.lose(false)),
		held.Mid("job lost with its effect and SIGINT", true, p.loseAndInterrupt(true)),
		held.Mid("job lost without its effect and SIGINT", true, p.loseAndInterrupt(false)),
	}
}

// lose lets jobs show as running for ever, or until the platform forgets them.
func (p *platform) lose(effect bool) func(context.Context, *realcli.Command, time.Duration) error {
	return func(ctx context.Context, _ *realcli.Command, later time.Duration) error {
		p.LoseJobs(effect)
		p.ReleaseJobs() // for those that begin from now on
		if !p.brief && chaos.Pause(ctx, longest+later) {
			p.forgetLost()
		}

		return nil
	}
}

func (p *platform) loseAndInterrupt(effect bool) func(context.Context, *realcli.Command, time.Duration) error {
	return func(_ context.Context, command *realcli.Command, _ time.Duration) error {
		p.LoseJobs(effect)
		p.ReleaseJobs()

		return command.Signal(syscall.SIGINT)
	}
}

// holder holds jobs while they run.
func (p *platform) holder() chaos.Holder {
	return chaos.Holder{
		Draw: func(random *rand.Rand, phase chaos.Phase) string {
			method, _ := anyJob(p, random, phase)

			return method
		},
		Hold: p.HoldJobs, Holding: p.holding, Release: p.ReleaseJobs,
	}
}

// holding reports whether a job is held.
func (p *platform) holding() bool {
	for _, job := range p.Jobs() {
		if job.Held {
			return true
		}
	}

	return false
}

// restarts is a management node that restarts: its sessions are forgotten, its jobs lost, and the proxy in front of it says so.
func (p *platform) restarts() chaos.Fault {
	return chaos.Fault{Name: "node restarts", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		when := p.moment(random, phase)
		refused, effect := random.IntN(5), random.IntN(2) == 0
		later := time.Duration(random.IntN(1500)) * time.Millisecond
		strike := when.Strike(func(ctx context.Context, command *realcli.Command) (bool, error) {
			if refused > 0 {
				p.Inject(zstacksim.Fault{Status: http.StatusBadGateway, Times: refused})
			}
			p.ExpireSessions()

			return true, p.lose(effect)(ctx, command, later)
		})
		strike.Words = fmt.Sprintf("%s, %d requests refused, jobs have their effect: %t", when.Words, refused, effect)

		return strike
	}}
}

// expiry lets all sessions expire at any moment.
func (p *platform) expiry() chaos.Fault {
	return chaos.Fault{Name: "session expires", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
		return p.moment(random, phase).Strike(func(context.Context, *realcli.Command) (bool, error) {
			p.ExpireSessions()

			return true, nil
		})
	}}
}

// moment draws when something happens: at a request, or while a job runs.
func (p *platform) moment(random *rand.Rand, phase chaos.Phase) chaos.Moment {
	if random.IntN(3) == 0 {
		return chaos.AtRequest(random, func() int { return p.Requests().Total })
	}
	method, _ := anyJob(p, random, phase)
	if method == "" {
		return p.moment(random, phase)
	}
	later := time.Duration(random.Int64N(int64(p.task) * 5 / 4)) //nolint:mnd // a job's time, and somewhat more

	return chaos.Moment{Words: fmt.Sprintf("%s for %s", method, later), Begin: func() func() bool {
		before := len(p.Jobs())
		var since time.Time

		return func() bool {
			for _, job := range p.Jobs()[before:] {
				if job.Method == method && since.IsZero() {
					since = time.Now()
				}
			}

			return !since.IsZero() && time.Since(since) >= later
		}
	}}
}
