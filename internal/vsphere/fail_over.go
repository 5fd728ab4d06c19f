package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// MakePrimary makes the secondary of a pair its primary (MakePrimaryVM_Task); the primary becomes the secondary.
func (c *Client) MakePrimary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error) {
	return c.start(ctx, "MakePrimaryVM_Task", primaryID,
		func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
			answer, err := methods.MakePrimaryVM_Task(ctx, vim,
				&types.MakePrimaryVM_Task{This: vmRef(primaryID), Vm: vmRef(secondaryID)})
			if err != nil {
				return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
			}

			return answer.Returnval, nil
		})
}
