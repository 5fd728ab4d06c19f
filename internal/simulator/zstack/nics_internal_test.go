package zstack

import "testing"

func TestNICStore(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	net := inv.infra.networks.all[0]
	machine, _ := golden(t, inv)
	first := machine.nics[0]
	inv.nics.removeAll(machine)
	if len(machine.nics) != 0 {
		t.Fatalf("%d interfaces are left", len(machine.nics))
	}
	hasCode(t, inv.nics.create(machine, nicPlan{network: net}), "")
	if got := machine.nics[0].address; got != first.address {
		t.Errorf("got the address %s, want the free one %s", got, first.address)
	}
	hasCode(t, inv.nics.create(machine, nicPlan{network: net, address: first.address}), codeOperationFailed)
	hasCode(t, inv.nics.create(machine, nicPlan{network: net, address: net.last().Next()}), codeInvalidArgument)
	if second := machine.nics[0]; second.mac == first.mac || second.deviceID != 0 {
		t.Errorf("the new interface has the MAC address %s and number %d", second.mac, second.deviceID)
	}
	net.count = int64(len(net.used)) - 1 // the address of the VIP is the last of the range
	_, failure := inv.nics.take(net)
	hasCode(t, failure, codeNoAddress)
	net.count++
	net.state = stateDisabled
	_, failure = inv.nics.take(net)
	hasCode(t, failure, codeNoAddress)
}
