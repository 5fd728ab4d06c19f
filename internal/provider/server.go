package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// NewServer returns the function that serves the provider, as the CLI speaks to it.
func NewServer(p *Provider) func() tfprotov6.ProviderServer {
	serve := providerserver.NewProtocol6(p)

	return func() tfprotov6.ProviderServer {
		inner := serve()
		if whole, ok := inner.(wholeServer); ok {
			return &watchingServer{wholeServer: whole, seen: &p.seen}
		}

		return inner
	}
}

// wholeServer is all that the framework serves: a server that wraps it must hide nothing.
type wholeServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// watchingServer notes what the CLI has in state. The framework shows a resource its state in a plan, but not that of a tainted one,
// and calls none of its methods when the CLI hands a state over to be upgraded, which every CLI does for every instance first.
type watchingServer struct {
	wholeServer

	seen *lifecycle.Seen
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *watchingServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if req.RawState != nil {
		s.seen.Note(req.TypeName, req.RawState.JSON)
	}

	return s.wholeServer.UpgradeResourceState(ctx, req) //nolint:wrapcheck // this server is not there, as far as the CLI sees
}
