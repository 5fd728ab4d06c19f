package vsphereclone_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// cloneMethod is the call that starts a clone.
const cloneMethod = "POST /api/vcenter/vm?action=clone"

// patience bounds every wait of these tests; it is far longer than anything takes.
const patience = time.Minute

const processConfig = `
data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

data "vmfork_vsphere_virtual_machine" "golden" {
  path = "/DC0/vm/golden-template"
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
	for name, stop := range map[string]func(*tfcli.Command) error{
		"SIGINT to the CLI":            func(c *tfcli.Command) error { return c.Signal(syscall.SIGINT) },
		"SIGINT to the process group":  func(c *tfcli.Command) error { return c.SignalGroup(syscall.SIGINT) },
		"SIGTERM to the process group": func(c *tfcli.Command) error { return c.SignalGroup(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.VSphere(t)
			workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

			apply := applyUntilHeld(t, server, workspace)
			if err := stop(apply); err != nil {
				t.Fatal(err)
			}
			if result := wait(t, apply); result.ExitCode != 1 {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			if vm, found := server.VM("web-1"); found {
				t.Fatalf("the interrupted apply left %s behind", vm.ID)
			}
			if id, pending := inState(t, workspace); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a clone that was cancelled", id, pending)
			}

			server.ReleaseTasks()
			mustRun(t, workspace, 0, "apply", "-auto-approve")
			onlyVM(t, server, workspace)
			mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
		})
	}
}

// TestAccVSphereClone_interruptedAdopted has the clone finish while it is being cancelled: the VM is there, so it must be
// in state.
func TestAccVSphereClone_interruptedAdopted(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := applyUntilHeld(t, server, workspace)
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	until(t, "the provider asks to cancel", func() bool {
		return server.Requests().ByMethod["POST /api/cis/tasks/{task}?action=cancel"] > 0
	})
	server.ReleaseTasks()
	wait(t, apply)

	onlyVM(t, server, workspace)
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereClone_interruptedPending has vCenter neither cancel nor finish in time: the clone stays in state by its
// task, a plan does not fail over it, and the next apply adopts the VM instead of making another.
func TestAccVSphereClone_interruptedPending(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := applyUntilHeld(t, server, workspace)
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := wait(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := inState(t, workspace); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}

	result := mustRun(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending clone says neither that it runs nor that it is updated in place:\n%s", result.Output)
	}

	server.ReleaseTasks()
	mustRun(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	if n := server.Requests().ByMethod[cloneMethod]; n != 1 {
		t.Errorf("%d clones were requested, want 1", n)
	}
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereClone_cliKilled kills the CLI in the middle of a clone: the provider must not go on for ever by itself,
// and the next plan names the VM that came to be, with the way to adopt it.
func TestAccVSphereClone_cliKilled(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)

	apply := applyUntilHeld(t, server, workspace)
	server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	server.ReleaseTasks()
	until(t, "the provider ends after its CLI", func() bool {
		return errors.Is(apply.SignalGroup(0), syscall.ESRCH)
	})
	until(t, "the clone is finished by vCenter", func() bool {
		_, found := server.VM("web-1")

		return found
	})

	vm, _ := server.VM("web-1")
	// The CLI that was killed left its lock on the state.
	result := mustRun(t, workspace, 1, "plan", "-lock=false")
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

	apply := mustRun(t, workspace, 0, "apply", "-auto-approve")
	server.Inject(vspheresim.Fault{Method: "Destroy_Task", Code: "FileFault", Message: "no access"})
	destroy := mustRun(t, workspace, 1, "destroy", "-auto-approve")

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

// applyUntilHeld starts an apply and returns when its clone is under way and held by vCenter.
func applyUntilHeld(t *testing.T, server *vspheresim.Server, workspace *tfcli.Workspace) *tfcli.Command {
	t.Helper()
	server.HoldTasks(cloneMethod)
	apply, err := workspace.Start(t.Context(), nil, "apply", "-auto-approve")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the clone is under way", func() bool {
		select {
		case <-apply.Done():
			t.Fatalf("the apply ended by itself:\n%s", apply.Output())
		default:
		}
		// The provider has asked for the task once it has been told of it.
		return server.Requests().ByMethod[cloneMethod] > 0 && server.Requests().ByMethod["POST /api/cis/tasks?action=list"] > 0
	})

	return apply
}

// wait returns how a command ended.
func wait(t *testing.T, command *tfcli.Command) tfcli.Result {
	t.Helper()
	select {
	case <-command.Done():
	case <-time.After(patience):
		t.Fatalf("the CLI does not end:\n%s", command.Output())
	}
	result, err := command.Wait()
	if err != nil {
		t.Fatal(err)
	}

	return result
}

// mustRun runs a command that has to end with the exit code.
func mustRun(t *testing.T, workspace *tfcli.Workspace, exitCode int, args ...string) tfcli.Result {
	t.Helper()
	result := acctest.RunCLI(t, workspace, args...)
	if result.ExitCode != exitCode {
		t.Fatalf("%v ended with exit code %d, want %d:\n%s", args, result.ExitCode, exitCode, result.Output)
	}

	return result
}

// onlyVM checks that the clone's VM exists once and is the one in state.
func onlyVM(t *testing.T, server *vspheresim.Server, workspace *tfcli.Workspace) {
	t.Helper()
	var ids []string
	for _, vm := range server.VMs() {
		if vm.Name == "web-1" {
			ids = append(ids, vm.ID)
		}
	}
	id, pending := inState(t, workspace)
	if len(ids) != 1 || ids[0] != id || pending != "" {
		t.Fatalf("the inventory has %v of that name; state has id %q and pending task %q", ids, id, pending)
	}
}

// inState returns the clone's id and pending task, as the state file has them.
func inState(t *testing.T, workspace *tfcli.Workspace) (id, pending string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(workspace.Dir, "terraform.tfstate"))
	if errors.Is(err, os.ErrNotExist) {
		return "", ""
	}
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes struct {
					ID            string `json:"id"`
					PendingTaskID string `json:"pending_task_id"`
				}
			}
		}
	}
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == "vmfork_vsphere_clone" {
				id, pending = instance.Attributes.ID, instance.Attributes.PendingTaskID
			}
		}
	}

	return id, pending
}

// until waits for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("timed out waiting until %s", what)
		}
	}
}
