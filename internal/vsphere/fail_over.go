package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// MakePrimary makes the secondary of a pair its primary (MakePrimaryVM_Task); the primary becomes the secondary.
func (c *Client) MakePrimary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error) {
	return start(ctx, c, "MakePrimaryVM_Task", primaryID, methods.MakePrimaryVM_Task,
		&types.MakePrimaryVM_Task{This: vmRef(primaryID), Vm: vmRef(secondaryID)})
}
