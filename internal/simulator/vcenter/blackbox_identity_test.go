package vcenter_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/vmware/govmomi/event"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxIdentityOfServers tells one embedded vCenter from another, and so are its VMs.
func TestBlackBoxIdentityOfServers(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		server := startServer(t, quick())
		seen[loginSOAP(t, server).ServiceContent.About.InstanceUuid] = true
		for _, vm := range server.VMs() {
			seen[vm.InstanceUUID] = true
		}
	}
	if len(seen) != 2*(1+5) {
		t.Errorf("%d different instance UUIDs", len(seen))
	}
}

// withSnapshots takes a chain of two snapshots of a VM.
func withSnapshots(t *testing.T, vm *object.VirtualMachine) {
	t.Helper()
	for _, name := range []string{"before", "after"} {
		task, err := vm.CreateSnapshot(t.Context(), name, "by test", false, false)
		if err == nil {
			err = task.Wait(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestBlackBoxRegistration registers a VM that was unregistered: its ids are new, and all else is as it was.
func TestBlackBoxRegistration(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	withSnapshots(t, vm)
	if err := server.ChangeVM(vm.Reference().Value, vcenter.Change{PowerState: new("poweredOff")}); err != nil {
		t.Fatal(err)
	}
	was := mustVM(t, server, "DC0_C0_RP0_VM0")
	var told mo.VirtualMachine
	if err := property.DefaultCollector(client.Client).RetrieveOne(t.Context(), vm.Reference(), []string{"config.files"}, &told); err != nil {
		t.Fatal(err)
	}
	if err := vm.Unregister(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, there := server.VM(was.Name); there {
		t.Fatal("the VM is still in the inventory")
	}
	folder := object.NewFolder(client.Client, reference("Folder", was.FolderID))
	pool := object.NewResourcePool(client.Client, reference("ResourcePool", was.ResourcePoolID))
	task, err := folder.RegisterVM(t.Context(), told.Config.Files.VmPathName, "", false, pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := task.WaitForResult(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := mustVM(t, server, was.Name)
	if result, ok := info.Result.(types.ManagedObjectReference); !ok || result.Value != now.ID || now.ID == was.ID {
		t.Errorf("%s became %s, as the task's result %v", was.ID, now.ID, info.Result)
	}
	if now.InstanceUUID != was.InstanceUUID || now.BIOSUUID != was.BIOSUUID || now.Path != was.Path || !maps.Equal(now.Disks, was.Disks) {
		t.Errorf("%+v\nbecame %+v", was, now)
	}
	if len(now.Snapshots) != 2 || now.Snapshots[0].ID == was.Snapshots[0].ID || now.Snapshots[1].Name != "after" ||
		!now.Snapshots[1].CreatedAt.Equal(was.Snapshots[1].CreatedAt) {
		t.Errorf("%+v\nbecame %+v", was.Snapshots, now.Snapshots)
	}
	wantUsable(t, server, object.NewVirtualMachine(client.Client, reference("VirtualMachine", now.ID)))
}

// wantUsable takes another snapshot of a VM and removes all of them.
func wantUsable(t *testing.T, server *vcenter.Server, vm *object.VirtualMachine) {
	t.Helper()
	withSnapshots(t, vm)
	task, err := vm.RemoveAllSnapshot(t.Context(), nil)
	if err == nil {
		err = task.Wait(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(server.VMs(), func(each vcenter.VM) bool { return each.ID == vm.Reference().Value })
	if i < 0 || len(server.VMs()[i].Snapshots) > 0 {
		t.Error("there are snapshots left")
	}
}

// TestBlackBoxRegistration_pair keeps a pair together while its primary is unregistered and registered again.
func TestBlackBoxRegistration_pair(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	if err := server.ChangeVM(vm.Reference().Value, vcenter.Change{PowerState: new("poweredOff")}); err != nil {
		t.Fatal(err)
	}
	if _, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{}); err != nil {
		t.Fatal(err)
	}
	was := mustVM(t, server, "DC0_C0_RP0_VM0")
	cli := newGovc(t, server)
	cli.Run("vm.unregister", was.Path)
	cli.Run("vm.register", "-pool=/DC0/host/DC0_C0/Resources", "-folder=/DC0/vm", "DC0_C0_RP0_VM0/DC0_C0_RP0_VM0.vmx")
	now := mustVM(t, server, was.Name)
	if now.ID == was.ID || now.FaultTolerance == nil || *now.FaultTolerance != *was.FaultTolerance {
		t.Errorf("%+v\nbecame %+v", was.FaultTolerance, now.FaultTolerance)
	}
	for _, member := range server.VMs() {
		if member.FaultTolerance != nil && member.FaultTolerance.Role == "secondary" && member.FaultTolerance.PartnerID != now.ID {
			t.Errorf("the secondary's partner is %s", member.FaultTolerance.PartnerID)
		}
	}
}

// TestBlackBoxRestore lets two VMs swap their ids, and their snapshots too, and ends sessions.
func TestBlackBoxRestore(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	withSnapshots(t, virtualMachine(t, server, client, "DC0_C0_RP0_VM0"))
	one, other := mustVM(t, server, "DC0_C0_RP0_VM0"), mustVM(t, server, "DC0_C0_RP0_VM1")
	swapped := map[string]string{one.ID: other.ID, other.ID: one.ID, one.Snapshots[0].ID: one.Snapshots[1].ID, one.Snapshots[1].ID: one.Snapshots[0].ID}
	if err := server.Restore(swapped); err != nil {
		t.Fatal(err)
	}
	now, after := mustVM(t, server, one.Name), mustVM(t, server, other.Name)
	if now.ID != other.ID || after.ID != one.ID || now.InstanceUUID != one.InstanceUUID || now.HostID != one.HostID || len(after.Snapshots) > 0 {
		t.Errorf("%+v\n%+v", now, after)
	}
	if now.Snapshots[0].Name != "before" || now.Snapshots[0].ID != one.Snapshots[1].ID {
		t.Errorf("%+v", now.Snapshots)
	}
	if len(server.Sessions()) > 0 {
		t.Error("a session outlived the restored vCenter")
	}
	again := loginSOAP(t, server)
	for id, name := range map[string]string{now.ID: one.Name, after.ID: other.Name} { // the history is that of the restored machines
		entity := reference("VirtualMachine", id)
		told, err := event.NewManager(again.Client).QueryEvents(t.Context(), types.EventFilterSpec{
			Entity: &types.EventFilterSpecByEntity{Entity: entity, Recursion: types.EventFilterSpecRecursionOptionSelf},
		})
		if err != nil || len(told) == 0 {
			t.Errorf("%d events of %s, %v", len(told), name, err)
		}
		for _, each := range told {
			if about := each.GetEvent().Vm; about == nil || about.Name != name || about.Vm != entity {
				t.Errorf("an event of %s is about %+v", name, about)
			}
		}
	}
	wantUsable(t, server, object.NewVirtualMachine(again.Client, reference("VirtualMachine", now.ID)))
	if err := server.DestroyVM(after.ID); err != nil {
		t.Fatal(err)
	}
	if err := server.Restore(map[string]string{now.ID: after.ID}); err != nil { // an id that was another machine's, which is gone
		t.Fatal(err)
	}
	told, err := event.NewManager(loginSOAP(t, server).Client).QueryEvents(t.Context(), types.EventFilterSpec{
		Entity: &types.EventFilterSpecByEntity{Entity: reference("VirtualMachine", after.ID), Recursion: types.EventFilterSpecRecursionOptionSelf},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range told {
		if about := each.GetEvent().Vm; about == nil || about.Name != one.Name {
			t.Errorf("an event of %s is about %+v", one.Name, about)
		}
	}
	one, other = mustVM(t, server, one.Name), mustVM(t, server, "DC0_C0_RP0_VM2")
	for _, wrong := range []map[string]string{{"vm-9999": one.ID}, {one.ID: other.ID}, {one.ID: "snapshot-9"}} {
		if err := server.Restore(wrong); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}

// TestBlackBoxNoConfig shows no config, snapshots or guest of a VM that can't be read, and finds it by no UUID.
func TestBlackBoxNoConfig(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	withSnapshots(t, vm)
	uuid := mustVM(t, server, "DC0_C0_RP0_VM0").InstanceUUID
	id := vm.Reference().Value
	for name, change := range map[string]vcenter.Change{
		"inaccessible": {ConnectionState: new("inaccessible")}, "orphaned": {ConnectionState: new("orphaned")},
		"invalid": {ConnectionState: new("invalid")}, "disconnected": {ConnectionState: new("disconnected")},
		"early": {ConnectionState: new("connected"), NoConfig: new(true)}, "readable again": {NoConfig: new(false)},
	} {
		if err := server.ChangeVM(id, change); err != nil {
			t.Fatal(err)
		}
		var told mo.VirtualMachine
		err := property.DefaultCollector(client.Client).RetrieveOne(t.Context(), vm.Reference(),
			[]string{"name", "config", "snapshot", "guest", "runtime"}, &told)
		if err != nil {
			t.Fatal(err)
		}
		found, err := object.NewSearchIndex(client.Client).FindAllByUuid(t.Context(), nil, uuid, true, new(true))
		if err != nil {
			t.Fatal(err)
		}
		readable := name == "readable again"
		if told.Name == "" || (told.Config != nil) != readable || (told.Snapshot != nil) != readable || (told.Guest != nil) != readable ||
			(len(found) == 1) != readable {
			t.Errorf("%s: %s, config %t, snapshots %t, guest %t, found %v", name, told.Name, told.Config != nil, told.Snapshot != nil,
				told.Guest != nil, found)
		}
		if err := server.ChangeVM(id, vcenter.Change{ConnectionState: new("connected"), NoConfig: new(false)}); err != nil {
			t.Fatal(err)
		}
	}
}
