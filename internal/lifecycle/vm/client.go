package vm

import (
	"context"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Client is the part of [vsphere.Client] that every resource which creates VMs needs.
type Client interface {
	About(ctx context.Context) (vsphere.About, error)
	ServerTime(ctx context.Context) (time.Time, error)
	UserName(ctx context.Context) (string, error)

	MachineReader
	LinkedClonesReader
	VirtualMachineWith(ctx context.Context, id string, extras vsphere.Extras) (*vsphere.VirtualMachine, error)

	Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error)
	DatacenterOf(ctx context.Context, kind vsphere.ObjectType, id string) (string, error)
	HostsOf(ctx context.Context, computeID string) ([]vsphere.Host, error)
	NamedIn(ctx context.Context, folderID, name string) ([]vsphere.Object, error)
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	Near(ctx context.Context, kind vsphere.ObjectType, path string) (vsphere.Nearby, error)
	Origin(ctx context.Context, vmID string) (vsphere.Origin, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error)
	Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error)
	Relocate(ctx context.Context, id string, spec vsphere.RelocateSpec) (task.Handle[struct{}], error)
	CheckRelocate(ctx context.Context, id string, spec vsphere.RelocateSpec) ([]vsphere.CheckFinding, error)
	Reconfigure(ctx context.Context, id string, spec vsphere.ReconfigureSpec) (task.Handle[struct{}], error)
	MissingChangePrivileges(ctx context.Context, vmID string, changes vsphere.Changes) ([]apierr.MissingPrivilege, error)
	PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error)
	PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error)
	ShutdownGuest(ctx context.Context, id string) error
	Destroy(ctx context.Context, id string) (task.Handle[struct{}], error)
	WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error
	WaitForGuestIP(ctx context.Context, id string) ([]string, error)
}

// Machines works on VMs that exist, or may exist.
type Machines struct {
	Client Client
	Logger *slog.Logger
	Shared *lifecycle.Shared
}
