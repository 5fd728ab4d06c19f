package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// A disk is encrypted by its own storage policy, with the key of its VM unless its crypto specification brings another. A disk that names no
// policy is not, unless the request encrypts the whole VM. A VM that is not encrypted has no encrypted disks.

// checkDisk refuses a disk whose crypto specification disagrees with its storage policy, and an encrypted disk of a VM that is not encrypted.
func (s *reconfigurer) checkDisk(
	at string, crypto types.BaseCryptoSpec, profile []types.BaseVirtualMachineProfileSpec, encrypted bool,
) *problem {
	key, named := newKey(crypto)
	policy, _ := profileIn(profile)
	switch {
	case named && !encrypting(policy):
		return badArgument(at+".profile", "An encrypted disk needs a storage policy that encrypts.")
	case encrypting(policy) && !encrypted:
		return invalidState("The virtual machine is not encrypted, and takes no encrypted disks.")
	case named:
		return s.checkKey(at+".backing.crypto", key)
	default:
		return nil
	}
}

// addedCrypto is [reconfigurer.checkDisk] for a disk that a change adds.
func (w *deviceWalk) addedCrypto(change *types.VirtualDeviceConfigSpec) *problem {
	return w.checkDisk(fmt.Sprintf("configSpec.deviceChange[%d]", w.index), backingCrypto(change), change.Profile, w.encrypted)
}

func backingCrypto(change *types.VirtualDeviceConfigSpec) types.BaseCryptoSpec {
	if change.Backing == nil {
		return nil
	}

	return change.Backing.Crypto
}

// encryptedAfter reports whether a VM is encrypted after a change of its encryption. present is the key before it, nil for none.
func encryptedAfter(spec types.BaseCryptoSpec, present *types.CryptoKeyId) bool {
	return keyAfter(spec, present) != nil
}

// addsToEncrypted returns the privilege for adding a disk to an encrypted VM.
func addsToEncrypted(changes []types.BaseVirtualDeviceConfigSpec) []need {
	for _, base := range changes {
		change := base.GetVirtualDeviceConfigSpec()
		if _, ok := change.Device.(*types.VirtualDisk); ok && change.Operation == types.VirtualDeviceConfigSpecOperationAdd {
			return []need{{privilege: privilegeCryptDisk}}
		}
	}

	return nil
}

// encryptDisks gives each disk of a VM the key that keyOf returns.
func (s *reconfigurer) encryptDisks(
	ctx *simulator.Context, vm *simulator.VirtualMachine, keyOf func(disk *types.VirtualDisk) *types.CryptoKeyId,
) *problem {
	devices, p := copyDevices(vm.Config.Hardware.Device)
	if p != nil {
		return p
	}
	for _, device := range devices {
		if disk, ok := device.(*types.VirtualDisk); ok && topLink(disk) != nil {
			topLink(disk).KeyId = keyOf(disk)
		}
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})

	return nil
}

// encryptChanged gives the disks of a VM their keys after a change: all of them where it changes the VM's encryption, else those that it adds.
func (s *reconfigurer) encryptChanged(
	ctx *simulator.Context, vm *simulator.VirtualMachine, spec types.BaseCryptoSpec, prepared []types.BaseVirtualDeviceConfigSpec,
) *problem {
	added := map[int32]*types.VirtualDeviceConfigSpec{}
	for _, base := range prepared {
		change := base.GetVirtualDeviceConfigSpec()
		if disk, ok := change.Device.(*types.VirtualDisk); ok && change.Operation == types.VirtualDeviceConfigSpecOperationAdd {
			added[disk.Key] = change
		}
	}
	_, kept := spec.(*types.CryptoSpecNoOp)
	_, encrypts := spec.(*types.CryptoSpecEncrypt)
	whole := spec != nil && !kept
	if !whole && len(added) == 0 {
		return nil
	}

	return s.encryptDisks(ctx, vm, func(disk *types.VirtualDisk) *types.CryptoKeyId {
		inherited := topLink(disk).KeyId
		if whole && (inherited != nil || encrypts) { // another key is for what has one
			inherited = vm.Config.KeyId
		}
		change, isNew := added[disk.Key]
		if !isNew {
			return inherited
		}
		if !encrypts {
			inherited = nil
		}

		return keyOfDisk(backingCrypto(change), change.Profile, inherited, vm.Config.KeyId)
	})
}

// keyOfDisk returns the key of a disk by its crypto specification, else by its storage policy, which gives it the VM's key or none. A disk that
// names neither keeps what it has.
func keyOfDisk(crypto types.BaseCryptoSpec, profile []types.BaseVirtualMachineProfileSpec, has, ofVM *types.CryptoKeyId) *types.CryptoKeyId {
	policy, byPolicy := profileIn(profile)
	switch {
	case crypto != nil:
		return keyAfter(crypto, has)
	case !byPolicy:
		return has
	case encrypting(policy):
		return ofVM
	default:
		return nil
	}
}

// checkDiskCrypto is [reconfigurer.checkDisk] for the disks that a clone gets of its source.
func (s *cloner) checkDiskCrypto(plan clonePlan) *problem {
	encrypted := encryptedAfter(plan.crypto, plan.from.KeyId)
	for _, disk := range disksIn(plan.from) {
		at := fmt.Sprintf("spec.location.disk[%d]", disk.Key)
		if p := s.reconfigurer.checkDisk(at, plan.diskCrypto[disk.Key], plan.profiles[disk.Key], encrypted); p != nil {
			return p
		}
	}

	return nil
}

// encrypt gives a clone its keys: those of the source, unless the request says otherwise.
func (s *cloner) encrypt(ctx *simulator.Context, plan clonePlan, clone *simulator.VirtualMachine) *problem {
	key := keyAfter(plan.crypto, plan.from.KeyId)
	if key == nil {
		return nil
	}
	s.inventory.registry.AtomicUpdate(ctx, clone, []types.PropertyChange{{Name: "config.keyId", Val: key}})
	former := map[int32]*types.CryptoKeyId{}
	for _, disk := range disksIn(plan.from) {
		if link := topLink(disk); link != nil {
			former[disk.Key] = link.KeyId
		}
	}

	return s.reconfigurer.encryptDisks(ctx, clone, func(disk *types.VirtualDisk) *types.CryptoKeyId {
		return keyOfDisk(plan.diskCrypto[disk.Key], plan.profiles[disk.Key], former[disk.Key], key)
	})
}
