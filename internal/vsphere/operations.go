package vsphere

import (
	"context"
	"strconv"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

func vmRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: machineType, Value: id}
}

func vmRefs(ids []string) []types.ManagedObjectReference {
	refs := make([]types.ManagedObjectReference, 0, len(ids))
	for _, id := range ids {
		refs = append(refs, vmRef(id))
	}

	return refs
}

// start starts a task whose result is not needed. A refusal comes as the error; what happens later, as the task's.
func start[Q any, R wait.AnswersTask](
	ctx context.Context, c *Client, op, id string, method func(context.Context, soap.RoundTripper, *Q) (*R, error), request *Q,
) (task.Handle[struct{}], error) {
	return wait.Start(ctx, c.tasks, httpapi.Call{Op: op, Object: id, Effect: httpapi.Changes}, wait.NoResult, method, request)
}

// Rename gives the VM another name (Rename_Task). The name is literal.
func (c *Client) Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error) {
	return start(ctx, c, "Rename_Task", id, methods.Rename_Task, &types.Rename_Task{This: vmRef(id), NewName: conn.EscapeName(name)})
}

// Move puts the VM into another folder of its datacenter (Folder.MoveIntoFolder_Task).
func (c *Client) Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error) {
	return start(ctx, c, "MoveIntoFolder_Task", id, methods.MoveIntoFolder_Task, &types.MoveIntoFolder_Task{
		This: objectRef(TypeFolder, folderID), List: []types.ManagedObjectReference{vmRef(id)},
	})
}

const relocateOp = "RelocateVM_Task"

// Relocate moves the VM to another pool, host or datastore (RelocateVM_Task), or to where the Storage DRS of a datastore cluster recommends
// (RecommendDatastores, ApplyStorageDrsRecommendation_Task). Disk keys that are no numbers are errors of kind InvalidArgument.
func (c *Client) Relocate(ctx context.Context, id string, spec RelocateSpec) (task.Handle[struct{}], error) {
	relocate, err := relocateRequest(httpapi.Call{Op: relocateOp, Object: id}, spec)
	if err != nil {
		return nil, err
	}
	if spec.DatastoreClusterID != "" {
		return c.relocateByRecommendation(ctx, id, spec.DatastoreClusterID, &relocate)
	}

	return start(ctx, c, relocateOp, id, methods.RelocateVM_Task, &types.RelocateVM_Task{This: vmRef(id), Spec: relocate})
}

// relocateRequest returns the relocation as vim25 takes it, without a datastore for the VM if Storage DRS chooses it.
func relocateRequest(what httpapi.Call, spec RelocateSpec) (types.VirtualMachineRelocateSpec, error) {
	if spec.DatastoreClusterID != "" {
		spec.DatastoreID = ""
	}
	var relocate types.VirtualMachineRelocateSpec
	relocate.Pool = optionalRef(TypeResourcePool, spec.ResourcePoolID)
	relocate.Host = optionalRef(TypeHost, spec.HostID)
	relocate.Datastore = optionalRef(TypeDatastore, spec.DatastoreID)
	relocate.Folder = optionalRef(TypeFolder, spec.FolderID)
	for key, datastoreID := range spec.DiskDatastores {
		number, err := strconv.ParseInt(key, 10, 32)
		if err != nil {
			failure := what.Error(apierr.InvalidArgument, "InvalidArgument").Wrap(err)
			failure.Arguments = []string{key}

			return relocate, failure
		}
		relocate.Disk = append(relocate.Disk, types.VirtualMachineRelocateSpecDiskLocator{
			DiskId: int32(number), Datastore: objectRef(TypeDatastore, datastoreID),
		})
	}

	return relocate, nil
}

// PowerOn powers the VM on (PowerOnVM_Task). A VM that is on already is an error of kind InvalidState.
func (c *Client) PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return start(ctx, c, "PowerOnVM_Task", id, methods.PowerOnVM_Task, &types.PowerOnVM_Task{This: vmRef(id)})
}

// PowerOff powers the VM off hard (PowerOffVM_Task). A VM that is off already is an error of kind InvalidState.
func (c *Client) PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return start(ctx, c, "PowerOffVM_Task", id, methods.PowerOffVM_Task, &types.PowerOffVM_Task{This: vmRef(id)})
}

// Destroy deletes the VM with its files (Destroy_Task). The VM must be powered off. One that is gone is an error of kind
// NotFound.
func (c *Client) Destroy(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return start(ctx, c, "Destroy_Task", id, methods.Destroy_Task, &types.Destroy_Task{This: vmRef(id)})
}
