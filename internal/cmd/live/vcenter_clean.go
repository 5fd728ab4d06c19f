package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// clean destroys the machines of the run, and its folder, and ends the sessions. What others have put into the folder meanwhile is left.
func (v *vcenter) clean(ctx context.Context) (int, error) {
	if v.client == nil {
		return 0, nil
	}
	if v.moved == nil {
		return 0, v.leave(ctx) // nothing was made
	}
	err := v.settled(ctx)
	machines, listed := v.machines(ctx)
	err = errors.Join(err, listed)
	for _, machine := range machines {
		if strings.HasPrefix(machine.Name, v.prefix) {
			err = errors.Join(err, v.destroy(ctx, machine))
		}
	}
	if inside, listed := v.moved.Children(ctx); listed == nil && len(inside) == 0 { // a folder is destroyed with all that is in it
		err = errors.Join(err, v.await(ctx)(v.moved.Destroy(ctx)))
	}
	left, listed := v.left(ctx)

	return left, errors.Join(err, listed, v.leave(ctx))
}

// left counts what the folder still has of the run.
func (v *vcenter) left(ctx context.Context) (int, error) {
	machines, err := v.machines(ctx)
	inside, listed := v.folder.Children(ctx)
	count := 0
	for _, machine := range machines {
		if strings.HasPrefix(machine.Name, v.prefix) {
			count++
		}
	}
	for _, each := range inside {
		if each.Reference() == v.moved.Reference() {
			count++
		}
	}

	return count, errors.Join(err, listed)
}

// settled waits until no task works on the source any more: an interrupted clone may still come to be.
func (v *vcenter) settled(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		busy, err := v.busy(ctx)
		if err != nil || !busy {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("a task on the source does not end: %w", ctx.Err())
		}
	}
}

// busy reports whether a task of the source has not ended.
func (v *vcenter) busy(ctx context.Context) (bool, error) {
	var source mo.VirtualMachine
	if err := v.read(ctx, v.source.Reference(), []string{"recentTask"}, &source); err != nil {
		return false, err
	}
	for _, ref := range source.RecentTask {
		var task mo.Task
		if err := v.read(ctx, ref, []string{"info.state"}, &task); err != nil {
			continue // it has left the list meanwhile
		}
		if task.Info.State == types.TaskInfoStateQueued || task.Info.State == types.TaskInfoStateRunning {
			return true, nil
		}
	}

	return false, nil
}

// destroy switches a machine off and destroys it.
func (v *vcenter) destroy(ctx context.Context, machine mo.VirtualMachine) error {
	vm := object.NewVirtualMachine(v.client.Client, machine.Self)
	if machine.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
		if err := v.await(ctx)(vm.PowerOff(ctx)); err != nil {
			return err
		}
	}

	return v.await(ctx)(vm.Destroy(ctx))
}
