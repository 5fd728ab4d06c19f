package vmlifecycle

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Model is a resource in state, plan and configuration, as its life sees it: a struct that embeds [Attributes]. M is the
// model itself; a method that returns an M returns a changed copy.
type Model[M any] interface {
	// Common returns the attributes that all such resources have; [Attributes] has it.
	Common() Attributes
	// Parts is the placement attribute taken apart.
	Parts() Placement
	// Observed is the model with everything that the platform tells replaced by what it told.
	Observed(vm *vsphere.VirtualMachine) M
	// Keeping is the model with every value that the plan knows: the CLI holds a provider to its plan.
	Keeping(plan M) M
	// Bare is a plan of which the platform has told no more than the VM's id, or the id of the task that makes it: every
	// other unknown value is null. Empty ids are null.
	Bare(vmID, taskID string) M
	// Complete reports whether a plan leaves nothing for the platform to tell.
	Complete() bool
	// Creation describes the VM for the texts of its life.
	Creation() tfdiag.Creation
	// Operation describes one step for the text of its failure: "rename", …; its timeout is that of timeouts.update.
	Operation(action string) tfdiag.Operation
}

// Life serves the requests of the CLI for one kind of resource.
type Life[M Model[M]] struct {
	Machines

	Timeouts lifecycle.Timeouts
	// Search says how to look for the planned VM, should its making be lost sight of; Life adds the task and the time.
	Search func(ctx context.Context, plan M) vsphere.CloneSearch
	// Start starts the task that makes the VM. It is called once: a request whose answer was lost is looked for.
	Start func(ctx context.Context, change Change[M]) (task.Handle[string], error)
	// LeavesVM reports whether a failed making of the plan may leave a VM behind.
	LeavesVM func(plan M) bool
	// Refused words the error of a making that the platform refused.
	Refused func(ctx context.Context, plan M, err error) diag.Diagnostics
	// Steps returns what brings the VM from its state to the plan, in order.
	Steps func(change Change[M]) []Step[M]
	// See reads the VM of a model, with all that the model wants to know of it.
	See func(ctx context.Context, before M, id string) (*vsphere.VirtualMachine, error)
	// More adds what [Model] does not take from the VM that was seen, and what is known otherwise.
	More func(ctx context.Context, observed M, vm *vsphere.VirtualMachine) M
}

// look reads the VM by its id into a model, and returns a copy of the VM too.
func (l *Life[M]) look(ctx context.Context, before M, id string) (M, *vsphere.VirtualMachine, error) {
	seen, err := l.See(ctx, before, id)
	if err != nil {
		return before, nil, err
	}
	vm := *seen

	return l.More(ctx, before.Observed(&vm), &vm), &vm, nil
}

// detachedRead bounds a read after the operation's own context has ended.
const detachedRead = 5 * time.Second

// lookNow is look for the state that an operation leaves behind, also when the operation was interrupted or its time is
// over: then on a short time of its own.
func (l *Life[M]) lookNow(ctx context.Context, before M, id string) (M, *vsphere.VirtualMachine, error) {
	if ctx.Err() != nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
		defer stop()
		ctx = detached
	}

	return l.look(ctx, before, id)
}
