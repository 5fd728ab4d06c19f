package tfattr

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ planmodifier.String = ReplaceUnlessImported{}
	_ planmodifier.Bool   = ReplaceUnlessImported{}
	_ planmodifier.Object = ReplaceUnlessImported{}
	_ planmodifier.Set    = ReplaceUnlessImported{}
	_ planmodifier.Map    = ReplaceUnlessImported{}
	_ planmodifier.List   = ReplaceUnlessImported{}
)

// ReplaceUnlessImported is a plan modifier; see [RequiresReplaceUnlessImported].
type ReplaceUnlessImported struct{ marker path.Path }

// RequiresReplaceUnlessImported returns a plan modifier for arguments that only count when the object is made. A change
// of one replaces the object, except right after an import: nobody can tell from an object what it was made with, so the
// state has none of these arguments, and the first apply writes down what the configuration says.
//
// marker is a required string argument that only counts when the object is made (source_vm_id): the state lacks it after
// an import and never else. That tells an imported object from one that was made without an optional argument, which
// adding the argument does replace.
func RequiresReplaceUnlessImported(marker path.Path) ReplaceUnlessImported {
	return ReplaceUnlessImported{marker}
}

// Description says what a change does.
func (m ReplaceUnlessImported) Description(context.Context) string {
	return "a change replaces the object, unless it was imported and its first apply is still to come"
}

// MarkdownDescription says what a change does.
func (m ReplaceUnlessImported) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

// replaces decides for every type of argument.
func (m ReplaceUnlessImported) replaces(
	ctx context.Context, state tfsdk.State, plan tfsdk.Plan, before, after attr.Value, diags *diag.Diagnostics,
) bool {
	if state.Raw.IsNull() || plan.Raw.IsNull() || before.Equal(after) {
		return false
	}
	var marker types.String
	diags.Append(state.GetAttribute(ctx, m.marker, &marker)...)

	return !marker.IsNull()
}

// PlanModifyString decides for a string.
func (m ReplaceUnlessImported) PlanModifyString(ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}

// PlanModifyBool decides for a boolean.
func (m ReplaceUnlessImported) PlanModifyBool(ctx context.Context, req planmodifier.BoolRequest, resp *planmodifier.BoolResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}

// PlanModifyObject decides for a nested object.
func (m ReplaceUnlessImported) PlanModifyObject(ctx context.Context, req planmodifier.ObjectRequest, resp *planmodifier.ObjectResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}

// PlanModifySet decides for a set.
func (m ReplaceUnlessImported) PlanModifySet(ctx context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}

// PlanModifyMap decides for a map.
func (m ReplaceUnlessImported) PlanModifyMap(ctx context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}

// PlanModifyList decides for a list.
func (m ReplaceUnlessImported) PlanModifyList(ctx context.Context, req planmodifier.ListRequest, resp *planmodifier.ListResponse) {
	resp.RequiresReplace = m.replaces(ctx, req.State, req.Plan, req.StateValue, req.PlanValue, &resp.Diagnostics)
}
