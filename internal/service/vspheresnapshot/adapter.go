package vspheresnapshot

import (
	"context"
	"log/slog"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is the part of [vsphere.Client] that this package needs.
type client interface {
	vm.PrivilegeAsker
	vm.MachineReader
	vm.LinkedClonesReader

	About(ctx context.Context) (vsphere.About, error)
	ServerTime(ctx context.Context) (time.Time, error)
	UserName(ctx context.Context) (string, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	CreateSnapshot(ctx context.Context, spec vsphere.SnapshotSpec) (task.Handle[string], error)
	SnapshotTask(id string) task.Handle[string]
	FindSnapshot(ctx context.Context, search vsphere.SnapshotSearch) (vsphere.SnapshotFinding, error)
	RenameSnapshot(ctx context.Context, id, name, description string) error
	RemoveSnapshot(ctx context.Context, id string, removeChildren, consolidate bool) (task.Handle[struct{}], error)
	SnapshotTree(ctx context.Context, vmID string) (vsphere.SnapshotTree, error)
	Snapshots(ctx context.Context, vmID string) ([]vsphere.Snapshot, error)
	SnapshotsAt(ctx context.Context, vmID, path string) ([]vsphere.Snapshot, error)
}

// pendingSnapshot is what was asked for when the creation of a pending snapshot began. The state may have changed since.
type pendingSnapshot struct {
	VMID        string    `json:"vm_id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Began       time.Time `json:"began"`          // when the request went out, by vCenter's clock
	User        string    `json:"user,omitempty"` // the account that sent it, as vCenter spells it
}

// adapter is the snapshot on vSphere.
type adapter struct {
	client client
	shared *lifecycle.Shared
	logger *slog.Logger
}

var (
	_ client                                            = (*vsphere.Client)(nil)
	_ lifecycle.Adapter[model, string, pendingSnapshot] = (*adapter)(nil)
	_ lifecycle.DestroyChecker[model]                   = (*adapter)(nil)
	_ lifecycle.DestroyAuthorizer[model]                = (*adapter)(nil)
	_ lifecycle.Salvager[model]                         = (*adapter)(nil)
	_ lifecycle.Identifier[model]                       = (*adapter)(nil)
	_ lifecycle.Follower[model]                         = (*adapter)(nil)
)

// Platform implements [lifecycle.Adapter].
func (a *adapter) Platform(ctx context.Context) (string, error) {
	about, err := a.client.About(ctx)

	return about.InstanceUUID, err
}

// OtherPlatform implements [lifecycle.Adapter].
func (a *adapter) OtherPlatform(stored, connected string) diag.Diagnostic {
	return vm.OtherVCenter("snapshot", "snapshot", "VM", stored, connected)
}

// Slot implements [lifecycle.Adapter].
func (a *adapter) Slot(ctx context.Context) (release func(), err error) {
	return a.client.AcquireTaskSlot(ctx)
}

// Queue implements [lifecycle.Adapter]: vCenter works on one snapshot of a VM at a time and refuses others meanwhile.
func (a *adapter) Queue(of model) string { return of.VMID.ValueString() }

// Claims implements [lifecycle.Adapter].
func (a *adapter) Claims(state model) []string { return []string{state.ObjectID()} }

// Prepare implements [lifecycle.Adapter].
func (a *adapter) Prepare(_ context.Context, plan model) (lifecycle.Prepared[model, pendingSnapshot], diag.Diagnostics) {
	return lifecycle.Prepared[model, pendingSnapshot]{Plan: plan, Evidence: plan.asked()}, nil
}

// Start implements [lifecycle.Adapter] by CreateSnapshotEx_Task.
func (a *adapter) Start(ctx context.Context, change lifecycle.Change[model], evidence *pendingSnapshot) (task.Handle[string], error) {
	var err error
	if evidence.User, evidence.Began, err = vm.Now(ctx, a.client); err != nil {
		return nil, err
	}

	return a.client.CreateSnapshot(ctx, change.Plan.spec())
}

// Retries implements [lifecycle.Adapter].
func (a *adapter) Retries(model) lifecycle.Retry { return lifecycle.WhileBusy{} }

// Task implements [lifecycle.Adapter].
func (a *adapter) Task(lost lifecycle.Lost[model, pendingSnapshot]) task.Handle[string] {
	return a.client.SnapshotTask(lost.TaskID)
}

// Find implements [lifecycle.Adapter]. A VM that is gone has no snapshot.
func (a *adapter) Find(ctx context.Context, lost lifecycle.Lost[model, pendingSnapshot]) (lifecycle.Finding[string], error) {
	asked := lost.Model.asked()
	if lost.Evidence != nil {
		asked = *lost.Evidence
	}
	found, err := a.client.FindSnapshot(ctx, vsphere.SnapshotSearch{
		VMID: asked.VMID, Name: asked.Name, Description: asked.Description, Since: asked.Began, User: asked.User,
		TaskID: lost.TaskID,
	})
	if apierr.Is(err, apierr.NotFound) {
		return lifecycle.Finding[string]{}, nil
	}
	if lost.Evidence == nil && found.SnapshotID != "" {
		found.Candidate, found.SnapshotID = &vsphere.Candidate{ID: found.SnapshotID}, ""
	}
	finding := lifecycle.Finding[string]{Found: found.SnapshotID != "", Result: found.SnapshotID, TaskIDs: found.TaskIDs}
	if found.Candidate != nil {
		finding.Candidate = vm.CandidateOf(found.Candidate, asked.VMID+"/"+found.Candidate.ID)
	}

	return finding, err
}

// Leaves implements [lifecycle.Adapter].
func (a *adapter) Leaves(model, error) lifecycle.Leftover { return lifecycle.LeavesNothing }

// ID implements [lifecycle.Adapter]: the task results in the snapshot's id.
func (a *adapter) ID(made string) string { return made }

// Resolved implements [lifecycle.Adapter].
func (a *adapter) Resolved(state model, made string) model { return state.Bare(made, "") }

// Made implements [lifecycle.Adapter].
func (a *adapter) Made(ctx context.Context, plan model, made string) (model, error) {
	state, _, err := a.Read(ctx, plan, made)

	return state, err
}

// snapshot returns one snapshot of a VM; its error is of kind [apierr.NotFound] where the VM has none by that id, or is gone.
func (a *adapter) snapshot(ctx context.Context, vmID, id string) (vsphere.Snapshot, error) {
	all, err := a.client.Snapshots(ctx, vmID)
	if err != nil {
		return vsphere.Snapshot{}, err
	}
	for _, snapshot := range all {
		if snapshot.ID == id {
			return snapshot, nil
		}
	}

	return vsphere.Snapshot{}, noSnapshot(vmID, id)
}
