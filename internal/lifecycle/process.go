package lifecycle

import (
	"sync/atomic"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
)

// Process is what the configured providers of one provider process share about the CLI that started it. A nil Process knows nothing.
type Process struct {
	Command clicommand.Command

	changes atomic.Int64 // see [Process.change]
	running atomic.Int64 // changes
	imports atomic.Bool  // an import began: see [Resource.agedImport]
}

// change notes that something is changed on a platform from now on, until ended is called. What was learned of a platform before a change
// ended is not used after that, nor what was learned before the first of the changes that go on at the same time: those that begin together
// share what they ask.
func (p *Process) change() (ended func()) {
	if p.running.Add(1) == 1 {
		p.changes.Add(1)
	}

	return func() {
		p.changes.Add(1)
		p.running.Add(-1)
	}
}

// walk returns what the CLI does, as far as it shows: a command that applies starts a process for its plan and another one for what it
// applies, and that one changes something or was given a plan.
func (p *Process) walk() Walk {
	if p.Command.Applies() && (p.Command.SavedPlan || p.changes.Load() > 0) {
		return WalkApply
	}

	return WalkUnknown
}

// Applying reports whether the process is known to apply what was planned: see [Process.walk].
func (p *Process) Applying() bool { return p.walk() == WalkApply }

// plansOnce reports whether the CLI asks this process once to plan each resource instance, or again as the replacement of the same object: a
// command that plans or applies starts a process for each walk. One that tests, or is not known, may serve several plans.
func (p *Process) plansOnce() bool {
	return (p.Command.Plans() || p.Command.Applies() && !p.Command.Destroy) && p.walk() != WalkApply
}

// BlocksLater reports whether the blocks that import what is in the way are left to the next "terraform plan": a process of an apply
// may be the one that has not seen what is in state. One that was given a plan knows that there was a plan before.
func (p *Process) BlocksLater() bool {
	return p.Command.Applies() && !p.Command.SavedPlan
}
