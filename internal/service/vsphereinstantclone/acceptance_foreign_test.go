package vsphereinstantclone_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccVSphereInstantClone_foreign takes no instant clone that another client makes under the name at the moment of a lost answer, and deletes
// none: not one of the same account and source either, nor a copy of a VM that carries a stamp of ours.
func TestAccVSphereInstantClone_foreign(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		user   string // empty: the provider's own
		source string // empty: the golden VM
	}{
		"the same account and source": {},
		"another user":                {user: "other"},
		"a copy of a stamped clone":   {source: "runner"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			if test.user != "" {
				s.server.AddUser(test.user, "secret", append(privileges, "Network.Assign")...)
			}
			workspace := acctest.NewWorkspace(t, s.fork())
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			second := acctest.Resource("vmfork_vsphere_instant_clone", "second", []string{`name = "second"`, s.elsewhere(), "source_vm_id = " + `"` + s.golden.ID + `"`})
			s.must(workspace.Write("second.tf", second))
			s.server.ResetRequests()
			s.server.Inject(vcenter.Fault{Method: instantCloneMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second})
			made := make(chan error, 1)
			go func() {
				acctest.Until(t, "the instant clone was asked for", func() bool { return s.server.Requests().ByMethod[instantCloneMethod] > 0 })
				made <- s.forkByHand(test.source, test.user, "second")
			}()
			said := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color").Output
			s.must(<-made)
			if !regexp.MustCompile(`VM\s+"second"\s+was\s+not\s+created:\s+the\s+answer\s+to\s+the\s+request\s+was\s+lost`).MatchString(said) {
				t.Errorf("the apply says:\n%s", said)
			}
			foreign := s.vm("second")
			if list := acctest.MustRunCLI(t, workspace, 0, "state", "list").Output; strings.Contains(list, ".second") {
				t.Errorf("state has:\n%s", list)
			}
			ends := 0
			if test.source != "" {
				ends = 1 // the foreign machine's disks stand on those of the one that it was made from
			}
			acctest.MustRunCLI(t, workspace, ends, "destroy", "-auto-approve")
			if now := s.vm("second"); now.ID != foreign.ID || now.PowerState != foreign.PowerState {
				t.Errorf("it was %+v, and is %+v", foreign, now)
			}
		})
	}
}

// forkByHand instant-clones a VM as any other client does.
func (s *suite) forkByHand(source, user, name string) (err error) {
	password := "secret"
	if user == "" {
		user, password = s.server.Username(), s.server.Password()
	}
	from := s.golden.ID
	if source != "" {
		from = s.vm(source).ID
	}
	var client *govmomi.Client
	if client, err = acctest.LogInAs(s.t, s.server, user, password); err != nil {
		return err
	}
	var task *object.Task
	if task, err = s.object(client, from).InstantClone(s.t.Context(), types.VirtualMachineInstantCloneSpec{Name: name}); err == nil {
		err = task.Wait(s.t.Context())
	}
	if logout := client.Logout(s.t.Context()); err == nil {
		err = logout
	}

	return err
}
