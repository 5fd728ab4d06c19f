package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// TestProvisioningChecker_planCheck runs checks of all groups, and of one.
func TestProvisioningChecker_planCheck(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "off")
	run := func(tests ...string) types.CheckResult {
		t.Helper()
		plan, p := stores.checker.planCheckInstantClone(&call{body: &types.CheckInstantClone_Task{
			Vm: vm.Self, Spec: types.VirtualMachineInstantCloneSpec{Name: "fork"}, TestType: tests,
		}})
		if p != nil {
			t.Fatal(p.messages)
		}
		result, p := plan.effect(testContext(stores))
		wantFault(t, "the check", p, "")
		found, ok := result.(types.ArrayOfCheckResult)
		if !ok || len(found.CheckResult) != 1 {
			t.Fatalf("the result is %+v", result)
		}

		return found.CheckResult[0]
	}
	stores.users.add(administrator, user{all: true})
	if got := run(); len(got.Error) != 1 || len(got.Warning) != 1 || *got.Vm != vm.Self || *got.Host != *vm.Runtime.Host {
		t.Errorf("a source that is off: %+v", got)
	}
	if got := run("networkTests"); len(got.Error) != 0 || len(got.Warning) != 0 {
		t.Errorf("its networks: %+v", got)
	}
	for test, check := range map[string]*types.CheckInstantClone_Task{
		"InvalidArgument": {Vm: vm.Self, TestType: []string{"luckTests"}}, "ManagedObjectNotFound": {Vm: vmRef("vm-9999")},
	} {
		_, p := stores.checker.planCheckInstantClone(&call{body: check})
		wantFault(t, "a check that is refused", p, test)
	}
}

func TestTestOf(t *testing.T) {
	t.Parallel()
	for want, fault := range map[types.CheckTestType]types.BaseMethodFault{
		types.CheckTestTypeDatastoreTests:    &types.InaccessibleDatastore{},
		types.CheckTestTypeHostTests:         &types.HostNotConnected{},
		types.CheckTestTypeResourcePoolTests: &types.InsufficientMemoryResourcesFault{},
		types.CheckTestTypeSourceTests:       &types.InvalidName{},
	} {
		if got := testOf(&problem{fault: fault}); got != want {
			t.Errorf("%s is found by %s, want %s", typeOf(fault), got, want)
		}
	}
}
