package playedcli

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Offer returns the function that creates the resource for each request of one phase of the CLI. The resource has its client
// already: the provider here has none.
type Offer = func() (factory func() resource.Resource)

// offeredProvider offers the resource.
type offeredProvider struct {
	provider.Provider

	offer    Offer
	resource func() resource.Resource
}

// phase begins another phase of the CLI.
func (p *offeredProvider) phase() { p.resource = p.offer() }

// Metadata names the provider.
func (p *offeredProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

// Schema has no settings.
func (p *offeredProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// DataSources has none.
func (p *offeredProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources has the one, made anew for each request.
func (p *offeredProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return p.resource() }}
}
