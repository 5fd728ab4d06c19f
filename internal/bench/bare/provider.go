package bare

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	vmfork "github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// Address is the provider's address in the registry: the real one's, so that both take the same configurations.
const Address = vmfork.Address

// bareProvider offers what the real provider offers.
type bareProvider struct{ shape *vmfork.Provider }

// New returns the provider.
func New() provider.Provider { return &bareProvider{shape: vmfork.New("bare")} }

// Metadata names the provider as the real one is named.
func (p *bareProvider) Metadata(ctx context.Context, req provider.MetadataRequest, resp *provider.MetadataResponse) {
	p.shape.Metadata(ctx, req, resp)
}

// Schema is the real provider's.
func (p *bareProvider) Schema(ctx context.Context, req provider.SchemaRequest, resp *provider.SchemaResponse) {
	p.shape.Schema(ctx, req, resp)
}

// Configure connects to nothing.
func (p *bareProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

// Resources are those of the real provider, without what they do.
func (p *bareProvider) Resources(ctx context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, shape := range p.shape.Resources(ctx) {
		all = append(all, func() resource.Resource { return &bareResource{shape: shape()} })
	}

	return all
}

// DataSources are those of the real provider, without what they do.
func (p *bareProvider) DataSources(ctx context.Context) []func() datasource.DataSource {
	var all []func() datasource.DataSource
	for _, shape := range p.shape.DataSources(ctx) {
		all = append(all, func() datasource.DataSource { return &bareDataSource{shape: shape()} })
	}

	return all
}
