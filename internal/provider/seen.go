package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	oldlifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

// watchingServer notes what the CLI has in state. The framework shows a resource its state in a plan, but not that of a tainted one,
// and calls none of its methods when the CLI hands a state over to be upgraded, which every CLI does for every instance first.
type watchingServer struct {
	wholeServer

	seen     *oldlifecycle.Seen
	registry *lifecycle.Registry
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *watchingServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if req.RawState != nil {
		s.seen.Note(req.TypeName, req.RawState.JSON)
		s.registry.Note(req.TypeName, req.RawState.JSON)
	}

	return s.wholeServer.UpgradeResourceState(ctx, req) //nolint:wrapcheck // this server is not there, as far as the CLI sees
}
