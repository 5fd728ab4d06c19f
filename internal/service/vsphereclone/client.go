package vsphereclone

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is what this package needs of the vSphere client; see [vsphere.Client] for what each method does.
type client interface {
	About(ctx context.Context) (vsphere.About, error)
	ServerTime(ctx context.Context) (time.Time, error)

	VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
	Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error)
	VMsNamed(ctx context.Context, folderID, name string) ([]vsphere.Object, error)
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	CustomizationSpecExists(ctx context.Context, name string) (bool, error)
	Origin(ctx context.Context, vmID string) (vsphere.Origin, error)
	MissingClonePrivileges(ctx context.Context, spec vsphere.CloneSpec) ([]apierr.MissingPrivilege, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error)
	CloneTask(id string) task.Handle[string]
	FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)

	Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error)
	Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error)
	Relocate(ctx context.Context, id string, spec vsphere.RelocateSpec) (task.Handle[struct{}], error)
	PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error)
	PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error)
	ShutdownGuest(ctx context.Context, id string) error
	Destroy(ctx context.Context, id string) (task.Handle[struct{}], error)
	WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error
	WaitForGuestIP(ctx context.Context, id string) ([]string, error)
}

var _ client = (*vsphere.Client)(nil)
