package zstackclone_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// has checks CPUs, memory and state of a VM.
func has(cpus, memory int64, state string) func(vm zstacksim.VM) error {
	return func(vm zstacksim.VM) error {
		return errors.Join(acctest.Same("CPUs", vm.CPUCount, cpus), acctest.Same("memory", vm.MemoryBytes, memory), acctest.Same("state", vm.State, state))
	}
}

// A clone call takes neither CPUs nor memory: a machine that is to run with others than its source's is made stopped, changed, and started.
// Where they are the source's, the call alone makes it.
func TestAccZStackClone_hardware(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments []string
		check     func(vm zstacksim.VM) error
		calls     []string // besides the clone
	}{
		"runs":               {[]string{`cpu_count = 4`, `memory_bytes = 2147483648`}, has(4, 2<<30, "Running"), []string{"UpdateVmInstance", "StartVmInstance"}},
		"runs, described":    {[]string{`memory_bytes = 2147483648`, `description = "d"`}, has(1, 2<<30, "Running"), []string{"UpdateVmInstance", "StartVmInstance"}},
		"is off":             {[]string{`cpu_count = 4`, `power_on = false`}, has(4, 1<<30, "Stopped"), []string{"UpdateVmInstance"}},
		"instant":            {[]string{`cpu_count = 4`, `strategy = "InstantStart"`}, has(4, 1<<30, "Running"), []string{"UpdateVmInstance", "StartVmInstance"}},
		"like the source's":  {[]string{`cpu_count = 1`, `memory_bytes = 1073741824`}, has(1, 1<<30, "Running"), nil},
		"smaller than there": {[]string{`memory_bytes = 536870912`}, has(1, 1<<29, "Running"), []string{"UpdateVmInstance", "StartVmInstance"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			config := s.clone(test.arguments...)
			s.run(s.applied(creates, config, "web", test.check), resource.TestStep{
				PreConfig: func() {
					for _, method := range []string{"UpdateVmInstance", "StartVmInstance"} {
						wanted := 0
						for _, called := range test.calls {
							if called == method {
								wanted++
							}
						}
						if got := s.server.Requests().ByMethod[method]; got != wanted {
							t.Errorf("%d calls of %s, want %d", got, method, wanted)
						}
					}
				},
				Config: config, PlanOnly: true,
			})
		})
	}
}

// CPUs and memory change in place: while the machine is off, and as they grow while it runs, where its configuration allows that. What it
// does not allow is an error of the plan.
func TestAccZStackClone_resized(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	id := func() string { return s.vm("web").UUID }
	hot := func(on bool) func() {
		return func() { s.must(s.server.ChangeVM(id(), zstacksim.Change{HotPlug: &on})) }
	}
	refused := func(config, words string, prepare func()) resource.TestStep {
		return resource.TestStep{PreConfig: prepare, Config: config, PlanOnly: true, ExpectError: acctest.Says(words)}
	}
	grown := s.applied(updates, s.clone(`cpu_count = 4`, `memory_bytes = 4294967296`), "web", has(4, 4<<30, "Running"))
	grown.PreConfig = hot(true)
	s.run(
		s.applied(creates, s.clone(`cpu_count = 2`), "web", has(2, 1<<30, "Running")),
		refused(s.clone(`cpu_count = 4`), "does not allow CPUs and memory to grow meanwhile", nil),
		refused(s.clone(`memory_bytes = 2147483648`, `power_on = true`), "does not allow CPUs and memory to grow meanwhile", nil),
		grown,
		refused(s.clone(`cpu_count = 3`), "from a machine that is off alone", nil),
		refused(s.clone(`memory_bytes = 2147483648`), "from a machine that is off alone", nil),
		s.applied(updates, s.clone(`cpu_count = 3`, `power_on = false`), "web", has(3, 4<<30, "Stopped")),
		s.applied(updates, s.clone(`cpu_count = 1`, `memory_bytes = 2147483648`, `power_on = true`), "web", has(1, 2<<30, "Running")),
		resource.TestStep{
			PreConfig:    func() { s.must(s.server.ChangeVM(id(), zstacksim.Change{State: new("Paused")})) },
			RefreshState: true, ExpectNonEmptyPlan: true,
		},
		refused(s.clone(`cpu_count = 2`), "is Paused", nil),
	)
}

// A machine that was changed outside Terraform is changed back where the configuration says what it should have, and only there. An imported
// one is changed in place.
func TestAccZStackClone_hardwareDrift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	changed := func() {
		s.must(s.server.ChangeVM(s.vm("web").UUID, zstacksim.Change{CPUCount: new(int64(7)), MemoryBytes: new(int64(3 << 30))}))
	}
	repaired := s.applied(updates, s.clone(`cpu_count = 2`, `power_on = false`), "web", has(2, 3<<30, "Stopped"))
	repaired.PreConfig = changed
	s.run(
		s.applied(creates, s.clone(`power_on = false`), "web", has(1, 1<<30, "Stopped")),
		resource.TestStep{PreConfig: changed, Config: s.clone(`power_on = false`), PlanOnly: true},
		repaired,
		resource.TestStep{
			Config: s.clone(`cpu_count = 2`, `power_on = false`), ResourceName: web, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"source_vm_uuid", "full", "timeouts"},
		},
	)
}

// A record has no CPUs that ZStack would change.
func TestAccZStackClone_hardwareOfARecord(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(resource.TestStep{
		Config: s.clone(`cpu_count = 2`, `strategy = "JustCreate"`), PlanOnly: true, ExpectError: acctest.Says("A record can't be given CPUs and memory"),
	})
}
