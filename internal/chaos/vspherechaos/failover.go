package vspherechaos

import (
	"math/rand/v2"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// failOvers are the fail-overs of pairs: at any moment, or between two commands.
func (p *platform) failOvers() []chaos.Fault {
	return []chaos.Fault{
		chaos.BehindBack("fails over", p.moment, p.protected, p.failOver),
		{Name: "failed over before", Draw: func(random *rand.Rand, _ chaos.Phase) chaos.Strike {
			which, struck := random.IntN(1<<16), false

			return chaos.Strike{Words: "a pair", Struck: func() bool { return struck }, Arm: func() error {
				if pairs := p.protected(); len(pairs) > 0 {
					struck = p.failOver(pairs[which%len(pairs)]) == nil
				}

				return nil
			}}
		}},
	}
}

// protected lists the primaries that can fail over. A pair of a machine that the vCenter starts with is not among them: a destroy after its
// fail-over removes that machine, and then the configurations of the run mean nothing any more.
func (p *platform) protected() []chaos.Object {
	var pairs []chaos.Object
	for _, vm := range p.VMs() {
		ft := vm.FaultTolerance
		if ft != nil && ft.Role == "primary" && ft.State == "running" && !p.initial[vm.ID] && !p.initial[ft.PartnerID] {
			pairs = append(pairs, chaos.Object{ID: vm.ID})
		}
	}

	return pairs
}

func (p *platform) failOver(primary chaos.Object) error { return p.FailOver(primary.ID) }
