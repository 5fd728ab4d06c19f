package vsphere

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// An interface of the source that a clone has on an opaque network goes with the clone's location, all else with its configuration.
func TestToOpaque(t *testing.T) {
	t.Parallel()
	card := func(key int32) types.BaseVirtualDevice {
		return &types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: types.VirtualEthernetCard{
			VirtualDevice: types.VirtualDevice{Key: key},
		}}}
	}
	edit := func(key int32, backing types.BaseVirtualDeviceBackingInfo, operation types.VirtualDeviceConfigSpecOperation) types.BaseVirtualDeviceConfigSpec {
		device := card(key)
		device.GetVirtualDevice().Backing = backing

		return &types.VirtualDeviceConfigSpec{Operation: operation, Device: device}
	}
	opaque, standard := &types.VirtualEthernetCardOpaqueNetworkBackingInfo{}, &types.VirtualEthernetCardNetworkBackingInfo{}
	edits, others := toOpaque([]types.BaseVirtualDeviceConfigSpec{
		edit(4000, standard, "edit"), edit(4001, opaque, "edit"), edit(-101, opaque, "add"),
		&types.VirtualDeviceConfigSpec{Operation: "remove", Device: card(4002)},
	})
	keys := func(changes []types.BaseVirtualDeviceConfigSpec) []int32 {
		var keys []int32
		for _, change := range changes {
			keys = append(keys, change.GetVirtualDeviceConfigSpec().Device.GetVirtualDevice().Key)
		}

		return keys
	}
	if got := keys(edits); len(got) != 1 || got[0] != 4001 {
		t.Errorf("with the location go %v, want 4001", got)
	}
	if got := keys(others); len(got) != 3 {
		t.Errorf("with the configuration go %v, want the others", got)
	}
}
