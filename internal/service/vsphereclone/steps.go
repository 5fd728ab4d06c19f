package vsphereclone

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// steps returns what has to be done, in this order: a VM is powered off before it is relocated, and on after it.
func (r *cloneResource) steps(change vmlifecycle.Change[model]) []vmlifecycle.Step[model] {
	life := r.life()
	steps := slices.Concat(life.NamingSteps(change), life.PowerOffSteps(change))
	if spec, relocates := change.Relocation(); relocates {
		if spec.DatastoreID != "" { // the disks of disks_to_update stay where the configuration wants them
			spec.DiskDatastores = change.Plan.disksToUpdate()
		}
		relocate := life.RelocateStep(change, spec)
		// The host that was asked for: a refresh would not tell it, since it keeps the one in state.
		relocate.Done = func(state model) model {
			place := state.Parts()
			place.HostID = lifecycle.Keep(change.Plan.Parts().HostID, types.StringNull())
			state.Placement = place.Object(placementTypes)

			return state
		}
		steps = append(steps, relocate)
	}

	return append(steps, life.PowerOnSteps(change)...)
}
