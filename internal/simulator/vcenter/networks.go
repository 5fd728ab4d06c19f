package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/mo"
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

// reaches reports whether the host of a VM has the network of a backing: hosts have the networks of their datacenter alone, and know a standard
// one by its name. Without a backing an edit keeps the network.
func (s *inventory) reaches(vm types.ManagedObjectReference, backing types.BaseVirtualDeviceBackingInfo) bool {
	here := s.datacenter(vm)
	if named, ok := backing.(*types.VirtualEthernetCardNetworkBackingInfo); ok && named.DeviceName != "" {
		return slices.ContainsFunc(s.registry.All("Network"), func(entity mo.Entity) bool {
			return nameOf(entity) == named.DeviceName && s.datacenter(entity.Reference()) == here
		})
	}
	network, found := s.networkOf(backing)

	return backing == nil || found && s.datacenter(network) == here
}
