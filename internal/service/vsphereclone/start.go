package vsphereclone

import (
	"cmp"
	"context"
	"regexp"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// way is how a clone starts.
type way int

// The ways. The zero value is byREST.
const (
	byREST    way = iota // POST /api/vcenter/vm?action=clone: VMs only, no stamp
	byCloneVM            // CloneVM_Task
)

// wayOf chooses how a clone starts, by what is asked for, by what the source is, and by whether this vCenter clones by REST at all. A source
// that could not be read is left to the REST API, which says what is wrong with it, unless CloneVM_Task is needed.
func wayOf(spec vsphere.CloneSpec, clonesByREST bool) way {
	if !clonesByREST || spec.NeedsTask() || spec.Source != nil && spec.Source.Template {
		return byCloneVM // the REST API knows no templates
	}

	return byREST
}

// Start implements [lifecycle.Adapter] by VM.clone$Task of the REST API or by CloneVM_Task.
func (a *adapter) Start(ctx context.Context, change lifecycle.Change[model], evidence *vm.Evidence) (task.Handle[string], error) {
	spec := change.Plan.cloneSpec(change.Config)
	clonesByREST, err := a.client.ClonesByREST(ctx)
	if err != nil {
		return nil, err
	}
	source, err := a.SourceVM(ctx, spec.SourceID)
	switch {
	case err == nil:
		if spec, err = a.completed(ctx, spec, source); err != nil {
			return nil, err
		}
		evidence.FolderID = cmp.Or(evidence.FolderID, source.Placement.FolderID)
	case wayOf(spec, clonesByREST) == byCloneVM || !apierr.Is(err, apierr.NotFound, apierr.Denied):
		return nil, err
	}
	if wayOf(spec, clonesByREST) == byREST {
		if err := a.BeginUnstamped(ctx, change.Plan, evidence); err != nil {
			return nil, err
		}

		return a.client.StartClone(ctx, spec)
	}

	if spec.Stamp, err = a.Begin(ctx, change.Plan, evidence); err != nil {
		return nil, err
	}

	return a.client.StartCloneTask(ctx, spec)
}

// completed returns the request with what only its source tells.
func (a *adapter) completed(ctx context.Context, spec vsphere.CloneSpec, source *vsphere.VirtualMachine) (vsphere.CloneSpec, error) {
	spec.Source = source
	if spec.Origin.Linked {
		spec.Origin.SnapshotID = cmp.Or(spec.Origin.SnapshotID, source.CurrentSnapshotID)
	}
	var err error
	if spec.Placement, err = a.Place(ctx, placing(spec, source)); err != nil {
		return spec, err
	}
	spec.Config, err = byDeviceKey(spec.Config, source)

	return spec, err
}

// vimTaskForm is how vCenter forms the managed object id of a vim25 task. That of a REST task has another form.
var vimTaskForm = regexp.MustCompile(`^task-\d+$`)

// Task implements [lifecycle.Adapter]. The evidence tells how the clone was started: a request with a stamp is CloneVM_Task. Where the CLI
// has dropped the evidence, the form of the id does.
func (a *adapter) Task(lost lifecycle.Lost[model, vm.Evidence]) task.Handle[string] {
	stamped := vimTaskForm.MatchString(lost.TaskID)
	if lost.Evidence != nil {
		stamped = lost.Evidence.RequestUUID != ""
	}
	if stamped {
		return a.client.ClonedByTask(lost.TaskID)
	}

	return a.client.CloneTask(lost.TaskID)
}
