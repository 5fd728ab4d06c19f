package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// newTPM returns a virtual TPM with new secrets. The simulator models the secrets as the endorsement key.
func newTPM() *types.VirtualTPM {
	return &types.VirtualTPM{
		VirtualDevice: described("Virtual TPM", nil), EndorsementKeyCertificate: [][]byte{[]byte(newUUID())},
	}
}

// checkTPMPolicy refuses an unknown policy.
func (s *cloner) checkTPMPolicy(plan clonePlan) *problem {
	policy := types.VirtualMachineCloneSpecTpmProvisionPolicy(plan.tpmPolicy)
	switch {
	case policy == "":
		return nil
	case !slices.Contains(policy.Values(), policy):
		return invalidArgument("spec.tpmProvisionPolicy", "There is no policy %q.", policy)
	default:
		return nil
	}
}

// provisionTPM gives the clone's vTPM new secrets if the policy is "replace". Otherwise the clone keeps the source's.
func (p *clonePlan) provisionTPM(tpm *types.VirtualTPM) {
	if types.VirtualMachineCloneSpecTpmProvisionPolicy(p.tpmPolicy) == types.VirtualMachineCloneSpecTpmProvisionPolicyReplace {
		tpm.EndorsementKeyCertificate = newTPM().EndorsementKeyCertificate
	}
}

func hasTPM(devices []types.BaseVirtualDevice) bool { return tpmSecrets(devices) != "" }

// tpmSecrets returns a text that identifies the secrets of the vTPM among devices, and an empty text without a vTPM.
func tpmSecrets(devices []types.BaseVirtualDevice) string {
	for _, device := range devices {
		if tpm, ok := device.(*types.VirtualTPM); ok && len(tpm.EndorsementKeyCertificate) > 0 {
			return string(tpm.EndorsementKeyCertificate[0])
		}
	}

	return ""
}

// keyFor returns a new encryption key for a VM with a vTPM among its devices, and nil for any other VM.
func keyFor(devices []types.BaseVirtualDevice) *types.CryptoKeyId {
	if !hasTPM(devices) {
		return nil
	}

	return &types.CryptoKeyId{KeyId: newUUID(), ProviderId: &types.KeyProviderId{Id: "native"}}
}
