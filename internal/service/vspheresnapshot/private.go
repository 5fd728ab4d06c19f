package vspheresnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// What the resource remembers beside its state, each under its own key.
const (
	privateVCenter = "vcenter_uuid" // the vCenter that the ids belong to: a CLI before 1.12 stores no identity
	privatePending = "pending"      // how to look for a snapshot whose task vCenter has forgotten
)

// pendingSnapshot is what was asked for when a pending snapshot began; the state may be changed by then.
type pendingSnapshot struct {
	VMID        string    `json:"vm_id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Began       time.Time `json:"began"`
}

func savePending(ctx context.Context, store lifecycle.Private, search vsphere.SnapshotSearch) diag.Diagnostics {
	return lifecycle.Save(ctx, store, privatePending, pendingSnapshot{
		VMID: search.VMID, Name: search.Name, Description: search.Description, Began: search.Since,
	})
}

// loadPending returns how to look for a pending snapshot; false when that was never stored.
func loadPending(ctx context.Context, store lifecycle.Private) (vsphere.SnapshotSearch, bool) {
	var stored pendingSnapshot
	if !lifecycle.Load(ctx, store, privatePending, &stored) {
		return vsphere.SnapshotSearch{}, false
	}

	return vsphere.SnapshotSearch{
		VMID: stored.VMID, Name: stored.Name, Description: stored.Description, Since: stored.Began,
	}, true
}

func forgetPending(ctx context.Context, store lifecycle.Private) diag.Diagnostics {
	return lifecycle.Forget(ctx, store, privatePending)
}
