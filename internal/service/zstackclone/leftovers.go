package zstackclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// readGone reads a VM that is gone or in the recycle bin. It leaves the state when a destroy would leave no less behind. Otherwise
// it stays there as destroyed, so that the next destroy or replacement takes away the rest: a destroy whose provider was killed can't
// have noted that it had begun, and ZStack keeps the data volumes of a destroyed VM, which nothing else would name any more.
func (r *cloneResource) readGone(ctx context.Context, state model, uuid string, resp *resource.ReadResponse) {
	state.State = types.StringValue(string(zstack.VMDestroyed))
	if destroying(ctx, resp.Private) {
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)

		return
	}
	left, err := r.leftovers(ctx, &state, uuid)
	switch {
	case err != nil:
		op := state.operation("read what is left of", lifecycle.ReadTimeout)
		op.Attributes = nil
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	case len(left) == 0:
		resp.State.RemoveResource(ctx)
	default:
		resp.Diagnostics.Append(tfdiag.DestroyedInPart(state.inWords(), left))
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// leftovers returns, in words, what ZStack still has of a VM that is gone and what a destroy of the resource would have taken away.
func (r *cloneResource) leftovers(ctx context.Context, state *model, uuid string) ([]string, error) {
	var left []string
	expunges := state.ExpungeOnDestroy.ValueBool()
	if expunges {
		vm, err := r.client.VirtualMachine(ctx, uuid)
		switch {
		case err == nil && gone(vm.State):
			left = append(left, "the machine "+uuid+" in the recycle bin")
		case err != nil && !apierr.Is(err, apierr.NotFound):
			return nil, err
		}
	}
	for _, one := range listed(state.DataVolumeUUIDs) {
		volume, err := r.client.Volume(ctx, one)
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
