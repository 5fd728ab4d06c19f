package fakevsphere

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Reconfigure is part of the client.
func (f *VCenter) Reconfigure(
	ctx context.Context, id string, spec vsphere.ReconfigureSpec,
) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Reconfigure", id, func(vm *vsphere.VirtualMachine) error {
		f.Reconfigured = append(f.Reconfigured, spec)
		f.configure(vm, spec)

		return nil
	})
}

// MissingChangePrivileges is part of the client.
func (f *VCenter) MissingChangePrivileges(ctx context.Context, _ string, _ vsphere.Changes) ([]apierr.MissingPrivilege, error) {
	return f.Missing, f.Note(ctx, "MissingChangePrivileges")
}

// configure makes of a VM what the specification wants. It is called with the mutex held.
func (f *VCenter) configure(vm *vsphere.VirtualMachine, spec vsphere.ReconfigureSpec) {
	if spec.Annotation != nil {
		vm.Annotation = *spec.Annotation
	}
	if edit := spec.CPU; edit != nil {
		set(&vm.CPU.Count, edit.Count)
		set(&vm.CPU.CoresPerSocket, edit.CoresPerSocket)
		set(&vm.CPU.HotAdd, edit.HotAdd)
		allocate(&vm.CPU.Allocation, edit.Allocation)
	}
	if edit := spec.Memory; edit != nil {
		set(&vm.Memory.SizeMiB, edit.SizeMiB)
		set(&vm.Memory.HotAdd, edit.HotAdd)
		allocate(&vm.Memory.Allocation, edit.Allocation)
	}
	f.editNetworkInterfaces(vm, spec.NetworkInterfaces)
	f.setExtra(vm.ID, spec.ExtraConfig)
}

func allocate(allocation *vsphere.Allocation, edit vsphere.AllocationEdit) {
	set(&allocation.Reservation, edit.Reservation)
	set(&allocation.Limit, edit.Limit)
	if edit.Shares != "" {
		allocation.Shares = edit.Shares
	}
}

func set[T any](at, to *T) {
	if to != nil {
		*at = *to
	}
}
