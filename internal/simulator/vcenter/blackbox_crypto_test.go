package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxEncryption plays each refusal of a change of the encryption.
func TestBlackBoxEncryption(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.power("poweredOff")
	_, err := methods.RegisterKmsCluster(t.Context(), b.client, &types.RegisterKmsCluster{
		This: *b.client.ServiceContent.CryptoManager, ClusterId: types.KeyProviderId{Id: "native"},
		ManagementType: string(types.KmipClusterInfoKmsManagementTypeNativeProvider),
	})
	if err != nil {
		t.Fatal(err)
	}
	defined := func(id string) []types.BaseVirtualMachineProfileSpec {
		return []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: id}}
	}
	policy, other := defined("4d5f673c-536f-11e6-beb8-9e71128cae77"), defined("aa6d5a82-1c88-45da-85d3-3d74b91a5bad")
	key := func(provider string) types.CryptoKeyId {
		return types.CryptoKeyId{ProviderId: &types.KeyProviderId{Id: provider}}
	}
	encrypt := &types.CryptoSpecEncrypt{CryptoKeyId: key("native")}
	b.refuses([]refusal{
		{"without a policy", configSpec{Crypto: encrypt}, "InvalidArgument", "policy that encrypts"},
		{"by another policy", configSpec{Crypto: encrypt, VmProfile: other}, "InvalidArgument", "policy that encrypts"},
		{"without a provider", configSpec{Crypto: &types.CryptoSpecEncrypt{CryptoKeyId: key("none")}, VmProfile: policy}, "InvalidArgument", "no key provider"},
		{"of what is not encrypted", configSpec{Crypto: &types.CryptoSpecDecrypt{}}, "InvalidState", "not encrypted"},
		{"anew of what is not encrypted", configSpec{Crypto: &types.CryptoSpecShallowRecrypt{NewKeyId: key("native")}}, "InvalidState", "not encrypted"},
	})
	b.mustReconfigure(configSpec{Crypto: encrypt, VmProfile: policy})
	b.refuses([]refusal{
		{"twice", configSpec{Crypto: encrypt}, "InvalidState", "encrypted already"},
		{"by a policy that encrypts", configSpec{Crypto: &types.CryptoSpecDecrypt{}}, "InvalidArgument", "encrypts"},
	})
	location := types.VirtualMachineRelocateSpec{CryptoSpec: encrypt, Profile: policy}
	_, err = b.cloneVM("twice", types.VirtualMachineCloneSpec{Location: location})
	wantExplained(t, err, "InvalidState")
	b.mustReconfigure(configSpec{Crypto: &types.CryptoSpecDecrypt{}, VmProfile: other})
	location.Profile = other
	_, err = b.cloneVM("other", types.VirtualMachineCloneSpec{Location: location})
	wantExplained(t, err, "InvalidArgument")
}
