package vmlifecycle

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
	privatePending  = "pending"      // how to look for a VM whose task vCenter has forgotten
	privateImported = "imported"     // the VM was imported, and no apply has written down what it was made with
)

// Private is the part of a response that the CLI stores for the provider and shows to nobody.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// pendingVM is what was asked for when a pending VM's making began; the state may be changed by then.
type pendingVM struct {
	SourceID string    `json:"source_id"`
	Name     string    `json:"name"`
	FolderID string    `json:"folder_id,omitempty"`
	Began    time.Time `json:"began"`
}

func savePending(ctx context.Context, store Private, search vsphere.CloneSearch) diag.Diagnostics {
	return saveKey(ctx, store, privatePending, pendingVM{
		SourceID: search.SourceID, Name: search.Name, FolderID: search.FolderID, Began: search.Since,
	})
}

// loadPending returns how to look for a pending VM; false when that was never stored.
func loadPending(ctx context.Context, store Private, taskID string) (vsphere.CloneSearch, bool) {
	var stored pendingVM
	if !loadKey(ctx, store, privatePending, &stored) {
		return vsphere.CloneSearch{}, false
	}
	if taskID == UnknownTask {
		taskID = ""
	}

	return vsphere.CloneSearch{
		SourceID: stored.SourceID, Name: stored.Name, FolderID: stored.FolderID, Since: stored.Began, TaskID: taskID,
	}, true
}

func forgetPending(ctx context.Context, store Private) diag.Diagnostics {
	return store.SetKey(ctx, privatePending, nil)
}

// saveKey stores a value, as JSON, beside the state.
func saveKey(ctx context.Context, store Private, key string, value any) diag.Diagnostics {
	encoded, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not store "+key, err.Error())}
	}

	return store.SetKey(ctx, key, encoded)
}

// loadKey reports whether the key was stored and could be read.
func loadKey(ctx context.Context, store Private, key string, into any) bool {
	encoded, diags := store.GetKey(ctx, key)

	return !diags.HasError() && len(encoded) > 0 && json.Unmarshal(encoded, into) == nil
}

// Imported reports whether the VM was imported and no apply has written down what it was made with.
func Imported(ctx context.Context, store Private) bool {
	var imported bool
	loadKey(ctx, store, privateImported, &imported)

	return imported
}
