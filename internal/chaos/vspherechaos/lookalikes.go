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
			before := 0

			return chaos.Strike{
				Words: fmt.Sprintf("%s, %d alike", method, len(what)), Alone: true,
				Arm: func() error {
					before = p.Struck()
					if len(what) > 0 {
						p.Inject(vcenter.Fault{Method: method, Drop: drop, Times: 1})
					}

					return nil
				},
				Act: func(ctx context.Context, _ *realcli.Command) (bool, error) {
					if len(what) == 0 || !chaos.Await(ctx, func() bool { return p.Struck() > before }) {
						return false, nil
					}

					return true, p.makeAll(ctx, what)
				},
			}
		}},
		{Name: "lookalike takes the name", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
			method, what := p.drawLookalikes(random, phase)
			for i := range what {
				what[i].like = what[i].like && method != deployMethod // that one would be held too
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
					err := p.makeAll(ctx, what)
					p.ReleaseTasks()

					return true, err
				},
			}
		}},
	}
}

// drawLookalikes draws a method that makes something in the phase, and a lookalike of each object that it makes.
func (p *platform) drawLookalikes(random *rand.Rand, phase chaos.Phase) (method string, all []lookalike) {
	which, own, like := random.IntN(1<<16), random.IntN(2) == 0, random.IntN(2) == 0
	created := p.created[phase]
	if len(created) == 0 {
		return "", nil
	}
	method = creatorOf(created[which%len(created)])
	for _, each := range created {
		if creatorOf(each) == method && each.kind != secondaryType {
			all = append(all, lookalike{block: each, own: own, like: like})
		}
	}

	return method, all
}

// makeAll makes lookalikes one after the other.
func (p *platform) makeAll(ctx context.Context, all []lookalike) error {
	for _, one := range all {
		if err := p.make(ctx, one); err != nil {
			return err
		}
	}

	return nil
}
