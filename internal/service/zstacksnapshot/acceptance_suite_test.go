package zstacksnapshot_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// before is the address of the snapshot group under test.
const before = "vmfork_zstack_snapshot.before"

// The calls of a group's life.
const (
	createMethod = "CreateVolumeSnapshotGroup"
	updateMethod = "UpdateVolumeSnapshotGroup"
	deleteMethod = "DeleteVolumeSnapshotGroup"
)

// What a plan does.
const (
	creates  = plancheck.ResourceActionCreate
	updates  = plancheck.ResourceActionUpdate
	replaces = plancheck.ResourceActionDestroyBeforeCreate
	nothing  = plancheck.ResourceActionNoop
)

// suite is a ZStack with the VM that the tests take snapshots of.
type suite struct {
	environment []string // of the provider: see [acctest.Factories]
	t           *testing.T
	server      *zstacksim.Server
	vm          zstacksim.VM // running, with one data volume
}

func newSuite(t *testing.T, options ...zstacksim.Options) *suite {
	t.Helper()
	chosen := zstacksim.Options{VMs: -1}
	if len(options) > 0 {
		chosen = options[0]
	}
	s := &suite{t: t, server: acctest.ZStack(t, chosen)}
	s.vm = s.named("golden")

	return s
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// named returns a VM of the simulator's inventory, which must be there.
func (s *suite) named(name string) zstacksim.VM {
	s.t.Helper()

	return acctest.ZStackVM(s.t, s.server, name)
}

// config is the provider's block and the group "before" with the arguments; the name and the VM are given unless the arguments
// do.
func (s *suite) config(arguments ...string) string {
	return acctest.ZStackProviderConfig(s.server) + s.snapshot("before", arguments...)
}

// snapshot is one resource block.
func (s *suite) snapshot(label string, arguments ...string) string {
	return acctest.Resource("vmfork_zstack_snapshot", label, arguments, fmt.Sprintf("name = %q", label), fmt.Sprintf("vm_uuid = %q", s.vm.UUID))
}

// run runs the steps and checks that no group is left in the end.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t, s.environment...),
		CheckDestroy:             s.groupsAre(),
		Steps:                    steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the groups that there are then, and expects
// a second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config string, groups ...string) resource.TestStep {
	return acctest.Applied(before, action, config, s.groupsAre(groups...))
}

// groupsAre checks the names of all groups, by age.
func (s *suite) groupsAre(want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var got []string
		for _, group := range s.server.SnapshotGroups() {
			got = append(got, group.Name)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("the groups are %q, want %q", got, want)
		}

		return nil
	}
}

// only returns the one group that there is.
func (s *suite) only() zstacksim.SnapshotGroup {
	s.t.Helper()
	all := s.server.SnapshotGroups()
	if len(all) != 1 {
		s.t.Fatalf("there are %d groups, want one: %+v", len(all), all)
	}

	return all[0]
}

// memberOf returns the uuid of the group's snapshot of a volume by the volume's type.
func (s *suite) memberOf(volumeType string) string {
	s.t.Helper()
	for _, snapshot := range s.only().Snapshots {
		if snapshot.VolumeType == volumeType {
			return snapshot.UUID
		}
	}
	s.t.Fatal("the group has no snapshot of such a volume")

	return ""
}
