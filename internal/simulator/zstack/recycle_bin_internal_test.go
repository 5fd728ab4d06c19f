package zstack

import (
	"testing"
	"time"
)

func TestRecycleBin(t *testing.T) {
	t.Parallel()
	for policy, kept := range map[DeletionPolicy]struct{ atOnce, aWeekLater bool }{
		DeletionDirect: {false, false},
		DeletionDelay:  {true, false},
		DeletionNever:  {true, true},
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			inv, clock := newTestInventory(t, policy)
			machine, data := golden(t, inv)
			inv.bin.deleteVM(machine)
			inv.bin.deleteVolume(data)
			check := func(when string, want bool) {
				if got := inv.vms.has(machine); got != want {
					t.Errorf("%s: the VM is kept: %t, want %t", when, got, want)
				}
				if got := inv.volumes.has(data); got != want {
					t.Errorf("%s: the volume is kept: %t, want %t", when, got, want)
				}
			}
			check("at once", kept.atOnce)
			clock.now = clock.now.Add(recycleTime)
			inv.bin.expire()
			check("after the time exactly", kept.atOnce)
			clock.now = clock.now.Add(time.Second)
			inv.bin.expire()
			check("a week later", kept.aWeekLater)
			if stopped := inv.vms.all[len(inv.vms.all)-1]; stopped.name != goldenStoppedName {
				t.Errorf("%s is the last VM, want %s", stopped.name, goldenStoppedName)
			}
		})
	}
}

func TestRecycleBinRecovers(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	record := recordLike(inv, machine)
	for _, v := range []*vm{machine, record} {
		inv.bin.deleteVM(v)
		if v.state != vmDestroyed || v.host != nil {
			t.Errorf("%s is %s", v.name, v.state)
		}
		inv.bin.recoverVM(v)
	}
	if machine.state != vmStopped || record.state != vmCreated {
		t.Errorf("recovered: %s and %s, want Stopped and, for a record, Created", machine.state, record.state)
	}
	if data.vm != nil {
		t.Error("a recovered VM has its data volume again")
	}
	inv.bin.deleteVolume(data)
	inv.bin.recoverVolume(data)
	if data.status != statusReady {
		t.Errorf("the recovered volume is %s", data.status)
	}
}
