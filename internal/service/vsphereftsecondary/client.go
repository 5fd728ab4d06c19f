package vsphereftsecondary

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// client is what this package needs of the vSphere client; see [vsphere.Client] for what each method does.
type client interface {
	About(ctx context.Context) (vsphere.About, error)

	VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
	Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error)
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	FaultTolerance(ctx context.Context, vmID string) (vsphere.FaultTolerance, error)
	FaultToleranceWith(ctx context.Context, vmID, partnerID string) (vsphere.FaultTolerance, error)
	CheckFaultTolerance(ctx context.Context, vmID string) ([]vsphere.CheckFinding, error)
	MissingPrivileges(ctx context.Context, vmID string, privileges ...string) ([]apierr.MissingPrivilege, error)

	AcquireTaskSlot(ctx context.Context) (release func(), err error)
	CreateSecondary(ctx context.Context, spec vsphere.SecondarySpec) (task.Handle[vsphere.SecondaryResult], error)
	SecondaryTask(id string) task.Handle[vsphere.SecondaryResult]
	FindSecondary(ctx context.Context, search vsphere.SecondarySearch) (vsphere.SecondaryFinding, error)

	EnableSecondary(ctx context.Context, primaryID, secondaryID, hostID string) (task.Handle[vsphere.SecondaryResult], error)
	DisableSecondary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error)
	MakePrimary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error)
	TurnOffFaultTolerance(ctx context.Context, primaryID string) (task.Handle[struct{}], error)
	ApplyRecommendation(ctx context.Context, clusterID, key string) error
	WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error
}

var _ client = (*vsphere.Client)(nil)
