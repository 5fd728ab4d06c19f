package vm

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// LinkedClonesReader tells which VMs have disks that stand on files of a VM; [vsphere.Client] is one.
type LinkedClonesReader interface {
	LinkedClones(ctx context.Context, sourceID string) ([]vsphere.LinkedClone, error)
}

// Base is a VM, or a snapshot of one, that is about to go and that disks of other VMs may stand on. vCenter lets it go all the same, and
// whether the shared files stay is not documented.
type Base struct {
	Client LinkedClonesReader
	Shared *lifecycle.Shared

	VMID       string
	SnapshotID string // empty for the VM with all its snapshots
}

// clones returns the VMs whose disks stand on what goes. A disk that stands on a snapshot needs those before it, too, so that the same is true
// of a snapshot that goes with those after it.
func (b Base) clones(ctx context.Context) ([]vsphere.LinkedClone, error) {
	found, err := b.Client.LinkedClones(ctx, b.VMID)
	if apierr.Is(err, apierr.NotFound) {
		return nil, nil
	}

	return slices.DeleteFunc(found, func(clone vsphere.LinkedClone) bool {
		return b.SnapshotID != "" && !slices.Contains(clone.Below, b.SnapshotID)
	}), err
}

// CheckDestroy warns of the VMs whose disks stand on what a plan destroys, or replaces, unless a resource has them in state, as far as this
// process has seen: the same apply may destroy those. object is what goes, in words. It asks once: a plan does not wait for an answer. A plan
// without a refresh asks for nothing: the removal itself asks.
func (b Base) CheckDestroy(ctx context.Context, object string, replaced bool) diag.Diagnostics {
	if b.Shared.Process.Command.NoRefresh {
		return nil
	}
	found, err := b.clones(ctx)
	if err != nil {
		return CheckSkipped("that disks of no other machine stand on "+object, err)
	}
	managed := func(clone vsphere.LinkedClone) bool { return b.Shared.Registry.Has(clone.VMID) }
	found = slices.DeleteFunc(found, managed)
	if len(found) > 0 && b.Shared.HolderOf(ctx, found[0].VMID, true) == lifecycle.HolderManaged {
		found = slices.DeleteFunc(found, managed) // the CLI has told more in the meantime
	}
	if len(found) == 0 {
		return nil
	}

	return diag.Diagnostics{tfdiag.LinkedClonesAtRisk(object, replaced, linkedInWords(found))}
}

// AwaitFree waits until no disk of another VM stands on what is about to go: those that the same apply destroys go first. It is an error,
// before anything was sent, where one stays. op is the removal.
func (b Base) AwaitFree(ctx context.Context, op tfdiag.Operation) diag.Diagnostics {
	var found []vsphere.LinkedClone
	staying, err := b.Shared.Names.AwaitGone(ctx, func(ctx context.Context) ([]string, error) {
		err := lifecycle.AskAgain(ctx, func(ctx context.Context) error {
			var err error
			found, err = b.clones(ctx)

			return err
		})
		ids := make([]string, len(found))
		for i, clone := range found {
			ids[i] = clone.VMID
		}

		return ids, err
	})
	switch {
	case len(staying) > 0:
		return diag.Diagnostics{tfdiag.LinkedClonesStay(op, linkedInWords(found))}
	case err != nil:
		op.Attributes = nil

		return diag.Diagnostics{tfdiag.FromError(op, err)}
	default:
		return nil
	}
}

func linkedInWords(clones []vsphere.LinkedClone) []tfdiag.LinkedClone {
	words := make([]tfdiag.LinkedClone, len(clones))
	for i, clone := range clones {
		words[i] = tfdiag.LinkedClone{ID: clone.VMID, Name: clone.Name, SnapshotID: clone.SnapshotID, Disks: clone.Disks}
	}

	return words
}

// keepsBasesFact is the fact of [lifecycle.Shared] that a VM has files which disks of other VMs may stand on.
func keepsBasesFact(vmID string) string { return "bases " + vmID }

// tellBases notes whether the VM has files that disks of other VMs may stand on, so that most destroys ask for nothing.
func (m *Machines) tellBases(found *vsphere.VirtualMachine) {
	m.Shared.Tell(keepsBasesFact(found.ID), found.KeepsBases)
}

// base returns the VM as a base of other VMs; ok is false where it is known that it is none.
func (m *Machines) base(vmID string) (base Base, ok bool) {
	keeps, known := m.Shared.Told(keepsBasesFact(vmID))

	return Base{Client: m.Client, Shared: m.Shared, VMID: vmID}, keeps || !known
}

// AwaitFree waits until no disk of another VM stands on the VM of a state. For its errors see [Base.AwaitFree].
func (a *Adapter[M]) AwaitFree(ctx context.Context, state M) diag.Diagnostics {
	base, ok := a.base(state.ObjectID())
	if !ok {
		return nil
	}

	return base.AwaitFree(ctx, state.Operation("destroy", lifecycle.DeleteTimeout))
}

// CheckDestroy implements [lifecycle.DestroyChecker].
func (a *Adapter[M]) CheckDestroy(ctx context.Context, state M, replaced bool) diag.Diagnostics {
	base, ok := a.base(state.ObjectID())
	if state.Pending() || !ok {
		return nil
	}

	return base.CheckDestroy(ctx, state.Common().InWords(), replaced)
}
