package zstackclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Remains implements [lifecycle.Remainder]. A VM that is gone or in the recycle bin leaves the state when a destroy would leave no less
// behind. Otherwise it stays there as destroyed, so that the next destroy or replacement removes the rest: a destroy whose provider was
// killed can't have noted that it had begun, and ZStack keeps the data volumes of a destroyed VM, which nothing else would name any more.
func (a *adapter) Remains(ctx context.Context, state model, destroying bool) (model, bool, diag.Diagnostics) {
	state.State = types.StringValue(string(zstack.VMDestroyed))
	if destroying {
		return state, true, nil
	}
	left, err := a.leftovers(ctx, state)
	switch {
	case err != nil:
		op := state.Operation("read what is left of", lifecycle.ReadTimeout)
		op.Attributes = nil

		return state, false, diag.Diagnostics{tfdiag.FromError(op, err)}
	case len(left) == 0:
		return state, false, nil
	default:
		return state, true, diag.Diagnostics{tfdiag.DestroyedInPart(state.inWords(), left)}
	}
}

// leftovers returns, in words, what ZStack still has of a VM that is gone and what a destroy of the resource would have taken away.
func (a *adapter) leftovers(ctx context.Context, state model) ([]string, error) {
	var left []string
	uuid := state.ObjectID()
	expunges := state.ExpungeOnDestroy.ValueBool()
	if expunges {
		vm, err := a.client.VirtualMachine(ctx, uuid)
		switch {
		case err == nil && gone(vm.State):
			left = append(left, "the machine "+uuid+" in the recycle bin")
		case err != nil && !apierr.Is(err, apierr.NotFound):
			return nil, err
		}
	}
	for _, one := range listed(state.DataVolumeUUIDs) {
		volume, err := a.client.Volume(ctx, one)
		switch {
		case apierr.Is(err, apierr.NotFound):
		case err != nil:
			return nil, err
		case volume.VMInstanceUUID != "" && volume.VMInstanceUUID != uuid: // it is another machine's now
		case volume.Status == zstack.VolumeDeleted && !expunges:
		default:
			left = append(left, "the data volume "+one)
		}
	}

	return left, nil
}
