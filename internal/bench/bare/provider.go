package bare

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Address is the provider's address in the registry: the real one's, so that both take the same configurations.
const Address = "registry.terraform.io/vmfork/vmfork"

// bareProvider offers what another provider offers.
type bareProvider struct{ shape Shape }

// New returns a provider of the shape.
func New(shape Shape) provider.Provider { return &bareProvider{shape: shape} }

// Metadata names the provider.
func (p *bareProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

// Schema is the shape's.
func (p *bareProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: attributesOf[schema.Attribute](p.shape.Provider.Block.Attributes, &resp.Diagnostics)}
}

// Configure connects to nothing.
func (p *bareProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

// Resources are those of the shape.
func (p *bareProvider) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, shape := range p.shape.Resources {
		all = append(all, func() resource.Resource {
			return &bareResource{name: name, shape: shape, identity: p.shape.Identities[name].Attributes}
		})
	}

	return all
}

// DataSources are those of the shape.
func (p *bareProvider) DataSources(context.Context) []func() datasource.DataSource {
	var all []func() datasource.DataSource
	for name, shape := range p.shape.DataSources {
		all = append(all, func() datasource.DataSource { return &bareDataSource{name: name, shape: shape} })
	}

	return all
}
