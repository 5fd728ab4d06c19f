package vspheresnapshot

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
	MissingPrivileges(ctx context.Context, vmID string, privileges ...string) ([]apierr.MissingPrivilege, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	CreateSnapshot(ctx context.Context, spec vsphere.SnapshotSpec) (task.Handle[string], error)
	SnapshotTask(id string) task.Handle[string]
	FindSnapshot(ctx context.Context, search vsphere.SnapshotSearch) (vsphere.SnapshotFinding, error)
	RenameSnapshot(ctx context.Context, id, name, description string) error
	RemoveSnapshot(ctx context.Context, id string, removeChildren, consolidate bool) (task.Handle[struct{}], error)
	Snapshots(ctx context.Context, vmID string) ([]vsphere.Snapshot, error)
	SnapshotsAt(ctx context.Context, vmID, path string) ([]vsphere.Snapshot, error)
}

var _ client = (*vsphere.Client)(nil)
