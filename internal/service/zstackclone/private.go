package zstackclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// What the resource remembers beside its state, each under its own key.
const (
	privatePending    = "pending"    // how to look for a pending VM
	privateForgotten  = "forgotten"  // the job of a pending VM is forgotten, and nothing has its name
	privateDestroying = "destroying" // a destroy began and did not end
)

// wanted is what was asked for when a VM's making began; the state may be changed by then.
type wanted struct {
	Name     string          `json:"name"`
	SourceID string          `json:"source_vm_uuid"`
	Strategy zstack.Strategy `json:"strategy,omitempty"`
	// Volumes is how many data volumes the VM will have.
	Volumes int `json:"data_volumes,omitempty"`
	// Before are the uuids of all VMs that had the name already, also of destroyed ones.
	Before []string `json:"before,omitempty"`
	// Owner tells this making from others that look for a VM of the same name.
	Owner string `json:"owner"`
}

func (w wanted) save(ctx context.Context, store lifecycle.Private) diag.Diagnostics {
	return lifecycle.Save(ctx, store, privatePending, w)
}

// loadWanted returns what was asked for; false when that was never stored.
func loadWanted(ctx context.Context, store lifecycle.Private) (wanted, bool) {
	var stored wanted
	ok := lifecycle.Load(ctx, store, privatePending, &stored)

	return stored, ok
}

func forgetWanted(ctx context.Context, store lifecycle.Private) diag.Diagnostics {
	return append(lifecycle.Forget(ctx, store, privatePending), lifecycle.Forget(ctx, store, privateForgotten)...)
}

// forgotten reports whether the last refresh of a pending VM found neither its job nor anything that has its name.
func forgotten(ctx context.Context, store lifecycle.Private) bool {
	return lifecycle.Noted(ctx, store, privateForgotten)
}

// destroying reports whether a destroy began and did not end: then a VM in the recycle bin is no news, and what is left to do of
// the destroy must not be forgotten.
func destroying(ctx context.Context, store lifecycle.Private) bool {
	return lifecycle.Noted(ctx, store, privateDestroying)
}
