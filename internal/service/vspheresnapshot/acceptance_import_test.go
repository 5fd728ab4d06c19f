package vspheresnapshot_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccVSphereSnapshot_import imports by id, by path and by name.
func TestAccVSphereSnapshot_import(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.takes("theirs%2fa")
	imported := func(id func() string) resource.TestStep {
		return resource.TestStep{
			ResourceName: before, ImportState: true, ImportStateVerify: true,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return s.vm.ID + "/" + id(), nil },
		}
	}
	const path = "theirs%2fa/b%5c%2525"
	s.run(
		s.applied(creates, s.config(`name = "b\\%25"`, `description = "words"`), "theirs%2fa", path),
		imported(func() string { return s.at(path).Snapshot.Value }),
		imported(func() string { return `theirs\/a/b\\%25` }),
		imported(func() string { return `b\%25` }), // the name alone, as it is
	)
}

// TestAccVSphereSnapshot_importBlock takes over a snapshot by a block and by identity: the plan is empty but for what vCenter
// does not tell, which is written down without replacing the snapshot.
func TestAccVSphereSnapshot_importBlock(t *testing.T) {
	t.Parallel()
	// Terraform has identities from 1.12 on.
	versions := map[string][]tfversion.TerraformVersionCheck{"identity": {tfversion.SkipBelow(tfversion.Version1_12_0)}}
	for name, block := range map[string]func(s *suite, id string) string{
		"id":   func(s *suite, id string) string { return fmt.Sprintf("id = %q", s.vm.ID+"/"+id) },
		"path": func(s *suite, _ string) string { return fmt.Sprintf("id = %q", s.vm.ID+"/theirs/before") },
		"identity": func(s *suite, id string) string {
			return fmt.Sprintf("identity = {\n vcenter_uuid = %q\n vm_id = %q\n snapshot_id = %q\n }",
				s.client.ServiceContent.About.InstanceUuid, s.vm.ID, id)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			s.takes("theirs")
			id := s.takes("before")
			config := s.config("memory = true", "quiesce = {}")
			s.runFrom(versions[name],
				resource.TestStep{
					Config: config + fmt.Sprintf("\nimport {\n  to = %s\n  %s\n}\n", before, block(s, id)),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(before, updates)},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					ConfigStateChecks: stateIs("id", id, "memory", true, "parent_snapshot_id", s.at("theirs").Snapshot.Value),
					Check:             s.treeIs("theirs", "theirs/before"),
				},
				// Now it is written down how it was taken: another way is another snapshot.
				s.applied(replaces, s.config(), "theirs", "theirs/before"),
			)
		})
	}
}

// TestAccVSphereSnapshot_importRefused says what can't be imported, and why.
func TestAccVSphereSnapshot_importRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	first := s.takes("theirs")
	s.takes("theirs")
	s.reverts(first)
	s.takes("theirs") // two siblings of one name below the first
	s.server.ResetRequests()
	refused := func(id, text string) resource.TestStep {
		return resource.TestStep{
			Config: s.config(), ResourceName: before, ImportState: true, ImportStateId: id, ExpectError: regexp.MustCompile(text),
		}
	}
	s.run(
		refused("snapshot-7", `Cannot import "snapshot-7"`),
		refused("vm-42", `Cannot import "vm-42"`),
		refused("/DC0/vm/web", `Cannot import "/DC0/vm/web"`),
		refused("vm-999999/before", `No virtual machine has the id "vm-999999"`),
		refused(s.vm.ID+"/snapshot-999999", `No snapshot has the id or name "snapshot-999999" in `+s.vm.ID),
		refused(s.vm.ID+"/before", `No snapshot has the path "before" in `+s.vm.ID),
		refused(s.vm.ID+"/theirs/theirs",
			`(?s)Several snapshots have the path "theirs/theirs" in `+s.vm.ID+`.*`+
				`- `+s.vm.ID+`/snapshot-\d+  theirs/theirs, taken at .*- `+s.vm.ID+`/snapshot-\d+  theirs/theirs, taken at`),
	)
}

// TestAccVSphereSnapshot_doublyEscaped meets a vCenter that escapes the names of snapshots once more: they are shown and found as a person
// reads them.
func TestAccVSphereSnapshot_doublyEscaped(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 2, DoublyEscapedSnapshots: true})
	s.takes("theirs%2fa")
	const stored = "theirs%252fa"
	imported := func(id string) resource.TestStep {
		return resource.TestStep{
			ResourceName: before, ImportState: true, ImportStateVerify: true,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return s.vm.ID + "/" + id, nil },
		}
	}
	s.run(
		s.applied(creates, s.config(`name = "a/b\\%"`), stored, stored+"/a%252fb%255c%2525"),
		imported(`theirs\/a/a\/b\\%`),
		imported(`a/b\%`),
		imported(`theirs%2fa/a%2fb%5c%25`), // with one level of its escapes
		resource.TestStep{
			PreConfig: func() {
				s.must(s.server.ChangeSnapshot(s.at(stored+"/a%252fb%255c%2525").Snapshot.Value, vcenter.SnapshotChange{Name: new("c/d")}))
			},
			RefreshState: true, ExpectNonEmptyPlan: true, Check: resource.TestCheckResourceAttr(before, "name", "c/d"),
		},
		s.applied(updates, s.config(`name = "50% e/f"`), stored, stored+"/50%2525 e%252ff"),
	)
}
