package vcenter

import (
	"errors"
	"testing"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// startTestTask starts a task as an API does.
func startTestTask(stores *stores, spec taskSpec) *taskRecord {
	if spec.effect == nil {
		spec.effect = func(*simulator.Context) (types.AnyType, *problem) { return nil, nil }
	}
	if spec.method == "" {
		spec.method = spec.name
	}
	stores.inventory.mu.Lock()
	defer stores.inventory.mu.Unlock()

	return stores.tasks.start(testContext(stores), spec)
}

func TestTaskStore_results(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	folder := idOf(t, stores, "/DC0/vm")
	stores.faults.inject(Fault{Method: "Injected_Task", Code: "InvalidState", Where: FaultInTask})
	for _, test := range []struct {
		method string
		effect effect
		want   TaskInfo
	}{
		{
			"Done_Task", func(*simulator.Context) (types.AnyType, *problem) { return folder, nil },
			TaskInfo{State: "success", Percent: 100, ResultID: folder.Value, ResultName: "vm"},
		},
		{
			"Failed_Task", func(*simulator.Context) (types.AnyType, *problem) { return nil, notFound(folder) },
			TaskInfo{State: "error", Percent: 90, Error: "ManagedObjectNotFound"},
		},
		{"Injected_Task", nil, TaskInfo{State: "error", Percent: 90, Error: "InvalidState"}},
		{
			"Panics_Task", func(*simulator.Context) (types.AnyType, *problem) { panic(errors.New("broken")) },
			TaskInfo{State: "error", Percent: 90, Error: "SystemError"},
		},
	} {
		record := startTestTask(stores, taskSpec{name: test.method, entity: folder, user: "ci", effect: test.effect})
		<-record.done
		want := test.want
		want.ID, want.VimTaskID, want.Method, want.ObjectID, want.User = record.id, record.id, test.method, folder.Value, "ci"
		all := stores.tasks.list()
		if got := all[len(all)-1]; got != want {
			t.Errorf("%s: %+v, want %+v", test.method, got, want)
		}
		task, ok := stores.inventory.registry.Get(record.object.Self).(*simulator.Task)
		if !ok || string(task.Info.State) != want.State || task.Info.CompleteTime == nil {
			t.Errorf("%s: vim25 shows %+v", test.method, task)
		}
	}
}

// TestTaskStore_hold holds three tasks: one is released, one is cancelled, one takes no request to cancel.
func TestTaskStore_hold(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	spec := taskSpec{name: "Rename_Task", entity: idOf(t, stores, "/DC0/vm"), user: "ci"}
	free := startTestTask(stores, taskSpec{name: "Other_Task", entity: spec.entity, user: "ci"})
	stores.tasks.hold("Rename_Task")
	cancelled, released := startTestTask(stores, spec), startTestTask(stores, spec)
	<-free.done
	poll(t, "both are held", func() bool {
		held := 0
		for _, task := range stores.tasks.list() {
			if task.Held && task.Percent == heldPercent {
				held++
			}
		}

		return held == 2
	})
	stores.tasks.setIgnoreCancel(true)
	if !stores.tasks.cancelTask(released) {
		t.Error("a request to cancel was refused, not ignored")
	}
	stores.tasks.setIgnoreCancel(false)
	if !stores.tasks.cancelTask(cancelled) {
		t.Error("a running task cannot be cancelled")
	}
	stores.tasks.cancelTask(cancelled) // changes nothing
	<-cancelled.done
	if info := cancelled.info(); info.State != "error" || !info.Cancelled || info.Error != "RequestCanceled" {
		t.Errorf("the cancelled task: %+v", info)
	}
	stores.tasks.release()
	<-released.done
	if info := released.info(); info.State != "success" || stores.tasks.cancelTask(released) {
		t.Errorf("the released task: %+v", info)
	}
	late := startTestTask(stores, spec)
	<-late.done // no hold is left
}

func TestTaskStore_forget(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.tasks.hold("")
	acted := false
	record := startTestTask(stores, taskSpec{
		name: "Rename_Task", operation: "rename", entity: idOf(t, stores, "/DC0/vm"), user: "ci",
		effect: func(*simulator.Context) (types.AnyType, *problem) {
			acted = true

			return nil, nil
		},
	})
	for _, id := range []string{record.id, record.cisID} {
		if found, ok := stores.tasks.find(id); !ok || found != record {
			t.Errorf("%s is unknown", id)
		}
	}
	if listed := stores.tasks.matching(cisFilter{Users: []string{"CI"}}); len(listed) != 1 || listed[record.cisID].User != "ci" {
		t.Errorf("the list: %v", listed)
	}
	stores.tasks.forget()
	for _, id := range []string{record.id, record.cisID} {
		if _, ok := stores.tasks.find(id); ok {
			t.Errorf("%s is known", id)
		}
	}
	if listed := stores.tasks.matching(cisFilter{}); len(listed) != 0 || stores.inventory.registry.Get(record.object.Self) != nil {
		t.Errorf("the list afterwards: %v", listed)
	}
	stores.tasks.release()
	<-record.done
	if info := stores.tasks.list()[0]; !acted || !info.Forgotten || info.State != "success" {
		t.Errorf("the task's work did not go on: %+v", info)
	}
}

func TestTaskStore_checkBusy(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	first, second := addTestVM(t, stores, "first"), addTestVM(t, stores, "second")
	stores.tasks.hold("")
	record := startTestTask(stores, taskSpec{name: "InstantClone_Task", entity: first.Self, user: "ci"})
	wantFault(t, "a VM with a task", stores.tasks.checkBusy(first), "TaskInProgress")
	wantFault(t, "a VM with a task that does not count", stores.tasks.checkBusy(first, "InstantClone_Task"), "")
	wantFault(t, "another VM", stores.tasks.checkBusy(second), "")
	stores.conditions.change(second.Self, func(c *condition) { c.busy = true })
	wantFault(t, "a VM with another client's task", stores.tasks.checkBusy(second, "InstantClone_Task"), "TaskInProgress")
	stores.tasks.release()
	<-record.done
	wantFault(t, "a VM whose task has ended", stores.tasks.checkBusy(first), "")
}

func TestTaskStore_running(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.tasks.hold("")
	spec := taskSpec{name: "Rename_Task", entity: idOf(t, stores, "/DC0/vm"), user: "ci"}
	records := []*taskRecord{startTestTask(stores, spec), startTestTask(stores, spec)}
	spec.user = "admin"
	records = append(records, startTestTask(stores, spec))
	if got := stores.tasks.running(); got["ci"] != (TaskCount{Running: 2, Most: 2}) || got["admin"] != (TaskCount{Running: 1, Most: 1}) {
		t.Errorf("while all are held: %v", got)
	}
	stores.tasks.release()
	for _, record := range records {
		<-record.done
	}
	if got := stores.tasks.running(); got["ci"] != (TaskCount{Most: 2}) {
		t.Errorf("at the end: %v", got)
	}
}

// TestTaskStore_stop ends a task that takes long with the server, without its effect.
func TestTaskStore_stop(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.tasks.duration = time.Hour
	record := startTestTask(stores, taskSpec{
		name: "Rename_Task", entity: idOf(t, stores, "/DC0/vm"), user: "ci",
		effect: func(*simulator.Context) (types.AnyType, *problem) {
			t.Error("the effect happened")

			return nil, nil
		},
	})
	stores.inventory.lifetime.stop()
	<-record.done
	wantFault(t, "the task", record.problem, "RequestCanceled")
}
