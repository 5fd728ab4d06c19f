package lifecycle

import "github.com/vmfork/terraform-provider-vmfork/internal/clicommand"

// Severity says how a plan reports what the live inventory has against it.
type Severity int

// The severities. The zero value is SeverityWarning, which can't do harm.
const (
	SeverityWarning Severity = iota // the creation checks again before it sends anything, and fails then
	SeverityError
	SeveritySkip // not asked: the creation does so a moment later, or nothing is created
)

// Walk is what the CLI does as it plans a resource.
type Walk int

// The walks.
const (
	WalkUnknown Walk = iota
	WalkPlan         // it makes a plan
	WalkApply        // it plans once more what it is about to apply
)

// Override is what the environment says of the checks for new objects.
type Override string

// The overrides, as [OverrideVariable] holds them.
const (
	OverrideNone  Override = ""
	OverrideError Override = "error"
	OverrideWarn  Override = "warn"
)

// OverrideVariable is the environment variable of an [Override].
const OverrideVariable = "VMFORK_PLAN_CHECKS"

// Circumstances are what is known of one call of PlanResourceChange.
type Circumstances struct {
	New       bool // the prior state is null
	Replacing bool // the private data has the mark of an object that is in state: see [Replaced]
	Walk      Walk
	Command   clicommand.Command // that started this process
	Override  Override
}

// Severity decides how the checks of a plan report. An error of a call without a prior state, made while something is applied, leaves
// the object that is to be replaced deposed for good (create_before_destroy), and the protocol does not tell that call from the others.
func (c Circumstances) Severity() Severity {
	switch {
	case c.Command.Destroy:
		return SeveritySkip // the refresh before a destroy plans what the destroy does not make
	case !c.New:
		return SeverityError
	case c.Walk == WalkApply:
		return SeveritySkip
	case c.Replacing:
		return SeverityError // the second call of a replacement: only a plan makes it
	case c.Override == OverrideError:
		return SeverityError
	case c.Override == OverrideWarn:
		return SeverityWarning
	case c.Walk == WalkPlan, c.Command.Plans():
		return SeverityError
	default:
		return SeverityWarning
	}
}
