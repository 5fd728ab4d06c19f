package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// addTestPair makes a VM of DC0_C0 fault tolerant; both members are powered off.
func addTestPair(t *testing.T, stores *stores, name string) ftPair {
	t.Helper()
	stores.initial.configureClusters()
	vm := addTestVM(t, stores, name)
	plan, p := stores.ftRules.planSecondary(vm.Self, nil, nil)
	if p != nil {
		t.Fatal(p.messages)
	}
	pair, p := stores.ft.createSecondary(testContext(stores), plan)
	if p != nil {
		t.Fatal(p.messages)
	}

	return pair
}

func ftStates(pair ftPair) [2]types.VirtualMachineFaultToleranceState {
	return [2]types.VirtualMachineFaultToleranceState{
		pair.primary.Runtime.FaultToleranceState, pair.secondary.Runtime.FaultToleranceState,
	}
}

func TestFTStore_pair(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	pair := addTestPair(t, stores, "web")
	primary, secondary := pair.primary, pair.secondary
	if got, ok := stores.inventory.pairOf(secondary); !ok || got != pair || !isPrimary(primary) || !isSecondary(secondary) {
		t.Fatalf("the pair of the secondary is %+v", got)
	}
	if *primary.Runtime.Host == *secondary.Runtime.Host || secondary.Name != "web" {
		t.Errorf("the secondary is %s on %v", secondary.Name, secondary.Runtime.Host)
	}
	if got := idOf(t, stores, "/DC0/vm/web"); got != primary.Self {
		t.Errorf("the path of both names %v", got)
	}
	if got := ftStates(pair); got != [2]types.VirtualMachineFaultToleranceState{ftEnabled, ftEnabled} {
		t.Errorf("powered off, the pair is %v", got)
	}

	wantFault(t, "power on", stores.power.powerOn(ctx, primary.Self), "")
	if got := ftStates(pair); got != [2]types.VirtualMachineFaultToleranceState{ftStarting, ftStarting} || secondary.Runtime.PowerState != poweredOn {
		t.Errorf("after the power-on the pair is %v", got)
	}
	swapped := stores.ft.swapRoles(ctx, pair)
	if swapped.primary != secondary || !isPrimary(secondary) || !isSecondary(primary) || idOf(t, stores, "/DC0/vm/web") != secondary.Self {
		t.Error("the roles were not swapped")
	}

	wantFault(t, "turn off", stores.ft.removeSecondary(ctx, swapped), "")
	if _, ok := stores.inventory.vm(primary.Self); ok || isPrimary(secondary) || secondary.Runtime.FaultToleranceState != ftNotConfigured {
		t.Error("the pair was not ended")
	}
}

// TestFTStore_leavePair loses a secondary, then a primary.
func TestFTStore_leavePair(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	pair := addTestPair(t, stores, "web")
	wantFault(t, "destroy the secondary", stores.vms.destroy(ctx, pair.secondary.Self), "")
	left, ok := stores.inventory.pairOf(pair.primary)
	if !ok || left.secondary != nil || pair.primary.Runtime.FaultToleranceState != ftEnabled {
		t.Errorf("the primary alone: %+v, %s", left, pair.primary.Runtime.FaultToleranceState)
	}
	wantFault(t, "power on", stores.power.powerOn(ctx, pair.primary.Self), "")
	if got := pair.primary.Runtime.FaultToleranceState; got != ftNeedSecondary {
		t.Errorf("powered on alone, the primary is %s", got)
	}

	second := addTestPair(t, stores, "second")
	wantFault(t, "destroy the primary", stores.vms.destroy(ctx, second.primary.Self), "")
	if _, ok := stores.inventory.vm(second.secondary.Self); ok {
		t.Error("the secondary outlasts its primary")
	}
}

// TestFTStore_failedPowerOn reports a secondary that cannot be powered on in the task's result.
func TestFTStore_failedPowerOn(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	pair := addTestPair(t, stores, "web")
	stores.faults.inject(Fault{Method: PowerOnSecondary, Code: "InvalidState", Where: FaultInTask})
	wantFault(t, "power on", stores.power.powerOn(ctx, pair.primary.Self), "")
	if pair.secondary.Runtime.PowerState != poweredOff || pair.primary.Runtime.FaultToleranceState != ftNeedSecondary {
		t.Errorf("the pair is %v", ftStates(pair))
	}
	stores.faults.inject(Fault{Method: PowerOnSecondary, Code: "InvalidState", Where: FaultInTask})
	if result := stores.ft.startSecondary(ctx, pair); !result.PowerOnAttempted || len(result.PowerOnResult.NotAttempted) != 1 {
		t.Errorf("the result is %+v", result)
	}
	if result := stores.ft.startSecondary(ctx, pair); len(result.PowerOnResult.Attempted) != 1 {
		t.Errorf("the second result is %+v", result)
	}
}

func TestFTRules_issues(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.initial.configureClusters()
	ctx := testContext(stores)
	for _, test := range []struct {
		name   string
		change func(*simulator.VirtualMachine)
		want   string
	}{
		{"plain", func(*simulator.VirtualMachine) {}, ""},
		{"snapshots", func(vm *simulator.VirtualMachine) { takeSnapshot(t, stores, vm, "one") }, "VmFaultToleranceConfigIssue"},
		{"processors", func(vm *simulator.VirtualMachine) { vm.Config.Hardware.NumCPU = ftMaxCPUs + 1 }, "VmFaultToleranceConfigIssue"},
		{"memory", func(vm *simulator.VirtualMachine) { vm.Config.Hardware.MemoryMB = ftMaxMemoryMB + 1 }, "VmFaultToleranceConfigIssue"},
		{"device", func(vm *simulator.VirtualMachine) {
			p := stores.editor.changeDevices(ctx, vm, Change{AttachDevice: new("pci-passthrough")})
			wantFault(t, "attach", p, "")
		}, "VmConfigIncompatibleForFaultTolerance"},
		{"template", func(vm *simulator.VirtualMachine) { stores.vms.makeTemplate(ctx, vm) }, "NotSupported"},
	} {
		vm := addTestVM(t, stores, test.name)
		test.change(vm)
		_, p := stores.ftRules.planSecondary(vm.Self, nil, nil)
		wantFault(t, test.name, p, test.want)
	}
}

func TestFTRules_hosts(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.initial.configureClusters()
	vm := addTestVM(t, stores, "web")
	other := idOf(t, stores, "/DC0/host/"+secondCluster+"/DC0_C1_H0")
	for name, test := range map[string]struct {
		host *types.ManagedObjectReference
		want string
	}{
		"any host":               {nil, ""},
		"the primary's host":     {vm.Runtime.Host, "IncompatibleHostForFtSecondary"},
		"a host of DC0_C1":       {&other, "IncompatibleHostForFtSecondary"},
		"a host that is no host": {&vm.Self, "ManagedObjectNotFound"},
	} {
		_, p := stores.ftRules.planSecondary(vm.Self, test.host, nil)
		wantFault(t, name, p, test.want)
	}
	cluster := idOf(t, stores, firstClusterPath)
	for _, host := range []string{"DC0_C0_H0", "DC0_C0_H1", "DC0_C0_H2"} {
		if ref := idOf(t, stores, firstClusterPath+"/"+host); ref != *vm.Runtime.Host {
			if err := stores.editor.changeHost(ref.Value, new(true), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, p := stores.ftRules.planSecondary(vm.Self, nil, nil)
	wantFault(t, "no host is left", p, "InsufficientResourcesFault")
	if err := stores.clusters.changeCluster(cluster.Value, ClusterChange{HighAvailability: new(false)}); err != nil {
		t.Fatal(err)
	}
	_, p = stores.ftRules.planSecondary(vm.Self, nil, nil)
	wantFault(t, "a cluster without HA", p, "NotSupported")
}

func TestFTRules_refusedByPair(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	pair := addTestPair(t, stores, "web")
	move := &types.RelocateVM_Task{Spec: types.VirtualMachineRelocateSpec{Host: pair.secondary.Runtime.Host}}
	files := &types.RelocateVM_Task{Spec: types.VirtualMachineRelocateSpec{Datastore: new(refOf("Datastore", "datastore-1"))}}
	for _, test := range []struct {
		name   string
		vm     *simulator.VirtualMachine
		method string
		body   any
		want   string
	}{
		{"power on a secondary", pair.secondary, "PowerOnVM_Task", nil, "InvalidOperationOnSecondaryVm"},
		{"power on a primary", pair.primary, "PowerOnVM_Task", nil, ""},
		{"a template of a primary", pair.primary, "MarkAsTemplate", nil, "NotSupported"},
		{"to the secondary's host", pair.primary, "RelocateVM_Task", move, "FaultToleranceAntiAffinityViolated"},
		{"a secondary to its own host", pair.secondary, "RelocateVM_Task", move, ""},
		{"files", pair.primary, "RelocateVM_Task", files, "NotSupported"},
	} {
		wantFault(t, test.name, stores.ftRules.refusedByPair(test.vm.Self, test.method, test.body), test.want)
	}
}
