package zstackclone_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	// web is the address of the clone under test.
	web = "vmfork_zstack_clone.web"
	// cloneMethod is the call that starts a clone, pollMethod the one that asks for its job.
	cloneMethod = "CloneVmInstance"
	pollMethod  = "QueryApiJob"
)

// suite is a ZStack with what the tests name in it.
type suite struct {
	t      *testing.T
	server *zstacksim.Server
	golden zstacksim.VM
}

func newSuite(t *testing.T, options ...zstacksim.Options) *suite {
	t.Helper()
	chosen := zstacksim.Options{VMs: -1}
	if len(options) > 0 {
		chosen = options[0]
	}
	s := &suite{t: t, server: acctest.ZStack(t, chosen)}
	s.golden = s.vm("golden")

	return s
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// vm returns a VM of the simulator's inventory, which must be there.
func (s *suite) vm(name string) zstacksim.VM {
	s.t.Helper()

	return acctest.ZStackVM(s.t, s.server, name)
}

// clone returns a configuration of one clone with the arguments, each a line. Name and source are given unless the
// arguments do.
func (s *suite) clone(arguments ...string) string {
	return acctest.ZStackProviderConfig(s.server) +
		acctest.Resource("vmfork_zstack_clone", "web", arguments, `name = "web"`, fmt.Sprintf("source_vm_uuid = %q", s.golden.UUID))
}

// run runs the steps and checks that nothing of the clones is left in the end but in the recycle bin.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t),
		CheckDestroy:             acctest.CheckNoZStackVM(s.server, "web", "web-2", "drifted"),
		Steps:                    steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the simulator's VM, and expects a
// second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config, name string, check func(vm zstacksim.VM) error) resource.TestStep {
	return acctest.Applied(web, action, config, acctest.CheckZStackVM(s.server, name, check))
}

// stateIs checks attributes of the clone: name, value, name, value and so on.
func stateIs(pairs ...any) []statecheck.StateCheck { return acctest.StateIs(web, pairs...) }

// sameSet returns an error unless both have the same elements.
func sameSet(what string, got []string, want ...string) error {
	got = slices.Sorted(slices.Values(got))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s are %v, want %v", what, got, want)
	}

	return nil
}
