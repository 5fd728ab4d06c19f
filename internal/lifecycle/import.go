package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// ImportState takes over an object. What it was made with is not known: the first apply writes down what the configuration says.
func (r *Resource[M, R, E]) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	platform, ok := r.connect(ctx, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	found, diags := r.adapter.Import(ctx, req, platform)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, found.Of)...)
	resp.Diagnostics.Append(Save(ctx, resp.Private, privateImported, true)...)
	for name, value := range found.Attributes {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}
