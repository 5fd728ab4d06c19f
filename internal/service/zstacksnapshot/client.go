package zstacksnapshot

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// client is what this package needs of the ZStack client; see [zstack.Client] for what each method does.
type client interface {
	VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error)
	SnapshotGroup(ctx context.Context, uuid string) (*zstack.SnapshotGroup, error)
	SnapshotGroupsNamed(ctx context.Context, vmUUID, name string) ([]zstack.SnapshotGroup, error)

	CreateSnapshotGroup(ctx context.Context, spec zstack.SnapshotGroupSpec) (task.Handle[zstack.SnapshotGroup], error)
	SnapshotGroupJob(uuid string) task.Handle[zstack.SnapshotGroup]
	UpdateSnapshotGroup(ctx context.Context, uuid, name, description string) (task.Handle[zstack.SnapshotGroup], error)
	DeleteSnapshotGroup(ctx context.Context, uuid string) (task.Handle[[]zstack.SnapshotResult], error)
}

var _ client = (*zstack.Client)(nil)
