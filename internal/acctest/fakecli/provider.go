package fakecli

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Offer returns what makes the resource for each request of one command of the CLI. The resource must not take its client
// from its Configure method: the provider has none to give.
type Offer func() (factory func() resource.Resource)

// oneResource is a provider of nothing but the resource.
type oneResource struct {
	provider.Provider

	offer   Offer
	factory func() resource.Resource
}

// next configures the provider anew, as for the next command.
func (p *oneResource) next() { p.factory = p.offer() }

// Metadata implements provider.Provider.
func (p *oneResource) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

// Schema implements provider.Provider.
func (p *oneResource) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// DataSources implements provider.Provider.
func (p *oneResource) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements provider.Provider.
func (p *oneResource) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return p.factory() }}
}
