package zstackclone

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

func (a *adapter) sight() lifecycle.Sight { return lifecycle.Sight{Client: a.client, Shared: a.shared} }

// Viewed implements [lifecycle.Viewer].
func (a *adapter) Viewed(ctx context.Context, state model, _ lifecycle.View) (lifecycle.View, error) {
	return a.sight().Viewed(ctx, state.ZoneUUID.ValueString())
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
