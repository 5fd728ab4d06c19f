package zstackclone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// search says how to look for a VM in the making: by its job, and where that can't tell by its name.
func (r *cloneResource) search(what wanted) lifecycle.Search[zstack.VirtualMachine] {
	return lifecycle.Search[zstack.VirtualMachine]{
		Logger: r.logger,
		Task:   func(id string) task.Handle[zstack.VirtualMachine] { return r.client.CloneJob(id, what.Name) },
		Find: func(ctx context.Context, _ string) (lifecycle.Finding[zstack.VirtualMachine], error) {
			vm, err := r.find(ctx, what)
			if err != nil || vm == nil {
				return lifecycle.Finding[zstack.VirtualMachine]{}, err
			}
			if vm.State.Passing() {
				return lifecycle.Finding[zstack.VirtualMachine]{}, &apierr.Error{
					Kind: apierr.Busy, Object: vm.UUID, Messages: []string{fmt.Sprintf("the VM is %s", vm.State)},
				}
			}

			return lifecycle.Finding[zstack.VirtualMachine]{Found: true, Result: *vm}, nil
		},
		There: func(ctx context.Context, _ string) (zstack.VirtualMachine, bool) {
			vm, err := r.find(ctx, what)
			if err != nil || vm == nil || !what.complete(vm) || !r.session.claims.Take(vm.UUID, what.Owner) {
				return zstack.VirtualMachine{}, false
			}

			return *vm, true
		},
		Take:   func(vm zstack.VirtualMachine) bool { return r.session.claims.Take(vm.UUID, what.Owner) },
		Own:    func(vm zstack.VirtualMachine) { r.session.claims.Add(vm.UUID) },
		Leaves: mayLeave,
	}
}

// mayLeave reports whether a job that failed with err may have left a VM behind: what failed on the way, but not what was
// refused.
func mayLeave(err error) bool {
	return !apierr.Is(err, apierr.NotFound, apierr.AlreadyExists, apierr.InvalidArgument, apierr.Insufficient, apierr.Denied,
		apierr.Unauthenticated, apierr.Unsupported, apierr.Cancelled)
}

// find returns the VM by the name that had not got it when the making began and that no other resource has; nil where there is
// none. Of several nobody can tell which is ours.
func (r *cloneResource) find(ctx context.Context, what wanted) (*zstack.VirtualMachine, error) {
	named, err := r.client.VirtualMachinesNamed(ctx, what.Name)
	if err != nil {
		return nil, err
	}
	var found []zstack.VirtualMachine
	for _, vm := range named {
		if !gone(vm.State) && !slices.Contains(what.Before, vm.UUID) && r.session.claims.Free(vm.UUID, what.Owner) {
			found = append(found, vm)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil //nolint:nilnil // that there is none is an answer
	case 1:
		return &found[0], nil
	default:
		uuids := make([]string, len(found))
		for i, vm := range found {
			uuids[i] = vm.UUID
		}
		slices.Sort(uuids)

		return nil, &apierr.Error{Kind: apierr.Internal, Arguments: uuids, Messages: []string{fmt.Sprintf(
			"%d VMs have got the name %q since the clone was asked for, and nobody can tell which of them is the clone: %s. Rename "+
				"or destroy the others", len(found), what.Name, strings.Join(uuids, ", "))}}
	}
}

// findNothing looks whether any VM has the name where nobody knows which VMs had it before: that none has proves that there is
// no clone, but one that has may have come out of the recycle bin.
func (r *cloneResource) findNothing(what wanted) func(context.Context, string) (lifecycle.Finding[zstack.VirtualMachine], error) {
	return func(ctx context.Context, _ string) (lifecycle.Finding[zstack.VirtualMachine], error) {
		vm, err := r.find(ctx, what)
		if err != nil || vm == nil {
			return lifecycle.Finding[zstack.VirtualMachine]{}, err
		}

		return lifecycle.FindNothing(lifecycle.Finding[zstack.VirtualMachine]{Found: true, Result: *vm}, "VM "+vm.UUID, nil)
	}
}

// complete reports whether a VM is all that was asked for, whatever its job says: it is in the state in which the strategy ends,
// and a full clone has all its volumes.
func (w wanted) complete(vm *zstack.VirtualMachine) bool {
	end, volumes := zstack.VMRunning, w.Volumes
	switch w.Strategy {
	case zstack.StrategyCreateStopped:
		end = zstack.VMStopped
	case zstack.StrategyJustCreate:
		end, volumes = zstack.VMCreated, 0 // they come to be when it is first started
	case zstack.StrategyInstantStart:
	}

	return vm.State == end && len(dataVolumes(vm)) >= volumes
}

// gone reports whether a VM counts as gone: what the recycle bin keeps does.
func gone(state zstack.VMState) bool {
	return state == zstack.VMDestroyed || state == zstack.VMDestroying || state == zstack.VMExpunging
}
