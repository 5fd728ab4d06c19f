package vsphereclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestAccVSphereClone_basic(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	step := s.applied(plancheck.ResourceActionCreate, s.clone(), "web", func(vm vcenter.VM) error {
		return errors.Join(
			acctest.Same("folder", vm.FolderID, s.folder), acctest.Same("power state", vm.PowerState, "poweredOff"), acctest.Same("template", vm.Template, false),
			acctest.Same("disks", len(vm.Disks), 2),
		)
	})
	step.ConfigStateChecks = append(stateIs("name", "web", "power_state", "poweredOff", "placement.folder_id", s.folder,
		"placement.datastore_id", s.datastore, "placement.cluster_id", s.cluster),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile(`^vm-\d+$`))),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("power_on"), knownvalue.Bool(false)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("guest_ip_addresses"), knownvalue.ListSizeExact(0)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("pending_task_id"), knownvalue.Null()),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("disks").AtMapKey("2001").AtMapKey("label"), knownvalue.StringExact("Hard disk 2")),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("network_interfaces").AtMapKey("4000").AtMapKey("type"), knownvalue.StringExact("vmxnet3")),
	)
	s.run(step)
}

func TestAccVSphereClone_everyArgument(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	all := s.clone(
		acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child, "host_id", s.hosts[1], "cluster_id", s.cluster, "datastore_id", s.datastore1),
		`disks_to_remove = ["2001"]`,
		fmt.Sprintf(`disks_to_update = { "2000" = { datastore_id = %q } }`, s.datastore),
		`power_on = true`,
		`guest_customization_spec = { name = "linux" }`,
		`wait_for_guest_ip = "2m"`,
		`shutdown_timeout = "1m"`,
		`timeouts = { create = "10m", read = "1m", update = "10m", delete = "10m" }`,
	)
	step := s.applied(plancheck.ResourceActionCreate, all, "web", func(vm vcenter.VM) error {
		return errors.Join(
			acctest.Same("folder", vm.FolderID, s.prod), acctest.Same("pool", vm.ResourcePoolID, s.child), acctest.Same("host", vm.HostID, s.hosts[1]),
			acctest.Same("cluster", vm.ClusterID, s.cluster), acctest.Same("datastore", vm.DatastoreID, s.datastore1),
			acctest.Same("disks", len(vm.Disks), 1), acctest.Same("disk", vm.Disks["2000"].DatastoreID, s.datastore),
			acctest.Same("power state", vm.PowerState, "poweredOn"),
		)
	})
	step.ConfigStateChecks = append(stateIs("power_state", "poweredOn", "host_id", s.hosts[1]),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("guest_ip_addresses").AtSliceIndex(0), knownvalue.NotNull()),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("disks"), knownvalue.MapSizeExact(1)),
	)
	s.run(step)
}

func TestAccVSphereClone_update(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	id := statecheck.CompareValue(acctest.Unchanged{})
	update := func(config, name string, check func(vm vcenter.VM) error) resource.TestStep {
		step := s.applied(plancheck.ResourceActionUpdate, config, name, check)
		step.ConfigStateChecks = []statecheck.StateCheck{id.AddStateValue(web, tfjsonpath.New("id"))}

		return step
	}
	first := s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil)
	first.ConfigStateChecks = []statecheck.StateCheck{id.AddStateValue(web, tfjsonpath.New("id"))}
	s.run(
		first,
		update(s.clone(`name = "web/3"`), "web/3", nil),
		update(s.clone(acctest.Placement("folder_id", s.prod)), "web", func(vm vcenter.VM) error { return acctest.Same("folder", vm.FolderID, s.prod) }),
		update(s.clone(acctest.Placement("folder_id", s.prod, "resource_pool_id", s.child)), "web", func(vm vcenter.VM) error {
			return acctest.Same("pool", vm.ResourcePoolID, s.child)
		}),
		update(s.clone(acctest.Placement("folder_id", s.prod, "cluster_id", s.other)), "web", func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("cluster", vm.ClusterID, s.other), acctest.Same("pool", vm.ResourcePoolID, s.otherPool))
		}),
		update(s.clone(acctest.Placement("folder_id", s.prod, "host_id", s.otherHosts[2])), "web", func(vm vcenter.VM) error {
			return acctest.Same("host", vm.HostID, s.otherHosts[2])
		}),
		update(s.clone(acctest.Placement("datastore_id", s.datastore1)), "web", func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("datastore", vm.DatastoreID, s.datastore1), acctest.Same("disk", vm.Disks["2001"].DatastoreID, s.datastore1),
				acctest.Same("folder", vm.FolderID, s.prod))
		}),
		update(s.clone(`power_on = true`), "web", func(vm vcenter.VM) error { return acctest.Same("power", vm.PowerState, "poweredOn") }),
		update(s.clone(`power_on = false`, `shutdown_timeout = "30s"`), "web", func(vm vcenter.VM) error {
			return acctest.Same("power", vm.PowerState, "poweredOff")
		}),
		update(s.clone(`power_on = false`, `timeouts = { delete = "5m" }`), "web", nil),
		update(s.clone(`name = "web-2"`, `power_on = true`, `wait_for_guest_ip = "1m"`,
			acctest.Placement("folder_id", s.folder, "cluster_id", s.cluster, "resource_pool_id", s.pool, "host_id", s.hosts[0], "datastore_id", s.datastore)),
			"web-2", func(vm vcenter.VM) error {
				return errors.Join(acctest.Same("folder", vm.FolderID, s.folder), acctest.Same("host", vm.HostID, s.hosts[0]),
					acctest.Same("pool", vm.ResourcePoolID, s.pool), acctest.Same("datastore", vm.DatastoreID, s.datastore), acctest.Same("power", vm.PowerState, "poweredOn"))
			}),
	)
}

// A rename shows the name alone, and what goes with a datastore are the disks: plans are quiet.
func TestAccVSphereClone_quietPlans(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	quiet := func(config string, unknown ...tfjsonpath.Path) resource.TestStep {
		step := s.applied(plancheck.ResourceActionUpdate, config, "web-2", nil)
		for _, at := range unknown {
			step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, plancheck.ExpectUnknownValue(web, at))
		}
		step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, exactlyUnknown{len(unknown)})

		return step
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		quiet(s.clone(`name = "web-2"`)),
		quiet(s.clone(`name = "web-2"`, acctest.Placement("folder_id", s.prod))),
		quiet(s.clone(`name = "web-2"`, acctest.Placement("datastore_id", s.datastore1)), tfjsonpath.New("disks")),
		quiet(s.clone(`name = "web-2"`, acctest.Placement("cluster_id", s.other)), tfjsonpath.New("host_id"),
			tfjsonpath.New("placement").AtMapKey("host_id"), tfjsonpath.New("placement").AtMapKey("resource_pool_id")),
		quiet(s.clone(`name = "web-2"`, `power_on = true`), tfjsonpath.New("power_state"), tfjsonpath.New("guest_ip_addresses"),
			tfjsonpath.New("host_id"), tfjsonpath.New("network_interfaces")),
		quiet(s.clone(`name = "web-2"`, `power_on = true`, `shutdown_timeout = "1m"`)),
	)
}

func TestAccVSphereClone_replace(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	replaced := func(config string, check func(vm vcenter.VM) error) resource.TestStep {
		return s.applied(plancheck.ResourceActionDestroyBeforeCreate, config, "web", check)
	}
	update := fmt.Sprintf(`disks_to_update = { "2000" = { datastore_id = %q } }`, s.datastore1)
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		// Naming no disk is naming none: a module's empty list replaces nothing.
		s.applied(plancheck.ResourceActionUpdate, s.clone(`disks_to_remove = []`, `disks_to_update = {}`), "web", nil),
		replaced(s.clone(`disks_to_remove = ["2001"]`), func(vm vcenter.VM) error { return acctest.Same("disks", len(vm.Disks), 1) }),
		replaced(s.clone(update), func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("disks", len(vm.Disks), 2), acctest.Same("disk", vm.Disks["2000"].DatastoreID, s.datastore1))
		}),
		replaced(s.clone(update, `guest_customization_spec = { name = "linux" }`), nil),
		replaced(s.clone(fmt.Sprintf("source_vm_id = %q", s.poweredOn.ID)), nil),
	)
}

func TestAccVSphereClone_import(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	configured := s.clone(acctest.Placement("folder_id", s.prod, "cluster_id", s.cluster, "datastore_id", s.datastore1), `power_on = true`)
	s.run(
		s.applied(plancheck.ResourceActionCreate, configured, "web", nil),
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateVerify: true},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateId: "/DC0/vm/prod/web"},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateId: "vm-999999", ExpectError: regexp.MustCompile(`No\s+virtual\s+machine\s+has\s+the\s+id\s+"vm-999999"`)},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateId: "/DC0/vm/nobody", ExpectError: regexp.MustCompile(`No\s+virtual\s+machine\s+has\s+the\s+path`)},
		resource.TestStep{ResourceName: web, ImportState: true, ImportStateId: "web", ExpectError: regexp.MustCompile(`Cannot\s+import\s+"web"`)},
	)
}

// A CLI from 1.12 on imports by identity; TestImport has it in process for the others.
func TestAccVSphereClone_importByIdentity(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
			{ResourceName: web, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

// A VM that another client made is adopted by the block that the plan prints.
func TestAccVSphereClone_nameTaken(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	taken := s.clone(fmt.Sprintf("name = %q", s.poweredOn.Name))
	block := fmt.Sprintf("\nimport {\n  to = %s\n  id = %q\n}\n", web, s.poweredOn.ID)
	adopted := s.clone(fmt.Sprintf("name = %q", s.poweredOn.Name), `power_on = true`) + block
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t, acctest.PlanErrors),
		Steps: []resource.TestStep{
			{
				Config: taken, PlanOnly: true,
				ExpectError: regexp.MustCompile(fmt.Sprintf(`(?s)exists\s+already.*import \{.*to = vmfork_vsphere_clone\.<NAME>.*id = "%s"`, s.poweredOn.ID)),
			},
			{
				Config: adopted,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: stateIs("id", s.poweredOn.ID, "source_vm_id", s.golden.ID),
			},
		},
	})
}

// Twenty clones at once, as a for_each makes them, with names that vim25 escapes.
func TestAccVSphereClone_many(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	const count = 20
	config := acctest.ProviderConfig(s.server) + fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  count        = %d
  name         = "web %%/\\ ${count.index}"
  source_vm_id = %q
  power_on     = true
}
`, count, s.golden.ID)
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf(`web %%/\ %d`, i)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		CheckDestroy:             acctest.CheckNoVM(s.server, names...),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: func(state *terraform.State) error {
				for _, name := range names {
					if err := acctest.CheckVM(s.server, name, nil)(state); err != nil {
						return err
					}
				}

				return nil
			},
		}},
	})
}
