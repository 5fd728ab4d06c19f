package zstackclone

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// client is what this package needs of the ZStack client; see [zstack.Client] for what each method does.
type client interface {
	VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error)
	VirtualMachinesNamed(ctx context.Context, name string) ([]zstack.VirtualMachine, error)
	Object(ctx context.Context, kind zstack.ObjectType, uuid string) (zstack.Object, error)
	Volume(ctx context.Context, uuid string) (*zstack.Volume, error)
	SystemTags(ctx context.Context, resourceUUID string) ([]zstack.Tag, error)
	UserTags(ctx context.Context, resourceUUID string) ([]zstack.Tag, error)

	Clone(ctx context.Context, spec zstack.CloneSpec) (task.Handle[zstack.VirtualMachine], error)
	CloneJob(uuid, name string) task.Handle[zstack.VirtualMachine]
	UpdateVM(ctx context.Context, uuid string, change zstack.VMUpdate) (task.Handle[zstack.VirtualMachine], error)
	StartVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error)
	ResumeVM(ctx context.Context, uuid string) (task.Handle[zstack.VirtualMachine], error)
	StopVM(ctx context.Context, uuid string, how zstack.StopType) (task.Handle[zstack.VirtualMachine], error)
	DestroyVM(ctx context.Context, uuid string, mode zstack.DeleteMode) (task.Handle[struct{}], error)
	ExpungeVM(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	DeleteVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	ExpungeVolume(ctx context.Context, uuid string) (task.Handle[struct{}], error)
	CreateSystemTag(ctx context.Context, vmUUID, tag string) (task.Handle[zstack.Tag], error)
	CreateUserTag(ctx context.Context, vmUUID, tag string) (task.Handle[zstack.Tag], error)
	DeleteTag(ctx context.Context, tagUUID string) (task.Handle[struct{}], error)
}
