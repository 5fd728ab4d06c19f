package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// tpmPolicyAPI is the version from which on a clone says what becomes of the source's vTPM.
const tpmPolicyAPI = "8.0.0.1"

// newTPM returns a virtual TPM with secrets of its own, which its endorsement key stands for.
func newTPM() *types.VirtualTPM {
	return &types.VirtualTPM{
		VirtualDevice: described("Virtual TPM", nil), EndorsementKeyCertificate: [][]byte{[]byte(newUUID())},
	}
}

// checkTPMPolicy refuses an unknown policy, and any where the server is too old.
func (s *cloner) checkTPMPolicy(plan clonePlan) *problem {
	policy := types.VirtualMachineCloneSpecTpmProvisionPolicy(plan.tpmPolicy)
	switch {
	case policy == "":
		return nil
	case !s.inventory.apiAtLeast(tpmPolicyAPI):
		return invalidArgument("spec.tpmProvisionPolicy", "This version knows no policy for virtual TPMs.")
	case !slices.Contains(policy.Values(), policy):
		return invalidArgument("spec.tpmProvisionPolicy", "There is no policy %q.", policy)
	default:
		return nil
	}
}

// provisionTPM gives the clone's vTPM secrets of its own where the policy says so. Unset, the secrets are copied.
func (p *clonePlan) provisionTPM(tpm *types.VirtualTPM) {
	if types.VirtualMachineCloneSpecTpmProvisionPolicy(p.tpmPolicy) == types.VirtualMachineCloneSpecTpmProvisionPolicyReplace {
		tpm.EndorsementKeyCertificate = newTPM().EndorsementKeyCertificate
	}
}

func hasTPM(devices []types.BaseVirtualDevice) bool { return tpmSecrets(devices) != "" }

// tpmSecrets returns a text that stands for the secrets of the vTPM among devices; empty without one.
func tpmSecrets(devices []types.BaseVirtualDevice) string {
	for _, device := range devices {
		if tpm, ok := device.(*types.VirtualTPM); ok && len(tpm.EndorsementKeyCertificate) > 0 {
			return string(tpm.EndorsementKeyCertificate[0])
		}
	}

	return ""
}

// keyFor returns the key that a VM is encrypted with, nil where it needs none.
func keyFor(devices []types.BaseVirtualDevice) *types.CryptoKeyId {
	if !hasTPM(devices) {
		return nil
	}

	return &types.CryptoKeyId{KeyId: newUUID(), ProviderId: &types.KeyProviderId{Id: "native"}}
}
