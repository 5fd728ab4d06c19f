package vspheresnapshot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// importForm is what an import id looks like: the VM's id, then the snapshot's id or its path in the tree.
var importForm = regexp.MustCompile(`^(vm-\d+)/(.+)$`)

// snapshotIDForm is how vCenter forms the managed object id of a snapshot.
var snapshotIDForm = regexp.MustCompile(`^snapshot-\d+$`)

// identityModel is the resource's identity.
type identityModel struct {
	VCenterUUID types.String `tfsdk:"vcenter_uuid"`
	VMID        types.String `tfsdk:"vm_id"`
	SnapshotID  types.String `tfsdk:"snapshot_id"`
}

// IdentitySchema describes what identifies the snapshot: its id is unique within one vCenter only, and the VM is where to
// look for it.
func (r *snapshotResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	required := func(description string) identityschema.StringAttribute {
		return identityschema.StringAttribute{Description: description, RequiredForImport: true}
	}
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vcenter_uuid": required("Instance UUID of the vCenter that manages the virtual machine."),
			"vm_id":        required("Managed object id of the virtual machine, such as vm-42."),
			"snapshot_id":  required("Managed object id of the snapshot, such as snapshot-7."),
		},
	}
}

// Identity returns the identity model of the snapshot. A pending one has a vCenter and a VM but no id yet.
func (m model) Identity(vcenter string) any {
	return identityModel{
		VCenterUUID: types.StringValue(vcenter),
		VMID:        tfattr.StringOrNull(m.VMID.ValueString()),
		SnapshotID:  tfattr.StringOrNull(m.ID.ValueString()),
	}
}

// Import implements [lifecycle.Adapter]. It takes over a snapshot by "vm-42/snapshot-7", by "vm-42/" and its path in the VM's tree
// ("before/after"; a slash or backslash within a name has a backslash before it), or by its identity.
func (a *adapter) Import(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (lifecycle.Imported[model], diag.Diagnostics) {
	snapshot, diags := a.imported(ctx, req, vcenter)
	if diags.HasError() {
		return lifecycle.Imported[model]{}, diags
	}

	return lifecycle.Imported[model]{
		Of: model{VMID: types.StringValue(snapshot.VMID), ID: types.StringValue(snapshot.ID)},
		Attributes: map[string]any{
			"id": snapshot.ID, "vm_id": snapshot.VMID, "memory": snapshot.PowerState == vsphere.PoweredOn,
			"remove_children_on_destroy": false, "consolidate_on_destroy": true,
		},
	}, diags
}

// imported returns the snapshot that the request names.
func (a *adapter) imported(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (vsphere.Snapshot, diag.Diagnostics) {
	if req.ID == "" {
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(a.OtherPlatform(stated, vcenter))
		}
		if diags.HasError() {
			return vsphere.Snapshot{}, diags
		}

		return a.lookUp(ctx, identity.VMID.ValueString(), identity.SnapshotID.ValueString())
	}
	parts := importForm.FindStringSubmatch(req.ID)
	if parts == nil {
		return vsphere.Snapshot{}, diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", req.ID),
			`Give the managed object id of the VM, a slash, and the snapshot's managed object id ("vm-42/snapshot-7") or the names that `+
				`lead to it in the VM's tree of snapshots ("vm-42/before/after"). A slash or backslash within a name is written with a `+
				`backslash before it`)}
	}

	return a.lookUp(ctx, parts[1], parts[2])
}

// lookUp finds the one snapshot of a VM by its id or its path.
func (a *adapter) lookUp(ctx context.Context, vmID, which string) (vsphere.Snapshot, diag.Diagnostics) {
	query := fmt.Sprintf("the path %q in %s", which, vmID)
	if snapshotIDForm.MatchString(which) {
		query = fmt.Sprintf("the id or name %q in %s", which, vmID)
		snapshot, err := a.snapshot(ctx, vmID, which)
		if err == nil {
			return snapshot, nil
		}
		if !apierr.Is(err, apierr.NotFound) {
			return vsphere.Snapshot{}, notLookedUp(query, err)
		}
	}

	found, err := a.client.SnapshotsAt(ctx, vmID, which)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return vsphere.Snapshot{}, diag.Diagnostics{
			tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", fmt.Sprintf("the id %q", vmID)),
		}
	case err != nil:
		return vsphere.Snapshot{}, notLookedUp(query, err)
	case len(found) == 0:
		return vsphere.Snapshot{}, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "snapshot", query)}
	case len(found) > 1:
		candidates := make([]tfdiag.Candidate, len(found))
		for i, snapshot := range found {
			candidates[i] = tfdiag.Candidate{
				ID:   vmID + "/" + snapshot.ID,
				Path: fmt.Sprintf("%s, taken at %s", snapshot.Path, snapshot.CreatedAt.UTC().Format(time.RFC3339)),
			}
		}

		return vsphere.Snapshot{}, diag.Diagnostics{tfdiag.SeveralToImport("snapshot", query, candidates)}
	default:
		return found[0], nil
	}
}

func notLookedUp(query string, err error) diag.Diagnostics {
	return diag.Diagnostics{tfdiag.FromError(tfdiag.Operation{
		Action: "look up the snapshot with " + query, Platform: tfdiag.VSphere,
	}, err)}
}
