package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// A clone's interface on an opaque network is connected where the location names the network, and not where the configuration does.
func TestClonePlan_opaqueNetworks(t *testing.T) {
	t.Parallel()
	edit := func(backing types.BaseVirtualDeviceBackingInfo) []types.BaseVirtualDeviceConfigSpec {
		card := &types.VirtualVmxnet3{}
		card.Key, card.Backing, card.Connectable = 4000, backing, &types.VirtualDeviceConnectInfo{StartConnected: true, Connected: true}

		return []types.BaseVirtualDeviceConfigSpec{&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: card}}
	}
	opaque := edit(&types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: "segment"})
	standard := edit(&types.VirtualEthernetCardNetworkBackingInfo{})
	for name, test := range map[string]struct {
		request   cloneRequest
		connected bool
	}{
		"by the location":      {cloneRequest{moved: opaque}, true},
		"by the configuration": {cloneRequest{devices: opaque}, false},
		"a standard network":   {cloneRequest{devices: standard}, true},
	} {
		changes := (&clonePlan{cloneRequest: test.request}).changes().DeviceChange
		connection := changes[0].GetVirtualDeviceConfigSpec().Device.GetVirtualDevice().Connectable
		if connection.StartConnected != test.connected || connection.Connected != test.connected {
			t.Errorf("%s: got %+v, want connected %v", name, connection, test.connected)
		}
	}
	if sent := opaque[0].GetVirtualDeviceConfigSpec().Device.GetVirtualDevice().Connectable; !sent.StartConnected {
		t.Error("the caller's request was changed")
	}
}
