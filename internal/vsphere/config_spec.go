package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// ReconfigureSpec says what a VM is to have that differs from what it has (VirtualMachineConfigSpec): a VM that exists, for
// ReconfigVM_Task, or the source of a clone. Nil and empty parts stay as they are.
type ReconfigureSpec struct {
	CPU        *CPUEdit
	Memory     *MemoryEdit
	Annotation *string // config.annotation; an empty one leaves the present one, since the API can't tell it from none

	NetworkInterfaces map[string]NetworkInterfaceEdit // by device key: "4000"
	SerialPorts       map[string]string               // device key → file on a datastore: "[LocalDS_0] web/serial.log"
	ParallelPorts     map[string]string               // likewise

	InterfacesToAdd    []NewInterface
	InterfacesToRemove []string            // device keys
	Disks              map[string]DiskEdit // by device key: "2000"
	DisksToAdd         []NewDisk
	DisksToRemove      []DiskRemoval

	StoragePolicyID string          // of the configuration files
	Encryption      *EncryptionEdit // of a VM that exists
	// Encrypted says that the VM is encrypted, or is to be: what is done to it takes privileges more. It changes nothing itself.
	Encrypted bool

	ExtraConfig map[string]string // an empty value removes the key
}

// Empty reports whether the specification changes nothing.
func (s ReconfigureSpec) Empty() bool {
	return s.CPU == nil && s.Memory == nil && s.Annotation == nil && s.devicesStay() && s.StoragePolicyID == "" && s.Encryption == nil &&
		len(s.ExtraConfig) == 0
}

// devicesStay reports whether the specification leaves every device as it is.
func (s ReconfigureSpec) devicesStay() bool {
	return len(s.NetworkInterfaces) == 0 && len(s.SerialPorts) == 0 && len(s.ParallelPorts) == 0 &&
		len(s.InterfacesToAdd) == 0 && len(s.InterfacesToRemove) == 0 &&
		len(s.Disks) == 0 && len(s.DisksToAdd) == 0 && len(s.DisksToRemove) == 0
}

// editedVM is the VM whose configuration is to differ.
type editedVM struct {
	id string
	// devices are the VM's devices where they were read before; nil: they are read.
	devices []types.BaseVirtualDevice
	// copied says that the edits are of another VM's copies of these devices: the VM is the source of a clone.
	copied bool
	// key is the key of the VM after the change, nil where it is not encrypted. Only disks that are to be encrypted need it.
	key *types.CryptoKeyId
}

// configSpec returns the specification as vim25 takes it, for CloneVM_Task and ReconfigVM_Task. Devices may take a read of the VM and of
// the networks that are named. A device that the VM does not have is an error of kind InvalidArgument with its key.
func (c *Client) configSpec(
	ctx context.Context, what httpapi.Call, of editedVM, spec ReconfigureSpec,
) (*types.VirtualMachineConfigSpec, error) {
	config := &types.VirtualMachineConfigSpec{ExtraConfig: optionValues(spec.ExtraConfig), VmProfile: profiles(spec.StoragePolicyID)}
	spec.CPU.put(config)
	spec.Memory.put(config)
	if spec.Annotation != nil {
		config.Annotation = *spec.Annotation
	}
	var err error
	config.DeviceChange, err = c.deviceChanges(ctx, what, of, spec)

	return config, err
}
