package zstackclone_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// expected is a step that fails with these words.
func expected(config, words string, prepare func()) resource.TestStep {
	return resource.TestStep{PreConfig: prepare, Config: config, ExpectError: acctest.Says(words)}
}

// The answers to all calls of a clone's life are lost, each once: ZStack is asked for the jobs, and what never arrived is sent
// again where that does no harm.
func TestAccZStackClone_lostAnswer(t *testing.T) {
	t.Parallel()
	full := []string{`full = true`, `expunge_on_destroy = true`}
	first := append([]string{`user_tags = ["a"]`, `description = "old"`}, full...)
	for name, test := range map[string]struct {
		lost    []string // methods
		changed []string // arguments; nil destroys
		state   string
	}{
		"create":  {[]string{"QueryVmInstance", "UpdateVmInstance"}, nil, ""},
		"change":  {[]string{"UpdateVmInstance", "QueryUserTag", "CreateUserTag", "DeleteTag"}, append([]string{`description = "new"`, `user_tags = ["b"]`}, full...), "Running"},
		"stop":    {[]string{"StopVmInstance"}, append([]string{`power_on = false`}, first...), "Stopped"},
		"start":   {[]string{"StartVmInstance"}, append([]string{`power_on = true`}, first...), "Running"},
		"destroy": {[]string{"StopVmInstance", "DestroyVmInstance", "DeleteDataVolume"}, nil, ""},
		"expunge": {[]string{"ExpungeVmInstance", "ExpungeDataVolume"}, nil, ""},
	} {
		for _, drop := range []zstacksim.FaultDrop{zstacksim.DropAfter, zstacksim.DropBefore} {
			t.Run(name+", "+string(drop), func(t *testing.T) {
				t.Parallel()
				s := newSuite(t)
				lose := func() {
					for _, method := range test.lost {
						s.server.Inject(zstacksim.Fault{Method: method, Drop: drop})
					}
				}
				begun := first
				if name == "start" {
					begun = append([]string{`power_on = false`}, first...)
				}
				create, destroy := s.applied(creates, s.clone(begun...), "web", nil), resource.TestStep{Config: s.clone(begun...), Destroy: true}
				steps := []resource.TestStep{create, destroy}
				switch {
				case name == "create":
					steps[0].PreConfig = lose
				case test.changed == nil:
					steps[1].PreConfig = lose
				default:
					change := s.applied(updates, s.clone(test.changed...), "web", func(vm zstacksim.VM) error {
						if name == "change" {
							return errors.Join(acctest.Same("description", vm.Description, "new"), sameSet("user tags", vm.UserTags, "b"))
						}

						return acctest.Same("state", vm.State, test.state)
					})
					change.PreConfig = lose
					steps = []resource.TestStep{create, change, destroy}
				}
				s.run(steps...)
				asked := map[zstacksim.FaultDrop]int{zstacksim.DropAfter: 1, zstacksim.DropBefore: 2}[drop]
				for _, method := range test.lost {
					if got := s.server.Requests().ByMethod[method]; got < asked {
						t.Errorf("%d calls of %s, want %d at least", got, method, asked)
					}
				}
				if len(s.server.VMs()) != 2 || len(s.server.Volumes()) != 3 {
					t.Errorf("%d VMs and %d volumes are left", len(s.server.VMs()), len(s.server.Volumes()))
				}
			})
		}
	}
}

// The clone's own answer is lost: after the effect the VM is found by its job, and before it nothing was made. The call is sent
// once.
func TestAccZStackClone_lostClone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drop  zstacksim.FaultDrop
		words string
		calls int
	}{
		"after the effect":  {zstacksim.DropAfter, "", 1},
		"before the effect": {zstacksim.DropBefore, `VM "web" was not created`, 2}, // the second by the second apply
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, zstacksim.Options{VMs: -1, TaskDuration: 200 * time.Millisecond})
			step := s.applied(creates, s.clone(), "web", nil)
			if test.words != "" {
				step = expected(s.clone(), test.words, nil)
			}
			step.PreConfig = func() {
				s.server.Inject(zstacksim.Fault{Method: cloneMethod, Drop: test.drop})
				s.server.ResetRequests()
			}
			s.run(step, resource.TestStep{Config: s.clone(), Check: acctest.CheckZStackVM(s.server, "web", nil)})
			if got := s.server.Requests().ByMethod[cloneMethod]; got != test.calls {
				t.Errorf("the clone was requested %d times, want %d", got, test.calls)
			}
		})
	}
}

// The session ends between two applies, and in the middle of one, without a trace.
func TestAccZStackClone_expiredSession(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	invalid := func(method string) func() {
		return func() {
			s.server.Inject(zstacksim.Fault{Method: method, Code: "ID.1001", Where: zstacksim.FaultAtCall})
		}
	}
	create := s.applied(creates, s.clone(), "web", nil)
	create.PreConfig = invalid(cloneMethod)
	rename := s.applied(updates, s.clone(`name = "web-2"`), "web-2", nil)
	rename.PreConfig = invalid("UpdateVmInstance")
	s.run(create, rename, resource.TestStep{PreConfig: s.server.ExpireSessions, Config: s.clone(`name = "web-2"`), PlanOnly: true})
}

// What ZStack refuses, at each call of a clone's life. State and inventory agree afterwards, and the same configuration
// applies when the fault is gone.
func TestAccZStackClone_faults(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	failing := func(config, method, code string, where zstacksim.FaultWhere, words string) resource.TestStep {
		return expected(config, words, func() {
			s.server.ClearFaults()
			s.server.Inject(zstacksim.Fault{Method: method, Code: code, Where: where, Times: -1})
		})
	}
	quick := `timeouts = { create = "1m", update = "1m", delete = "1m" }`
	made := s.clone(quick)
	changed := s.clone(quick, `name = "web-2"`, `power_on = false`, `user_tags = ["a"]`)
	create := s.applied(creates, made, "web", nil)
	create.PreConfig = s.server.ClearFaults
	change := s.applied(updates, changed, "web-2", func(vm zstacksim.VM) error {
		return errors.Join(acctest.Same("state", vm.State, "Stopped"), sameSet("user tags", vm.UserTags, "a"))
	})
	change.PreConfig = s.server.ClearFaults
	s.run(
		failing(made, cloneMethod, "HOST_ALLOCATION.1000", zstacksim.FaultInEntry, "ZStack answered HOST_ALLOCATION.1000"),
		failing(made, cloneMethod, "ID.1003", zstacksim.FaultAtCall, "ZStack answered ID.1003"),
		create,
		failing(changed, "UpdateVmInstance", "SYS.1006", zstacksim.FaultInTask, `Could not rename VM "web"`),
		failing(changed, "CreateUserTag", "SYS.1007", zstacksim.FaultAtCall, `Could not set the user tags of VM "web`),
		failing(changed, "StopVmInstance", "VM.1002", zstacksim.FaultInTask, `Could not power off VM "web-2"`),
		change,
		resource.TestStep{
			PreConfig: func() {
				s.server.Inject(zstacksim.Fault{Method: "DestroyVmInstance", Code: "VM.1004", Where: zstacksim.FaultInTask, Times: -1})
			},
			Config: changed, Destroy: true, ExpectError: acctest.Says(`Could not destroy VM "web-2"`),
		},
		resource.TestStep{PreConfig: s.server.ClearFaults, Config: changed, Destroy: true},
	)
}

// A destroy that failed half-way goes on where it stopped.
func TestAccZStackClone_destroyResumed(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"DestroyVmInstance", "DeleteDataVolume", "ExpungeVmInstance", "ExpungeDataVolume"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			before := len(s.server.Volumes())
			config := s.clone(`full = true`, `expunge_on_destroy = true`)
			s.run(
				s.applied(creates, config, "web", nil),
				resource.TestStep{
					PreConfig: func() {
						s.server.Inject(zstacksim.Fault{Method: method, Code: "SYS.1006", Where: zstacksim.FaultInTask})
					},
					Config: config, Destroy: true, ExpectError: acctest.Says("ZStack answered SYS.1006"),
				},
				resource.TestStep{Config: config, Destroy: true},
			)
			if after := len(s.server.Volumes()); after != before {
				t.Errorf("%d volumes are left, want %d", after, before)
			}
		})
	}
}

// Forty clones share calls, each with an outcome of its own.
func TestAccZStackClone_forEach40(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	workspace := acctest.NewWorkspace(t, acctest.ZStackProviderConfig(server)+fmt.Sprintf(`
resource "vmfork_zstack_clone" "many" {
  for_each       = toset([for i in range(40) : format("many-%%02d", i)])
  name           = each.key
  source_vm_uuid = %q
  strategy       = "CreateStopped"
}
`, server.ID("vm", "golden")))
	made := func() (count int) {
		for _, vm := range server.VMs() {
			if vm.State == "Stopped" && strings.HasPrefix(vm.Name, "many-") {
				count++
			}
		}

		return count
	}
	inState := func() int {
		listed := acctest.MustRunCLI(t, workspace, 0, "state", "list").Output

		return strings.Count(listed, "vmfork_zstack_clone.many[")
	}
	failing := []string{"many-03", "many-17", "many-38"}
	for _, name := range failing {
		server.Inject(zstacksim.Fault{Method: cloneMethod, Where: zstacksim.FaultInEntry, Name: name, Code: "PS.1000"})
	}
	said := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color").Output
	calls := server.Requests().ByMethod[cloneMethod]
	t.Logf("%d calls for 40 clones", calls)
	if calls > 20 { // about 5 on an idle machine; on a busy one the CLI spreads its waves over more windows
		t.Errorf("%d calls for 40 clones", calls)
	}
	if made() != 37 || inState() != 37 || strings.Count(said, "Error: Could not clone") != 3 {
		t.Fatalf("%d VMs, %d in state:\n%s", made(), inState(), said)
	}
	for _, name := range failing {
		if !strings.Contains(said, `Could not clone VM "`+name+`"`) {
			t.Errorf("no error for %s:\n%s", name, said)
		}
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	if made() != 40 || inState() != 40 {
		t.Errorf("%d VMs, %d in state", made(), inState())
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if made() != 0 {
		t.Errorf("the destroy left %d VMs", made())
	}
}
