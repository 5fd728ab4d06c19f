package zstacksnapshot

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// The forms of an import id: the group's uuid, or the VM's and the group's name.
var (
	uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	nameForm = regexp.MustCompile(`^([0-9a-f]{32})/(?s:(.+))$`)
)

// ImportState takes over a group by its uuid, by its VM's uuid, a slash and its name, or by its identity.
func (r *snapshotResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	id := req.ID
	if id == "" {
		var identity identityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id = identity.UUID.ValueString()
	}

	group, problem := r.lookUp(ctx, id)
	if problem != nil {
		resp.Diagnostics.Append(problem)

		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, types.StringValue(group.UUID))...)
	resp.Diagnostics.Append(lifecycle.SaveImported(ctx, resp.Private)...)
	for name, value := range map[string]any{"id": group.UUID, "vm_uuid": group.VMUUID, "with_memory": withMemory(group)} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// lookUp finds the one group that an import names.
func (r *snapshotResource) lookUp(ctx context.Context, id string) (*zstack.SnapshotGroup, diag.Diagnostic) {
	query := fmt.Sprintf("the uuid %q", id)
	if uuidForm.MatchString(id) {
		group, err := r.client.SnapshotGroup(ctx, id)
		if err != nil {
			return nil, notLookedUp(query, err)
		}

		return group, nil
	}
	parts := nameForm.FindStringSubmatch(id)
	if parts == nil {
		return nil, tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", id),
			`Give the uuid of the snapshot group (32 hexadecimal digits in lower case), or the uuid of the VM, a slash, and the group's `+
				`name ("20debd9bc9594d70b1ec81d7d31b29cc/before update")`)
	}
	vmUUID, name := parts[1], parts[2]
	query = fmt.Sprintf("the name %q in the VM %s", name, vmUUID)
	all, err := r.client.SnapshotGroupsNamed(ctx, vmUUID, name)
	if err != nil {
		return nil, notLookedUp(query, err)
	}

	return only(query, name, all)
}

// only returns the one group of the name. ZStack compares names without regard to case.
func only(query, name string, all []zstack.SnapshotGroup) (*zstack.SnapshotGroup, diag.Diagnostic) {
	var found []zstack.SnapshotGroup
	var candidates []tfdiag.Candidate
	for _, group := range all {
		if group.Name == name {
			found = append(found, group)
			candidates = append(candidates, tfdiag.Candidate{ID: group.UUID, Name: group.Name + ", taken at " + group.CreatedAt})
		}
	}
	switch len(found) {
	case 0:
		return nil, tfdiag.NothingToImport(tfdiag.ZStack, "snapshot group", query)
	case 1:
		return &found[0], nil
	default:
		return nil, tfdiag.SeveralToImport("snapshot group", query, candidates)
	}
}

func notLookedUp(query string, err error) diag.Diagnostic {
	if apierr.Is(err, apierr.NotFound) {
		return tfdiag.NothingToImport(tfdiag.ZStack, "snapshot group", query)
	}

	return tfdiag.FromError(tfdiag.Operation{Action: "look up the snapshot group with " + query, Platform: tfdiag.ZStack}, err)
}
