package vsphereclone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// foreign returns the disks of a machine that others have attached, by key.
func (m model) foreign(present map[string]vsphere.Disk) []string {
	return vmdisks.Foreign(m.OwnDisks, present)
}

// CheckDestroy implements [lifecycle.DestroyChecker]: it warns of disks that others have attached as well.
func (a *adapter) CheckDestroy(ctx context.Context, state model, replaced bool) diag.Diagnostics {
	diags := a.Adapter.CheckDestroy(ctx, state, replaced)
	present := vmdisks.Present(state.Disks)
	foreign := state.foreign(present)
	if len(foreign) == 0 {
		return diags
	}
	lines := make([]string, len(foreign))
	for i, key := range foreign {
		lines[i] = fmt.Sprintf("%s (%s, %s GiB, on %s)", key, present[key].Label, vmdisks.InGiB(present[key].CapacityBytes), present[key].DatastoreID)
	}
	what, why := "are detached from it first, and stay", "Set delete_foreign_disks = true and apply to have them deleted with the machine"
	if state.DeleteForeignDisks.ValueBool() {
		what, why = "are deleted with it", "Set delete_foreign_disks = false and apply to have them detached first"
	}

	return append(diags, tfdiag.Caution(path.Root("delete_foreign_disks"), fmt.Sprintf("Disks that others attached to %s %s", state.InWords(), what),
		fmt.Sprintf("They are no disks of its source, nor of disks_to_add: %s. %s", strings.Join(lines, ", "), why)))
}

// MayDestroy implements [lifecycle.DestroyAuthorizer]: disks that others have attached are detached first.
func (a *adapter) MayDestroy(ctx context.Context, state model) diag.Diagnostics {
	changes := vm.Destroying(state)
	if !state.DeleteForeignDisks.ValueBool() {
		changes.Configuration.DisksToRemove = removals(state.foreign(vmdisks.Present(state.Disks)))
	}

	return a.MayDestroyBy(ctx, state, changes)
}

// removals takes disks out of a machine; their files stay.
func removals(keys []string) []vsphere.DiskRemoval {
	var all []vsphere.DiskRemoval
	for _, key := range slices.Sorted(slices.Values(keys)) {
		all = append(all, vsphere.DiskRemoval{Key: key})
	}

	return all
}

// Remove implements [lifecycle.Adapter]: disks that others have attached are detached when the machine is off, before it is destroyed.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	if state.DeleteForeignDisks.ValueBool() || state.OwnDisks.IsNull() {
		return a.Adapter.Remove(ctx, state)
	}
	found, err := a.Present(ctx, state)
	if apierr.Is(err, apierr.NotFound) {
		return nil, nil
	}
	if err == nil {
		state.ID = types.StringValue(found.ID)
		if foreign := state.foreign(found.Disks); len(foreign) > 0 {
			if hanging := a.AwaitFree(ctx, state); hanging.HasError() { // before the machine is changed
				return nil, hanging
			}
			err = a.detach(ctx, state, found, foreign)
			state.PowerState = types.StringValue(string(vsphere.PoweredOff))
		}
	}
	if err != nil {
		return nil, vm.Unconfirmed(state.Operation("detach disks from", lifecycle.DeleteTimeout), err)
	}

	return a.Adapter.Remove(ctx, state)
}

// detach powers the machine off and takes the disks out of it; their files stay.
func (a *adapter) detach(ctx context.Context, state model, found *vsphere.VirtualMachine, keys []string) error {
	if err := a.PowerOff(ctx, found, state.ShutdownTimeout.Or(a.Timeouts.Shutdown)); err != nil {
		return err
	}
	spec := vsphere.ReconfigureSpec{DisksToRemove: removals(keys)}

	return a.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
		return a.Client.Reconfigure(ctx, found.ID, spec)
	})
}
