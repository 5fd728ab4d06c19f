package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxGovcWaitsForItsTasks runs commands whose tasks are govmomi's own: the command line waits for each.
func TestBlackBoxGovcWaitsForItsTasks(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)
	for _, command := range [][]string{
		{"datastore.ls", "-ds", "LocalDS_0"},
		{"vm.clone", "-ds", "LocalDS_0", "-vm", "DC0_C0_RP0_VM0", "-on=false", "copy"},
		{"vm.disk.promote", "-vm", "copy", "disk-1000-0"},
		{"vm.upgrade", "-vm", "copy", "-version", "21"},
		{"vm.unregister", "copy"},
		{"vm.register", "-pool", "DC0_C0/Resources", "-host", "DC0_C0_H0", "-ds", "LocalDS_0", "copy/copy.vmx"},
		{"vm.power", "-on", "-M", "copy"},
		{"vm.change", "-vm", "copy", "-annotation", "by hand"},
		{"vm.power", "-off", "-force", "copy"},
		{"vm.destroy", "copy"},
		{"datastore.mkdir", "-ds", "LocalDS_0", "folder"},
		{"datastore.rm", "-ds", "LocalDS_0", "folder"},
		{"dvs.create", "switch"},
		{"dvs.portgroup.add", "-dvs", "switch", "-type", "earlyBinding", "-nports", "16", "group"},
		{"dvs.portgroup.change", "-vlan", "7", "group"},
		{"dvs.add", "-dvs", "switch", "-pnic", "vmnic1", "/DC0/host/DC0_C1/DC0_C1_H0"},
		{"host.maintenance.enter", "/DC0/host/DC0_C1/DC0_C1_H0"},
		{"host.maintenance.exit", "/DC0/host/DC0_C1/DC0_C1_H0"},
		{"host.disconnect", "/DC0/host/DC0_C1/DC0_C1_H0"},
		{"host.reconnect", "/DC0/host/DC0_C1/DC0_C1_H0"},
		{"datacenter.create", "DCX"},
		{"cluster.create", "-dc", "DCX", "C"},
		{"cluster.add", "-dc", "DCX", "-cluster", "C", "-hostname", "h1", "-username", "root", "-password", "x", "-noverify"},
		{"host.add", "-dc", "DCX", "-hostname", "h2", "-username", "root", "-password", "x", "-noverify"},
		{"host.maintenance.enter", "/DCX/host/C/h1"},
		{"host.remove", "/DCX/host/C/h1"},
	} {
		cli.Run(command...)
	}
	for _, task := range server.Tasks() {
		absent := task.Method == "SearchDatastore_Task" && task.Error == "FileNotFound" // govc looks whether a folder is there
		if task.State != "success" && !absent || task.User != server.Username() {
			t.Errorf("a task of govc's: %+v", task)
		}
	}
}

// TestBlackBoxTaskOfGovmomi follows a task of govmomi's own from hold to end, and a method that no object has.
func TestBlackBoxTaskOfGovmomi(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	server.HoldTasks("CreateDVS_Task")
	folder := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/network")))
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: "switch"}}}
	task, err := folder.CreateDVS(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if server.ID("/DC0/network/switch") != "" {
		t.Error("the switch is there before its task has ended")
	}
	server.ReleaseTasks()
	info, err := task.WaitForResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	created, ok := info.Result.(types.ManagedObjectReference)
	if !ok || created.Value != server.ID("/DC0/network/switch") {
		t.Errorf("the task's result is %v", info.Result)
	}
	_, err = methods.EnterMaintenanceMode_Task(t.Context(), client, &types.EnterMaintenanceMode_Task{This: folder.Reference()})
	wantFault(t, err, "MethodNotFound")
}

// TestBlackBoxPowerOnMultiVM powers on two VMs: one is on already, and the other's own task can be waited for.
func TestBlackBoxPowerOnMultiVM(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	setPower(t, server, "DC0_C0_RP0_VM1", "poweredOff")
	on, off := mustVM(t, server, "DC0_C0_RP0_VM0").ID, mustVM(t, server, "DC0_C0_RP0_VM1").ID
	datacenter := object.NewDatacenter(client.Client, reference("Datacenter", mustID(t, server, "/DC0")))
	task, err := datacenter.PowerOnVM(t.Context(), []types.ManagedObjectReference{
		reference("VirtualMachine", on), reference("VirtualMachine", off),
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := task.WaitForResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	result, _ := info.Result.(types.ClusterPowerOnVmResult)
	if len(result.NotAttempted) != 1 || result.NotAttempted[0].Vm.Value != on || len(result.Attempted) != 1 || result.Attempted[0].Vm.Value != off {
		t.Fatalf("the result is %+v", result)
	}
	if _, ok := result.NotAttempted[0].Fault.Fault.(*types.InvalidPowerState); !ok {
		t.Errorf("the VM that is on: %+v", result.NotAttempted[0].Fault)
	}
	if err := object.NewTask(client.Client, *result.Attempted[0].Task).Wait(t.Context()); err != nil {
		t.Error(err)
	}
	if got := mustVM(t, server, "DC0_C0_RP0_VM1").PowerState; got != "poweredOn" {
		t.Errorf("the VM is %s", got)
	}
	server.AddUser("ci", "secret")
	restricted, err := dialSOAP(t, server, "ci", "secret")
	if err != nil {
		t.Fatal(err)
	}
	_, err = object.NewDatacenter(restricted.Client, datacenter.Reference()).PowerOnVM(t.Context(), []types.ManagedObjectReference{reference("VirtualMachine", off)})
	wantFault(t, err, "NoPermission")
}
