package vsphere

import (
	"fmt"
	"maps"
	"slices"
)

// The privileges that ReconfigVM_Task documents, each for a part of the configuration.
const (
	privilegeCPU        = "VirtualMachine.Config.CPUCount"
	privilegeMemory     = "VirtualMachine.Config.Memory"
	privilegeResource   = "VirtualMachine.Config.Resource"
	privilegeAnnotation = "VirtualMachine.Config.Annotation"
	privilegeAdvanced   = "VirtualMachine.Config.AdvancedConfig"
	privilegeEditDevice = "VirtualMachine.Config.EditDevice"
	privilegeNetwork    = "Network.Assign"
	privilegeConnect    = "VirtualMachine.Interact.DeviceConnection"
)

// addConfig adds what the parts of a configuration need on the object: on the VM, or on the folder that a clone comes into.
func (n *needs) addConfig(kind ObjectType, id string, spec ReconfigureSpec) {
	cpu, memory := new(CPUEdit), new(MemoryEdit)
	if spec.CPU != nil {
		cpu = spec.CPU
	}
	if spec.Memory != nil {
		memory = spec.Memory
	}
	for _, part := range []struct {
		privilege string
		needed    bool
	}{
		{privilegeCPU, cpu.Count != nil || cpu.CoresPerSocket != nil || cpu.HotAdd != nil},
		{privilegeMemory, memory.SizeMiB != nil || memory.HotAdd != nil},
		{privilegeResource, cpu.Allocation != AllocationEdit{} || memory.Allocation != AllocationEdit{}},
		{privilegeAnnotation, spec.Annotation != nil},
		{privilegeAdvanced, len(spec.ExtraConfig) > 0},
		{privilegeEditDevice, len(spec.NetworkInterfaces)+len(spec.SerialPorts)+len(spec.ParallelPorts)+len(spec.Disks) > 0},
	} {
		if part.needed {
			n.add(kind, id, part.privilege)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(spec.NetworkInterfaces)) {
		edit := spec.NetworkInterfaces[key]
		n.add(TypeNetwork, edit.NetworkID, privilegeNetwork)
		if edit.Connected != nil && kind == TypeVirtualMachine { // of a VM that runs
			n.add(kind, id, privilegeConnect)
		}
	}
	if spec.Encryption != nil {
		n.add(kind, id, spec.Encryption.privilege())
	}
	n.addDevices(kind, id, spec)
}

// Asks returns a text that is the same for clones that need the same privileges: their names and their values are not in it.
func (s CloneSpec) Asks() string {
	var config needs
	config.addConfig(TypeFolder, s.Placement.FolderID, s.Config)

	return fmt.Sprint(s.SourceID, s.Placement, s.NeedsTask(), s.PowerOn, s.CustomizationSpec != "", s.Origin.Template, s.namesPolicies(),
		s.KeyProviderID != "", slices.Sorted(maps.Values(s.DisksToUpdate)), config)
}
