package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// The privileges that changes of a configuration need.
const (
	privilegeRename          = "VirtualMachine.Config.Rename"
	privilegeAnnotation      = "VirtualMachine.Config.Annotation"
	privilegeCPUCount        = "VirtualMachine.Config.CPUCount"
	privilegeMemory          = "VirtualMachine.Config.Memory"
	privilegeResource        = "VirtualMachine.Config.Resource"
	privilegeAdvanced        = "VirtualMachine.Config.AdvancedConfig"
	privilegeSettings        = "VirtualMachine.Config.Settings"
	privilegeAddNewDisk      = "VirtualMachine.Config.AddNewDisk"
	privilegeAddExistingDisk = "VirtualMachine.Config.AddExistingDisk"
	privilegeRemoveDisk      = "VirtualMachine.Config.RemoveDisk"
	privilegeDiskExtend      = "VirtualMachine.Config.DiskExtend"
	privilegeEditDevice      = "VirtualMachine.Config.EditDevice"
	privilegeAddRemoveDevice = "VirtualMachine.Config.AddRemoveDevice"
	privilegeAssignNetwork   = "Network.Assign"
	privilegeConnectDevice   = "VirtualMachine.Interact.DeviceConnection"
)

// mayReconfigure refuses a user without one of the privileges that the parts of a change need.
func (s *reconfigurer) mayReconfigure(
	user string, vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec, annotated bool,
) *problem {
	needs := s.needs(vm.Config, spec, annotated)
	if len(needs) == 0 {
		needs = []need{{privilege: privilegeSettings}}
	}

	return s.users.requireAll(user, vm.Self, needs)
}

// needs returns the privileges for a change of a configuration.
func (s *reconfigurer) needs(config *types.VirtualMachineConfigInfo, spec types.VirtualMachineConfigSpec, annotated bool) []need {
	var needs []need
	for _, part := range []struct {
		privilege string
		changed   bool
	}{
		{privilegeRename, spec.Name != ""},
		{privilegeAnnotation, annotated},
		{privilegeCPUCount, spec.NumCPUs != 0 || spec.NumCoresPerSocket != nil || spec.CpuHotAddEnabled != nil ||
			spec.CpuHotRemoveEnabled != nil},
		{privilegeMemory, spec.MemoryMB != 0 || spec.MemoryHotAddEnabled != nil},
		{privilegeResource, spec.CpuAllocation != nil || spec.MemoryAllocation != nil},
		{privilegeAdvanced, len(spec.ExtraConfig) > 0},
		{privilegeSettings, spec.GuestId != "" || spec.Firmware != "" || spec.BootOptions != nil || spec.Flags != nil ||
			spec.Tools != nil || spec.NestedHVEnabled != nil},
	} {
		if part.changed {
			needs = append(needs, need{privilege: part.privilege})
		}
	}
	policies := [][]types.BaseVirtualMachineProfileSpec{spec.VmProfile}
	for _, change := range spec.DeviceChange {
		needs = append(needs, s.deviceNeeds(config, change.GetVirtualDeviceConfigSpec())...)
		policies = append(policies, change.GetVirtualDeviceConfigSpec().Profile)
	}
	needs = append(needs, s.profiles.needs(policies...)...)
	needs = append(needs, cryptoNeeds(spec.Crypto)...)
	if encryptedAfter(spec.Crypto, config.KeyId) {
		needs = append(needs, addsToEncrypted(spec.DeviceChange)...)
	}

	return needs
}

// deviceNeeds returns the privileges for a change of one device.
func (s *reconfigurer) deviceNeeds(config *types.VirtualMachineConfigInfo, change *types.VirtualDeviceConfigSpec) []need {
	if change.Device == nil {
		return nil
	}
	needs := append(s.networkNeeds(config, change), connectionNeeds(config, change)...)
	disk, ok := change.Device.(*types.VirtualDisk)
	switch {
	case !ok && change.Operation == types.VirtualDeviceConfigSpecOperationEdit:
		return append(needs, need{privilege: privilegeEditDevice})
	case !ok:
		return append(needs, need{privilege: privilegeAddRemoveDevice})
	case change.Operation == types.VirtualDeviceConfigSpecOperationRemove:
		return append(needs, need{privilege: privilegeRemoveDisk})
	case change.Operation == types.VirtualDeviceConfigSpecOperationAdd && change.FileOperation == "":
		return append(needs, need{privilege: privilegeAddExistingDisk})
	case change.Operation == types.VirtualDeviceConfigSpecOperationAdd:
		return append(needs, need{privilege: privilegeAddNewDisk}, need{privilegeAllocateSpace, s.storage.diskDatastore(config, disk)})
	}
	original, ok := deviceOf(config.Hardware.Device, disk.Key).(*types.VirtualDisk)
	if ok && wantedCapacity(original, disk) > original.CapacityInBytes {
		return append(needs, need{privilege: privilegeDiskExtend},
			need{privilegeAllocateSpace, s.storage.diskDatastore(config, original)})
	}

	return append(needs, need{privilege: privilegeEditDevice})
}

// connectionNeeds returns the privilege to connect or disconnect a device, where a change does.
func connectionNeeds(config *types.VirtualMachineConfigInfo, change *types.VirtualDeviceConfigSpec) []need {
	wanted := change.Device.GetVirtualDevice()
	original := deviceOf(config.Hardware.Device, wanted.Key)
	if change.Operation != types.VirtualDeviceConfigSpecOperationEdit || wanted.Connectable == nil || original == nil {
		return nil
	}
	if present := original.GetVirtualDevice().Connectable; present == nil || present.Connected == wanted.Connectable.Connected {
		return nil
	}

	return []need{{privilege: privilegeConnectDevice}}
}

// networkNeeds returns the privilege on the network that a change connects a network interface to, unless it is connected to it already.
func (s *reconfigurer) networkNeeds(config *types.VirtualMachineConfigInfo, change *types.VirtualDeviceConfigSpec) []need {
	card, ok := change.Device.(types.BaseVirtualEthernetCard)
	if !ok || change.Operation == types.VirtualDeviceConfigSpecOperationRemove {
		return nil
	}
	device := card.GetVirtualEthernetCard()
	network, found := s.inventory.networkOf(device.Backing)
	if !found {
		return nil
	}
	if change.Operation == types.VirtualDeviceConfigSpecOperationEdit {
		if original := deviceOf(config.Hardware.Device, device.Key); original != nil {
			if now, _ := s.inventory.networkOf(original.GetVirtualDevice().Backing); now == network {
				return nil
			}
		}
	}

	return []need{{privilegeAssignNetwork, network}}
}
