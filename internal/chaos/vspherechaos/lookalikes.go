package vspherechaos

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// lookalikes are objects that other clients make, of the names and at the moments at which a resource makes its own.
func (p *platform) lookalikes() []chaos.Fault {
	return []chaos.Fault{
		{Name: "lookalike at a lost answer", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
			method, what := p.drawLookalikes(random, phase)
			drop := vcenter.DropBefore
			if random.IntN(2) == 0 {
				drop = vcenter.DropAfter
			}

			return chaos.LostAnswer{
				Method: method, Struck: p.Struck, Alike: p.makers(what),
				Lose: func() { p.Inject(vcenter.Fault{Method: method, Drop: drop, Times: 1}) },
			}.Strike()
		}},
		{Name: "lookalike takes the name", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
			method, what := p.drawLookalikes(random, phase)
			for i := range what {
				what[i].maker.Like = what[i].maker.Like && method != deployMethod // that one would be held too
			}

			return chaos.Strike{
				Words: fmt.Sprintf("%s, %d alike", method, len(what)), Alone: true,
				Arm: func() error {
					if len(what) > 0 {
						p.HoldTasks(method)
					}

					return nil
				},
				Act: func(ctx context.Context, _ *realcli.Command) (bool, error) {
					if len(what) == 0 || !chaos.Await(ctx, p.holding) {
						return false, nil
					}
					err := chaos.All(ctx, p.makers(what))
					p.ReleaseTasks()

					return true, err
				},
			}
		}},
	}
}

// drawLookalikes draws a method that makes something in the phase, and a lookalike of each object that it makes.
func (p *platform) drawLookalikes(random *rand.Rand, phase chaos.Phase) (method string, all []lookalike) {
	maker, method, blocks := chaos.DrawAlike(random, p.created[phase])
	for _, each := range blocks {
		if each.kind != secondaryType {
			all = append(all, lookalike{block: each, maker: maker})
		}
	}

	return method, all
}

// makers are what makes the lookalikes.
func (p *platform) makers(all []lookalike) []func(ctx context.Context) error {
	makers := make([]func(ctx context.Context) error, len(all))
	for i, one := range all {
		makers[i] = func(ctx context.Context) error { return p.make(ctx, one) }
	}

	return makers
}
