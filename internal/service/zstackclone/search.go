package zstackclone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// wanted is what was asked for when a VM's creation began: the evidence by which a lost VM is found. The state may have changed since.
type wanted struct {
	Name     string          `json:"name"`
	SourceID string          `json:"source_vm_uuid"`
	Strategy zstack.Strategy `json:"strategy,omitempty"`
	// Volumes is how many data volumes the VM will have.
	Volumes int `json:"data_volumes,omitempty"`
	// Before are the uuids of all VMs that had the name already, also of destroyed ones.
	Before []string `json:"before,omitempty"`
	// Owner tells this creation from others that search for a VM of the same name.
	Owner string `json:"owner"`
}

// Task implements [lifecycle.Adapter].
func (a *adapter) Task(lost lifecycle.Lost[model, wanted]) task.Handle[zstack.VirtualMachine] {
	return a.client.CloneJob(lost.TaskID, asked(lost).Name)
}

// asked returns what was asked for, as far as it is known.
func asked(lost lifecycle.Lost[model, wanted]) wanted {
	if lost.Evidence == nil {
		return wanted{Name: lost.Model.Name.ValueString()}
	}

	return *lost.Evidence
}

// Find implements [lifecycle.Adapter]: by the name. Without evidence, that nothing has the name proves that there is no clone; but a VM
// that has it may have come out of the recycle bin.
func (a *adapter) Find(ctx context.Context, lost lifecycle.Lost[model, wanted]) (lifecycle.Finding[zstack.VirtualMachine], error) {
	var none lifecycle.Finding[zstack.VirtualMachine]
	found, err := a.named(ctx, lost)
	switch {
	case err != nil || found == nil:
		return none, err
	case lost.Evidence == nil:
		return lifecycle.FindNothing(lifecycle.Finding[zstack.VirtualMachine]{Found: true, Result: *found}, "VM "+found.UUID, nil)
	case found.State.Passing():
		return none, &apierr.Error{Kind: apierr.Busy, Object: found.UUID, Messages: []string{fmt.Sprintf("the VM is %s", found.State)}}
	default:
		return lifecycle.Finding[zstack.VirtualMachine]{Found: true, Result: *found}, nil
	}
}

// Complete implements [lifecycle.Completer]: ZStack may leave a job running for ever when a management node restarts.
func (a *adapter) Complete(ctx context.Context, lost lifecycle.Lost[model, wanted]) (zstack.VirtualMachine, bool) {
	if lost.Evidence == nil {
		return zstack.VirtualMachine{}, false
	}
	found, err := a.named(ctx, lost)
	if err != nil || found == nil || !lost.Evidence.complete(found) {
		return zstack.VirtualMachine{}, false
	}

	return *found, true
}

// Leaves implements [lifecycle.Adapter]: a job that failed on the way may leave a VM, one that was refused does not.
func (a *adapter) Leaves(_ model, err error) lifecycle.Leftover {
	if err == nil || apierr.Is(err, apierr.NotFound, apierr.AlreadyExists, apierr.InvalidArgument, apierr.Insufficient, apierr.Denied,
		apierr.Unauthenticated, apierr.Unsupported, apierr.Cancelled) {
		return lifecycle.LeavesNothing
	}

	return lifecycle.LeavesPart
}

// named returns the VM of the name that had not got it when the creation began and that no other resource has; nil where there is none.
// Of several none can be told to be ours.
func (a *adapter) named(ctx context.Context, lost lifecycle.Lost[model, wanted]) (*zstack.VirtualMachine, error) {
	what, owner := asked(lost), lifecycle.Owner(lost.Evidence)
	named, err := a.client.VirtualMachinesNamed(ctx, what.Name)
	if err != nil {
		return nil, err
	}
	var found []zstack.VirtualMachine
	for _, vm := range named {
		if !gone(vm.State) && !slices.Contains(what.Before, vm.UUID) && a.shared.Registry.Free(vm.UUID, owner) {
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

// gone reports whether a VM is gone: one in the recycle bin is.
func gone(state zstack.VMState) bool {
	return state == zstack.VMDestroyed || state == zstack.VMDestroying || state == zstack.VMExpunging
}
