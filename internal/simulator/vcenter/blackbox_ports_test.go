package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// Every network interface on a distributed port group has a port of its own, which no instant clone can take over.
func TestBlackBoxInstantClonePorts(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	source := card(t, b.devices(golden))
	port := func(of *types.VirtualEthernetCard) types.DistributedVirtualSwitchPortConnection {
		t.Helper()
		backing, ok := of.Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
		if !ok || backing.Port.PortKey == "" || backing.Port.ConnectionCookie == 0 {
			t.Fatalf("the interface is on %+v", of.Backing)
		}

		return backing.Port
	}
	taken := port(source)
	fork := func(name string, change func(port *types.DistributedVirtualSwitchPortConnection)) error {
		edited := &types.VirtualVmxnet3{}
		edited.Key = source.Key
		backing := &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: taken}
		change(&backing.Port)
		edited.Backing = backing

		return b.instantClone(types.VirtualMachineInstantCloneSpec{Name: name, Location: types.VirtualMachineRelocateSpec{DeviceChange: edit(edited)}})
	}
	wantFault(t, fork("taken", func(*types.DistributedVirtualSwitchPortConnection) {}), "ResourceInUse")
	if err := fork("named", func(port *types.DistributedVirtualSwitchPortConnection) { port.PortKey = "" }); err != nil {
		t.Fatalf("a cookie that the server ignores: %v", err)
	}
	if got := port(card(t, b.devices("named"))); got.PortKey == taken.PortKey || got.PortgroupKey != taken.PortgroupKey {
		t.Errorf("the clone has port %+v, the source %+v", got, taken)
	}
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "plain"}); err != nil {
		t.Fatal(err)
	}
	if got := port(card(t, b.devices("plain"))); got.PortKey == taken.PortKey {
		t.Errorf("the clone has its source's port %+v", got)
	}
	full := loginREST(t, b.server).cloneNow(t, b.server, spec{"source": mustVM(t, b.server, golden).ID, "name": "full"})
	if got := port(card(t, b.devices("full"))); got.PortKey == taken.PortKey {
		t.Errorf("%s has its source's port %+v", full.ID, got)
	}
}
