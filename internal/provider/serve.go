package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// wholeServer is all that the framework serves: a server that wraps it must hide nothing.
type wholeServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Server returns what serves the provider over the protocol. The framework's own server keeps the context of every request until
// it is stopped, with the loggers in it: with a thousand resources that is most of the memory. This one lets go of them, and notes what the CLI has in state.
func Server(provider *Provider) func() tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(provider)

	return func() tfprotov6.ProviderServer {
		server := framework()
		if whole, ok := server.(wholeServer); ok {
			return &watchingServer{wholeServer: &lettingGo{wholeServer: whole}, seen: &provider.seen, registry: &provider.registry}
		}

		return server
	}
}

// lettingGo serves the requests that come once or more a resource with contexts that end with them.
type lettingGo struct {
	wholeServer

	configured values
}

// ConfigureProvider also keeps the context, whose loggers are those of work that goes on after the request that began it.
func (s *lettingGo) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	s.configured.keep(ctx)

	return s.wholeServer.ConfigureProvider(ctx, req) //nolint:wrapcheck // it is the answer
}

func during[Q, R any](
	ctx context.Context, s *lettingGo, req Q, serve func(context.Context, Q) (R, error),
) (R, error) {
	own := newPassing(ctx, &s.configured)
	defer own.end() //nolint:contextcheck // it ends the context

	return serve(own, req) //nolint:contextcheck // it is ctx as long as that is served
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *lettingGo) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return during(ctx, s, req, s.wholeServer.ValidateResourceConfig)
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *lettingGo) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return during(ctx, s, req, s.wholeServer.UpgradeResourceState)
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s *lettingGo) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return during(ctx, s, req, s.wholeServer.UpgradeResourceIdentity)
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s *lettingGo) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return during(httpapi.Caller(ctx), s, req, s.wholeServer.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s *lettingGo) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return during(httpapi.Prompt(ctx), s, req, s.wholeServer.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s *lettingGo) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return during(httpapi.Prompt(ctx), s, req, s.wholeServer.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s *lettingGo) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return during(ctx, s, req, s.wholeServer.ImportResourceState)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s *lettingGo) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return during(httpapi.Prompt(ctx), s, req, s.wholeServer.ReadDataSource)
}
