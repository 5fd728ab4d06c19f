package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// stateRecordingServer records what the CLI has in state. The framework does not show a resource the state of a tainted
// instance in a plan, and it calls no method of the resource when the CLI has a state upgraded, which every CLI does first for every instance.
type stateRecordingServer struct {
	frameworkServer

	registry *lifecycle.Registry
}

// UpgradeResourceState implements [tfprotov6.ResourceServer].
func (s *stateRecordingServer) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if req.RawState != nil {
		s.registry.Note(req.TypeName, req.RawState.JSON)
	}

	return s.frameworkServer.UpgradeResourceState(ctx, req) //nolint:wrapcheck // the CLI gets the framework's own error
}
