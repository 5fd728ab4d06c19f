package zstack

import (
	"testing"
	"time"
)

// testClock is a clock that a test sets.
type testClock struct{ now time.Time }

func (c *testClock) time() time.Time { return c.now }

// newTestInventory returns the initial inventory, without the VMs vm-0…, and its clock.
func newTestInventory(t *testing.T, policy DeletionPolicy) (*inventory, *testClock) {
	t.Helper()
	clock := &testClock{now: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)}

	return newInventory(clock.time, Options{DeletionPolicy: policy}), clock
}

// golden returns the VM with one data volume, and that volume.
func golden(t *testing.T, inv *inventory) (machine *vm, data *volume) {
	t.Helper()
	machine = inv.vms.all[0]
	if machine.name != goldenName || len(machine.volumes) != 2 {
		t.Fatalf("the first VM is %s with %d volumes, want golden with 2", machine.name, len(machine.volumes))
	}

	return machine, machine.volumes[1]
}

// recordLike adds a VM that is only a record, with the plan of a full clone.
func recordLike(inv *inventory, source *vm) *vm {
	v := inv.vms.createRecord("record", source)
	v.plan = &clonePlan{root: planVolume(source.root, nil), nics: []nicPlan{{network: source.network}}}
	for _, one := range source.volumes {
		if one.kind == dataVolume {
			v.plan.data = append(v.plan.data, planVolume(one, []string{"volumeProvisioningStrategy::ThinProvisioning"}))
		}
	}

	return v
}

// hasCode fails the test unless the error has the code; no code means no error.
func hasCode(t *testing.T, failure *errorCode, want string) {
	t.Helper()
	got := ""
	if failure != nil {
		got = failure.Code
	}
	if got != want {
		t.Errorf("got the error %q (%+v), want %q", got, failure, want)
	}
}
