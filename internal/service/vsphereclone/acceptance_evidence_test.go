package vsphereclone_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const deployMethod = "CloneVM_Task"

// TestAccVSphereClone_answerLost does not send a request again whose answer is lost: vCenter is asked what became of it. The clone of a
// template is known by its stamp.
func TestAccVSphereClone_answerLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		template bool
		method   string
		drop     vcenter.FaultDrop
		words    string
		sent     int // the second time by the second apply
	}{
		"of a VM, before the effect": {false, cloneMethod, vcenter.DropBefore, `VM "web" was not created: the answer to the request was lost`, 2},
		"of a template, before the effect": {
			true, deployMethod, vcenter.DropBefore, `VM "web" was not created: the answer to the request was lost`, 2,
		},
		"of a template, after the effect": {true, deployMethod, vcenter.DropAfter, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, vcenter.Options{VMs: 1, TaskDuration: 200 * time.Millisecond})
			config := s.clone()
			if test.template {
				config = s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool))
			}
			step := s.applied(plancheck.ResourceActionCreate, config, "web", nil)
			if test.words != "" {
				step = resource.TestStep{Config: config, ExpectError: acctest.Says(test.words)}
			}
			step.PreConfig = func() {
				s.server.Inject(vcenter.Fault{Method: test.method, Drop: test.drop})
				s.server.ResetRequests()
			}
			s.run(step, resource.TestStep{Config: config, Check: acctest.CheckVM(s.server, "web", nil)})
			if got := s.server.Requests().ByMethod[test.method]; got != test.sent {
				t.Errorf("the clone was requested %d times, want %d", got, test.sent)
			}
		})
	}
}

// flat returns what the CLI printed without line breaks and frames.
func flat(output string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(output, "│", " ")), " ")
}

// TestAccVSphereClone_unproved keeps a clone pending whose answer is lost after the effect: another pipeline of the same account may have
// made the VM of that name. It is neither adopted nor destroyed, and the texts say how to take it.
func TestAccVSphereClone_unproved(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	workspace := acctest.NewWorkspace(t, s.clone())
	s.server.Inject(vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropAfter})
	says := func(code int, want string, args ...string) {
		t.Helper()
		if result := acctest.MustRunCLI(t, workspace, code, args...); !regexp.MustCompile(want).MatchString(flat(result.Output)) {
			t.Errorf("%v does not say %q:\n%s", args, want, result.Output)
		}
	}
	says(1, "nothing proves whose the present one is", "apply", "-auto-approve", "-no-color")
	web := s.vm("web")
	says(0, "It is not known whether VM .web. was created.*"+web.ID+" has the name, made by "+regexp.QuoteMeta(s.server.Username())+".*"+acctest.CommandName()+" state rm",
		"plan", "-no-color")
	says(1, "Did not destroy VM .web.: nothing proves whose it is.*"+web.ID, "destroy", "-auto-approve", "-no-color")
	if got := s.server.Requests().ByMethod["Destroy_Task"]; got != 0 {
		t.Errorf("%d VMs were destroyed", got)
	}
	s.vm("web")
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_vsphere_clone.web")
	acctest.MustRunCLI(t, workspace, 0, "import", "vmfork_vsphere_clone.web", web.ID)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	if got := s.vm("web").ID; got != web.ID {
		t.Errorf("the VM is %s, want %s", got, web.ID)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// TestAccVSphereClone_foreign takes nothing that others made under the name at the moment of a lost answer or of a failed task.
func TestAccVSphereClone_foreign(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    vcenter.Fault
		template bool
		words    string
		make     func(s *suite)
	}{
		"another source, at a lost answer": {
			fault: vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second},
			words: "was not created: the answer to the request was lost",
			make:  func(s *suite) { s.makeByClone("DC0_C0_RP0_VM0", s.server.Username(), s.server.Password()) },
		},
		"another user, at a lost answer": {
			fault: vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second},
			words: "was not created: the answer to the request was lost",
			make: func(s *suite) {
				s.server.AddUser("other", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
					"Resource.AssignVMToPool", "Datastore.AllocateSpace")
				s.makeByClone("golden", "other", "secret")
			},
		},
		"the same account, at a lost answer of a template's clone": {
			fault: vcenter.Fault{Method: deployMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second}, template: true,
			words: "was not created: the answer to the request was lost",
			make:  func(s *suite) { s.makeByClone("golden-template", s.server.Username(), s.server.Password()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, vcenter.Options{VMs: 1})
			config := s.clone()
			if test.template {
				config = s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool))
			}
			workspace := acctest.NewWorkspace(t, config)
			s.server.ResetRequests()
			s.server.Inject(test.fault)
			made := make(chan struct{})
			go func() {
				defer close(made)
				acctest.Until(t, "the clone was asked for", func() bool { return s.server.Requests().ByMethod[test.fault.Method] > 0 })
				test.make(s)
			}()
			result := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color")
			<-made
			if !regexp.MustCompile(test.words).MatchString(flat(result.Output)) {
				t.Errorf("the apply says:\n%s", result.Output)
			}
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" || pending != "" {
				t.Errorf("state has id %q and pending task %q", id, pending)
			}
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			s.vm("web")
		})
	}
}

// makeByClone clones a VM or template to the name "web" as any other client does.
func (s *suite) makeByClone(source, user, password string) {
	client, err := acctest.LogInAs(s.t, s.server, user, password)
	if err != nil {
		s.t.Error(err)

		return
	}
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm(source).ID})
	folder := object.NewFolder(client.Client, types.ManagedObjectReference{Type: "Folder", Value: s.folder})
	pool := types.ManagedObjectReference{Type: "ResourcePool", Value: s.pool}
	task, err := vm.Clone(s.t.Context(), folder, "web", types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool}})
	if err == nil {
		err = task.Wait(s.t.Context())
	}
	if err != nil {
		s.t.Error(err)
	}
	if err := client.Logout(s.t.Context()); err != nil {
		s.t.Error(err)
	}
}
