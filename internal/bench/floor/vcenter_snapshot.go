package floor

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// snapshotVM takes a snapshot of the VM of an index (CreateSnapshotEx_Task).
func snapshotVM(ctx context.Context, v *vcenter, index int) (object, error) {
	id := v.order.Machines[index]
	answer, err := methods.CreateSnapshotEx_Task(ctx, v.vim, &types.CreateSnapshotEx_Task{
		This: machine(id), Name: "counted", Description: "counted",
	})
	if err != nil {
		return object{}, fmt.Errorf("taking a snapshot of %s: %w", id, err)
	}
	made, err := madeBy(ctx, v, answer.Returnval)
	made.of = id

	return made, err
}

// readSnapshots reads the snapshots of all VMs with one call.
func readSnapshots(ctx context.Context, v *vcenter, made []object) error {
	return v.retrieve(ctx, machinesOf(made), []string{"snapshot"}, func(types.ObjectContent) error { return nil })
}

// describeSnapshot describes a snapshot (RenameSnapshot, which is no task).
func describeSnapshot(ctx context.Context, v *vcenter, _ int, one object) error {
	_, err := methods.RenameSnapshot(ctx, v.vim, &types.RenameSnapshot{
		This: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: one.id}, Name: "counted", Description: "changed",
	})
	if err != nil {
		return fmt.Errorf("describing %s: %w", one.id, err)
	}

	return nil
}

// removeSnapshot removes a snapshot (RemoveSnapshot_Task).
func removeSnapshot(ctx context.Context, v *vcenter, one object) error {
	answer, err := methods.RemoveSnapshot_Task(ctx, v.vim, &types.RemoveSnapshot_Task{
		This:        types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: one.id},
		Consolidate: new(true),
	})
	if err != nil {
		return fmt.Errorf("removing %s: %w", one.id, err)
	}
	_, err = v.watch.task(ctx, answer.Returnval)

	return err
}

// machinesOf are the VMs that objects belong to.
func machinesOf(made []object) []types.ManagedObjectReference {
	refs := make([]types.ManagedObjectReference, len(made))
	for i, one := range made {
		refs[i] = machine(one.of)
	}

	return refs
}

// protectVM makes a secondary of the VM of an index (CreateSecondaryVMEx_Task).
func protectVM(ctx context.Context, v *vcenter, index int) (object, error) {
	id := v.order.Machines[index]
	answer, err := methods.CreateSecondaryVMEx_Task(ctx, v.vim, &types.CreateSecondaryVMEx_Task{This: machine(id)})
	if err != nil {
		return object{}, fmt.Errorf("protecting %s: %w", id, err)
	}
	result, err := v.watch.task(ctx, answer.Returnval)
	if err != nil {
		return object{}, err
	}
	came, is := result.(types.FaultToleranceSecondaryOpResult)
	if !is {
		return object{}, fmt.Errorf("the result of task %s is a %T", answer.Returnval.Value, result)
	}

	return object{id: came.Vm.Value, of: id}, nil
}

// readPairs reads all primaries with one call.
func readPairs(ctx context.Context, v *vcenter, made []object) error {
	paths := []string{"config.ftInfo", "runtime.faultToleranceState", "runtime.host"}

	return v.retrieve(ctx, machinesOf(made), paths, func(types.ObjectContent) error { return nil })
}

// disableSecondary disables a secondary (DisableSecondaryVM_Task).
func disableSecondary(ctx context.Context, v *vcenter, _ int, one object) error {
	answer, err := methods.DisableSecondaryVM_Task(ctx, v.vim, &types.DisableSecondaryVM_Task{
		This: machine(one.of), Vm: machine(one.id),
	})
	if err != nil {
		return fmt.Errorf("disabling %s: %w", one.id, err)
	}
	_, err = v.watch.task(ctx, answer.Returnval)

	return err
}

// unprotectVM turns fault tolerance off (TurnOffFaultToleranceForVM_Task).
func unprotectVM(ctx context.Context, v *vcenter, one object) error {
	answer, err := methods.TurnOffFaultToleranceForVM_Task(ctx, v.vim, &types.TurnOffFaultToleranceForVM_Task{This: machine(one.of)})
	if err != nil {
		return fmt.Errorf("turning %s off: %w", one.of, err)
	}
	_, err = v.watch.task(ctx, answer.Returnval)

	return err
}
