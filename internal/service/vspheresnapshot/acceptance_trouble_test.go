package vspheresnapshot_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The privileges that a snapshot's life needs.
var privileges = []string{
	"VirtualMachine.State.CreateSnapshot", "VirtualMachine.State.RenameSnapshot", "VirtualMachine.State.RemoveSnapshot",
}

// TestAccVSphereSnapshot_restricted lets a user who lacks exactly one privilege do what needs it: the diagnostic names the
// privilege and the VM.
func TestAccVSphereSnapshot_restricted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	as := func(lacking string, arguments ...string) string {
		user, granted := "all", []string{}
		for _, privilege := range privileges {
			if privilege == lacking {
				user = strings.ToLower(strings.TrimPrefix(lacking, "VirtualMachine.State."))
			} else {
				granted = append(granted, privilege)
			}
		}
		s.server.AddUser(user, "guessed", granted...)

		return strings.NewReplacer(s.server.Username(), user, s.server.Password(), "guessed").Replace(s.config(arguments...))
	}
	denied := func(privilege string, destroy bool, arguments ...string) resource.TestStep {
		return resource.TestStep{
			Config: as(privilege, arguments...), Destroy: destroy,
			ExpectError: regexp.MustCompile(fmt.Sprintf(`(?s)The\s+user\s+"[a-z]+"\s+lacks\s+this\s+privilege:\s+%s\s+on\s+%s`, regexp.QuoteMeta(privilege), s.vm.ID)),
		}
	}
	s.run(
		denied(privileges[0], false),
		s.applied(creates, as(""), "before"),
		denied(privileges[1], false, `name = "renamed"`),
		denied(privileges[2], true),
		s.applied(nothing, as(""), "before"),
	)
}

// TestAccVSphereSnapshot_timeout gives up when time is over: the snapshot is cancelled and nothing is left.
func TestAccVSphereSnapshot_timeout(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	held := resource.TestStep{
		PreConfig:   func() { s.server.HoldTasks(createMethod) },
		Config:      s.config(`timeouts = { create = "3s" }`),
		ExpectError: regexp.MustCompile(`was not created\s+within 3s`),
	}
	again := s.applied(creates, s.config(`timeouts = { create = "1m", delete = "3s" }`), "before")
	again.PreConfig = func() {
		s.must(s.treeIs()(nil))
		s.server.ReleaseTasks()
	}
	removal := resource.TestStep{
		PreConfig: func() { s.server.HoldTasks(removeMethod) },
		Config:    s.config(`timeouts = { create = "1m", delete = "3s" }`), Destroy: true,
		ExpectError: regexp.MustCompile(`Could not remove\s+snapshot`),
	}
	last := s.applied(updates, s.config(), "before")
	last.PreConfig = func() { s.server.ReleaseTasks() }
	s.run(held, again, removal, last)
}

// TestAccVSphereSnapshot_lostAnswer has the connection break before and after vCenter got to work: nothing is lost, and
// nothing is taken twice.
func TestAccVSphereSnapshot_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drop vcenter.FaultDrop
		long time.Duration // of the task
	}{
		"before":                   {vcenter.DropBefore, 0},
		"after":                    {vcenter.DropAfter, 0},
		"after, while it is taken": {vcenter.DropAfter, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, vcenter.Options{VMs: 2, TaskDuration: test.long})
			s.server.Inject(vcenter.Fault{Method: createMethod, Drop: test.drop})
			if test.drop == vcenter.DropAfter {
				s.unproved()

				return
			}
			s.run(
				resource.TestStep{Config: s.config(), ExpectError: regexp.MustCompile(`was not created:\s+the\s+answer`)},
				s.applied(creates, s.config(), "before"),
			)
		})
	}
}

// unproved applies a configuration whose request's answer is lost after the effect: another pipeline of the same account may have taken
// the snapshot of that name. It is neither adopted nor removed.
func (s *suite) unproved() {
	s.t.Helper()
	workspace := acctest.NewWorkspace(s.t, s.config())
	result := acctest.MustRunCLI(s.t, workspace, 1, "apply", "-auto-approve", "-no-color")
	if !acctest.Says("nothing proves whose the present one is").MatchString(result.Output) {
		s.t.Errorf("the apply says:\n%s", result.Output)
	}
	taken := s.at("before")
	result = acctest.MustRunCLI(s.t, workspace, 1, "destroy", "-auto-approve", "-no-color")
	if !acctest.Says("nothing proves whose it is").MatchString(result.Output) || !strings.Contains(result.Output, s.vm.ID+"/"+taken.Snapshot.Value) {
		s.t.Errorf("the destroy says:\n%s", result.Output)
	}
	if s.at("before").Snapshot != taken.Snapshot {
		s.t.Error("the snapshot is another one")
	}
}

// TestAccVSphereSnapshot_ignored warns of arguments that have no effect, and takes the snapshot all the same.
func TestAccVSphereSnapshot_ignored(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	off := "poweredOff"
	s.must(s.server.ChangeVM(s.vm.ID, vcenter.Change{PowerState: &off}))
	workspace := acctest.NewWorkspace(t, s.config("memory = true", "quiesce = {}"))
	result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode", "-no-color")
	for _, want := range []string{"There is no memory to keep", "The guest will not be quiesced", s.vm.ID + " is not powered on"} {
		if !strings.Contains(result.Output, want) {
			t.Errorf("the plan does not say %q:\n%s", want, result.Output)
		}
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	s.onlySnapshot(workspace)
	if taken := s.at("before"); taken.Quiesced || taken.State != "poweredOff" {
		t.Errorf("taken: %+v", taken)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// TestAccVSphereSnapshot_busy waits for what another client does to the VM.
func TestAccVSphereSnapshot_busy(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	busy, free := true, false
	s.must(s.server.ChangeVM(s.vm.ID, vcenter.Change{Busy: &busy}))
	workspace := acctest.NewWorkspace(t, s.config())
	s.server.ResetRequests()
	apply, err := workspace.Start(t.Context(), nil, "apply", "-auto-approve")
	s.must(err)
	acctest.Until(t, "the provider was refused", func() bool { return s.server.Requests().ByMethod[createMethod] > 0 })
	s.must(s.server.ChangeVM(s.vm.ID, vcenter.Change{Busy: &free}))
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 0 {
		t.Fatalf("the apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	s.onlySnapshot(workspace)
}

// TestAccVSphereSnapshot_requests counts what ten snapshots of ten VMs cost.
func TestAccVSphereSnapshot_requests(t *testing.T) {
	t.Parallel()
	const count = 10
	s := newSuite(t, vcenter.Options{VMs: count})
	var ids []string
	for _, vm := range s.server.VMs() {
		if !vm.Template {
			ids = append(ids, fmt.Sprintf("%q", vm.ID))
		}
	}
	workspace := acctest.NewWorkspace(t, s.config(
		fmt.Sprintf("for_each = toset([%s])", strings.Join(ids, ", ")), "vm_id = each.key"))
	for _, step := range []struct {
		command []string
		each    float64 // requests a snapshot, beyond what one login and one wait cost
	}{
		{[]string{"apply", "-auto-approve"}, 3}, // each creation checks its VM again before it sends anything
		{[]string{"plan", "-detailed-exitcode"}, 0.2},
		{[]string{"destroy", "-auto-approve"}, 2.5}, // on a slow machine fewer share a read
	} {
		s.server.ResetRequests()
		acctest.MustRunCLI(t, workspace, 0, step.command...)
		const overhead = 12 // log in and out, once or twice; one collector with its filter
		counts := s.server.Requests()
		t.Logf("%s: %d requests, %v", step.command[0], counts.Total, counts.ByMethod)
		if allowed := step.each*count + overhead; float64(counts.Total) > allowed {
			t.Errorf("%s cost %d requests, want %.0f at most: %v", step.command[0], counts.Total, allowed, counts.ByMethod)
		}
	}
}

// TestAccVSphereSnapshot_faultTolerant says at plan that a VM of a fault-tolerant pair can't have snapshots.
func TestAccVSphereSnapshot_faultTolerant(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	answer, err := methods.CreateSecondaryVM_Task(t.Context(), s.client, &types.CreateSecondaryVM_Task{
		This: types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm.ID},
	})
	s.must(err)
	s.must(object.NewTask(s.client.Client, answer.Returnval).Wait(t.Context()))
	s.run(
		resource.TestStep{
			Config: s.config(), PlanOnly: true,
			ExpectError: regexp.MustCompile(`(?s)No snapshot can be taken of .*` + s.vm.ID + `.*protected by\s+fault\s+tolerance`),
		},
		resource.TestStep{Config: s.config(fmt.Sprintf("vm_id = %q", s.other.ID))},
	)
}
