package vspherechaos

import (
	"fmt"
	"math/rand/v2"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
)

// failOvers are the fail-overs of pairs: at any moment, or between two commands.
func (p *platform) failOvers() []chaos.Fault {
	return []chaos.Fault{
		chaos.BehindBack("fails over", p.moment, p.protected, p.failOver),
		p.between("failed over before", func(which int) bool {
			pairs := p.protected()

			return len(pairs) > 0 && p.failOver(pairs[which%len(pairs)]) == nil
		}),
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

// between is a fault between two commands. which is drawn.
func (p *platform) between(name string, act func(which int) bool) chaos.Fault {
	return chaos.Fault{Name: name, Draw: func(random *rand.Rand, _ chaos.Phase) chaos.Strike {
		which, struck := random.IntN(1<<16), false

		return chaos.Strike{Words: fmt.Sprintf("object %d", which), Struck: func() bool { return struck }, Arm: func() error {
			struck = act(which)

			return nil
		}}
	}}
}
