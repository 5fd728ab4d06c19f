package zstack

import (
	"context"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/near"
)

// ObjectsNear reads the objects of a type whose names are nearest to a name that none has; of each, only uuid, name and type are known. It lists
// the names of all objects of the type, so that it is for the text of an error alone.
func (c *Client) ObjectsNear(ctx context.Context, kind ObjectType, name string) ([]Object, error) {
	what, err := objectCall(kind, name)
	if err != nil {
		return nil, err
	}
	all, err := queryFields[Object](ctx, c, what.Op, objectKinds[kind].path, "uuid", "name")
	for i := range all {
		all[i].Type = kind
	}

	return nearest(name, all), err
}

// VirtualMachinesNear is ObjectsNear of the VMs that are not in the recycle bin, nor on the way there. Their state is known as well.
func (c *Client) VirtualMachinesNear(ctx context.Context, name string) ([]VirtualMachine, error) {
	all, err := queryFields[VirtualMachine](ctx, c, queryVMOp, vmPath, "uuid", "name", "state")

	return nearest(name, slices.DeleteFunc(all, func(vm VirtualMachine) bool {
		return slices.Contains([]VMState{VMDestroyed, VMDestroying, VMExpunging}, vm.State)
	})), err
}

// nearest returns those of all records whose names are nearest to a name.
func nearest[T record](name string, all []T) []T {
	names := make([]string, len(all))
	for i, one := range all {
		_, names[i] = one.names()
	}
	names = near.Names(name, names)

	return slices.DeleteFunc(all, func(one T) bool {
		_, its := one.names()

		return !slices.Contains(names, its)
	})
}
