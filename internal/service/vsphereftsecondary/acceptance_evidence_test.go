package vsphereftsecondary_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// says runs the CLI and fails the test unless its output says something, line breaks and frames aside.
func (s *suite) says(workspace *realcli.Workspace, code int, want string, args ...string) {
	s.t.Helper()
	result := acctest.MustRunCLI(s.t, workspace, code, args...)
	if flat := strings.Join(strings.Fields(strings.ReplaceAll(result.Output, "│", " ")), " "); !regexp.MustCompile(want).MatchString(flat) {
		s.t.Errorf("%v does not say %q:\n%s", args, want, result.Output)
	}
}

// A request whose answer is lost is not sent again: the primary is asked what became of it.
func TestAccVSphereFTSecondary_answerLost(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.run(
				before(func() {
					s.server.Inject(vcenter.Fault{Method: createMethod, Drop: vcenter.DropBefore})
					s.server.ResetRequests()
				}, resource.TestStep{Config: s.config(), ExpectError: acctest.Says("was not created: the answer to the request was lost")}),
				s.applied(plancheck.ResourceActionCreate, s.config(), nil),
			)
			if got := s.server.Requests().ByMethod[createMethod]; got != 2 { // the second by the second apply
				t.Errorf("it was requested %d times, want 2", got)
			}
		})
	}
}

// A secondary of the same account, after the answer was lost, may be another pipeline's: it is neither adopted nor removed, and the texts
// say how to take it.
func TestAccVSphereFTSecondary_unproved(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			workspace := acctest.NewWorkspace(t, s.config())
			s.server.Inject(vcenter.Fault{Method: createMethod, Drop: vcenter.DropAfter})
			s.says(workspace, 1, "nothing proves whose the present one is", "apply", "-auto-approve", "-no-color")
			primary, secondary, err := s.pair(s.primary.ID)
			s.must(err)
			s.says(workspace, 0, "It is not known whether .*made by "+regexp.QuoteMeta(s.server.Username())+".*"+acctest.CommandName()+" state rm", "plan", "-no-color")
			s.says(workspace, 1, "Did not destroy .*nothing proves whose it is", "destroy", "-auto-approve", "-no-color")
			if _, again, err := s.pair(primary.ID); err != nil || again.ID != secondary.ID {
				t.Fatalf("the pair is %s, %v", again.ID, err)
			}
			s.says(workspace, 1, s.primary.ID+" is fault tolerant already", "plan", "-no-color", "-refresh=false")
			acctest.MustRunCLI(t, workspace, 0, "untaint", db)
			s.says(workspace, 2, "will be updated in-place", "plan", "-no-color", "-refresh=false", "-detailed-exitcode")
			s.says(workspace, 1, "nothing proves", "apply", "-auto-approve", "-no-color", "-refresh=false")
			if got := s.server.Requests().ByMethod[createMethod]; got != 1 {
				t.Errorf("it was requested %d times", got)
			}
			acctest.MustRunCLI(t, workspace, 0, "state", "rm", db)
			acctest.MustRunCLI(t, workspace, 0, "import", db, primary.ID)
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			s.onlyPair(workspace)
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
		})
	}
}

// A secondary that another user made while the answer was lost is not this resource's: it stays, and the next plan says who made it.
func TestAccVSphereFTSecondary_foreign(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.server.AddUser("backup", "secret", "VirtualMachine.Interact.CreateSecondary")
			workspace := acctest.NewWorkspace(t, s.config())
			s.server.ResetRequests()
			s.server.Inject(vcenter.Fault{Method: createMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second})
			made := make(chan struct{})
			go func() {
				defer close(made)
				acctest.Until(t, "the secondary was asked for", func() bool { return s.server.Requests().ByMethod[createMethod] > 0 })
				s.protectAs("backup", "secret")
			}()
			s.says(workspace, 1, "was not created: the answer to the request was lost", "apply", "-auto-approve", "-no-color")
			<-made
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_ft_secondary"); id != "" || pending != "" {
				t.Errorf("state has id %q and pending task %q", id, pending)
			}
			s.says(workspace, 1, s.primary.ID+" is fault tolerant already.*It was made by backup", "apply", "-auto-approve", "-no-color")
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			if _, _, err := s.pair(s.primary.ID); err != nil {
				t.Errorf("the other user's pair is gone: %v", err)
			}
		})
	}
}

// protectAs makes the primary fault tolerant as another client does.
func (s *suite) protectAs(user, password string) {
	client, err := acctest.LogInAs(s.t, s.server, user, password)
	if err != nil {
		s.t.Error(err)

		return
	}
	answer, err := methods.CreateSecondaryVM_Task(s.t.Context(), client, &types.CreateSecondaryVM_Task{
		This: types.ManagedObjectReference{Type: "VirtualMachine", Value: s.primary.ID},
	})
	if err == nil {
		err = object.NewTask(client.Client, answer.Returnval).Wait(s.t.Context())
	}
	if err != nil {
		s.t.Error(err)
	}
	if err := client.Logout(s.t.Context()); err != nil {
		s.t.Error(err)
	}
}
