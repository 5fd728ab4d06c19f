package vspheresnapshot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// What the resource remembers beside its state, each under its own key.
const (
	privateVCenter  = "vcenter_uuid" // the vCenter that the ids belong to: a CLI before 1.12 stores no identity
	privatePending  = "pending"      // how to look for a snapshot whose task vCenter has forgotten
	privateImported = "imported"     // the snapshot was imported, and no apply has written down how it was taken
)

// private is the part of a response that the CLI stores for the provider and shows to nobody.
type private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// pendingSnapshot is what was asked for when a pending snapshot began; the state may be changed by then.
type pendingSnapshot struct {
	VMID        string    `json:"vm_id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Began       time.Time `json:"began"`
}

func savePending(ctx context.Context, store private, search vsphere.SnapshotSearch) diag.Diagnostics {
	return saveKey(ctx, store, privatePending, pendingSnapshot{
		VMID: search.VMID, Name: search.Name, Description: search.Description, Began: search.Since,
	})
}

// loadPending returns how to look for a pending snapshot; false when that was never stored.
func loadPending(ctx context.Context, store private, taskID string) (vsphere.SnapshotSearch, bool) {
	var stored pendingSnapshot
	if !loadKey(ctx, store, privatePending, &stored) {
		return vsphere.SnapshotSearch{}, false
	}
	if taskID == unknownTask {
		taskID = ""
	}

	return vsphere.SnapshotSearch{
		VMID: stored.VMID, Name: stored.Name, Description: stored.Description, Since: stored.Began, TaskID: taskID,
	}, true
}

func forgetPending(ctx context.Context, store private) diag.Diagnostics {
	return store.SetKey(ctx, privatePending, nil)
}

func saveKey(ctx context.Context, store private, key string, value any) diag.Diagnostics {
	encoded, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not store "+key, err.Error())}
	}

	return store.SetKey(ctx, key, encoded)
}

// loadKey reports whether the key was stored and could be read.
func loadKey(ctx context.Context, store private, key string, into any) bool {
	encoded, diags := store.GetKey(ctx, key)

	return !diags.HasError() && len(encoded) > 0 && json.Unmarshal(encoded, into) == nil
}
