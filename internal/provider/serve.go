package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// frameworkServer lists every interface that the framework's server implements: a server that wraps it must hide none.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// Server returns the function that tf6server.Serve calls for a server of the provider. The framework's own server keeps the context of
// every request, with the loggers in it, until the provider stops: with a thousand resources that is most of the memory. The server returned
// here releases those contexts, and records what the CLI has in state.
func Server(provider *Provider) func() tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(provider)

	return func() tfprotov6.ProviderServer {
		server := framework()
		if full, ok := server.(frameworkServer); ok {
			return &stateRecordingServer{frameworkServer: &contextReleasingServer{frameworkServer: full}, registry: &provider.registry}
		}

		return server
	}
}

// contextReleasingServer gives each request that comes once or more for every resource a context that is released when the request
// has been answered.
type contextReleasingServer struct {
	frameworkServer

	configured contextValues
}

// ConfigureProvider also stores the context's values. Work that outlives the request that started it logs with them.
func (s *contextReleasingServer) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	s.configured.store(ctx)

	return s.frameworkServer.ConfigureProvider(ctx, req) //nolint:wrapcheck // the CLI gets the framework's own error
}

// serve calls handle with a [requestContext], which it releases when handle returns.
func serve[Q, R any](
	ctx context.Context, s *contextReleasingServer, req Q, handle func(context.Context, Q) (R, error),
) (R, error) {
	own := newRequestContext(ctx, &s.configured)
	defer own.release() //nolint:contextcheck // it takes no context: it releases one

	return handle(own, req) //nolint:contextcheck // own is ctx until it is released
}

// ValidateResourceConfig implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.ValidateResourceConfig)
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.UpgradeResourceState)
}

// UpgradeResourceIdentity implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.UpgradeResourceIdentity)
}

// ReadResource implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.ReadResource)
}

// PlanResourceChange implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.PlanResourceChange)
}

// ApplyResourceChange implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.ApplyResourceChange)
}

// ImportResourceState implements [tfprotov6.ResourceServer].
func (s *contextReleasingServer) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.ImportResourceState)
}

// ReadDataSource implements [tfprotov6.DataSourceServer].
func (s *contextReleasingServer) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return serve(ctx, s, req, s.frameworkServer.ReadDataSource)
}
