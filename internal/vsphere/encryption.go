package vsphere

import (
	"context"
	"slices"

	pbmmethods "github.com/vmware/govmomi/pbm/methods"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const keyIDPath = "config.keyId"

// The privileges for encryption: the first on the folder of what is made, the others on the VM.
const (
	privilegeEncryptNew     = "Cryptographer.EncryptNew"
	privilegeEncrypt        = "Cryptographer.Encrypt"
	privilegeDecrypt        = "Cryptographer.Decrypt"
	privilegeRecrypt        = "Cryptographer.Recrypt"
	privilegeCloneEncrypted = "Cryptographer.Clone"
	privilegeAddToEncrypted = "Cryptographer.AddDisk"
	privilegeMoveEncrypted  = "Cryptographer.Migrate"
)

// EncryptionEdit is a change of a VM's encryption, which its disks inherit.
type EncryptionEdit struct {
	From string // the key provider so far; empty: none. It tells which privilege is needed
	To   string // the key provider; empty: the VM is decrypted
}

// privilege returns what the edit needs on the VM.
func (e EncryptionEdit) privilege() string {
	switch {
	case e.To == "":
		return privilegeDecrypt
	case e.From == "":
		return privilegeEncrypt
	default:
		return privilegeRecrypt
	}
}

// addKey adds what the VM's key tells.
func (vm *VirtualMachine) addKey(p conn.Properties) {
	key, encrypted := p.Values[keyIDPath].(types.CryptoKeyId)
	if !encrypted {
		return
	}
	vm.Encrypted, vm.key = true, &key
	if key.ProviderId != nil {
		vm.KeyProviderID = key.ProviderId.Id
	}
}

// StoragePolicyEncrypts reports whether a storage policy encrypts what it belongs to (PbmQueryIOFiltersFromProfileId).
func (c *Client) StoragePolicyEncrypts(ctx context.Context, policyID string) (bool, error) {
	content, err := c.policyContent(ctx)
	if err != nil {
		return false, err
	}
	what := httpapi.Call{Op: "PbmQueryIOFiltersFromProfileId", Object: policyID}
	answer, err := conn.Call(ctx, c.conn.PolicyMethod(what), pbmmethods.PbmQueryIOFiltersFromProfileId,
		&pbmtypes.PbmQueryIOFiltersFromProfileId{
			This: content.ProfileManager, ProfileIds: []pbmtypes.PbmProfileId{{UniqueId: policyID}},
		})
	if err != nil {
		return false, err
	}
	for _, policy := range answer.Returnval {
		for _, filter := range policy.Iofilters {
			if filter.FilterType == string(pbmtypes.PbmIofilterInfoFilterTypeENCRYPTION) {
				return true, nil
			}
		}
	}

	return false, nil
}

// encryption returns the change after which a VM is encrypted with a key of the provider wanted, or decrypted if wanted is empty; nil if it is
// so already. encrypted says whether the VM is encrypted now, and present by which provider, empty where vCenter does not tell.
func (c *Client) encryption(ctx context.Context, what httpapi.Call, encrypted bool, present, wanted string) (types.BaseCryptoSpec, error) {
	switch {
	case wanted == "" && encrypted:
		return &types.CryptoSpecDecrypt{}, nil
	case wanted == "" || encrypted && present == wanted:
		return nil, nil
	}
	key, err := c.newKey(ctx, what, wanted)
	switch {
	case err != nil:
		return nil, err
	case encrypted:
		return &types.CryptoSpecShallowRecrypt{NewKeyId: key}, nil
	default:
		return &types.CryptoSpecEncrypt{CryptoKeyId: key}, nil
	}
}

// newKey returns a new key of the key provider. A standard provider is asked for one (CryptoManagerKmip.GenerateKey). The others make it as
// it is used.
func (c *Client) newKey(ctx context.Context, what httpapi.Call, providerID string) (types.CryptoKeyId, error) {
	key := types.CryptoKeyId{ProviderId: &types.KeyProviderId{Id: providerID}}
	provider, err := c.keyProvider(ctx, providerID)
	switch {
	case err != nil:
		return key, err
	case provider == nil:
		failure := what.Error(apierr.InvalidArgument, "InvalidArgument")
		failure.Arguments, failure.Messages = []string{providerID}, []string{"there is no key provider " + providerID}

		return key, failure
	}
	kind := types.KmipClusterInfoKmsManagementType(provider.ManagementType)
	if kind == types.KmipClusterInfoKmsManagementTypeNativeProvider || kind == types.KmipClusterInfoKmsManagementTypeTrustAuthority {
		return key, nil
	}
	content, err := c.conn.Content(ctx)
	if err != nil {
		return key, err
	}
	generate := httpapi.Call{Op: "GenerateKey", Object: providerID}
	answer, err := conn.Call(ctx, c.conn.Method(generate), methods.GenerateKey,
		&types.GenerateKey{This: *content.CryptoManager, KeyProvider: key.ProviderId})
	if err != nil {
		return key, err
	}
	switch result := answer.Returnval; {
	case result.Success:
		return result.KeyId, nil
	case result.Fault != nil:
		return key, conn.LocalizedError(generate, result.Fault)
	default:
		failure := generate.Error(apierr.Unavailable, "GenerateKey")
		failure.Messages = []string{result.Reason}

		return key, failure
	}
}

// encryptVM returns the change of a VM's encryption that the specification asks for, nil for none, and the key that the VM has after it. It reads
// the VM where either is needed.
func (c *Client) encryptVM(
	ctx context.Context, what httpapi.Call, id string, spec ReconfigureSpec,
) (types.BaseCryptoSpec, *types.CryptoKeyId, error) {
	disks := slices.ContainsFunc(spec.DisksToAdd, func(disk NewDisk) bool { return disk.Encrypted })
	if spec.Encryption == nil && !disks {
		return nil, nil, nil
	}
	found, err := c.VirtualMachine(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if spec.Encryption == nil {
		return nil, found.key, nil
	}
	crypto, err := c.encryption(ctx, what, found.Encrypted, found.KeyProviderID, spec.Encryption.To)

	return crypto, keyAfter(crypto, found.key), err
}

// encryptClone adds the encryption of a clone to location, and returns the key that the clone has; nil where it is not encrypted. What is
// encrypted are the configuration files, and every disk that location names, unless a storage policy of its own says whether. The source may be
// encrypted already.
func (c *Client) encryptClone(
	ctx context.Context, what httpapi.Call, spec CloneSpec, location *types.VirtualMachineRelocateSpec,
) (*types.CryptoKeyId, error) {
	if spec.KeyProviderID == "" {
		return spec.Source.key, nil
	}
	crypto, err := c.encryption(ctx, what, spec.Source.Encrypted, spec.Source.KeyProviderID, spec.KeyProviderID)
	if err != nil || crypto == nil {
		return spec.Source.key, err
	}
	location.CryptoSpec = crypto
	for i := range location.Disk {
		if disk := &location.Disk[i]; len(disk.Profile) == 0 {
			disk.Profile = location.Profile
			disk.Backing = &types.VirtualMachineRelocateSpecDiskLocatorBackingSpec{Crypto: crypto}
		}
	}

	return keyAfter(crypto, spec.Source.key), nil
}

// keyAfter returns the key of a VM after a change of its encryption. present is the key before it, nil for none.
func keyAfter(crypto types.BaseCryptoSpec, present *types.CryptoKeyId) *types.CryptoKeyId {
	switch change := crypto.(type) {
	case *types.CryptoSpecEncrypt:
		return &change.CryptoKeyId
	case *types.CryptoSpecShallowRecrypt:
		return &change.NewKeyId
	case *types.CryptoSpecDecrypt:
		return nil
	default:
		return present
	}
}
