package zstack

import "testing"

func TestVMStoreWork(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, _ := golden(t, inv)
	on := machine.host

	first := &call{}
	first.undo = inv.vms.begin(first, machine, vmStopping)
	hasCode(t, inv.vms.checkWorker(first, machine), "")
	first.undo()
	if machine.state != vmRunning || machine.worker != nil || machine.host != on {
		t.Errorf("after the undo: %s on %v", machine.state, machine.host)
	}

	second := &call{}
	first.undo = inv.vms.begin(first, machine, vmStopping)
	second.undo = inv.vms.begin(second, machine, vmDestroying)
	hasCode(t, inv.vms.checkWorker(first, machine), codeVMState)
	first.undo()
	if machine.state != vmDestroying {
		t.Errorf("an overtaken job set the state %s", machine.state)
	}
	failure := inv.vms.fail(second, machine, codeVMDestroy, newError(codeOperationFailed, "cause"))
	hasCode(t, failure, codeVMDestroy)
	hasCode(t, failure.Cause, codeOperationFailed)
	if machine.state != vmStopping {
		t.Errorf("the failed job left the state %s", machine.state)
	}

	inv.vms.settle(machine, vmStopped)
	if machine.host != nil || machine.lastHost != on {
		t.Error("a stopped VM keeps its host")
	}
	inv.vms.remove(machine)
	hasCode(t, inv.vms.checkWorker(second, machine), codeNotFound)
	hasCode(t, inv.vms.checkDestroyed(machine, "message"), codeNotFound)
}

func TestVMStoreRemove(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	address := machine.nics[0].address
	root := machine.root
	inv.snapshots.createGroup(machine, newUUID(), "group", "", true)
	inv.vms.remove(machine)
	if inv.vms.has(machine) || inv.volumes.has(root) || machine.network.used[address] || len(inv.tags.of[machine.uuid]) != 0 {
		t.Error("the VM, its root volume, its address or a tag is left")
	}
	if !inv.volumes.has(data) || data.vm != nil || data.lastVM != machine {
		t.Error("the data volume is not kept, detached")
	}
	if len(inv.snapshots.all) != 1 || inv.snapshots.all[0].volume != data {
		t.Errorf("%d snapshots are left, want that of the data volume", len(inv.snapshots.all))
	}
}
