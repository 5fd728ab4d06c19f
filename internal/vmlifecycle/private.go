package vmlifecycle

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
	privatePending = "pending"      // how to look for a VM whose task vCenter has forgotten
)

// pendingVM is what was asked for when a pending VM's making began; the state may be changed by then.
type pendingVM struct {
	SourceID string    `json:"source_id"`
	Name     string    `json:"name"`
	FolderID string    `json:"folder_id,omitempty"`
	Began    time.Time `json:"began"`
}

func savePending(ctx context.Context, store lifecycle.Private, search vsphere.CloneSearch) diag.Diagnostics {
	return lifecycle.Save(ctx, store, privatePending, pendingVM{
		SourceID: search.SourceID, Name: search.Name, FolderID: search.FolderID, Began: search.Since,
	})
}

// loadPending returns how to look for a pending VM; false when that was never stored.
func loadPending(ctx context.Context, store lifecycle.Private) (vsphere.CloneSearch, bool) {
	var stored pendingVM
	if !lifecycle.Load(ctx, store, privatePending, &stored) {
		return vsphere.CloneSearch{}, false
	}

	return vsphere.CloneSearch{
		SourceID: stored.SourceID, Name: stored.Name, FolderID: stored.FolderID, Since: stored.Began,
	}, true
}

func forgetPending(ctx context.Context, store lifecycle.Private) diag.Diagnostics {
	return lifecycle.Forget(ctx, store, privatePending)
}
