package vsphereclone

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
	privatePending  = "pending"      // how to look for a clone whose task vCenter has forgotten
	privateImported = "imported"     // the VM was imported, and no apply has written down what it was made with
)

// private is the part of a response that the CLI stores for the provider and shows to nobody.
type private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// pendingClone is what was asked for when a pending clone began; the state may be changed by then.
type pendingClone struct {
	SourceID string    `json:"source_id"`
	Name     string    `json:"name"`
	FolderID string    `json:"folder_id,omitempty"`
	Began    time.Time `json:"began"`
}

func savePending(ctx context.Context, store private, search vsphere.CloneSearch) diag.Diagnostics {
	return saveKey(ctx, store, privatePending, pendingClone{
		SourceID: search.SourceID, Name: search.Name, FolderID: search.FolderID, Began: search.Since,
	})
}

// loadPending returns how to look for a pending clone; false when that was never stored.
func loadPending(ctx context.Context, store private, taskID string) (vsphere.CloneSearch, bool) {
	var stored pendingClone
	if !loadKey(ctx, store, privatePending, &stored) {
		return vsphere.CloneSearch{}, false
	}
	if taskID == unknownTask {
		taskID = ""
	}

	return vsphere.CloneSearch{
		SourceID: stored.SourceID, Name: stored.Name, FolderID: stored.FolderID, Since: stored.Began, TaskID: taskID,
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
