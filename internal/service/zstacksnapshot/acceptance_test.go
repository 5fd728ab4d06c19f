package zstacksnapshot_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccZStackSnapshot_basic takes a group, with integers written as some versions of the platform do.
func TestAccZStackSnapshot_basic(t *testing.T) {
	t.Parallel()
	s := newSuite(t, zstacksim.Options{VMs: -1, FloatNumbers: true})
	step := s.applied(creates, s.config(`description = "before the update"`), "before")
	known := func(name string, check knownvalue.Check) {
		step.ConfigStateChecks = append(step.ConfigStateChecks, statecheck.ExpectKnownValue(before, tfjsonpath.New(name), check))
	}
	uuid := knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{32}$`))
	member := func(kind string, device int64) knownvalue.Check {
		return knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"uuid": uuid, "volume_type": knownvalue.StringExact(kind), "device_id": knownvalue.Int64Exact(device),
			"size_bytes": knownvalue.NotNull(), "primary_storage_uuid": uuid,
		})
	}
	known("id", uuid)
	known("description", knownvalue.StringExact("before the update"))
	known("created_at", knownvalue.StringRegexp(regexp.MustCompile(`^[A-Z][a-z]{2} \d+, \d{4} \d+:\d\d:\d\d [AP]M$`)))
	known("complete", knownvalue.Bool(true))
	known("with_memory", knownvalue.Bool(false))
	known("pending_job_uuid", knownvalue.Null())
	known("snapshots", knownvalue.MapExact(map[string]knownvalue.Check{
		s.vm.RootVolumeUUID: member("Root", 0), s.vm.DataVolumeUUIDs[0]: member("Data", 1),
	}))
	s.run(step, s.applied(nothing, s.config(), "before"))
}

// TestAccZStackSnapshot_update changes name and description in place, and takes a new group for what can't change.
func TestAccZStackSnapshot_update(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	var first string
	s.run(
		resource.TestStep{Config: s.config(), Check: func(*terraform.State) error { first = s.only().UUID; return nil }},
		s.applied(updates, s.config(`name = "renamed"`, `description = "a/b \\ %"`), "renamed"),
		s.applied(updates, s.config(`name = "renamed"`, `description = ""`), "renamed"),
		resource.TestStep{Config: s.config(`name = "renamed"`), Check: func(*terraform.State) error {
			if group := s.only(); group.UUID != first || group.Description != "" {
				return fmt.Errorf("the group %s is %+v", first, group)
			}

			return nil
		}},
		s.applied(replaces, s.config(`with_memory = true`), "before"),
		s.applied(replaces, s.config(fmt.Sprintf("vm_uuid = %q", s.named("golden-stopped").UUID)), "before"),
	)
}

// TestAccZStackSnapshot_import takes a group over by its uuid, by its VM and name, and by its identity.
func TestAccZStackSnapshot_import(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.config(`with_memory = true`)
	imported := func(id func() string) resource.TestStep {
		return resource.TestStep{
			Config: config, ResourceName: before, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"timeouts"},
			ImportStateIdFunc: func(*terraform.State) (string, error) { return id(), nil },
		}
	}
	unknown := imported(func() string { return "20debd9bc9594d70b1ec81d7d31b29cc" })
	unknown.ExpectError = regexp.MustCompile(`No snapshot group has the\s+uuid`)
	s.run(
		s.applied(creates, config, "before"),
		imported(func() string { return s.only().UUID }),
		imported(func() string { return s.vm.UUID + "/before" }),
		unknown,
	)
}

// TestAccZStackSnapshot_disappears deletes the group behind Terraform's back: the plan takes it anew.
func TestAccZStackSnapshot_disappears(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	again := s.applied(creates, s.config(), "before")
	again.PreConfig = func() { s.must(s.server.DeleteSnapshotGroup(s.only().UUID)) }
	s.run(s.applied(creates, s.config(), "before"), again)
}

// TestAccZStackSnapshot_drift renames the group, describes it, and deletes one of its snapshots behind Terraform's back.
func TestAccZStackSnapshot_drift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	named := s.config(`description = "mine"`)
	renamed := s.applied(updates, named, "before")
	renamed.PreConfig = func() { s.must(s.server.ChangeSnapshotGroup(s.only().UUID, new("theirs"), new("theirs"))) }
	left := s.config()
	described := s.applied(nothing, left, "before")
	described.PreConfig = func() { s.must(s.server.ChangeSnapshotGroup(s.only().UUID, nil, new("theirs"))) }
	incomplete := s.applied(nothing, left, "before")
	incomplete.PreConfig = func() { s.must(s.server.DeleteSnapshot(s.memberOf("Data"))) }
	incomplete.ConfigStateChecks = []statecheck.StateCheck{
		statecheck.ExpectKnownValue(before, tfjsonpath.New("complete"), knownvalue.Bool(false)),
		statecheck.ExpectKnownValue(before, tfjsonpath.New("snapshots"), knownvalue.MapSizeExact(1)),
	}
	s.run(s.applied(creates, named, "before"), renamed, described, incomplete)
}

// TestAccZStackSnapshot_several takes several groups of one VM in one apply.
func TestAccZStackSnapshot_several(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.config()
	for i := range 4 {
		config += s.snapshot(fmt.Sprint("more", i))
	}
	s.run(resource.TestStep{Config: config, Check: func(*terraform.State) error {
		if n := len(s.server.SnapshotGroups()); n != 5 {
			return fmt.Errorf("there are %d groups, want 5", n)
		}

		return nil
	}})
}

// TestAccZStackSnapshot_planned refuses in the plan what can't be taken.
func TestAccZStackSnapshot_planned(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	stopped := fmt.Sprintf("vm_uuid = %q", s.named("golden-stopped").UUID)
	refused := func(want string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.config(arguments...), PlanOnly: true, ExpectError: regexp.MustCompile(want)}
	}
	destroyed := refused(`its state is Destroyed`, stopped)
	destroyed.PreConfig = func() { s.must(s.server.DestroyVM(s.named("golden-stopped").UUID)) }
	s.run(
		refused(`There is no memory to keep`, stopped, `with_memory = true`),
		refused(`There is no virtual\s+machine`, `vm_uuid = "20debd9bc9594d70b1ec81d7d31b29cc"`),
		refused(`Invalid ZStack UUID`, `vm_uuid = "golden"`),
		refused(`Invalid name`, `name = ""`),
		refused(`Invalid description`, `description = "x\n"`),
		destroyed,
	)
	if n := s.server.Requests().ByMethod[createMethod]; n != 0 {
		t.Errorf("%d groups were asked for", n)
	}
}

// TestAccZStackSnapshot_accessKey does without a login.
func TestAccZStackSnapshot_accessKey(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(s.applied(creates, acctest.ZStackKeyProviderConfig(s.server)+s.snapshot("before"), "before"))
}
