package vspheresnapshot

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// fakeProvider offers the resource on a fake client.
type fakeProvider struct {
	provider.Provider
	client  client
	session *session
}

func (p *fakeProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

func (p *fakeProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *fakeProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *fakeProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &fakeBacked{&snapshotResource{client: p.client, session: p.session, logger: slog.New(slog.DiscardHandler)}}
	}}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *snapshotResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}
