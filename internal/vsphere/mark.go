package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// MarkAsTemplate makes a VM that is powered off a template (MarkAsTemplate), which is in no resource pool. One that is a template already is
// an error of kind Unsupported.
func (c *Client) MarkAsTemplate(ctx context.Context, id string) error {
	method := c.conn.Method(httpapi.Call{Op: "MarkAsTemplate", Object: id, Effect: httpapi.Changes})
	_, err := conn.Call(ctx, method, methods.MarkAsTemplate, &types.MarkAsTemplate{This: vmRef(id)})

	return err
}

// MarkAsVirtualMachine makes a template a VM in a resource pool (MarkAsVirtualMachine), on a host of that pool; without a host vCenter
// chooses one, which takes DRS. A VM that is no template is an error of kind InvalidState.
func (c *Client) MarkAsVirtualMachine(ctx context.Context, id, poolID, hostID string) error {
	method := c.conn.Method(httpapi.Call{Op: "MarkAsVirtualMachine", Object: id, Effect: httpapi.Changes})
	_, err := conn.Call(ctx, method, methods.MarkAsVirtualMachine, &types.MarkAsVirtualMachine{
		This: vmRef(id), Pool: objectRef(TypeResourcePool, poolID), Host: optionalRef(TypeHost, hostID),
	})

	return err
}
