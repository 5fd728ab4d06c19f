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
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// importForm is what an import id looks like: the VM's id, then the snapshot's id or its path in the tree.
var importForm = regexp.MustCompile(`^(vm-\d+)/(.+)$`)

// snapshotIDForm is how vCenter forms the managed object id of a snapshot.
var snapshotIDForm = regexp.MustCompile(`^snapshot-\d+$`)

// ImportState takes over a snapshot by "vm-42/snapshot-7", by "vm-42/" and its path in the VM's tree ("before/after"; a
// slash or backslash within a name has a backslash before it), or by its identity.
func (r *snapshotResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	vcenter, ok := r.vcenter(ctx, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}

	snapshot, diags := r.imported(ctx, req, vcenter)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	found := model{VMID: types.StringValue(snapshot.VMID), ID: types.StringValue(snapshot.ID)}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &found)...)
	resp.Diagnostics.Append(lifecycle.SaveImported(ctx, resp.Private)...)
	for name, value := range map[string]any{
		"id": snapshot.ID, "vm_id": snapshot.VMID, "memory": snapshot.PowerState == vsphere.PoweredOn,
		"remove_children_on_destroy": false, "consolidate_on_destroy": true,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// imported returns the snapshot that the request names.
func (r *snapshotResource) imported(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (vsphere.Snapshot, diag.Diagnostics) {
	if req.ID == "" {
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(otherVCenter(stated, vcenter))
		}
		if diags.HasError() {
			return vsphere.Snapshot{}, diags
		}

		return r.lookUp(ctx, identity.VMID.ValueString(), identity.SnapshotID.ValueString())
	}
	parts := importForm.FindStringSubmatch(req.ID)
	if parts == nil {
		return vsphere.Snapshot{}, diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", req.ID),
			`Give the managed object id of the VM, a slash, and the snapshot's managed object id ("vm-42/snapshot-7") or the names that `+
				`lead to it in the VM's tree of snapshots ("vm-42/before/after"). A slash or backslash within a name is written with a `+
				`backslash before it`)}
	}

	return r.lookUp(ctx, parts[1], parts[2])
}

// lookUp finds the one snapshot of a VM by its id or its path.
func (r *snapshotResource) lookUp(ctx context.Context, vmID, which string) (vsphere.Snapshot, diag.Diagnostics) {
	query := fmt.Sprintf("the path %q in %s", which, vmID)
	if snapshotIDForm.MatchString(which) {
		query = fmt.Sprintf("the id or name %q in %s", which, vmID)
		snapshot, err := r.read(ctx, vmID, which)
		if err == nil {
			return snapshot, nil
		}
		if !apierr.Is(err, apierr.NotFound) {
			return vsphere.Snapshot{}, notLookedUp(query, err)
		}
	}

	found, err := r.client.SnapshotsAt(ctx, vmID, which)
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
