package zstacksnapshot

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// client is the part of [zstack.Client] that this package needs.
type client interface {
	lifecycle.SightClient
	VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error)
	SnapshotGroup(ctx context.Context, uuid string) (*zstack.SnapshotGroup, error)
	SnapshotGroupsNamed(ctx context.Context, vmUUID, name string) ([]zstack.SnapshotGroup, error)
	SnapshotTrees(ctx context.Context, volumeUUID string) ([]zstack.SnapshotNode, error)
	Volume(ctx context.Context, uuid string) (*zstack.Volume, error)
	Version(ctx context.Context) (string, error)

	CreateSnapshotGroup(ctx context.Context, spec zstack.SnapshotGroupSpec) (task.Handle[zstack.SnapshotGroup], error)
	SnapshotGroupJob(uuid string) task.Handle[zstack.SnapshotGroup]
	UpdateSnapshotGroup(ctx context.Context, uuid, name, description string) (task.Handle[zstack.SnapshotGroup], error)
	DeleteSnapshotGroup(ctx context.Context, uuid string, scope zstack.DeleteScope) (task.Handle[[]zstack.SnapshotResult], error)
}

// evidence is what a lost group is found by: nothing, since the provider chooses its UUID, which is in the model.
type evidence = struct{}

// adapter is the snapshot group on ZStack.
type adapter struct {
	client client
	shared *lifecycle.Shared
	logger *slog.Logger
}

var (
	_ client                                                     = (*zstack.Client)(nil)
	_ lifecycle.Adapter[model, zstack.SnapshotGroup, evidence]   = (*adapter)(nil)
	_ lifecycle.Completer[model, zstack.SnapshotGroup, evidence] = (*adapter)(nil)
	_ lifecycle.Salvager[model]                                  = (*adapter)(nil)
	_ lifecycle.DestroyChecker[model]                            = (*adapter)(nil)
	_ lifecycle.Viewer[model]                                    = (*adapter)(nil)
)

// Platform implements [lifecycle.Adapter]: UUIDs are unique everywhere.
func (a *adapter) Platform(context.Context) (string, error) { return "", nil }

// OtherPlatform implements [lifecycle.Adapter]; it is never called.
func (a *adapter) OtherPlatform(string, string) diag.Diagnostic { return nil }

// Slot implements [lifecycle.Adapter]: ZStack limits its own jobs.
func (a *adapter) Slot(context.Context) (release func(), err error) { return func() {}, nil }

// Queue implements [lifecycle.Adapter]: ZStack works on the snapshots of a VM one job at a time.
func (a *adapter) Queue(of model) string { return of.VMUUID.ValueString() }

// Claims implements [lifecycle.Adapter].
func (a *adapter) Claims(state model) []string { return []string{state.ObjectID()} }

// ID implements [lifecycle.Adapter].
func (a *adapter) ID(made zstack.SnapshotGroup) string { return made.UUID }

// Prepare implements [lifecycle.Adapter]: it chooses the group's UUID, and finds the root volume by which ZStack takes a group.
func (a *adapter) Prepare(ctx context.Context, plan model) (lifecycle.Prepared[model, evidence], diag.Diagnostics) {
	plan.ID = types.StringValue(zstack.NewUUID())
	found, err := a.client.VirtualMachine(ctx, plan.VMUUID.ValueString())
	switch {
	case err != nil:
		return lifecycle.Prepared[model, evidence]{}, a.Refused(ctx, plan, err)
	case !exists(found.State) || found.RootVolumeUUID == "":
		return lifecycle.Prepared[model, evidence]{}, diag.Diagnostics{unusable(vmReference(plan), found.State)}
	}
	plan.rootVolumeUUID, plan.zoneUUID = found.RootVolumeUUID, found.ZoneUUID

	return lifecycle.Prepared[model, evidence]{Plan: plan}, nil
}

// Start implements [lifecycle.Adapter] by CreateVolumeSnapshotGroup.
func (a *adapter) Start(ctx context.Context, change lifecycle.Change[model], _ *evidence) (task.Handle[zstack.SnapshotGroup], error) {
	return a.client.CreateSnapshotGroup(ctx, change.Plan.spec())
}

// Retries implements [lifecycle.Adapter]: a refusal proves that nothing came to be, so the UUID is still free.
func (a *adapter) Retries(plan model) lifecycle.Retry {
	return &whileUnready{client: a.client, vmUUID: plan.VMUUID.ValueString()}
}

// Task implements [lifecycle.Adapter].
func (a *adapter) Task(lost lifecycle.Lost[model, evidence]) task.Handle[zstack.SnapshotGroup] {
	return a.client.SnapshotGroupJob(lost.TaskID)
}

// Find implements [lifecycle.Adapter].
func (a *adapter) Find(
	ctx context.Context, lost lifecycle.Lost[model, evidence],
) (lifecycle.Finding[zstack.SnapshotGroup], error) {
	group, err := a.client.SnapshotGroup(ctx, lost.Model.ObjectID())
	switch {
	case apierr.Is(err, apierr.NotFound) && a.gone(ctx, lost.Model):
		return lifecycle.Finding[zstack.SnapshotGroup]{}, nil
	case err != nil: // also where the account may not see the group
		return lifecycle.Finding[zstack.SnapshotGroup]{}, err
	default:
		return lifecycle.Finding[zstack.SnapshotGroup]{Found: true, Result: *group}, nil
	}
}

// Complete implements [lifecycle.Completer]: a job that a restart of the management node has cut off stays running for ever, whatever
// it has done. The provider chose the group's UUID, which proves whose it is.
func (a *adapter) Complete(ctx context.Context, lost lifecycle.Lost[model, evidence]) lifecycle.Finding[zstack.SnapshotGroup] {
	finding, err := a.Find(ctx, lost)
	if err != nil {
		return lifecycle.Finding[zstack.SnapshotGroup]{}
	}

	return finding
}

// Leaves implements [lifecycle.Adapter]. A job that ZStack itself stopped waiting for may have done all its work.
func (a *adapter) Leaves(_ model, err error) lifecycle.Leftover {
	switch {
	case err == nil, apierr.Is(err, apierr.Cancelled, apierr.InvalidArgument, apierr.Denied):
		return lifecycle.LeavesNothing
	case apierr.Is(err, apierr.TimedOut):
		return lifecycle.LeavesWhole
	default:
		return lifecycle.LeavesPart
	}
}

// Resolved implements [lifecycle.Adapter].
func (a *adapter) Resolved(state model, made zstack.SnapshotGroup) model {
	if made.UUID != state.ObjectID() { // the job did not tell what it created
		state.PendingJobUUID = types.StringNull()

		return state
	}

	return state.observed(&made)
}

// Made implements [lifecycle.Adapter]: it reads what a job leaves out of its result, and does without where the read fails.
func (a *adapter) Made(ctx context.Context, plan model, made zstack.SnapshotGroup) (model, error) {
	whole, err := a.client.SnapshotGroup(ctx, plan.ObjectID())
	switch {
	case err == nil:
		return plan.observed(whole), nil
	case made.UUID == plan.ObjectID():
		return plan.observed(&made), nil
	default:
		return plan, err
	}
}

// AfterCreate implements [lifecycle.Adapter]: nothing is left to do.
func (a *adapter) AfterCreate(model, zstack.SnapshotGroup, model) []lifecycle.Step[model] { return nil }

// Read implements [lifecycle.Adapter]. Snapshots that were deleted one by one are no drift that a plan could undo, so a warning tells of
// them.
func (a *adapter) Read(ctx context.Context, before model, id string) (model, diag.Diagnostics, error) {
	group, err := a.client.SnapshotGroup(ctx, id)
	if err != nil {
		return before, nil, err
	}
	found := before.observed(group)
	if gone := lost(group); len(gone) > 0 {
		return found, diag.Diagnostics{tfdiag.GroupIncomplete(path.Root("snapshots"), found.inWords(), typeName, members(gone))}, nil
	}

	return found, nil, nil
}

// Steps implements [lifecycle.Adapter]: name and description change by one call.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	state, plan := change.State, change.Plan
	if !lifecycle.Changed(state.Name, plan.Name) && !lifecycle.Changed(state.Description, plan.Description) {
		return nil
	}
	description := state.Description
	if !plan.Description.IsNull() && !plan.Description.IsUnknown() {
		description = plan.Description
	}

	return []lifecycle.Step[model]{{Action: "rename", Told: true, Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		_, err := lifecycle.RunTask(ctx, a.tasks(), a.orLost(state), func(ctx context.Context) (task.Handle[zstack.SnapshotGroup], error) {
			return a.client.UpdateSnapshotGroup(ctx, state.ObjectID(), plan.Name.ValueString(), description.ValueString())
		})

		return state, nil, err
	}}}
}

// Salvage implements [lifecycle.Salvager]: a job whose end was not seen may have done its work.
func (a *adapter) Salvage(ctx context.Context, change lifecycle.Change[model], _ error) (model, bool) {
	group, err := a.client.SnapshotGroup(ctx, change.State.ObjectID())
	if err != nil {
		return change.State, false
	}
	reached := change.State.observed(group)
	if lifecycle.Changed(reached.Name, change.Plan.Name) || lifecycle.Changed(reached.Description, change.Plan.Description) {
		return reached, false
	}

	return reached.withArguments(change.Plan), true
}
