package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// The privileges for encryption: EncryptNew on the folder of what is made, the others on the VM.
const (
	privilegeEncryptNew = "Cryptographer.EncryptNew"
	privilegeEncrypt    = "Cryptographer.Encrypt"
	privilegeDecrypt    = "Cryptographer.Decrypt"
	privilegeRecrypt    = "Cryptographer.Recrypt"
	privilegeCryptDisk  = "Cryptographer.AddDisk"
	privilegeCryptMove  = "Cryptographer.Migrate"
)

// cryptoNeeds returns the privileges for a change of the encryption.
func cryptoNeeds(spec types.BaseCryptoSpec) []need {
	switch spec.(type) {
	case *types.CryptoSpecEncrypt:
		return []need{{privilege: privilegeEncrypt}}
	case *types.CryptoSpecDecrypt:
		return []need{{privilege: privilegeDecrypt}}
	case *types.CryptoSpecShallowRecrypt, *types.CryptoSpecDeepRecrypt:
		return []need{{privilege: privilegeRecrypt}}
	default:
		return nil
	}
}

// checkCrypto refuses a change of the encryption that the VM's state, its storage policy or the key provider does not allow.
func (s *reconfigurer) checkCrypto(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	key, named := newKey(spec.Crypto)
	encrypted := vm.Config.KeyId != nil
	switch spec.Crypto.(type) {
	case *types.CryptoSpecEncrypt, *types.CryptoSpecDecrypt, *types.CryptoSpecDeepRecrypt:
		switch {
		case vm.Runtime.PowerState != poweredOff:
			return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
		case vm.Snapshot != nil && vm.Snapshot.CurrentSnapshot != nil:
			return invalidState("A virtual machine with snapshots cannot be encrypted or decrypted.")
		}
	case *types.CryptoSpecShallowRecrypt:
	default:
		return nil
	}
	policy, changed := profileIn(spec.VmProfile)
	if !changed {
		policy = s.profiles.of(vm.Self, home)
	}
	_, encrypts := spec.Crypto.(*types.CryptoSpecEncrypt)
	_, decrypts := spec.Crypto.(*types.CryptoSpecDecrypt)
	switch {
	case encrypts && encrypted:
		return invalidState("The virtual machine is encrypted already.")
	case !encrypts && !encrypted:
		return invalidState("The virtual machine is not encrypted.")
	case decrypts && hasTPM(vm.Config.Hardware.Device):
		return invalidState("A virtual machine with a virtual TPM stays encrypted.")
	case decrypts && encrypting(policy):
		return badArgument("configSpec.vmProfile", "The storage policy %q encrypts.", policy)
	case encrypts && !encrypting(policy):
		return badArgument("configSpec.vmProfile", "Encryption needs a storage policy that encrypts.")
	case named:
		return s.checkKey("configSpec.crypto", key)
	default:
		return nil
	}
}

// newKey returns the key that a change of the encryption brings; false where it brings none.
func newKey(spec types.BaseCryptoSpec) (types.CryptoKeyId, bool) {
	switch x := spec.(type) {
	case *types.CryptoSpecEncrypt:
		return x.CryptoKeyId, true
	case *types.CryptoSpecShallowRecrypt:
		return x.NewKeyId, true
	case *types.CryptoSpecDeepRecrypt:
		return x.NewKeyId, true
	default:
		return types.CryptoKeyId{}, false
	}
}

// checkKey refuses a key of a provider that does not exist, and one that its provider does not have.
func (s *reconfigurer) checkKey(property string, key types.CryptoKeyId) *problem {
	manager := s.inventory.registry.CryptoManager()
	if manager == nil || key.ProviderId == nil {
		return nil
	}
	at := slices.IndexFunc(manager.KmipServers, func(provider types.KmipClusterInfo) bool { return provider.ClusterId == *key.ProviderId })
	if at < 0 {
		return badArgument(property+".providerId", "There is no key provider %q.", key.ProviderId.Id)
	}
	standard := manager.KmipServers[at].ManagementType != string(types.KmipClusterInfoKmsManagementTypeNativeProvider)
	if standard && key.KeyId == "" {
		return badArgument(property+".keyId", "A key of the key provider %q is generated before it is used.", key.ProviderId.Id)
	}

	return nil
}

// checkCrypto refuses an encryption of the clone that its storage policies, its source or the key provider does not allow.
func (s *cloner) checkCrypto(plan clonePlan) *problem {
	if p := s.checkDiskCrypto(plan); p != nil {
		return p
	}
	key, named := newKey(plan.crypto)
	encrypted := plan.from.KeyId != nil
	policy, _ := profileIn(plan.profiles[home])
	_, encrypts := plan.crypto.(*types.CryptoSpecEncrypt)
	switch {
	case !named:
		return nil
	case encrypts && encrypted:
		return invalidState("The source is encrypted already.")
	case !encrypts && !encrypted:
		return invalidState("The source is not encrypted.")
	case encrypts && !encrypting(policy):
		return badArgument("spec.location.profile", "Encryption needs a storage policy that encrypts.")
	default:
		return s.reconfigurer.checkKey("spec.location.cryptoSpec", key)
	}
}

// keyAfter returns the key after a change of the encryption. present is the key before it, nil for none.
func keyAfter(spec types.BaseCryptoSpec, present *types.CryptoKeyId) *types.CryptoKeyId {
	if _, decrypts := spec.(*types.CryptoSpecDecrypt); decrypts {
		return nil
	}
	key, named := newKey(spec)
	if !named {
		return present
	}
	if key.KeyId == "" {
		key.KeyId = newUUID()
	}

	return &key
}
