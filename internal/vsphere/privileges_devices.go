package vsphere

import (
	"maps"
	"slices"
)

// The privileges that adding, removing and growing devices needs.
const (
	privilegeAddRemoveDevice = "VirtualMachine.Config.AddRemoveDevice"
	privilegeAddNewDisk      = "VirtualMachine.Config.AddNewDisk"
	privilegeRemoveDisk      = "VirtualMachine.Config.RemoveDisk"
	privilegeExtendDisk      = "VirtualMachine.Config.DiskExtend"
)

// addDevices adds what it needs to add, remove and grow devices: on the object, and on what the devices are to be connected to.
func (n *needs) addDevices(kind ObjectType, id string, spec ReconfigureSpec) {
	grows := slices.ContainsFunc(slices.Collect(maps.Values(spec.Disks)), func(edit DiskEdit) bool { return edit.CapacityBytes > 0 })
	for _, part := range []struct {
		privilege string
		needed    bool
	}{
		{privilegeAddRemoveDevice, len(spec.InterfacesToAdd)+len(spec.InterfacesToRemove) > 0},
		{privilegeExtendDisk, grows},
		{privilegeAddNewDisk, len(spec.DisksToAdd) > 0},
		{privilegeAddToEncrypted, len(spec.DisksToAdd) > 0 && spec.Encrypted},
		{privilegeRemoveDisk, len(spec.DisksToRemove) > 0},
	} {
		if part.needed {
			n.add(kind, id, part.privilege)
		}
	}
	for _, added := range spec.InterfacesToAdd {
		n.add(TypeNetwork, added.NetworkID, privilegeNetwork)
	}
	for _, added := range spec.DisksToAdd {
		n.add(TypeDatastore, added.DatastoreID, privilegeAllocate)
	}
}
