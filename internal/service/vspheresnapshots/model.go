package vspheresnapshots

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

type model struct {
	VMID              types.String    `tfsdk:"vm_id"`
	Snapshots         []snapshotModel `tfsdk:"snapshots"`
	CurrentSnapshotID types.String    `tfsdk:"current_snapshot_id"`
	Mermaid           types.String    `tfsdk:"mermaid"`
}

type snapshotModel struct {
	ID               types.String `tfsdk:"id"`
	Name             types.String `tfsdk:"name"`
	Description      types.String `tfsdk:"description"`
	Path             types.String `tfsdk:"path"`
	ParentSnapshotID types.String `tfsdk:"parent_snapshot_id"`
	Depth            types.Int64  `tfsdk:"depth"`
	IsCurrent        types.Bool   `tfsdk:"is_current"`
	CreatedAt        types.String `tfsdk:"created_at"`
	Quiesced         types.Bool   `tfsdk:"quiesced"`
	PowerState       types.String `tfsdk:"power_state"`
}

// newModel maps a VM's snapshots to the data source's state.
func newModel(vmID string, all []vsphere.Snapshot) model {
	m := model{
		VMID:              types.StringValue(vmID),
		Snapshots:         make([]snapshotModel, len(all)), // empty, not null, where there are none
		CurrentSnapshotID: types.StringNull(),
		Mermaid:           types.StringValue(diagram(vmID, all)),
	}
	for i, snapshot := range all {
		if snapshot.Current {
			m.CurrentSnapshotID = types.StringValue(snapshot.ID)
		}
		m.Snapshots[i] = snapshotModel{
			ID:               types.StringValue(snapshot.ID),
			Name:             types.StringValue(snapshot.Name),
			Description:      types.StringValue(snapshot.Description),
			Path:             types.StringValue(snapshot.Path),
			ParentSnapshotID: tfattr.StringOrNull(snapshot.ParentID),
			Depth:            types.Int64Value(int64(snapshot.Depth)),
			IsCurrent:        types.BoolValue(snapshot.Current),
			CreatedAt:        types.StringValue(snapshot.CreatedAt.UTC().Format(time.RFC3339)),
			Quiesced:         types.BoolValue(snapshot.Quiesced),
			PowerState:       types.StringValue(string(snapshot.PowerState)),
		}
	}

	return m
}
