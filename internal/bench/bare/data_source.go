package bare

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// bareDataSource has the shape of another data source.
type bareDataSource struct {
	name  string
	shape schemaShape
}

// Metadata names the data source.
func (d *bareDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.name
}

// Schema is the shape's.
func (d *bareDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: attributesOf[schema.Attribute](d.shape.Block.Attributes, &resp.Diagnostics)}
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
