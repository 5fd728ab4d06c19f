package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// Reconfigure changes hardware, devices and settings of a VM in place (ReconfigVM_Task). Editing devices takes one more read of
// the VM and one of the networks. A device that the VM does not have is an error of kind InvalidArgument with its key.
func (c *Client) Reconfigure(ctx context.Context, id string, spec ReconfigureSpec) (task.Handle[struct{}], error) {
	what := httpapi.Call{Op: "ReconfigVM_Task", Object: id, Effect: httpapi.Changes}
	crypto, key, err := c.encryptVM(ctx, what, id, spec)
	if err != nil {
		return nil, err
	}
	config, err := c.configSpec(ctx, what, editedVM{id: id, key: key}, spec)
	if err != nil {
		return nil, err
	}
	config.Crypto = crypto
	if _, decrypts := crypto.(*types.CryptoSpecDecrypt); decrypts && spec.StoragePolicyID == "" { // its policy encrypts
		config.VmProfile = []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineEmptyProfileSpec{}}
	}

	return start(ctx, c, what.Op, id, methods.ReconfigVM_Task, &types.ReconfigVM_Task{This: vmRef(id), Spec: *config})
}
