package vcenter

import (
	"github.com/vmware/govmomi/vim25/types"
)

// networkOf returns the network that a network interface's backing names.
func (s *inventory) networkOf(backing types.BaseVirtualDeviceBackingInfo) (types.ManagedObjectReference, bool) {
	switch x := backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		for _, entity := range s.registry.All("Network") {
			if nameOf(entity) == x.DeviceName || x.DeviceName == "" && x.Network != nil && entity.Reference() == *x.Network {
				return entity.Reference(), true
			}
		}
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		ref := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: x.Port.PortgroupKey}

		return ref, s.registry.Get(ref) != nil
	case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
		for _, reference := range s.registry.AllReference("OpaqueNetwork") {
			if found, ok := opaqueID(reference); ok && found == x.OpaqueNetworkId {
				return reference.Reference(), true
			}
		}
	}

	return types.ManagedObjectReference{}, false
}
