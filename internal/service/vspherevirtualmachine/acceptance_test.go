package vspherevirtualmachine_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const golden = "data.vmfork_vsphere_virtual_machine.golden"

// TestAccVSphereVirtualMachine_everySelector finds one VM in four ways with one configuration.
func TestAccVSphereVirtualMachine_everySelector(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	if err := server.ChangeVM(mustVM(t, server, "golden-template").ID, vcenter.Change{AttachDevice: new("tpm")}); err != nil {
		t.Fatal(err)
	}
	vm := mustVM(t, server, "golden-template")
	config := acctest.ProviderConfig(server)
	var checks []statecheck.StateCheck
	for selector, value := range map[string]string{"id": vm.ID, "path": vm.Path, "instance_uuid": vm.InstanceUUID, "name": vm.Name} {
		config += dataSource("by_"+selector, selector, value)
		checks = append(checks, sameAs("data.vmfork_vsphere_virtual_machine.by_"+selector, vm)...)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// sameAs compares the data source with the simulator's inventory.
func sameAs(address string, vm vcenter.VM) []statecheck.StateCheck {
	disks := make(map[string]knownvalue.Check, len(vm.Disks))
	for key, disk := range vm.Disks {
		disks[key] = knownvalue.ObjectExact(map[string]knownvalue.Check{
			"label":          knownvalue.StringExact(disk.Label),
			"capacity_bytes": knownvalue.Int64Exact(disk.CapacityBytes),
			"datastore_id":   knownvalue.StringExact(disk.DatastoreID),
			"provisioning":   knownvalue.StringRegexp(regexp.MustCompile(`^(?:thin|thick|eager_zeroed)$`)),
			"mode":           knownvalue.StringExact("persistent"),
			"controller":     knownvalue.StringRegexp(regexp.MustCompile(`^(?:scsi|ide)0$`)),
			"unit_number":    knownvalue.NotNull(),
			"uuid":           knownvalue.NotNull(),
			"parent":         knownvalue.Null(),
		})
	}
	var encryption knownvalue.Check = knownvalue.Null()
	if vm.TPM != "" { // a virtual TPM needs an encrypted home
		encryption = knownvalue.MapSizeExact(1)
	}
	want := map[string]knownvalue.Check{
		"id":                    knownvalue.StringExact(vm.ID),
		"path":                  knownvalue.StringExact(vm.Path),
		"instance_uuid":         knownvalue.StringExact(vm.InstanceUUID),
		"name":                  knownvalue.StringExact(vm.Name),
		"bios_uuid":             knownvalue.StringExact(vm.BIOSUUID),
		"power_state":           knownvalue.StringExact(vm.PowerState),
		"template":              knownvalue.Bool(vm.Template),
		"folder_id":             knownvalue.StringExact(vm.FolderID),
		"resource_pool_id":      textOrNull(vm.ResourcePoolID),
		"host_id":               knownvalue.StringExact(vm.HostID),
		"cluster_id":            knownvalue.StringExact(vm.ClusterID),
		"datastore_id":          knownvalue.StringExact(vm.DatastoreID),
		"disks":                 knownvalue.MapExact(disks),
		"instant_clone_frozen":  knownvalue.Bool(false),
		"virtual_tpm":           knownvalue.Bool(vm.TPM != ""),
		"encryption":            encryption,
		"fault_tolerance_state": knownvalue.StringExact("notConfigured"),
		"current_snapshot_id":   knownvalue.Null(),
		"network_interfaces": knownvalue.MapExact(map[string]knownvalue.Check{
			"4000": knownvalue.ObjectExact(map[string]knownvalue.Check{
				"label":       knownvalue.NotNull(),
				"type":        knownvalue.NotNull(),
				"network_id":  knownvalue.StringRegexp(regexp.MustCompile(`^dvportgroup-\d+$`)),
				"mac_address": knownvalue.StringRegexp(regexp.MustCompile(`^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$`)),
				"connected":   knownvalue.NotNull(),
			}),
		}),
	}
	var checks []statecheck.StateCheck
	for attribute, value := range want {
		checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value))
	}

	return checks
}

func textOrNull(text string) knownvalue.Check {
	if text == "" {
		return knownvalue.Null()
	}

	return knownvalue.StringExact(text)
}

// TestAccVSphereVirtualMachine_specialNames finds VMs whose names hold what vim25 escapes, by name and by path.
func TestAccVSphereVirtualMachine_specialNames(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	config := acctest.ProviderConfig(server)
	var checks []statecheck.StateCheck
	for i, name := range []string{"50% off/on", `back\slash`, "two words"} {
		vm := mustVM(t, server, "DC0_C0_RP0_VM"+strconv.Itoa(i))
		if err := server.ChangeVM(vm.ID, vcenter.Change{Name: &name}); err != nil {
			t.Fatal(err)
		}
		byName, byPath := fmt.Sprintf("by_name_%d", i), fmt.Sprintf("by_path_%d", i)
		config += dataSource(byName, "name", name) + fmt.Sprintf(`
data "vmfork_vsphere_virtual_machine" %q {
  path = data.vmfork_vsphere_virtual_machine.%s.path
}
`, byPath, byName)
		for _, address := range []string{byName, byPath} {
			checks = append(checks,
				statecheck.ExpectKnownValue("data.vmfork_vsphere_virtual_machine."+address, tfjsonpath.New("id"), knownvalue.StringExact(vm.ID)),
				statecheck.ExpectKnownValue("data.vmfork_vsphere_virtual_machine."+address, tfjsonpath.New("name"), knownvalue.StringExact(name)),
			)
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// TestAccVSphereVirtualMachine_refused shows the errors of selectors that are wrong, or that fit nothing.
func TestAccVSphereVirtualMachine_refused(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	var steps []resource.TestStep
	for arguments, want := range map[string]string{
		``:                              `No attribute specified|Missing Attribute Configuration`,
		"id = \"vm-1\"\nname = \"web\"": `Invalid Attribute Combination`,
		`id = "/DC0/vm/web"`:            `Invalid managed object id`,
		`path = "web"`:                  `Invalid inventory path`,
		`instance_uuid = "web"`:         `Invalid UUID`,
		`name = ""`:                     `Empty text`,
		`id = "vm-999999"`:              `(?s)No such virtual machine.*No virtual machine has the id "vm-999999"`,
		`path = "/DC0/vm/nowhere/golden-template"`:               `(?s)No such virtual machine.*/DC0/vm/golden-template`,
		`instance_uuid = "00000000-0000-0000-0000-000000000000"`: `(?s)No such virtual machine.*has the instance_uuid`,
		`name = "unknown"`: `(?s)No such virtual machine.*No virtual machine has the name "unknown"`,
	} {
		steps = append(steps, resource.TestStep{
			Config: acctest.ProviderConfig(server) +
				"data \"vmfork_vsphere_virtual_machine\" \"golden\" {\n" + arguments + "\n}\n",
			ExpectError: regexp.MustCompile(want),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: steps})
}

func TestAccVSphereVirtualMachine_several(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	folder := newFolder(t, server, "prod")
	name := "golden-template"
	twin := mustVM(t, server, "DC0_C0_RP0_VM0")
	if err := server.ChangeVM(twin.ID, vcenter.Change{FolderID: &folder}); err != nil {
		t.Fatal(err)
	}
	if err := server.ChangeVM(twin.ID, vcenter.Change{Name: &name}); err != nil {
		t.Fatal(err)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{{
			Config:      acctest.ProviderConfig(server) + dataSource("golden", "name", name),
			ExpectError: regexp.MustCompile(`(?s)Several virtual machines match.*/DC0/vm/golden-template.*/DC0/vm/prod/golden-template`),
		}, {
			Config: acctest.ProviderConfig(server) + dataSource("golden", "path", "/DC0/vm/prod/golden-template"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(golden, tfjsonpath.New("id"), knownvalue.StringExact(twin.ID)),
			},
		}},
	})
}

func mustVM(t *testing.T, server *vcenter.Server, name string) vcenter.VM {
	t.Helper()

	vm, found := server.VM(name)
	if !found {
		t.Fatalf("the simulator has no VM %q", name)
	}

	return vm
}

func dataSource(label, selector, value string) string {
	return fmt.Sprintf("data \"vmfork_vsphere_virtual_machine\" %q {\n  %s = %q\n}\n", label, selector, value)
}

// newFolder makes a folder of VMs in the simulator and returns its id.
func newFolder(t *testing.T, server *vcenter.Server, name string) string {
	t.Helper()

	endpoint := &url.URL{
		Scheme: "https", Host: server.Endpoint(), Path: "/sdk", User: url.UserPassword(server.Username(), server.Password()),
	}
	client, err := govmomi.NewClient(t.Context(), endpoint, true)
	if err != nil {
		t.Fatal(err)
	}
	parent, err := find.NewFinder(client.Client).Folder(t.Context(), "/DC0/vm")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := parent.CreateFolder(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}

	return folder.Reference().Value
}

// TestAccVSphereVirtualMachine_hardware shows the hardware, and of the settings those that are named alone.
func TestAccVSphereVirtualMachine_hardware(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	client := acctest.LogIn(t, server)
	vm, err := find.NewFinder(client.Client).VirtualMachine(t.Context(), "/DC0/vm/DC0_C0_RP0_VM0")
	if err == nil {
		var changing *object.Task
		changing, err = vm.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{
			Annotation:    "the golden one",
			CpuAllocation: &types.ResourceAllocationInfo{Limit: new(int64(2000)), Shares: &types.SharesInfo{Level: types.SharesLevelHigh}},
			MemoryAllocation: &types.ResourceAllocationInfo{
				Reservation: new(int64(16)), Shares: &types.SharesInfo{Level: types.SharesLevelCustom, Shares: 3000},
			},
			ExtraConfig: []types.BaseOptionValue{
				&types.OptionValue{Key: "guestinfo.name", Value: "golden"}, &types.OptionValue{Key: "guestinfo.userdata", Value: "hush-hush"},
			},
		})
		if err == nil {
			err = changing.Wait(t.Context())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	found := mustVM(t, server, "DC0_C0_RP0_VM0")
	var read mo.VirtualMachine
	if err := vm.Properties(t.Context(), vm.Reference(), []string{"config"}, &read); err != nil {
		t.Fatal(err)
	}
	if err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	one := func(name string) string { return "data.vmfork_vsphere_virtual_machine." + name }
	text := func(value string) knownvalue.Check { return knownvalue.StringExact(value) }
	config := acctest.ProviderConfig(server) + dataSource("plain", "id", found.ID) + fmt.Sprintf(`
data "vmfork_vsphere_virtual_machine" "named" {
  id                = %q
  extra_config_keys = ["guestinfo.name", "guestinfo.none"]
}
`, found.ID)
	at := tfjsonpath.New[string]
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(one("plain"), at("cpu").AtMapKey("count"), knownvalue.Int64Exact(int64(read.Config.Hardware.NumCPU))),
			statecheck.ExpectKnownValue(one("plain"), at("cpu").AtMapKey("limit_mhz"), knownvalue.Int64Exact(2000)),
			statecheck.ExpectKnownValue(one("plain"), at("cpu").AtMapKey("shares"), text("high")),
			statecheck.ExpectKnownValue(one("plain"), at("memory").AtMapKey("size_mib"), knownvalue.Int64Exact(int64(read.Config.Hardware.MemoryMB))),
			statecheck.ExpectKnownValue(one("plain"), at("memory").AtMapKey("reservation_mib"), knownvalue.Int64Exact(16)),
			statecheck.ExpectKnownValue(one("plain"), at("memory").AtMapKey("shares"), text("3000")),
			statecheck.ExpectKnownValue(one("plain"), at("annotation"), text("the golden one")),
			statecheck.ExpectKnownValue(one("plain"), at("guest_id"), text(read.Config.GuestId)),
			statecheck.ExpectKnownValue(one("plain"), at("hardware_version"), text(read.Config.Version)),
			statecheck.ExpectKnownValue(one("plain"), at("extra_config"), knownvalue.MapExact(map[string]knownvalue.Check{})),
			statecheck.ExpectKnownValue(one("named"), at("extra_config"), knownvalue.MapExact(map[string]knownvalue.Check{
				"guestinfo.name": text("golden"),
			})),
		}}},
	})
}
