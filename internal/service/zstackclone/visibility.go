package zstackclone

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

func (a *adapter) sight() lifecycle.Sight { return lifecycle.Sight{Client: a.client, Shared: a.shared} }

// Viewed implements [lifecycle.Viewer]. A clone that is pending will be in its source's zone.
func (a *adapter) Viewed(ctx context.Context, state model, known lifecycle.View) (lifecycle.View, error) {
	zone := cmp.Or(state.ZoneUUID.ValueString(), known.Zone)
	if zone == "" && state.Pending() {
		if source, err := a.sourceVM(ctx, state.SourceVMUUID.ValueString()); err == nil {
			zone = source.ZoneUUID
		}
	}

	return a.sight().Viewed(ctx, zone)
}

// Elsewhere implements [lifecycle.Viewer].
func (a *adapter) Elsewhere(ctx context.Context, state model, known lifecycle.View) diag.Diagnostics {
	return a.sight().Elsewhere(ctx, state.Creation(), cmp.Or(known.Zone, state.ZoneUUID.ValueString()))
}

// Unseen implements [lifecycle.Viewer].
func (a *adapter) Unseen(ctx context.Context, state model, known lifecycle.View) (bool, diag.Diagnostics) {
	known.Zone = cmp.Or(known.Zone, state.ZoneUUID.ValueString())

	return a.sight().Unseen(ctx, state.Creation(), state.ObjectID(), true, len(listed(state.DataVolumeUUIDs)) == 0, known)
}
