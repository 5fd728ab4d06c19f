package vspheresnapshot_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The actions that tests expect.
const (
	creates  = plancheck.ResourceActionCreate
	updates  = plancheck.ResourceActionUpdate
	replaces = plancheck.ResourceActionReplace
	nothing  = plancheck.ResourceActionNoop
)

// TestAccVSphereSnapshot_basic takes a snapshot, looks at everything that it tells, and removes it.
func TestAccVSphereSnapshot_basic(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			first := s.applied(creates, s.config(), "before")
			first.ConfigStateChecks = stateIs("vm_id", s.vm.ID, "name", "before", "description", regexp.MustCompile("^Snapshot of "), "memory", false, "quiesce", nil,
				"power_state", "poweredOff", "quiesced", false, "is_current", true, "parent_snapshot_id", nil, "pending_task_id", nil,
				"remove_children_on_destroy", false, "consolidate_on_destroy", true)
			s.run(first)
		})
	}
}

// TestAccVSphereSnapshot_arguments takes snapshots with each argument.
func TestAccVSphereSnapshot_arguments(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			running, off, guest := true, "poweredOff", "windows2019srv_64Guest"
			s.must(s.server.ChangeVM(s.vm.ID, vcenter.Change{ToolsRunning: &running, GuestID: &guest}))
			s.must(s.server.ChangeVM(s.other.ID, vcenter.Change{PowerState: &off}))

			described := s.applied(creates, s.config(`description = "50 % done: a/b\\c"`), "before")
			described.ConfigStateChecks = stateIs("description", `50 % done: a/b\c`)
			memory := s.applied(replaces, s.config(`memory = true`, `description = ""`), "before")
			memory.ConfigStateChecks = stateIs("memory", true, "power_state", "poweredOn", "description", "")
			quiesced := s.applied(replaces, s.config(`quiesce = {}`), "before")
			quiesced.ConfigStateChecks = stateIs("quiesced", true, "power_state", "poweredOff")
			windows := s.applied(replaces, s.config(`quiesce = {
    timeout_minutes = 10
    windows = {
      vss_backup_type           = 5
      vss_bootable_system_state = true
      vss_partial_file_support  = false
      vss_backup_context        = "ctx_auto"
    }
  }`), "before")
			windows.ConfigStateChecks = stateIs("quiesced", true, "quiesce.windows.vss_backup_context", "ctx_auto")
			moved := s.applied(replaces, s.config(fmt.Sprintf("vm_id = %q", s.other.ID), "memory = true"))
			moved.ConfigStateChecks = stateIs("vm_id", s.other.ID, "power_state", "poweredOff", "memory", true)
			s.run(described, memory, quiesced, windows, moved)
		})
	}
}

// TestAccVSphereSnapshot_literalName has names with every character that vCenter keeps to itself.
func TestAccVSphereSnapshot_literalName(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			first := s.applied(creates, s.config(`name = "100% a/b\\c %2f"`), "100%25 a%2fb%5cc %252f")
			first.ConfigStateChecks = stateIs("name", `100% a/b\c %2f`)
			second := s.applied(updates, s.config(`name = "%25/"`), "%2525%2f")
			second.ConfigStateChecks = stateIs("name", "%25/")
			s.run(first, second)
		})
	}
}

// TestAccVSphereSnapshot_update changes in place what can be: the snapshot stays the same.
func TestAccVSphereSnapshot_update(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			theSame := statecheck.CompareValue(compare.ValuesSame())
			step := func(action plancheck.ResourceActionType, path string, arguments ...string) resource.TestStep {
				applied := s.applied(action, s.config(arguments...), path)
				applied.ConfigStateChecks = []statecheck.StateCheck{theSame.AddStateValue(before, tfjsonpath.New("id"))}

				return applied
			}
			described := step(updates, "after", `name = "after"`, `description = "words"`)
			described.ConfigStateChecks = append(described.ConfigStateChecks, stateIs("name", "after", "description", "words")...)
			cleared := step(updates, "after", `name = "after"`, `description = ""`)
			cleared.ConfigStateChecks = append(cleared.ConfigStateChecks, stateIs("description", "")...)
			s.run(
				step(creates, "before"),
				step(updates, "renamed", `name = "renamed"`),
				described,
				step(nothing, "after", `name = "after"`), // the configuration does not say what the description should be: it stays
				cleared,
				step(updates, "after", `name = "after"`, "remove_children_on_destroy = true", "consolidate_on_destroy = false"),
				step(updates, "after", `name = "after"`, `timeouts = { create = "5m" }`),
				step(updates, "before"),
			)
			if n := s.server.Requests().ByMethod["CreateSnapshotEx_Task"]; n != 1 {
				t.Errorf("%d snapshots were taken, want 1", n)
			}
			if n := s.server.Requests().ByMethod["RenameSnapshot"]; n != 4 {
				t.Errorf("%d changes were asked for, want 4", n)
			}
		})
	}
}

// TestAccVSphereSnapshot_disappears removes the snapshot, and then its VM, behind Terraform's back: both times the plan
// takes a new snapshot, and the second says that there is nothing to take it of.
func TestAccVSphereSnapshot_disappears(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.environment = []string{acctest.PlanErrors}
			s.api = api
			again := s.applied(creates, s.config(), "before")
			again.PreConfig = func() { s.removes(s.at("before").Snapshot.Value, false) }
			s.run(
				s.applied(creates, s.config(), "before"),
				again,
				resource.TestStep{
					PreConfig:   func() { s.must(s.server.DestroyVM(s.vm.ID)) },
					Config:      s.config(),
					ExpectError: regexp.MustCompile(`There is no virtual machine "vm-\d+"`),
				},
				resource.TestStep{Config: s.config(fmt.Sprintf("vm_id = %q", s.other.ID))},
			)
		})
	}
}

// TestAccVSphereSnapshot_drift has others rename and describe the snapshot, take and remove others, and go back.
func TestAccVSphereSnapshot_drift(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			config := s.config(`description = "ours"`)
			renamed := s.applied(updates, config, "before")
			renamed.PreConfig = func() { s.renames(s.at("before").Snapshot.Value, "theirs", "theirs") }
			described := s.applied(updates, config, "before")
			described.PreConfig = func() { s.renames(s.at("before").Snapshot.Value, "before", "theirs") }
			described.ConfigStateChecks = stateIs("description", "ours")
			overtaken := s.applied(nothing, config, "before", "before/theirs")
			overtaken.PreConfig = func() { s.takes("theirs") }
			overtaken.ConfigStateChecks = stateIs("is_current", false)
			back := s.applied(nothing, config, "before", "before/theirs")
			back.PreConfig = func() { s.reverts(s.at("before").Snapshot.Value) }
			back.ConfigStateChecks = stateIs("is_current", true)
			s.run(s.applied(creates, config, "before"), renamed, described, overtaken, back)
		})
	}
}

// TestAccVSphereSnapshot_driftOfTheTree has others remove the parent, which moves the snapshot up, and then the root with
// everything below it, which takes the snapshot along.
func TestAccVSphereSnapshot_driftOfTheTree(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			s.takes("theirs-1")
			s.takes("theirs-2")
			first := s.applied(creates, s.config(), "theirs-1", "theirs-1/theirs-2", "theirs-1/theirs-2/before")
			up := s.applied(nothing, s.config(), "theirs-1", "theirs-1/before")
			up.PreConfig = func() { s.removes(s.at("theirs-1/theirs-2").Snapshot.Value, false) }
			gone := s.applied(creates, s.config(), "before")
			gone.PreConfig = func() { s.removes(s.at("theirs-1").Snapshot.Value, true) }
			past := s.applied(nothing, s.config(), "before")
			past.PreConfig = func() { s.reverts(s.at("before").Snapshot.Value) }
			s.run(first, up, gone, past)
		})
	}
}

// TestAccVSphereSnapshot_childrenOnDestroy keeps what others took after the snapshot, unless told otherwise.
func TestAccVSphereSnapshot_childrenOnDestroy(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.api = api
			keep := s.applied(creates, s.config(), "before")
			kept := resource.TestStep{
				PreConfig: func() { s.takes("theirs") },
				Config:    s.config(), Destroy: true, Check: s.treeIs("theirs"),
			}
			along := s.applied(creates, s.config("remove_children_on_destroy = true"), "theirs", "theirs/before")
			removed := resource.TestStep{
				PreConfig: func() { s.takes("theirs-2") },
				Config:    s.config("remove_children_on_destroy = true"), Destroy: true, Check: s.treeIs("theirs"),
			}
			s.run(keep, kept, along, removed)
		})
	}
}

// TestAccVSphereSnapshot_several takes two and five snapshots of one VM in one apply, with others of another VM beside
// them: they queue, and none is refused.
func TestAccVSphereSnapshot_several(t *testing.T) {
	t.Parallel()
	for _, count := range []int{2, 5} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			config := s.config(fmt.Sprintf("count = %d", count), `name = "before-${count.index}"`) +
				s.snapshot("other", fmt.Sprintf("vm_id = %q", s.other.ID))
			s.run(resource.TestStep{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error {
					all := s.tree(s.vm.ID)
					if len(all) != count || !all[count-1].current {
						return fmt.Errorf("the VM has %d snapshots, want %d in a row", len(all), count)
					}
					if n := s.server.Requests().ByMethod["CreateSnapshotEx_Task"]; n != count+1 {
						return fmt.Errorf("%d requests for %d snapshots", n, count+1)
					}

					return nil
				},
			})
		})
	}
}

// TestAccVSphereSnapshot_planChecks says at plan what would fail or have no effect.
func TestAccVSphereSnapshot_planChecks(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.environment = []string{acctest.PlanErrors}
			s.api = api
			refused := func(config, text string) resource.TestStep {
				return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(text)}
			}
			s.run(
				refused(s.config(`vm_id = "vm-999999"`), `There is no virtual machine "vm-999999"`),
				refused(s.config(fmt.Sprintf("vm_id = %q", s.named("golden-template").ID)), `It is a template`),
				refused(s.config(`vm_id = "snapshot-1"`), `looks like a snapshot`),
				refused(s.config(`name = ""`), `The name is empty`),
				refused(s.config(fmt.Sprintf("name = %q", fmt.Sprintf("%081d", 0))), `The name has 81 characters`),
				refused(s.config(`quiesce = { timeout_minutes = 4 }`), `between 5 and 240`),
				refused(s.config(`quiesce = { windows = { vss_backup_type = 7 } }`), `between 1 and 6`),
				refused(s.config(`quiesce = { windows = { vss_backup_context = "auto" } }`), `must be one of`),
				s.applied(creates, s.config(), "before"),
			)
		})
	}
}
