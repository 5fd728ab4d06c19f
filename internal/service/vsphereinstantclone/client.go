package vsphereinstantclone

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is what this package needs of the vSphere client; see [vsphere.Client] for what each method does.
type client interface {
	vmlifecycle.Client

	RequireInstantClone(ctx context.Context) error
	MissingInstantClonePrivileges(ctx context.Context, spec vsphere.InstantCloneSpec) ([]apierr.MissingPrivilege, error)

	StartInstantClone(ctx context.Context, spec vsphere.InstantCloneSpec) (task.Handle[string], error)
	InstantCloneTask(id string) task.Handle[string]
	FindInstantClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)

	VirtualMachineWithSettings(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
	Reconfigure(ctx context.Context, id string, spec vsphere.ReconfigureSpec) (task.Handle[struct{}], error)
}

var _ client = (*vsphere.Client)(nil)
