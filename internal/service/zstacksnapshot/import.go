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
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// The forms of an import id: the group's uuid, or the VM's and the group's name.
var (
	uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	nameForm = regexp.MustCompile(`^([0-9a-f]{32})/(?s:(.+))$`)
)

// Import implements [lifecycle.Adapter]: by the group's UUID, by its VM's UUID, a slash and its name, or by the identity.
func (a *adapter) Import(ctx context.Context, req resource.ImportStateRequest, _ string) (lifecycle.Imported[model], diag.Diagnostics) {
	var none lifecycle.Imported[model]
	id := req.ID
	if id == "" {
		var identity identityModel
		if diags := req.Identity.Get(ctx, &identity); diags.HasError() {
			return none, diags
		}
		id = identity.UUID.ValueString()
	}
	group, problem := a.lookUp(ctx, id)
	if problem != nil {
		return none, diag.Diagnostics{problem}
	}

	return lifecycle.Imported[model]{Of: model{ID: types.StringValue(group.UUID)}, Attributes: map[string]any{
		"id": group.UUID, "vm_uuid": group.VMUUID, "with_memory": withMemory(group),
	}}, nil
}

// lookUp finds the one group that an import names.
func (a *adapter) lookUp(ctx context.Context, id string) (*zstack.SnapshotGroup, diag.Diagnostic) {
	query := fmt.Sprintf("the uuid %q", id)
	if uuidForm.MatchString(id) {
		group, err := a.client.SnapshotGroup(ctx, id)
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
	all, err := a.client.SnapshotGroupsNamed(ctx, vmUUID, name)
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
