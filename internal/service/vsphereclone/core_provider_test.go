package vsphereclone

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// fakeProvider offers the resource on a fake client.
type fakeProvider struct {
	provider.Provider
	client  client
	session *vmlifecycle.Session
}

func (p *fakeProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

func (p *fakeProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *fakeProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *fakeProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &fakeBacked{&cloneResource{client: p.client, session: p.session, logger: slog.New(slog.DiscardHandler)}}
	}}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *cloneResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}
