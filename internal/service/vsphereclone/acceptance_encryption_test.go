package vsphereclone_test

import (
	"errors"
	"fmt"
	"strconv"
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

// encryptedBy checks the key provider of the clone and of its disks; empty for none. Disks of others, by key, have another one.
func (s *suite) encryptedBy(provider string, others ...map[string]string) func(vcenter.VM) error {
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
				want := provider
				for _, other := range others {
					if id, has := other[strconv.Itoa(int(disk.Key))]; has {
						want = id
					}
				}
				all = append(all, acctest.Same(fmt.Sprint("key provider of ", disk.Key), of(backing.KeyId), want))
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

// A disk that is added to an encrypted machine is encrypted with the machine's key, at creation and in place, unless a storage policy of its own
// says otherwise. So is each disk that Storage DRS places.
func TestAccVSphereClone_encryptionDisks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.keyProviders()
	gold, _ := s.policies()
	pod := inCluster(s.datastoreCluster("pod", s.datastore1, true))
	with := func(provider string, disks ...string) string {
		disks = append(disks, `plain = { capacity_gib = 1, storage_policy_id = "`+gold+`" }`)
		source := `disks_to_update = { "2001" = { storage_policy_id = "` + gold + `" } }`

		return s.clone(append(encryptedWith(provider), pod, source, "disks_to_add = { "+strings.Join(disks, ", ")+" }")...)
	}
	const data, more, last = `data = { capacity_gib = 1 }`, `more = { capacity_gib = 1 }`, `last = { capacity_gib = 1 }`
	plain := map[string]string{"2001": "", "2003": ""} // data, plain: in the order of the names
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, with("kms", data), "web", s.encryptedBy("kms", plain)),
			s.requested(map[string]int{applyMethod: 1, "ReconfigVM_Task": 0, "GenerateKey": 1})),
		and(s.applied(plancheck.ResourceActionUpdate, with("kms", data, more), "web", s.encryptedBy("kms", plain)),
			s.requested(map[string]int{"ReconfigVM_Task": 1, "GenerateKey": 0})),
		and(s.applied(plancheck.ResourceActionUpdate, with("native", data, more, last), "web", s.encryptedBy("native", plain)),
			s.requested(map[string]int{"ReconfigVM_Task": 1})),
	)
}

// The clone of an encrypted source has its keys or another's, and disks that are added get the same.
func TestAccVSphereClone_encryptionSource(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	s.keyProviders()
	s.encrypt("golden", "native")
	const data = `disks_to_add = { data = { capacity_gib = 1 } }`
	for _, provider := range []string{"native", "kms"} {
		t.Run(provider, func(*testing.T) {
			s.run(s.applied(plancheck.ResourceActionCreate, s.clone(append(encryptedWith(provider), data)...), "web", s.encryptedBy(provider)))
		})
	}
}

// encrypt encrypts a VM, which is switched off for it, with a key of the provider.
func (s *suite) encrypt(name, provider string) {
	s.t.Helper()
	s.must(s.server.ChangeVM(s.vm(name).ID, vcenter.Change{PowerState: new("poweredOff")}))
	s.reconfigure(name, types.VirtualMachineConfigSpec{
		Crypto:    &types.CryptoSpecEncrypt{CryptoKeyId: types.CryptoKeyId{ProviderId: &types.KeyProviderId{Id: provider}}},
		VmProfile: []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: encryptingPolicy}},
	})
}

// Adding a disk to an encrypted machine, and moving it, takes privileges more, which the plan names: of a machine that is managed as encrypted, and of another.
func TestAccVSphereClone_encryptionPrivileges(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{"managed": encryptedWith("native"), "unmanaged": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.keyProviders()
			s.encrypt("golden", "native")
			s.server.AddUser("ci", "secret", "VirtualMachine.Config.AddNewDisk", "Datastore.AllocateSpace", "StorageProfile.View",
				"Resource.ColdMigrate", "VirtualMachine.Config.AdvancedConfig", "Global.Settings", "VirtualMachine.Config.Annotation")
			as := strings.NewReplacer(s.server.Username(), "ci", s.server.Password(), "secret")
			denied := func(words string, more ...string) resource.TestStep {
				return resource.TestStep{
					Config: as.Replace(s.clone(append(more, arguments...)...)), PlanOnly: true, ExpectError: acctest.Says(words),
				}
			}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.clone(arguments...), "web", s.encryptedBy("native")),
				denied("Cryptographer.AddDisk on ", `disks_to_add = { data = { capacity_gib = 1 } }`),
				denied("Cryptographer.Migrate on ", acctest.Placement("datastore_id", s.datastore1)),
				s.applied(plancheck.ResourceActionNoop, s.clone(arguments...), "web", s.encryptedBy("native")),
			)
		})
	}
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
	granted := []string{
		"VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool", "Datastore.AllocateSpace",
		"VirtualMachine.Config.AdvancedConfig", "StorageProfile.View", "Global.Settings",
	}
	s.server.AddUser("ci", "secret", granted...)
	s.server.AddUser("encrypter", "secret", append(granted, "Cryptographer.EncryptNew")...) // vCenter names one privilege at a time
	as := func(user string, step resource.TestStep) resource.TestStep {
		step.Config = strings.NewReplacer(s.server.Username(), user, s.server.Password(), "secret").Replace(step.Config)

		return step
	}
	denied := as("ci", refused("Cryptographer.EncryptNew on "+s.folder, encryptedWith("native")...))
	unencrypted := fmt.Sprintf("The storage policy %q encrypts, and the machine is not encrypted", encryptingPolicy)
	secret := fmt.Sprintf("disks_to_add = { data = { capacity_gib = 1, storage_policy_id = %q } }", encryptingPolicy)
	system := fmt.Sprintf(`disks_to_update = { "2000" = { storage_policy_id = %q } }`, encryptingPolicy)
	disk := as("encrypter", refused("Cryptographer.AddDisk on "+s.folder, append(encryptedWith("native"), `disks_to_add = { data = { capacity_gib = 1 } }`)...))
	s.run(
		refused(`needs a storage policy that encrypts`, native),
		refused(`Empty text`, encryptedWith("")...),
		refused(`There is no key provider "none"`, encryptedWith("none")...),
		refused(`does not encrypt`, native, fmt.Sprintf("storage_policy_id = %q", gold)),
		denied, disk,
		refused(unencrypted, secret), refused(unencrypted, system),
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", s.encryptedBy("")),
		refused(unencrypted, secret), refused(unencrypted, system),
		resource.TestStep{Config: acctest.ProviderConfig(s.server), Check: acctest.CheckNoVM(s.server, "web")},
		s.applied(plancheck.ResourceActionCreate, s.clone(encryptedWith("native")...), "web", s.encryptedBy("native")),
		refused(fmt.Sprintf("The storage policy %q encrypts", encryptingPolicy), fmt.Sprintf("storage_policy_id = %q", encryptingPolicy)),
	)
}
