package fakevsphere

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// ClonesByREST is part of the client.
func (f *VCenter) ClonesByREST(context.Context) (bool, error) { return !f.Old, nil }

// StartClone is part of the client.
func (f *VCenter) StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error) {
	return f.startClone(ctx, "StartClone", spec)
}

func (f *VCenter) startClone(ctx context.Context, method string, spec vsphere.CloneSpec) (task.Handle[string], error) {
	err := f.Note(ctx, method)
	if err != nil && !apierr.IsAnswerLost(err) {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.Specs = append(f.Specs, spec)
	started := f.start(func(power vsphere.PowerState) string {
		if power == "" {
			power = vsphere.PoweredOff
			if spec.PowerOn {
				power = vsphere.PoweredOn
			}
		}

		return f.Add(spec, power)
	})
	if err != nil {
		return nil, err
	}

	return started, nil
}

// StartCloneTask is part of the client.
func (f *VCenter) StartCloneTask(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error) {
	return f.startClone(ctx, "StartCloneTask", spec)
}

// ClonedByTask is part of the client.
func (f *VCenter) ClonedByTask(id string) task.Handle[string] { return f.CloneTask(id) }

// start starts a task that makes a VM. It is called with the mutex held.
func (f *VCenter) start(mk func(power vsphere.PowerState) string) *Task {
	f.nextID++
	started := &Task{
		id: fmt.Sprintf("task-%d", f.nextID), end: make(chan struct{}), fake: f, make: mk, goes: f.Goes, forgotten: f.Forgetful,
	}
	f.Tasks[started.id] = started
	switch f.Goes {
	case Succeeds, Fails, FailsLate, Taken:
		started.finish()
	case Hangs, IgnoresCancel, FinishesOnCancel:
	}

	return started
}

// CloneTask is part of the client.
func (f *VCenter) CloneTask(id string) task.Handle[string] {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, ok := f.Tasks[id]; ok {
		known.news = false // a new handle is told first how the task stands

		return known
	}

	return &Task{id: id, forgotten: true, fake: f}
}

// FindClone is part of the client.
func (f *VCenter) FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	if err := f.Note(ctx, "FindClone"); err != nil {
		return vsphere.CloneFinding{}, err
	}
	if f.Finding != nil {
		return f.Finding(), nil
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var finding vsphere.CloneFinding
	for _, vm := range f.VMs {
		if vm.Name == search.Name && !vm.CreatedAt.Before(search.Since) {
			finding.VMID = vm.ID
		}
	}

	return finding, nil
}

// Add puts a clone into the inventory. It is called with the mutex held.
func (f *VCenter) Add(spec vsphere.CloneSpec, power vsphere.PowerState) string {
	f.nextID++
	vm := *f.VMs[GoldenID]
	vm.ID = fmt.Sprintf("vm-%d", f.nextID)
	vm.Name, vm.InstanceUUID, vm.BIOSUUID = spec.Name, fmt.Sprintf("i-%d", f.nextID), fmt.Sprintf("b-%d", f.nextID)
	vm.Template, vm.PowerState, vm.ToolsRunning, vm.CreatedAt = false, power, power == vsphere.PoweredOn, time.Now()
	disks := map[string]vsphere.Disk{}
	for key, disk := range vm.Disks {
		if !slices.Contains(spec.DisksToRemove, key) {
			disks[key] = disk
		}
	}
	vm.Disks = disks
	f.place(&vm, spec.Placement, spec.DisksToUpdate)
	if spec.Origin.Linked && !f.Copies {
		for key, disk := range vm.Disks {
			disk.Parent = "[LocalDS_0] golden/golden.vmdk"
			vm.Disks[key] = disk
		}
	}
	f.configure(&vm, spec.Config)
	f.VMs[vm.ID] = &vm

	return vm.ID
}
