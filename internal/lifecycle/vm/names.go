package vm

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// AwaitName waits until the name is free that a new VM is to get; without a folder that is the source's.
func (m *Machines) AwaitName(ctx context.Context, wanted vsphere.CloneSearch) error {
	folderID := wanted.FolderID
	if folderID == "" {
		source, err := m.RecentSource(ctx, wanted.SourceID)
		if err != nil {
			return nil //nolint:nilerr // the creation fails for the same reason, and says more
		}
		folderID = source.Placement.FolderID
	}

	return m.Shared.Names.Await(ctx, &wantedName{Machines: m, folderID: folderID, name: wanted.Name})
}

// PlannedName implements [lifecycle.Namer]: without a folder, a new VM goes to that of its source.
func (a *Adapter[M]) PlannedName(ctx context.Context, planned lifecycle.Planned[M]) (lifecycle.PlannedName, bool) {
	name, folder := planned.Plan.Common().Name, planned.Plan.Parts().FolderID
	if planned.Prior == nil {
		folder = planned.Config.Parts().FolderID
	}
	if name.ValueString() == "" || folder.IsUnknown() {
		return lifecycle.PlannedName{}, false
	}
	folderID, sourceID := folder.ValueString(), planned.Plan.Creation().Source
	if folderID == "" && planned.Prior == nil && sourceID != "" {
		if source, err := a.SourceVM(ctx, sourceID); err == nil { // an error is for the check of the source to tell
			folderID = source.Placement.FolderID
		}
	}

	return lifecycle.PlannedName{Place: "the folder " + folderID, Name: name.ValueString()}, folderID != ""
}

// RenameStep renames the VM, once no other VM of its folder has the name.
func (a *Adapter[M]) RenameStep(id, folderID, name string) lifecycle.Step[M] {
	return a.namingStep("rename", &renaming{wantedName: wantedName{Machines: &a.Machines, folderID: folderID, name: name, id: id}})
}

// MoveStep moves the VM to the folder, once no other VM there has its name.
func (a *Adapter[M]) MoveStep(id, folderID, name string) lifecycle.Step[M] {
	return a.namingStep("move", &moving{renaming{wantedName: wantedName{Machines: &a.Machines, folderID: folderID, name: name, id: id}}})
}

func (a *Adapter[M]) namingStep(action string, what lifecycle.Renaming) lifecycle.Step[M] {
	return lifecycle.Step[M]{Action: action, Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		return state, nil, a.Shared.Names.Rename(ctx, state.ObjectID(), what)
	}}
}

// wantedName is the name that a VM is to have in a folder. It implements [lifecycle.Wanted].
type wantedName struct {
	*Machines

	folderID, name string
	id             string // of a VM that exists
}

// Holder implements [lifecycle.Wanted]. What vCenter does not answer is left to the task itself. A template, a folder or a vApp is an error
// at once: nothing in this process frees its name.
func (w *wantedName) Holder(ctx context.Context) (string, error) {
	if w.folderID == "" {
		return "", nil
	}
	named, err := w.Client.NamedIn(ctx, w.folderID, w.name)
	if err != nil {
		return "", nil //nolint:nilerr // vCenter refuses a name that is taken
	}
	for _, other := range named {
		switch {
		case other.ID == w.id:
		case kindOf(other) != "":
			return "", &lifecycle.NameTakenError{Existing: w.origin(ctx, other, true)}
		default:
			return other.ID, nil
		}
	}

	return "", nil
}

// Describe implements [lifecycle.Wanted].
func (w *wantedName) Describe(ctx context.Context, holder string) tfdiag.Existing {
	if existing, ok := w.Existing(ctx, "", w.folderID, w.name); ok && existing.ID == holder {
		return existing
	}

	return tfdiag.Existing{ID: holder, Managed: w.Shared.Registry.Has(holder)}
}

// renaming renames a VM. It implements [lifecycle.Renaming].
type renaming struct {
	wantedName

	aside bool // the VM has a temporary name
}

// StepAside implements [lifecycle.Renaming].
func (r *renaming) StepAside(ctx context.Context, name string) error {
	r.Logger.InfoContext(ctx, "VMs exchange their names: this one gets a temporary name", "vm_id", r.id, "name", name)
	r.aside = true

	return r.rename(ctx, name)
}

// Rename implements [lifecycle.Renaming].
func (r *renaming) Rename(ctx context.Context) error { return r.rename(ctx, r.name) }

func (r *renaming) rename(ctx context.Context, name string) error {
	return r.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return r.Client.Rename(ctx, r.id, name) })
}

// moving moves a VM to the folder. It implements [lifecycle.Renaming].
type moving struct{ renaming }

// Rename implements [lifecycle.Renaming].
func (m *moving) Rename(ctx context.Context) error {
	err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.Move(ctx, m.id, m.folderID) })
	if err == nil && m.aside {
		err = m.rename(ctx, m.name)
	}

	return err
}
