package vcenter_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// What each test here does crashes or blocks stock vcsim. The simulator must answer with a proper fault and go on.

func TestBlackBoxCrashCloneToUnknownObjects(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	folder := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/vm")))
	for name, location := range map[string]types.VirtualMachineRelocateSpec{
		"pool":      {Pool: new(reference("ResourcePool", "resgroup-99999"))},
		"host":      {Host: new(reference("HostSystem", "host-99999"))},
		"datastore": {Datastore: new(reference("Datastore", "datastore-99999"))},
		"folder":    {Folder: new(reference("Folder", "group-v99999"))},
		"no pool":   {Pool: new(reference("Folder", "group-v3"))},
	} {
		started, err := vm.Clone(t.Context(), folder, "never-"+name, types.VirtualMachineCloneSpec{Location: location})
		err = finish(t, started, err)
		if name != "no pool" {
			wantFault(t, err, "ManagedObjectNotFound")
		} else if err == nil {
			t.Error("a folder was taken for a pool")
		}
		wantAlive(t, client)
		if _, found := server.VM("never-" + name); found {
			t.Errorf("unknown %s: the clone is there", name)
		}
	}
	missing := object.NewFolder(client.Client, reference("Folder", "group-v99999"))
	started, err := vm.Clone(t.Context(), missing, "never", types.VirtualMachineCloneSpec{})
	wantFault(t, finish(t, started, err), "ManagedObjectNotFound")
	wantAlive(t, client)
}

// snapshot takes a snapshot and returns it.
func snapshot(t *testing.T, vm *object.VirtualMachine, name string) types.ManagedObjectReference {
	t.Helper()
	started, err := vm.CreateSnapshot(t.Context(), name, "", false, false)
	if err == nil {
		var info *types.TaskInfo
		if info, err = started.WaitForResult(t.Context()); err == nil {
			if taken, ok := info.Result.(types.ManagedObjectReference); ok {
				return taken
			}
		}
	}
	t.Fatalf("snapshot %s: %v", name, err)

	return types.ManagedObjectReference{}
}

// removeSnapshot runs RemoveSnapshot_Task.
func removeSnapshot(ctx context.Context, client *govmomi.Client, taken types.ManagedObjectReference, children bool) error {
	started, err := methods.RemoveSnapshot_Task(ctx, client, &types.RemoveSnapshot_Task{This: taken, RemoveChildren: children})
	if err != nil {
		return err
	}

	return object.NewTask(client.Client, started.Returnval).Wait(ctx)
}

// snapshotNames returns the names of a VM's snapshots, root first.
func snapshotNames(t *testing.T, vm *object.VirtualMachine) []string {
	t.Helper()
	var read mo.VirtualMachine
	if err := vm.Properties(t.Context(), vm.Reference(), []string{"snapshot"}, &read); err != nil {
		t.Fatal(err)
	}
	if read.Snapshot == nil {
		return nil
	}
	var names []string
	for level := read.Snapshot.RootSnapshotList; len(level) > 0; level = level[0].ChildSnapshotList {
		names = append(names, level[0].Name)
	}

	return names
}

func TestBlackBoxCrashSnapshotRemovedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	for range 5 {
		taken := snapshot(t, vm, "twice")
		errs := make(chan error, 2)
		var both sync.WaitGroup
		for range cap(errs) {
			both.Go(func() { errs <- removeSnapshot(t.Context(), client, taken, false) })
		}
		both.Wait()
		removed := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				removed++
			} else if name := faultName(err); name != "ManagedObjectNotFound" && name != "TaskInProgress" {
				t.Errorf("the slower of the two got %s: %v", name, err)
			}
		}
		if removed != 1 {
			t.Errorf("%d of two removals of one snapshot succeeded", removed)
		}
		wantAlive(t, client)
	}
}

func TestBlackBoxCrashParentlessCurrentSnapshotRemoved(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	only := snapshot(t, vm, "only")
	if err := removeSnapshot(t.Context(), client, only, false); err != nil {
		t.Fatal(err)
	}
	if left := snapshotNames(t, vm); left != nil {
		t.Errorf("snapshots left: %v", left)
	}
	wantFault(t, removeSnapshot(t.Context(), client, only, false), "ManagedObjectNotFound")
	// The current one has no parent and one child.
	root := snapshot(t, vm, "root")
	snapshot(t, vm, "child")
	started, err := methods.RevertToSnapshot_Task(t.Context(), client, &types.RevertToSnapshot_Task{This: root})
	if err != nil {
		t.Fatal(err)
	}
	if err := object.NewTask(client.Client, started.Returnval).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := removeSnapshot(t.Context(), client, root, false); err != nil {
		t.Fatal(err)
	}
	if left := snapshotNames(t, vm); len(left) != 1 || left[0] != "child" {
		t.Errorf("snapshots left: %v, want the child", left)
	}
	wantAlive(t, client)
}

func TestBlackBoxCrashChildrenRemovedThenCreated(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	snapshot(t, vm, "one")
	second := snapshot(t, vm, "two")
	snapshot(t, vm, "three")
	if err := removeSnapshot(t.Context(), client, second, true); err != nil {
		t.Fatal(err)
	}
	if left := snapshotNames(t, vm); len(left) != 1 || left[0] != "one" {
		t.Errorf("snapshots left: %v, want one", left)
	}
	snapshot(t, vm, "four")
	if left := snapshotNames(t, vm); len(left) != 2 || left[1] != "four" {
		t.Errorf("snapshots: %v, want one and its child four", left)
	}
	wantAlive(t, client)
}

func TestBlackBoxCrashSnapshotOfDestroyedVM(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	taken := snapshot(t, vm, "outlives")
	if err := server.DestroyVM(vm.Reference().Value); err != nil {
		t.Fatal(err)
	}
	wantFault(t, removeSnapshot(t.Context(), client, taken, false), "ManagedObjectNotFound")
	_, err := methods.RevertToSnapshot_Task(t.Context(), client, &types.RevertToSnapshot_Task{This: taken})
	wantFault(t, err, "ManagedObjectNotFound")
	wantAlive(t, client)
}

func TestBlackBoxCrashListViewChangesDuringAWait(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	list, err := view.NewManager(client.Client).CreateListView(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	collector := listCollector(t, client, list)
	ctx, stop := context.WithCancel(t.Context())
	var waits sync.WaitGroup
	waits.Go(func() { drain(ctx, client, collector) })
	for i := range 200 {
		vm := reference("VirtualMachine", mustVM(t, server, fmt.Sprintf("DC0_C0_RP0_VM%d", i%4)).ID)
		if _, err := list.Add(ctx, []types.ManagedObjectReference{vm}); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		if _, err := list.Remove(ctx, []types.ManagedObjectReference{vm}); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
	}
	stop()
	waits.Wait()
	wantAlive(t, client)
}

// listCollector returns a collector of its own that watches the power states of a list view's VMs.
func listCollector(t *testing.T, client *govmomi.Client, list *view.ListView) types.ManagedObjectReference {
	t.Helper()
	created, err := methods.CreatePropertyCollector(t.Context(), client, &types.CreatePropertyCollector{
		This: client.ServiceContent.PropertyCollector,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = methods.CreateFilter(t.Context(), client, &types.CreateFilter{
		This: created.Returnval,
		Spec: types.PropertyFilterSpec{
			ObjectSet: []types.ObjectSpec{{
				Obj: list.Reference(), Skip: new(true),
				SelectSet: []types.BaseSelectionSpec{&types.TraversalSpec{Type: "ListView", Path: "view"}},
			}},
			PropSet: []types.PropertySpec{{Type: "VirtualMachine", PathSet: []string{"runtime.powerState"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}

	return created.Returnval
}

// drain waits for updates until ctx ends.
func drain(ctx context.Context, client *govmomi.Client, collector types.ManagedObjectReference) {
	version := ""
	for ctx.Err() == nil {
		got, err := methods.WaitForUpdatesEx(ctx, client, &types.WaitForUpdatesEx{
			This: collector, Version: version, Options: &types.WaitOptions{MaxWaitSeconds: new(int32(1))},
		})
		if err == nil && got.Returnval != nil {
			version = got.Returnval.Version
		}
	}
}
