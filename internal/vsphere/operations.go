package vsphere

import (
	"context"
	"strconv"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func vmRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
}

// starter calls a vim25 method that answers a task.
type starter func(context.Context, *vim25.Client) (types.ManagedObjectReference, error)

// start starts a task whose result nobody needs. A refusal comes as the error; what happens later, as the task's.
func (c *Client) start(ctx context.Context, op, id string, method starter) (task.Handle[struct{}], error) {
	handle, err := startTask(ctx, c, httpapi.Call{Op: op, Object: id, Effect: httpapi.Changes}, noResult, method)
	if err != nil {
		return nil, err
	}

	return handle, nil
}

// Rename gives the VM another name (Rename_Task). The name is literal.
func (c *Client) Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error) {
	return c.start(ctx, "Rename_Task", id, func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
		answer, err := methods.Rename_Task(ctx, vim, &types.Rename_Task{This: vmRef(id), NewName: escapeName(name)})
		if err != nil {
			return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
		}

		return answer.Returnval, nil
	})
}

// Move puts the VM into another folder of its datacenter (Folder.MoveIntoFolder_Task).
func (c *Client) Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error) {
	folder := types.ManagedObjectReference{Type: "Folder", Value: folderID}
	request := types.MoveIntoFolder_Task{This: folder, List: []types.ManagedObjectReference{vmRef(id)}}

	return c.start(ctx, "MoveIntoFolder_Task", id,
		func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
			answer, err := methods.MoveIntoFolder_Task(ctx, vim, &request)
			if err != nil {
				return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
			}

			return answer.Returnval, nil
		})
}

// Relocate moves the VM to another pool, cluster, host or datastore (RelocateVM_Task). A cluster without a pool means the
// cluster's root pool, which takes one more read. Disk keys that are no numbers are errors of kind InvalidArgument.
func (c *Client) Relocate(ctx context.Context, id string, spec RelocateSpec) (task.Handle[struct{}], error) {
	const op = "RelocateVM_Task"
	var relocate types.VirtualMachineRelocateSpec
	if spec.ResourcePoolID == "" && spec.ClusterID != "" {
		cluster, err := c.Object(ctx, TypeCluster, spec.ClusterID)
		if err != nil {
			return nil, err
		}
		spec.ResourcePoolID = cluster.RootResourcePoolID
	}
	if spec.ResourcePoolID != "" {
		pool := objectRef(TypeResourcePool, spec.ResourcePoolID)
		relocate.Pool = &pool
	}
	if spec.HostID != "" {
		relocate.Host = &types.ManagedObjectReference{Type: "HostSystem", Value: spec.HostID}
	}
	if spec.DatastoreID != "" {
		relocate.Datastore = &types.ManagedObjectReference{Type: "Datastore", Value: spec.DatastoreID}
	}
	for key, datastoreID := range spec.DiskDatastores {
		number, err := strconv.ParseInt(key, 10, 32)
		if err != nil {
			failure := httpapi.Call{Op: op, Object: id}.Error(apierr.InvalidArgument, "InvalidArgument").Wrap(err)
			failure.Arguments = []string{key}

			return nil, failure
		}
		relocate.Disk = append(relocate.Disk, types.VirtualMachineRelocateSpecDiskLocator{
			DiskId:    int32(number),
			Datastore: types.ManagedObjectReference{Type: "Datastore", Value: datastoreID},
		})
	}

	return c.start(ctx, op, id, func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
		answer, err := methods.RelocateVM_Task(ctx, vim, &types.RelocateVM_Task{This: vmRef(id), Spec: relocate})
		if err != nil {
			return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
		}

		return answer.Returnval, nil
	})
}

// PowerOn powers the VM on (PowerOnVM_Task). A VM that is on already is an error of kind InvalidState.
func (c *Client) PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return c.start(ctx, "PowerOnVM_Task", id, func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
		answer, err := methods.PowerOnVM_Task(ctx, vim, &types.PowerOnVM_Task{This: vmRef(id)})
		if err != nil {
			return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
		}

		return answer.Returnval, nil
	})
}

// PowerOff powers the VM off hard (PowerOffVM_Task). A VM that is off already is an error of kind InvalidState.
func (c *Client) PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return c.start(ctx, "PowerOffVM_Task", id, func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
		answer, err := methods.PowerOffVM_Task(ctx, vim, &types.PowerOffVM_Task{This: vmRef(id)})
		if err != nil {
			return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
		}

		return answer.Returnval, nil
	})
}

// Destroy deletes the VM with its files (Destroy_Task). The VM must be powered off. One that is gone is an error of kind
// NotFound.
func (c *Client) Destroy(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return c.start(ctx, "Destroy_Task", id, func(ctx context.Context, vim *vim25.Client) (types.ManagedObjectReference, error) {
		answer, err := methods.Destroy_Task(ctx, vim, &types.Destroy_Task{This: vmRef(id)})
		if err != nil {
			return types.ManagedObjectReference{}, err //nolint:wrapcheck // vimCall classifies it
		}

		return answer.Returnval, nil
	})
}
