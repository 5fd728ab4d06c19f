package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func TestStockMethods_invoke(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	ctx := testContext(stores)
	lost := types.ManagedObjectReference{Type: "HostSystem", Value: "host-9999"}
	tasks := func() int { return len(stores.inventory.registry.AllReference("Task")) }
	before := tasks()
	for _, test := range []struct {
		name   string
		this   types.ManagedObjectReference
		method string
		body   any
		want   string
	}{
		{"a task", vm.Self, "PowerOnVM_Task", &types.PowerOnVM_Task{This: vm.Self}, ""},
		{"a task that fails", vm.Self, "PowerOnVM_Task", &types.PowerOnVM_Task{This: vm.Self}, "InvalidPowerState"},
		{"no such object", vmRef("vm-9999"), "PowerOnVM_Task", &types.PowerOnVM_Task{}, "ManagedObjectNotFound"},
		{"no such method", vm.Self, "NoSuchMethod", &types.PowerOnVM_Task{This: vm.Self}, "MethodNotFound"},
		{"an unknown reference", vm.Self, "PowerOnVM_Task", &types.PowerOnVM_Task{This: vm.Self, Host: &lost}, "ManagedObjectNotFound"},
		{"a request of another type", vm.Self, "PowerOffVM_Task", &types.PowerOnVM_Task{This: vm.Self}, "InvalidArgument"},
		{"a request without its object", vm.Self, "PowerOnVM_Task", &types.PowerOnVM_Task{}, "InvalidRequest"},
	} {
		_, _, p := stores.stock.invoke(ctx, test.this, test.method, test.body)
		wantFault(t, test.name, p, test.want)
	}
	if left := tasks() - before; left != 0 {
		t.Errorf("%d tasks of govmomi's are left in the inventory", left)
	}
	if vm.Runtime.PowerState != poweredOn || len(vm.RecentTask) != 0 {
		t.Errorf("the VM is %s with tasks %v", vm.Runtime.PowerState, vm.RecentTask)
	}
}

func TestNestedTasks_signal(t *testing.T) {
	t.Parallel()
	var nested nestedTasks
	ref := types.ManagedObjectReference{Type: "Task", Value: "task-1"}
	nested.signal(ref) // not registered: nothing
	signal := nested.register(ref)
	nested.signal(ref)
	nested.signal(ref) // signals do not add up
	<-signal
	select {
	case <-signal:
		t.Error("two signals for one look")
	default:
	}
	nested.forget(ref)
	nested.signal(ref)
}

// brokenFolder is an object of govmomi's whose methods panic while they hold locks.
type brokenFolder struct {
	mo.Folder

	vm *simulator.VirtualMachine
}

// ResetVMTask starts a task that panics.
func (f *brokenFolder) ResetVMTask(ctx *simulator.Context, _ *types.ResetVM_Task) soap.HasFault {
	task := simulator.CreateTask(f, "reset", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		ctx.WithLock(f, func() { ctx.WithLock(f.vm, func() { panic("in a task") }) })

		return nil, nil
	})

	return &methods.ResetVM_TaskBody{Res: &types.ResetVM_TaskResponse{Returnval: task.Run(ctx)}}
}

// UnregisterVM panics beside a task that does.
func (f *brokenFolder) UnregisterVM(ctx *simulator.Context, _ *types.UnregisterVM) soap.HasFault {
	f.ResetVMTask(ctx, nil)
	ctx.WithLock(f.vm, func() {
		ctx.WithLock(f.vm, func() {
			ctx.WithLock(&mo.Folder{}, func() { panic("in the call") }) // an object that has no reference yet
		})
	})

	return nil
}

// TestStockMethods_locksAfterAPanic shows that a method that panics keeps no lock, also where its task panics.
func TestStockMethods_locksAfterAPanic(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	registry := stores.inventory.registry
	folder := &brokenFolder{vm: addTestVM(t, stores, "web")}
	folder.Self = types.ManagedObjectReference{Type: "Folder", Value: "group-broken"}
	registry.Put(folder)
	for _, test := range []struct {
		method string
		body   any
	}{
		{"ResetVM_Task", &types.ResetVM_Task{This: folder.Self}},
		{"UnregisterVM", &types.UnregisterVM{This: folder.Self}},
	} {
		_, _, p := stores.stock.invoke(testContext(stores), folder.Self, test.method, test.body)
		wantFault(t, test.method, p, "InvalidArgument")
		for _, object := range append(registry.AllReference(""), types.ManagedObjectReference{}) {
			release := registry.AcquireLock(testContext(stores), object) // waits for ever for a lock that was left
			release()
		}
	}
}
