package bare

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// bareDataSource has another data source's schema.
type bareDataSource struct{ shape datasource.DataSource }

// Metadata is the other data source's.
func (d *bareDataSource) Metadata(ctx context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	d.shape.Metadata(ctx, req, resp)
}

// Schema is the other data source's.
func (d *bareDataSource) Schema(ctx context.Context, req datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	d.shape.Schema(ctx, req, resp)
}

// Read gives constants for what the configuration does not set.
func (d *bareDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	given := map[string]tftypes.Value{}
	if err := req.Config.Raw.As(&given); err != nil {
		resp.Diagnostics.AddError("The bare data source could not read its configuration", err.Error())

		return
	}
	for name, attribute := range req.Config.Schema.GetAttributes() {
		if attribute.IsComputed() && given[name].IsNull() {
			given[name] = constant(name, attribute.GetType().TerraformType(ctx))
		}
	}
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), given)
}
