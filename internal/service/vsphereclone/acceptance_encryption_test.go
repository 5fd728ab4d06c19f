package vsphereclone_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// encryptingPolicy is the id of the storage policy for encryption that every vCenter has.
const encryptingPolicy = "4d5f673c-536f-11e6-beb8-9e71128cae77"

// keyProviders registers a standard key provider, "kms", and a native one, "native".
func (s *suite) keyProviders() {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	manager := *client.ServiceContent.CryptoManager
	_, err := methods.RegisterKmipServer(s.t.Context(), client, &types.RegisterKmipServer{This: manager, Server: types.KmipServerSpec{
		ClusterId: types.KeyProviderId{Id: "kms"}, Info: types.KmipServerInfo{Name: "first", Address: "192.0.2.1"},
	}})
	s.must(err)
	_, err = methods.RegisterKmsCluster(s.t.Context(), client, &types.RegisterKmsCluster{
		This: manager, ClusterId: types.KeyProviderId{Id: "native"},
		ManagementType: string(types.KmipClusterInfoKmsManagementTypeNativeProvider),
	})
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	s.server.ResetRequests()
}

// encryptedBy checks the key provider of the clone and of its disks; empty for none.
func (s *suite) encryptedBy(provider string) func(vcenter.VM) error {
	of := func(key *types.CryptoKeyId) string {
		if key == nil || key.ProviderId == nil {
			return ""
		}

		return key.ProviderId.Id
	}

	return func(vm vcenter.VM) error {
		config := s.configOf(vm.ID)
		all := []error{acctest.Same("key provider", of(config.KeyId), provider)}
		if provider != "" {
			all = append(all, acctest.Same("has a key", config.KeyId.KeyId != "", true))
		}
		for _, device := range config.Hardware.Device {
			if disk, ok := device.(*types.VirtualDisk); ok {
				backing, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
				all = append(all, acctest.Same(fmt.Sprint("key provider of ", disk.Key), of(backing.KeyId), provider))
			}
		}

		return errors.Join(all...)
	}
}

func encryptedWith(provider string) []string {
	return []string{fmt.Sprintf("encryption = { key_provider_id = %q }", provider), fmt.Sprintf("storage_policy_id = %q", encryptingPolicy)}
}

// A clone is encrypted by the one task that makes it, gets the key of another provider while it runs, and is decrypted. A key that another
// client has changed is drift.
func TestAccVSphereClone_encryption(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	s.keyProviders()
	running := append(encryptedWith("native"), `power_on = true`)
	drifted := s.applied(plancheck.ResourceActionUpdate, s.clone(running...), "web", s.encryptedBy("native"))
	drifted.PreConfig = func() {
		s.reconfigure("web", types.VirtualMachineConfigSpec{Crypto: &types.CryptoSpecShallowRecrypt{
			NewKeyId: types.CryptoKeyId{KeyId: "other", ProviderId: &types.KeyProviderId{Id: "kms"}},
		}})
	}
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, s.clone(encryptedWith("kms")...), "web", s.encryptedBy("kms")),
			s.requested(map[string]int{"CloneVM_Task": 1, "ReconfigVM_Task": 0, "GenerateKey": 1})),
		s.applied(plancheck.ResourceActionUpdate, s.clone(running...), "web", s.encryptedBy("native")),
		drifted,
		resource.TestStep{
			ResourceName: web, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"encryption.%", "encryption.key_provider_id", "storage_policy_id"},
		},
		resource.TestStep{Config: s.clone(`power_on = true`), ExpectError: acctest.Says(`VM "web" must be off for this`)},
		s.applied(plancheck.ResourceActionUpdate, s.clone(`power_on = false`), "web", s.encryptedBy("")),
		s.applied(plancheck.ResourceActionUpdate, s.clone(encryptedWith("kms")...), "web", s.encryptedBy("kms")),
		resource.TestStep{
			Config:            s.clone(encryptedWith("kms")...) + "\ndata \"vmfork_vsphere_virtual_machine\" \"web\" {\n  id = " + web + ".id\n}\n",
			ConfigStateChecks: acctest.StateIs("data.vmfork_vsphere_virtual_machine.web", "encryption.key_provider_id", "kms"),
		},
	)
}

// What is not set is left to others.
func TestAccVSphereClone_encryptionUnset(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	s.keyProviders()
	step := s.applied(plancheck.ResourceActionNoop, s.clone(), "web", s.encryptedBy("native"))
	step.PreConfig = func() {
		s.reconfigure("web", types.VirtualMachineConfigSpec{
			Crypto:    &types.CryptoSpecEncrypt{CryptoKeyId: types.CryptoKeyId{ProviderId: &types.KeyProviderId{Id: "native"}}},
			VmProfile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: encryptingPolicy}},
		})
	}
	s.run(s.applied(plancheck.ResourceActionCreate, s.clone(), "web", s.encryptedBy("")), step)
}

// Mistakes are errors of the plan, on the argument.
func TestAccVSphereClone_encryptionRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	s.keyProviders()
	gold, _ := s.policies()
	refused := func(words string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), ExpectError: acctest.Says(words)}
	}
	const native = `encryption = { key_provider_id = "native" }`
	s.server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool",
		"Datastore.AllocateSpace", "VirtualMachine.Config.AdvancedConfig", "StorageProfile.View", "Global.Settings")
	as := strings.NewReplacer(s.server.Username(), "ci", s.server.Password(), "secret")
	denied := refused("Cryptographer.EncryptNew on "+s.folder, encryptedWith("native")...)
	denied.Config = as.Replace(denied.Config)
	s.run(
		refused(`needs a storage policy that encrypts`, native),
		refused(`Empty text`, encryptedWith("")...),
		refused(`There is no key provider "none"`, encryptedWith("none")...),
		refused(`does not encrypt`, native, fmt.Sprintf("storage_policy_id = %q", gold)),
		denied,
		s.applied(plancheck.ResourceActionCreate, s.clone(encryptedWith("native")...), "web", s.encryptedBy("native")),
		refused(fmt.Sprintf("The storage policy %q encrypts", encryptingPolicy), fmt.Sprintf("storage_policy_id = %q", encryptingPolicy)),
	)
}
