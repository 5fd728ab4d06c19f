package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// ReconfigureSpec says what ReconfigVM_Task changes of a VM. What is not named stays as it is.
type ReconfigureSpec struct {
	NetworkInterfaces map[string]NetworkInterfaceEdit // by device key: "4000"
	SerialPorts       map[string]string               // device key → file on a datastore: "[LocalDS_0] web/serial.log"
	ParallelPorts     map[string]string               // likewise
	ExtraConfig       map[string]string               // an empty value removes the key
}

// Reconfigure changes devices and extraConfig of a VM in place (ReconfigVM_Task). Editing devices takes one more read of
// the VM and one of the networks. A device that the VM does not have is an error of kind InvalidArgument with its key.
func (c *Client) Reconfigure(ctx context.Context, id string, spec ReconfigureSpec) (task.Handle[struct{}], error) {
	what := httpapi.Call{Op: "ReconfigVM_Task", Object: id, Effect: httpapi.Changes}
	devices, err := c.deviceChanges(ctx, what, id, deviceEdits{
		networkInterfaces: spec.NetworkInterfaces, serialPorts: spec.SerialPorts, parallelPorts: spec.ParallelPorts,
	})
	if err != nil {
		return nil, err
	}
	config := types.VirtualMachineConfigSpec{DeviceChange: devices, ExtraConfig: optionValues(spec.ExtraConfig)}

	return start(ctx, c, what.Op, id, methods.ReconfigVM_Task, &types.ReconfigVM_Task{This: vmRef(id), Spec: config})
}
