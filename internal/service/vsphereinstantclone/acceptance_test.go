package vsphereinstantclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestAccVSphereInstantClone_basic(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			step := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", func(vm vcenter.VM) error {
				return errors.Join(
					acctest.Same("folder", vm.FolderID, s.folder), acctest.Same("power state", vm.PowerState, "poweredOn"), acctest.Same("host", vm.HostID, s.golden.HostID),
					acctest.Same("pool", vm.ResourcePoolID, s.golden.ResourcePoolID), acctest.Same("datastore", vm.DatastoreID, s.golden.DatastoreID),
				)
			})
			step.ConfigStateChecks = append(stateIs("name", "runner", "power_state", "poweredOn", "placement.folder_id", s.folder,
				"placement.resource_pool_id", s.golden.ResourcePoolID, "placement.datastore_id", s.datastore, "host_id", s.golden.HostID,
				"network_interfaces.4000.network_id", s.network, "network_interfaces.4000.label", s.nicLabel),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile(`^vm-\d+$`))),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("power_on"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("source_frozen"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("pending_task_id"), knownvalue.Null()),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("extra_config"), knownvalue.Null()),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("disks").AtMapKey("2000").AtMapKey("label"), knownvalue.NotNull()),
			)
			s.run(step)
		})
	}
}

func TestAccVSphereInstantClone_everyArgument(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			s.change(s.golden.Name, vcenter.Change{AttachDevice: new("file-serial-port")})
			s.change(s.golden.Name, vcenter.Change{AttachDevice: new("file-parallel-port")})
			serial, parallel := s.ports()
			all := s.fork(
				acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child, "datastore_id", s.datastore1),
				fmt.Sprintf(`network_interfaces = { %q = { network_id = %q, mac_address = "00:50:56:AB:CD:01", connected = false, start_connected = false } }`,
					s.nicLabel, s.network),
				fmt.Sprintf(`serial_ports = { %q = "[LocalDS_1] runner-serial.log" }`, serial),
				fmt.Sprintf(`parallel_ports = { %q = "[LocalDS_1] runner-parallel.log" }`, parallel),
				`extra_config = { "guestinfo.name" = "runner", "guestinfo.role" = "ci" }`,
				`bios_uuid = "5021C4A8-1c84-4f5c-9d6d-8c9a9a8bdbd1"`,
				`power_on = true`,
				`wait_for_guest_ip = "2m"`,
				`shutdown_timeout = "1m"`,
				`timeouts = { create = "10m", read = "1m", update = "10m", delete = "10m" }`,
			)
			step := s.applied(plancheck.ResourceActionCreate, all, "runner", func(vm vcenter.VM) error {
				nic := s.ethernet("runner")

				return errors.Join(
					acctest.Same("folder", vm.FolderID, s.prod), acctest.Same("pool", vm.ResourcePoolID, s.child), acctest.Same("datastore", vm.DatastoreID, s.datastore1),
					acctest.Same("guestinfo.name", vm.ExtraConfig["guestinfo.name"], "runner"), acctest.Same("guestinfo.role", vm.ExtraConfig["guestinfo.role"], "ci"),
					acctest.Same("BIOS UUID", vm.BIOSUUID, "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1"), acctest.Same("connected", nic.Connectable.Connected, false),
					acctest.Same("start connected", nic.Connectable.StartConnected, false),
					acctest.Same("files", fmt.Sprint(s.portFiles("runner")), "[[LocalDS_1] runner-parallel.log [LocalDS_1] runner-serial.log]"),
				)
			})
			step.ConfigStateChecks = append(
				stateIs("bios_uuid", "5021C4A8-1c84-4f5c-9d6d-8c9a9a8bdbd1"),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("guest_ip_addresses").AtSliceIndex(0), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(runner, tfjsonpath.New("network_interfaces"), knownvalue.MapSizeExact(1)),
			)
			s.run(step)
		})
	}
}

func TestAccVSphereInstantClone_update(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			id := statecheck.CompareValue(acctest.Unchanged{})
			update := func(config, name string, check func(vm vcenter.VM) error) resource.TestStep {
				step := s.applied(plancheck.ResourceActionUpdate, config, name, check)
				step.ConfigStateChecks = []statecheck.StateCheck{id.AddStateValue(runner, tfjsonpath.New("id"))}

				return step
			}
			first := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil)
			first.ConfigStateChecks = []statecheck.StateCheck{id.AddStateValue(runner, tfjsonpath.New("id"))}
			nic := func(arguments string) string {
				return fmt.Sprintf(`network_interfaces = { "4000" = { %s } }`, arguments)
			}
			s.run(
				first,
				update(s.fork(`name = "runner/3"`), "runner/3", nil),
				update(s.fork(acctest.Placement("folder_id", s.prod)), "runner", func(vm vcenter.VM) error { return acctest.Same("folder", vm.FolderID, s.prod) }),
				update(s.fork(acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child)), "runner", func(vm vcenter.VM) error {
					return acctest.Same("pool", vm.ResourcePoolID, s.child)
				}),
				update(s.fork(acctest.Placement("datastore_id", s.datastore1)), "runner", func(vm vcenter.VM) error {
					return errors.Join(acctest.Same("datastore", vm.DatastoreID, s.datastore1), acctest.Same("folder", vm.FolderID, s.prod))
				}),
				update(s.fork(`extra_config = { "guestinfo.a" = "1", "guestinfo.b" = "2" }`), "runner", func(vm vcenter.VM) error {
					return errors.Join(acctest.Same("a", vm.ExtraConfig["guestinfo.a"], "1"), acctest.Same("b", vm.ExtraConfig["guestinfo.b"], "2"))
				}),
				update(s.fork(`extra_config = { "guestinfo.a" = "3" }`), "runner", func(vm vcenter.VM) error {
					_, there := vm.ExtraConfig["guestinfo.b"]

					return errors.Join(acctest.Same("a", vm.ExtraConfig["guestinfo.a"], "3"), acctest.Same("b", there, false))
				}),
				update(s.fork(), "runner", func(vm vcenter.VM) error {
					_, there := vm.ExtraConfig["guestinfo.a"]

					return acctest.Same("a", there, false)
				}),
				update(s.fork(nic(fmt.Sprintf("network_id = %q", s.group))), "runner", func(vcenter.VM) error {
					_, distributed := s.ethernet("runner").Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)

					return acctest.Same("on the port group", distributed, true)
				}),
				update(s.fork(nic(`connected = false`)), "runner", func(vcenter.VM) error {
					return acctest.Same("connected", s.ethernet("runner").Connectable.Connected, false)
				}),
				update(s.fork(nic(`connected = true, start_connected = false`)), "runner", func(vcenter.VM) error {
					connection := s.ethernet("runner").Connectable

					return errors.Join(acctest.Same("connected", connection.Connected, true), acctest.Same("start connected", connection.StartConnected, false))
				}),
				update(s.fork(fmt.Sprintf(`network_interfaces = { %q = { start_connected = true } }`, s.nicLabel)), "runner", func(vcenter.VM) error {
					return acctest.Same("start connected", s.ethernet("runner").Connectable.StartConnected, true)
				}),
				update(s.fork(`power_on = false`, `shutdown_timeout = "30s"`), "runner", func(vm vcenter.VM) error {
					return acctest.Same("power", vm.PowerState, "poweredOff")
				}),
				update(s.fork(`power_on = false`, nic(`mac_address = "00:50:56:00:00:99"`)), "runner", func(vcenter.VM) error {
					return acctest.Same("MAC address", s.ethernet("runner").MacAddress, "00:50:56:00:00:99")
				}),
				update(s.fork(`power_on = true`, `wait_for_guest_ip = "1m"`), "runner", func(vm vcenter.VM) error {
					return acctest.Same("power", vm.PowerState, "poweredOn")
				}),
				update(s.fork(`power_on = true`, `timeouts = { delete = "5m" }`), "runner", nil),
				update(s.fork(`name = "runner-2"`, `power_on = false`, `extra_config = { "guestinfo.a" = "1" }`, nic("connected = true, start_connected = true"),
					acctest.Placement("folder_id", s.folder, "resource_pool_id", s.pool, "datastore_id", s.datastore)),
					"runner-2", func(vm vcenter.VM) error {
						return errors.Join(acctest.Same("folder", vm.FolderID, s.folder), acctest.Same("pool", vm.ResourcePoolID, s.pool),
							acctest.Same("datastore", vm.DatastoreID, s.datastore), acctest.Same("power", vm.PowerState, "poweredOff"))
					}),
			)
		})
	}
}

func TestAccVSphereInstantClone_replace(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			s.change(s.golden.Name, vcenter.Change{AttachDevice: new("file-serial-port")})
			serial, _ := s.ports()
			other := s.vm("DC0_C0_RP0_VM1")
			s.change(other.Name, vcenter.Change{InstantCloneFrozen: new(true)})
			replaced := func(config string, check func(vm vcenter.VM) error) resource.TestStep {
				return s.applied(plancheck.ResourceActionDestroyBeforeCreate, config, "runner", check)
			}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
				replaced(s.fork(`bios_uuid = "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1"`), func(vm vcenter.VM) error {
					return acctest.Same("BIOS UUID", vm.BIOSUUID, "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1")
				}),
				replaced(s.fork(fmt.Sprintf(`serial_ports = { %q = "[LocalDS_0] mine.log" }`, serial)), nil),
				replaced(s.fork(fmt.Sprintf("source_vm_id = %q", other.ID)), nil),
			)
		})
	}
}

// Write-only settings need a CLI that knows them; they are in the VM and nowhere else.
func TestAccVSphereInstantClone_writeOnly(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			secret := func(token, version string) string {
				return s.fork(fmt.Sprintf(`extra_config_wo = { "guestinfo.token" = %q }`, token), "extra_config_wo_version = "+version)
			}
			has := func(token string) func(vm vcenter.VM) error {
				return func(vm vcenter.VM) error { return acctest.Same("token", vm.ExtraConfig["guestinfo.token"], token) }
			}
			hidden := statecheck.ExpectKnownValue(runner, tfjsonpath.New("extra_config_wo"), knownvalue.Null())
			first := s.applied(plancheck.ResourceActionCreate, secret("one", "1"), "runner", has("one"))
			first.ConfigStateChecks = []statecheck.StateCheck{hidden}
			unseen := s.applied(plancheck.ResourceActionNoop, secret("two", "1"), "runner", has("one"))
			rotated := s.applied(plancheck.ResourceActionUpdate, secret("two", "2"), "runner", has("two"))
			rotated.ConfigStateChecks = []statecheck.StateCheck{hidden}
			removed := s.applied(plancheck.ResourceActionUpdate, secret("", "3"), "runner", has(""))
			resource.Test(t, resource.TestCase{
				TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
				ProtoV6ProviderFactories: acctest.Factories(t),
				Steps:                    []resource.TestStep{first, unseen, rotated, removed},
			})
		})
	}
}

func TestAccVSphereInstantClone_import(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			configured := s.fork(acctest.Placement("folder_id", s.prod, "datastore_id", s.datastore1))
			s.run(
				s.applied(plancheck.ResourceActionCreate, configured, "runner", nil),
				resource.TestStep{ResourceName: runner, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"guest_ip_addresses"}},
				resource.TestStep{ResourceName: runner, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"guest_ip_addresses"}, ImportStateId: "/DC0/vm/prod/runner"},
				resource.TestStep{ResourceName: runner, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
				resource.TestStep{
					ResourceName: runner, ImportState: true, ImportStateId: "vm-999999",
					ExpectError: acctest.Says(`No virtual machine has the id "vm-999999"`),
				},
			)
		})
	}
}

// A CLI from 1.12 on imports by identity.
func TestAccVSphereInstantClone_importByIdentity(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
			{ResourceName: runner, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}
