package zstackclone_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

const creates, updates = plancheck.ResourceActionCreate, plancheck.ResourceActionUpdate

func TestAccZStackClone_basic(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	step := s.applied(creates, s.clone(), "web", func(vm zstacksim.VM) error {
		return errors.Join(acctest.Same("state", vm.State, "Running"), acctest.Same("data volumes", len(vm.DataVolumeUUIDs), 0))
	})
	step.ConfigStateChecks = append(stateIs("name", "web", "state", "Running", "zone_uuid", s.server.ID("zone", "zone-1")),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{32}$`))),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("power_on"), knownvalue.Bool(true)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("ip_addresses").AtSliceIndex(0), knownvalue.NotNull()),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("network_interfaces").AtMapKey("0").AtMapKey("mac_address"), knownvalue.NotNull()),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("memory_bytes"), knownvalue.Int64Exact(s.golden.MemoryBytes)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("pending_job_uuid"), knownvalue.Null()),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("data_volume_uuids"), knownvalue.ListSizeExact(0)),
	)
	s.run(step)
}

func TestAccZStackClone_everyArgument(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	host, storage := s.server.ID("host", "host-1"), s.server.ID("primary_storage", "storage-1")
	all := s.clone(
		`strategy = "CreateStopped"`, `full = true`, `description = "a web server"`, `power_on = false`,
		fmt.Sprintf(`affinity_group_uuid = %q`, s.server.ID("affinity_group", "spread")),
		`system_tags = ["ha::NeverStop"]`, `user_tags = ["team::web", "blue"]`,
		fmt.Sprintf(`root_volume = { provisioning_strategy = "ThinProvisioning", primary_storage_uuid = %q }`, storage),
		fmt.Sprintf(`data_volumes = { primary_storage_uuid = %q }`, storage),
		fmt.Sprintf(`cluster_uuid = %q`, s.server.ID("cluster", "cluster-1")), fmt.Sprintf(`host_uuid = %q`, host),
		`delete_mode = "Enforcing"`, `expunge_on_destroy = true`, `shutdown_timeout = "1m"`,
		`timeouts = { create = "10m", read = "1m", update = "10m", delete = "10m" }`,
	)
	var volumes []string
	step := s.applied(creates, all, "web", func(vm zstacksim.VM) error {
		volumes = vm.DataVolumeUUIDs

		return errors.Join(acctest.Same("state", vm.State, "Stopped"), acctest.Same("data volumes", len(vm.DataVolumeUUIDs), 1),
			acctest.Same("description", vm.Description, "a web server"), acctest.Same("host", vm.LastHostUUID, host),
			acctest.Same("affinity group", vm.AffinityGroupUUID, s.server.ID("affinity_group", "spread")),
			sameSet("user tags", vm.UserTags, "blue", "team::web"))
	})
	step.ConfigStateChecks = stateIs("state", "Stopped", "description", "a web server")
	s.run(step)
	for _, volume := range s.server.Volumes() {
		for _, own := range volumes {
			if volume.UUID == own {
				t.Errorf("the destroy left data volume %s behind", own)
			}
		}
	}
	for _, vm := range s.server.VMs() {
		if vm.Name == "web" {
			t.Errorf("the destroy did not expunge %s", vm.UUID)
		}
	}
}

func TestAccZStackClone_update(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	uuid := statecheck.CompareValue(compare.ValuesSame())
	update := func(config, name string, check func(vm zstacksim.VM) error) resource.TestStep {
		step := s.applied(updates, config, name, check)
		step.ConfigStateChecks = []statecheck.StateCheck{uuid.AddStateValue(web, tfjsonpath.New("id"))}

		return step
	}
	first := s.applied(creates, s.clone(`user_tags = ["a", "b"]`, `system_tags = ["ha::NeverStop"]`), "web", nil)
	first.ConfigStateChecks = []statecheck.StateCheck{uuid.AddStateValue(web, tfjsonpath.New("id"))}
	s.run(first,
		update(s.clone(`name = "web-2"`, `description = "moved"`, `user_tags = ["b", "c"]`, `system_tags = []`), "web-2", func(vm zstacksim.VM) error {
			return errors.Join(acctest.Same("description", vm.Description, "moved"), sameSet("user tags", vm.UserTags, "b", "c"), sameSet("system tags", vm.SystemTags))
		}),
		update(s.clone(`name = "web-2"`, `description = ""`, `power_on = false`, `user_tags = []`), "web-2", func(vm zstacksim.VM) error {
			return errors.Join(acctest.Same("description", vm.Description, ""), acctest.Same("state", vm.State, "Stopped"), sameSet("user tags", vm.UserTags))
		}),
		update(s.clone(`power_on = true`, `system_tags = ["ha::NeverStop"]`), "web", func(vm zstacksim.VM) error {
			return errors.Join(acctest.Same("state", vm.State, "Running"), sameSet("system tags", vm.SystemTags, "ha::NeverStop"))
		}),
		update(s.clone(`power_on = false`, `system_tags = ["ha::NeverStop"]`), "web", func(vm zstacksim.VM) error {
			return acctest.Same("state", vm.State, "Stopped") // its high availability does not start it again
		}),
	)
}

func TestAccZStackClone_replace(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		s.applied(creates, s.clone(), "web", nil),
		s.applied(plancheck.ResourceActionDestroyBeforeCreate, s.clone(`full = true`), "web", func(vm zstacksim.VM) error {
			return acctest.Same("data volumes", len(vm.DataVolumeUUIDs), 1)
		}),
	)
	if err := acctest.CheckZStackRecycled(s.server, "web", 2)(nil); err != nil {
		t.Error(err)
	}
}

func TestAccZStackClone_import(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(`full = true`)
	ignored := []string{"source_vm_uuid", "full", "data_volume_uuids"}
	s.run(
		s.applied(creates, config, "web", nil),
		resource.TestStep{Config: config, ResourceName: web, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: ignored},
		resource.TestStep{
			Config: config, ResourceName: web, ImportState: true, ImportStateId: "web", ImportStateVerify: true, ImportStateVerifyIgnore: ignored,
		},
		resource.TestStep{Config: config, ResourceName: web, ImportState: true, ImportStateId: "no such VM", ExpectError: acctest.Says(`No virtual machine has the uuid or the name "no such VM"`)},
	)
}

func TestAccZStackClone_disappears(t *testing.T) {
	t.Parallel()
	for name, vanish := range map[string]func(s *suite, uuid string) error{
		"without trace":      func(s *suite, uuid string) error { return s.server.RemoveVM(uuid) },
		"in the recycle bin": func(s *suite, uuid string) error { return s.server.DestroyVM(uuid) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			again := s.applied(creates, s.clone(), "web", nil)
			again.PreConfig = func() { s.must(vanish(s, s.vm("web").UUID)) }
			s.run(s.applied(creates, s.clone(), "web", nil), again)
		})
	}
}

func TestAccZStackClone_drift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(`power_on = true`, `description = "mine"`, `user_tags = ["a"]`, `system_tags = ["ha::NeverStop"]`)
	drifted, changed, off, none := "drifted", "changed", "Stopped", []string{}
	others := []string{"a", "b"}
	moved := s.server.ID("host", "host-2")
	repair := s.applied(updates, config, "web", func(vm zstacksim.VM) error {
		return errors.Join(acctest.Same("description", vm.Description, "mine"), acctest.Same("state", vm.State, "Running"),
			sameSet("user tags", vm.UserTags, "a"), sameSet("system tags", vm.SystemTags, "ha::NeverStop"))
	})
	repair.PreConfig = func() {
		s.must(s.server.ChangeVM(s.vm("web").UUID, zstacksim.Change{
			Name: &drifted, Description: &changed, State: &off, UserTags: &others, SystemTags: &none,
		}))
	}
	untouched := resource.TestStep{ // what ZStack moves by itself is no drift
		PreConfig: func() { s.must(s.server.ChangeVM(s.vm("web").UUID, zstacksim.Change{HostUUID: &moved})) },
		Config:    config, PlanOnly: true,
	}
	s.run(s.applied(creates, config, "web", nil), repair, untouched)
}

func TestAccZStackClone_recycleBin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		argument string
		policy   zstacksim.DeletionPolicy
		recycled int
	}{
		"kept":     {"", zstacksim.DeletionDelay, 1},
		"expunged": {"expunge_on_destroy = true", zstacksim.DeletionDelay, 0},
		"direct":   {"expunge_on_destroy = true", zstacksim.DeletionDirect, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, zstacksim.Options{VMs: -1, DeletionPolicy: test.policy})
			var volumes []string
			step := s.applied(creates, s.clone("full = true", test.argument), "web", func(vm zstacksim.VM) error {
				volumes = vm.DataVolumeUUIDs

				return acctest.Same("data volumes", len(volumes), 1)
			})
			s.run(step)
			if err := acctest.CheckZStackRecycled(s.server, "web", test.recycled)(nil); err != nil {
				t.Error(err)
			}
			left := 0
			for _, volume := range s.server.Volumes() {
				if volume.UUID != volumes[0] {
					continue
				}
				if left++; volume.Status != "Deleted" {
					t.Errorf("the data volume is %s", volume.Status)
				}
			}
			if left != test.recycled {
				t.Errorf("%d volumes of the clone are left, want %d", left, test.recycled)
			}
		})
	}
}
