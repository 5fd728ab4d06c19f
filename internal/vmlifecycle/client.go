package vmlifecycle

import (
	"context"
	"log/slog"
	"time"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Client is what the life of every VM needs of the vSphere client; see [vsphere.Client] for what each method does.
type Client interface {
	About(ctx context.Context) (vsphere.About, error)
	ServerTime(ctx context.Context) (time.Time, error)

	VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
	Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error)
	VMsNamed(ctx context.Context, folderID, name string) ([]vsphere.Object, error)
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	Origin(ctx context.Context, vmID string) (vsphere.Origin, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
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

// Machines is what a resource does with VMs that exist already, or may.
type Machines struct {
	Client  Client
	Logger  *slog.Logger
	Session *Session
	Seen    *lifecycle.Seen // what the CLI has in state, also what was not refreshed; nil where nobody watches
	// Task returns the handle of a task that another process started; its result is the new VM's id.
	Task func(id string) task.Handle[string]
	// Find looks for a VM whose making was lost sight of.
	Find func(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error)
}
