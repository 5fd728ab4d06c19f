package zstackclone

import (
	"context"
	"fmt"
	"time"

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
	// Account is the uuid of the account that asks, and that will own the VM; empty where it is not known.
	Account string `json:"account,omitempty"`
	// Began is when the name was free, by this machine's clock; zero in what older versions of the provider stored.
	Began time.Time `json:"began,omitzero"`
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

// Find implements [lifecycle.Adapter]: by the name. ZStack's VMs do not tell which job made them, so that a VM that was found by its name
// is a candidate, whatever became of the job: another client may have made it, and the job nothing.
func (a *adapter) Find(ctx context.Context, lost lifecycle.Lost[model, wanted]) (lifecycle.Finding[zstack.VirtualMachine], error) {
	var none lifecycle.Finding[zstack.VirtualMachine]
	found, err := a.namesakes(ctx, lost)
	switch {
	case err != nil || len(found) == 0:
		return none, err
	case len(found) > 1:
		return none, several(asked(lost).Name, found)
	case lost.Evidence != nil && found[0].State.Passing():
		vm := found[0]

		return none, &apierr.Error{Kind: apierr.Busy, Object: vm.UUID, Messages: []string{fmt.Sprintf("the VM is %s", vm.State)}}
	default:
		return lifecycle.Finding[zstack.VirtualMachine]{Candidate: candidate(found[0])}, nil
	}
}

// Complete implements [lifecycle.Completer]: ZStack may leave a job running for ever when a management node restarts, whatever it has
// done. That the job is ours does not prove that it made the one VM of the name: another client may have, and the job nothing.
func (a *adapter) Complete(ctx context.Context, lost lifecycle.Lost[model, wanted]) lifecycle.Finding[zstack.VirtualMachine] {
	var none lifecycle.Finding[zstack.VirtualMachine]
	if lost.Evidence == nil {
		return none
	}
	found, err := a.namesakes(ctx, lost)
	if err != nil || len(found) != 1 || !lost.Evidence.complete(&found[0].VirtualMachine) {
		return none
	}

	return lifecycle.Finding[zstack.VirtualMachine]{Candidate: candidate(found[0])}
}

// Leaves implements [lifecycle.Adapter]: a job that failed on the way may leave a VM, one that was refused does not.
func (a *adapter) Leaves(_ model, err error) lifecycle.Leftover {
	if err == nil || apierr.Is(err, apierr.NotFound, apierr.AlreadyExists, apierr.InvalidArgument, apierr.Insufficient, apierr.Denied,
		apierr.Unauthenticated, apierr.Unsupported, apierr.Cancelled) {
		return lifecycle.LeavesNothing
	}

	return lifecycle.LeavesPart
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
