package vsphereclone_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// cloneMethod is the call that starts a clone.
const cloneMethod = "POST /api/vcenter/vm?action=clone"

const processConfig = `
data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/DC0_C0_RP0_VM0"
}

resource "vmfork_vsphere_clone" "web" {
  name         = "web-1"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
}
`

// TestAccVSphereClone_interrupted stops an apply in the middle of a clone in each way that people and runners do it, and
// checks that nothing is left: no VM, no state, and a next apply that makes the VM once.
func TestAccVSphereClone_interrupted(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(*realcli.Command) error{
		"SIGINT to the CLI":            func(c *realcli.Command) error { return c.Signal(syscall.SIGINT) },
		"SIGINT to the process group":  func(c *realcli.Command) error { return c.SignalGroup(syscall.SIGINT) },
		"SIGTERM to the process group": func(c *realcli.Command) error { return c.SignalGroup(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.VSphere(t)
			workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

			apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
			if err := stop(apply); err != nil {
				t.Fatal(err)
			}
			if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			if vm, found := server.VM("web-1"); found {
				t.Fatalf("the interrupted apply left %s behind", vm.ID)
			}
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a clone that was cancelled", id, pending)
			}

			server.ReleaseTasks()
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			onlyVM(t, server, workspace)
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
		})
	}
}

// TestAccVSphereClone_interruptedAdopted has the clone finish while it is being cancelled: the VM is there, so it must be
// in state.
func TestAccVSphereClone_interruptedAdopted(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	acctest.Until(t, "the provider asks to cancel", func() bool {
		return server.Requests().ByMethod["POST /api/cis/tasks/{task}?action=cancel"] > 0
	})
	server.ReleaseTasks()
	acctest.WaitCLI(t, apply)

	onlyVM(t, server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereClone_interruptedPending has vCenter neither cancel nor finish in time: the clone stays in state by its
// task, a plan does not fail over it, and the next apply adopts the VM instead of making another.
func TestAccVSphereClone_interruptedPending(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}

	result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending clone says neither that it runs nor that it is updated in place:\n%s", result.Output)
	}

	server.ReleaseTasks()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	if n := server.Requests().ByMethod[cloneMethod]; n != 1 {
		t.Errorf("%d clones were requested, want 1", n)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereClone_pendingRemoved takes a pending clone out of the configuration: the CLI refreshes it, and destroys it by the state from
// before the refresh. The VM that came to be is destroyed.
func TestAccVSphereClone_pendingRemoved(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	acctest.WaitCLI(t, apply)
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}
	server.ReleaseTasks()
	acctest.Until(t, "the clone is finished by vCenter", func() bool {
		_, found := server.VM("web-1")

		return found
	})
	server.ForgetTasks()

	if err := workspace.Write("main.tf", acctest.RequiredProviders+acctest.ProviderConfig(server)); err != nil {
		t.Fatal(err)
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	if vm, found := server.VM("web-1"); found {
		t.Errorf("the destroy has left %s", vm.ID)
	}
}

// TestAccVSphereClone_cliKilled kills the CLI in the middle of a clone: the provider must not go on for ever by itself,
// and the next plan names the VM that came to be, with the way to adopt it.
func TestAccVSphereClone_cliKilled(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	server.ReleaseTasks()
	acctest.Until(t, "the provider ends after its CLI", func() bool {
		return errors.Is(apply.SignalGroup(0), syscall.ESRCH)
	})
	acctest.Until(t, "the clone is finished by vCenter", func() bool {
		_, found := server.VM("web-1")

		return found
	})

	vm, _ := server.VM("web-1")
	// The CLI that was killed left its lock on the state.
	result := acctest.MustRunCLI(t, workspace, 1, "plan", "-lock=false")
	for _, want := range []string{"exists already", "import {", vm.ID} {
		if !strings.Contains(result.Output, want) {
			t.Errorf("the plan after a kill does not say %q:\n%s", want, result.Output)
		}
	}
}

// TestAccVSphereClone_secrets greps everything that a run leaves behind, at the loudest log level, for what must stay
// secret.
func TestAccVSphereClone_secrets(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, `provider "vmfork" {
  vsphere = { thumbprint = "`+server.Thumbprint()+`" }
}
`+processConfig)
	log := filepath.Join(t.TempDir(), "trace.log")
	workspace.Env = append(workspace.Env,
		"VSPHERE_SERVER="+server.Endpoint(), "VSPHERE_USER="+server.Username(), "VSPHERE_PASSWORD="+server.Password(),
		"TF_LOG=TRACE", "TF_LOG_PATH="+log)

	apply := acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	server.Inject(vcenter.Fault{Method: "Destroy_Task", Code: "FileFault", Message: "no access"})
	destroy := acctest.MustRunCLI(t, workspace, 1, "destroy", "-auto-approve")

	written := map[string]string{"the output": apply.Output + destroy.Output}
	for name, path := range map[string]string{"the log": log, "the state": filepath.Join(workspace.Dir, "terraform.tfstate")} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		written[name] = string(content)
	}
	if !strings.Contains(written["the log"], "Done waiting for the task") {
		t.Error("the log does not show the task's progress: it is not the provider's")
	}
	secrets := map[string]string{
		"the password":                server.Password(),
		"the password, as basic auth": base64.StdEncoding.EncodeToString([]byte(server.Username() + ":" + server.Password())),
		"a session cookie":            "vmware_soap_session=",
		"a session header":            "vmware-api-session-id:",
	}
	for where, text := range written {
		for what, secret := range secrets {
			if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
				t.Errorf("%s holds %s", where, what)
			}
		}
	}
}

// onlyVM checks that the clone's VM exists once and is the one in state.
func onlyVM(t *testing.T, server *vcenter.Server, workspace *realcli.Workspace) {
	t.Helper()
	var ids []string
	for _, vm := range server.VMs() {
		if vm.Name == "web-1" {
			ids = append(ids, vm.ID)
		}
	}
	id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone")
	if len(ids) != 1 || ids[0] != id || pending != "" {
		t.Fatalf("the inventory has %v of that name; state has id %q and pending task %q", ids, id, pending)
	}
}
