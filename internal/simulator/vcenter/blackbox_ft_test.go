package vcenter_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// protected is the VM that the tests of fault tolerance work with.
const protected = "DC0_C0_RP0_VM0"

// createSecondary runs CreateSecondaryVMEx_Task and returns its result.
func createSecondary(
	t *testing.T, client *govmomi.Client, vm *object.VirtualMachine, request types.CreateSecondaryVMEx_Task,
) (types.FaultToleranceSecondaryOpResult, error) {
	t.Helper()
	request.This = vm.Reference()
	started, err := methods.CreateSecondaryVMEx_Task(t.Context(), client, &request)
	if err != nil {
		return types.FaultToleranceSecondaryOpResult{}, err
	}
	info, err := object.NewTask(client.Client, started.Returnval).WaitForResult(t.Context())
	if err != nil {
		return types.FaultToleranceSecondaryOpResult{}, err
	}
	result, ok := info.Result.(types.FaultToleranceSecondaryOpResult)
	if !ok {
		t.Fatalf("the result is a %T", info.Result)
	}

	return result, nil
}

// protect makes a VM fault tolerant and returns its secondary.
func protect(t *testing.T, server *vcenter.Server, client *govmomi.Client, name string) *object.VirtualMachine {
	t.Helper()
	vm := virtualMachine(t, server, client, name)
	result, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{})
	if err != nil {
		t.Fatalf("make %s fault tolerant: %v", name, err)
	}

	return object.NewVirtualMachine(client.Client, result.Vm)
}

// readVM reads what a pair shows of itself.
func readVM(t *testing.T, client *govmomi.Client, ref types.ManagedObjectReference) mo.VirtualMachine {
	t.Helper()
	var read mo.VirtualMachine
	paths := []string{"name", "config", "runtime", "datastore", "layoutEx", "parent"}
	if err := object.NewVirtualMachine(client.Client, ref).Properties(t.Context(), ref, paths, &read); err != nil {
		t.Fatal(err)
	}

	return read
}

func wantFTState(t *testing.T, want types.VirtualMachineFaultToleranceState, vms ...*object.VirtualMachine) {
	t.Helper()
	for _, vm := range vms {
		var got mo.VirtualMachine
		eventually(t, vm.Reference().Value+" is "+string(want), func() bool {
			err := vm.Properties(t.Context(), vm.Reference(), []string{"runtime.faultToleranceState"}, &got)

			return err == nil && got.Runtime.FaultToleranceState == want
		})
	}
}

// waitTask waits for a task that a method of govmomi's has started.
func waitTask(t *testing.T, client *govmomi.Client, ref types.ManagedObjectReference, err error) error {
	t.Helper()

	return finish(t, object.NewTask(client.Client, ref), err)
}

func disableSecondary(t *testing.T, client *govmomi.Client, vm, secondary *object.VirtualMachine) error {
	t.Helper()
	request := types.DisableSecondaryVM_Task{This: vm.Reference(), Vm: secondary.Reference()}
	started, err := methods.DisableSecondaryVM_Task(t.Context(), client, &request)
	if err != nil {
		return err
	}

	return waitTask(t, client, started.Returnval, nil)
}

func enableSecondary(t *testing.T, client *govmomi.Client, vm, secondary *object.VirtualMachine) error {
	t.Helper()
	request := types.EnableSecondaryVM_Task{This: vm.Reference(), Vm: secondary.Reference()}
	started, err := methods.EnableSecondaryVM_Task(t.Context(), client, &request)
	if err != nil {
		return err
	}

	return waitTask(t, client, started.Returnval, nil)
}

func turnOff(t *testing.T, client *govmomi.Client, vm *object.VirtualMachine) error {
	t.Helper()
	started, err := methods.TurnOffFaultToleranceForVM_Task(t.Context(), client,
		&types.TurnOffFaultToleranceForVM_Task{This: vm.Reference()})
	if err != nil {
		return err
	}

	return waitTask(t, client, started.Returnval, nil)
}

func makePrimary(t *testing.T, client *govmomi.Client, vm, secondary *object.VirtualMachine) error {
	t.Helper()
	request := types.MakePrimaryVM_Task{This: vm.Reference(), Vm: secondary.Reference()}
	started, err := methods.MakePrimaryVM_Task(t.Context(), client, &request)
	if err != nil {
		return err
	}

	return waitTask(t, client, started.Returnval, nil)
}

func terminate(t *testing.T, client *govmomi.Client, vm *object.VirtualMachine, which *types.ManagedObjectReference) error {
	t.Helper()
	request := types.TerminateFaultTolerantVM_Task{This: vm.Reference(), Vm: which}
	started, err := methods.TerminateFaultTolerantVM_Task(t.Context(), client, &request)
	if err != nil {
		return err
	}

	return waitTask(t, client, started.Returnval, nil)
}

func TestBlackBoxFTCreate(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	before := mustVM(t, server, protected)
	elsewhere := reference("Datastore", mustID(t, server, "/DC0/datastore/LocalDS_1"))
	disk := &types.VirtualDisk{}
	key, err := strconv.Atoi(slices.Sorted(maps.Keys(before.Disks))[0])
	if err != nil {
		t.Fatal(err)
	}
	disk.Key = int32(key)
	result, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{Spec: &types.FaultToleranceConfigSpec{
		MetaDataPath: &types.FaultToleranceMetaSpec{MetaDataDatastore: reference("Datastore", before.DatastoreID)},
		SecondaryVmSpec: &types.FaultToleranceVMConfigSpec{
			VmConfig: &elsewhere, Disks: []types.FaultToleranceDiskSpec{{Disk: disk, Datastore: elsewhere}},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !result.PowerOnAttempted || result.PowerOnResult == nil || len(result.PowerOnResult.Attempted) != 1 ||
		result.PowerOnResult.Attempted[0].Vm != result.Vm || len(result.PowerOnResult.NotAttempted) != 0 {
		t.Errorf("result: %+v", result)
	}
	secondary := object.NewVirtualMachine(client.Client, result.Vm)
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)

	first, second := readVM(t, client, vm.Reference()), readVM(t, client, result.Vm)
	wantPair(t, first, second)
	if second.Datastore[0] != elsewhere && !slices.Contains(second.Datastore, elsewhere) {
		t.Errorf("the secondary is on %v, want %v", second.Datastore, elsewhere)
	}
	seen := mustVM(t, server, protected)
	if seen.ID != before.ID || seen.FaultTolerance == nil || seen.FaultTolerance.PartnerID != result.Vm.Value ||
		seen.FaultTolerance.MetadataDatastoreID != before.DatastoreID {
		t.Errorf("the inventory shows %+v", seen)
	}
	again := reference("VirtualMachine", mustID(t, server, "/DC0/vm/"+protected))
	if again != vm.Reference() {
		t.Errorf("the path leads to %v", again)
	}
	var listed []struct{ VM string }
	loginREST(t, server).get(t, "/api/vcenter/vm?names="+protected, &listed)
	if len(listed) != 1 || listed[0].VM != before.ID {
		t.Errorf("REST lists %+v", listed)
	}
}

// wantPair asserts what ties two VMs together.
func wantPair(t *testing.T, first, second mo.VirtualMachine) {
	t.Helper()
	primary, ok := first.Config.FtInfo.(*types.FaultTolerancePrimaryConfigInfo)
	if !ok || primary.Role != 1 || !slices.Equal(primary.Secondaries, []types.ManagedObjectReference{second.Self}) {
		t.Fatalf("the primary's ftInfo: %+v", first.Config.FtInfo)
	}
	other, ok := second.Config.FtInfo.(*types.FaultToleranceSecondaryConfigInfo)
	if !ok || other.Role != 2 || other.PrimaryVM != first.Self || other.Orphaned == nil || *other.Orphaned {
		t.Fatalf("the secondary's ftInfo: %+v", second.Config.FtInfo)
	}
	if !slices.Equal(primary.InstanceUuids, []string{first.Config.InstanceUuid, second.Config.InstanceUuid}) ||
		!slices.Equal(primary.ConfigPaths, []string{first.Config.Files.VmPathName, second.Config.Files.VmPathName}) ||
		!slices.Equal(primary.InstanceUuids, other.InstanceUuids) {
		t.Errorf("the group: %+v and %+v", primary, other)
	}
	if first.Name != second.Name || first.Config.Uuid != second.Config.Uuid || first.Config.InstanceUuid == second.Config.InstanceUuid ||
		*first.Runtime.Host == *second.Runtime.Host || first.Config.Files.VmPathName == second.Config.Files.VmPathName {
		t.Errorf("primary %s %+v, secondary %s %+v", first.Name, first.Runtime, second.Name, second.Runtime)
	}
}

func TestBlackBoxFTOldMethod(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	setPower(t, server, protected, "poweredOff")
	host := mustVM(t, server, protected).HostID
	target := "DC0_C0_H0"
	if mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H0") == host {
		target = "DC0_C0_H1"
	}
	wanted := reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C0/"+target))
	started, err := methods.CreateSecondaryVM_Task(t.Context(), client, &types.CreateSecondaryVM_Task{This: vm.Reference(), Host: &wanted})
	if err != nil {
		t.Fatal(err)
	}
	info, err := object.NewTask(client.Client, started.Returnval).WaitForResult(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	result, _ := info.Result.(types.FaultToleranceSecondaryOpResult)
	if result.PowerOnAttempted || result.PowerOnResult != nil {
		t.Errorf("the primary is off: %+v", result)
	}
	secondary := object.NewVirtualMachine(client.Client, result.Vm)
	wantFTState(t, types.VirtualMachineFaultToleranceStateEnabled, vm, secondary)
	if got := readVM(t, client, result.Vm); *got.Runtime.Host != wanted {
		t.Errorf("the secondary is on %v, want %v", got.Runtime.Host, wanted)
	}
	// The secondary follows its primary.
	setPower(t, server, protected, "poweredOn")
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)
	setPower(t, server, protected, "poweredOff")
	wantFTState(t, types.VirtualMachineFaultToleranceStateEnabled, vm, secondary)
	if got := readVM(t, client, result.Vm); got.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
		t.Errorf("the secondary is %s", got.Runtime.PowerState)
	}
}

func TestBlackBoxFTLifecycle(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	before := len(server.VMs())
	secondary := protect(t, server, client, protected)
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)

	if err := disableSecondary(t, client, vm, secondary); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateDisabled, vm, secondary)
	wantFault(t, disableSecondary(t, client, vm, secondary), "SecondaryVmAlreadyDisabled")
	wantFault(t, makePrimary(t, client, vm, secondary), "InvalidState")
	if err := enableSecondary(t, client, vm, secondary); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)
	wantFault(t, enableSecondary(t, client, vm, secondary), "SecondaryVmAlreadyEnabled")
	wantFault(t, disableSecondary(t, client, vm, virtualMachine(t, server, client, "DC0_C0_RP0_VM1")), "SecondaryVmNotRegistered")

	wantFault(t, terminate(t, client, vm, new(vm.Reference())), "InvalidArgument")
	if err := terminate(t, client, vm, nil); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)

	if err := makePrimary(t, client, vm, secondary); err != nil {
		t.Fatal(err)
	}
	wantPair(t, readVM(t, client, secondary.Reference()), readVM(t, client, vm.Reference()))
	wantFault(t, turnOff(t, client, vm), "InvalidOperationOnSecondaryVm")
	if got := mustID(t, server, "/DC0/vm/"+protected); got != secondary.Reference().Value {
		t.Errorf("the path leads to %s, want the new primary", got)
	}
	if err := turnOff(t, client, secondary); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateNotConfigured, secondary)
	wantFault(t, turnOff(t, client, secondary), "InvalidState")
	if after := len(server.VMs()); after != before {
		t.Errorf("%d VMs, want %d: %v", after, before, vmNames(server))
	}
}

func TestBlackBoxFTFailOver(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	secondary := protect(t, server, client, protected)
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)
	if err := server.FailOver(vm.Reference().Value); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)
	wantPair(t, readVM(t, client, secondary.Reference()), readVM(t, client, vm.Reference()))
	if err := server.FailOver(vm.Reference().Value); err == nil {
		t.Error("a secondary failed over")
	}
}

// TestBlackBoxFTSecondaryAlone shows that a secondary refuses work of its own, and that it goes with its primary.
func TestBlackBoxFTSecondaryAlone(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	before := len(server.VMs())
	secondary := protect(t, server, client, protected)
	for name, call := range map[string]func() (*object.Task, error){
		"PowerOffVM_Task": func() (*object.Task, error) { return secondary.PowerOff(t.Context()) },
		"Rename_Task":     func() (*object.Task, error) { return secondary.Rename(t.Context(), "alone") },
		"Destroy_Task":    func() (*object.Task, error) { return secondary.Destroy(t.Context()) },
		"ReconfigVM_Task": func() (*object.Task, error) {
			return secondary.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{Annotation: "x"})
		},
	} {
		started, err := call()
		if got := faultName(finish(t, started, err)); got != "InvalidOperationOnSecondaryVm" {
			t.Errorf("%s: got %q", name, got)
		}
	}
	wantFault(t, secondary.MarkAsTemplate(t.Context()), "InvalidOperationOnSecondaryVm")
	host := reference("HostSystem", readVM(t, client, secondary.Reference()).Runtime.Host.Value)
	started, err := vm.Relocate(t.Context(), types.VirtualMachineRelocateSpec{Host: &host}, types.VirtualMachineMovePriorityDefaultPriority)
	wantFault(t, finish(t, started, err), "FaultToleranceAntiAffinityViolated")

	if err := rename(t, vm, "renamed"); err != nil {
		t.Fatal(err)
	}
	if got := readVM(t, client, secondary.Reference()).Name; got != "renamed" {
		t.Errorf("the secondary is called %q", got)
	}
	setPower(t, server, "renamed", "poweredOff")
	started, err = vm.Destroy(t.Context())
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	if after := len(server.VMs()); after != before-1 {
		t.Errorf("%d VMs, want %d: %v", after, before-1, vmNames(server))
	}
}

// TestBlackBoxFTSecondaryLost loses the secondary for good: the primary stays, in need of one, and can be turned off.
func TestBlackBoxFTSecondaryLost(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, protected)
	secondary := protect(t, server, client, protected)
	if err := server.DestroyVM(secondary.Reference().Value); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateNeedSecondary, vm)
	if err := turnOff(t, client, vm); err != nil {
		t.Fatal(err)
	}
	wantFTState(t, types.VirtualMachineFaultToleranceStateNotConfigured, vm)
	protect(t, server, client, protected)
}

func TestBlackBoxFTByJSON(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginJSON(t, server)
	vm := virtualMachine(t, server, client, protected)
	secondary := protect(t, server, client, protected)
	wantFTState(t, types.VirtualMachineFaultToleranceStateRunning, vm, secondary)
	_, err := createSecondary(t, client, vm, types.CreateSecondaryVMEx_Task{})
	wantFault(t, err, "VmFaultToleranceConfigIssue")
	if err := turnOff(t, client, vm); err != nil {
		t.Fatal(err)
	}
}
