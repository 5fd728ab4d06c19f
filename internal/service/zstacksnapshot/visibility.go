package zstacksnapshot

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

func (a *adapter) sight() lifecycle.Sight { return lifecycle.Sight{Client: a.client, Shared: a.shared} }

// Viewed implements [lifecycle.Viewer]: the zone is the VM's, which is read where it is not stored yet.
func (a *adapter) Viewed(ctx context.Context, state model, known lifecycle.View) (lifecycle.View, error) {
	zone := cmp.Or(known.Zone, state.zoneUUID)
	if zone == "" {
		if vm, err := a.client.VirtualMachine(ctx, state.VMUUID.ValueString()); err == nil {
			zone = vm.ZoneUUID
		}
	}

	return a.sight().Viewed(ctx, zone)
}

// Elsewhere implements [lifecycle.Viewer].
func (a *adapter) Elsewhere(ctx context.Context, state model, known lifecycle.View) diag.Diagnostics {
	return a.sight().Elsewhere(ctx, state.Creation(), known.Zone)
}

// Unseen implements [lifecycle.Viewer].
func (a *adapter) Unseen(ctx context.Context, state model, known lifecycle.View) (bool, diag.Diagnostics) {
	return a.sight().Unseen(ctx, state.Creation(), state.VMUUID.ValueString(), false, true, known)
}
