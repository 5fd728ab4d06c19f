package zstackclone

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// errReserved says that two resources are to get one name.
var errReserved = errors.New(
	"another resource of this configuration gets a VM of the same name at this moment: choose another name for one of them")

// PlannedName implements [lifecycle.Namer].
func (a *adapter) PlannedName(_ context.Context, planned lifecycle.Planned[model]) (lifecycle.PlannedName, bool) {
	name := planned.Plan.Name.ValueString()

	return lifecycle.PlannedName{Place: "this ZStack", Name: name}, name != ""
}

// naming is the name that a VM is to get. It implements [lifecycle.Wanted].
type naming struct {
	*adapter

	name string
	uuid string // of a VM that exists

	found map[string]zstack.VirtualMachine // other VMs of the name, by uuid, as the last question found them
	gone  []string                         // those of the name that the recycle bin has, by uuid
}

// Holder implements [lifecycle.Wanted].
func (n *naming) Holder(ctx context.Context) (string, error) {
	var named []zstack.VirtualMachine
	err := lifecycle.AskAgain(ctx, func(ctx context.Context) error {
		var err error
		named, err = n.client.VirtualMachinesNamed(ctx, n.name)

		return err
	})
	n.found, n.gone = map[string]zstack.VirtualMachine{}, nil
	holder := ""
	for _, vm := range named {
		switch {
		case vm.UUID == n.uuid:
		case gone(vm.State):
			n.gone = append(n.gone, vm.UUID)
		default:
			n.found[vm.UUID] = vm
			holder = vm.UUID
		}
	}

	return holder, err
}

// Describe implements [lifecycle.Wanted].
func (n *naming) Describe(_ context.Context, holder string) tfdiag.Existing {
	vm := n.found[holder]

	return n.existing(&vm, true)
}

// renaming is the rename of a VM, with what the same call changes besides. It implements [lifecycle.Renaming].
type renaming struct {
	naming

	change zstack.VMUpdate
}

// StepAside implements [lifecycle.Renaming].
func (r *renaming) StepAside(ctx context.Context, name string) error {
	r.logger.InfoContext(ctx, "VMs exchange their names: this one gets a temporary name", "vm_uuid", r.uuid, "name", name)
	_, err := r.update(ctx, r.uuid, zstack.VMUpdate{Name: &name})

	return err
}

// Rename implements [lifecycle.Renaming].
func (r *renaming) Rename(ctx context.Context) error {
	_, err := r.update(ctx, r.uuid, r.change)

	return err
}
