package vsphereclone

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

	CustomizationSpecExists(ctx context.Context, name string) (bool, error)
	MissingClonePrivileges(ctx context.Context, spec vsphere.CloneSpec) ([]apierr.MissingPrivilege, error)

	StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error)
	CloneTask(id string) task.Handle[string]
	FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)
}

var _ client = (*vsphere.Client)(nil)
