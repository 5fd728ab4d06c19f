package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccPlanChecks_createBeforeDestroy replaces everything under create_before_destroy, and something that each creation needs is in
// trouble by the time of the apply: what is in state stays current.
func TestAccPlanChecks_createBeforeDestroy(t *testing.T) {
	t.Parallel()
	sim := acctest.VSphere(t, vcenter.Options{VMs: 3})
	node := acctest.ZStack(t, zstacksim.Options{VMs: 1})
	running := func(name string) string {
		vm, _ := sim.VM(name)

		return vm.ID
	}
	workspace := acctest.NewWorkspace(t, bothPlatforms(sim, node)+fmt.Sprintf(`
variable "generation" { default = 1 }
resource "vmfork_vsphere_clone" "a" {
  name         = "a-${var.generation}"
  source_vm_id = %q
  placement    = { datastore_id = %q }
  lifecycle { create_before_destroy = true }
}
resource "vmfork_vsphere_instant_clone" "b" {
  name         = "b-${var.generation}"
  source_vm_id = %q
  lifecycle { create_before_destroy = true }
}
resource "vmfork_vsphere_snapshot" "c" {
  name  = "c-${var.generation}"
  vm_id = %q
  lifecycle { create_before_destroy = true }
}
resource "vmfork_zstack_clone" "d" {
  name           = "d-${var.generation}"
  source_vm_uuid = %q
  lifecycle { create_before_destroy = true }
}
resource "vmfork_zstack_snapshot" "e" {
  name    = "e-${var.generation}"
  vm_uuid = %q
  lifecycle { create_before_destroy = true }
}
`, running("DC0_C0_RP0_VM0"), sim.ID("/DC0/datastore/LocalDS_1"), running("DC0_C0_RP0_VM1"), running("DC0_C0_RP0_VM2"),
		node.ID("vm", "golden"), node.ID("vm", "vm-0")))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")

	acctest.MustRunCLI(t, workspace, 0, "plan", "-out=saved", "-var=generation=2", "-replace=vmfork_vsphere_clone.a",
		"-replace=vmfork_vsphere_instant_clone.b", "-replace=vmfork_vsphere_snapshot.c", "-replace=vmfork_zstack_clone.d",
		"-replace=vmfork_zstack_snapshot.e")
	trouble := func(accessible bool, connection, state string) {
		t.Helper()
		for _, err := range []error{
			sim.ChangeDatastore(sim.ID("/DC0/datastore/LocalDS_1"), &accessible, nil),
			sim.ChangeVM(running("DC0_C0_RP0_VM1"), vcenter.Change{ConnectionState: &connection}),
			sim.ChangeVM(running("DC0_C0_RP0_VM2"), vcenter.Change{ConnectionState: &connection}),
			node.ChangeVM(node.ID("vm", "golden"), zstacksim.Change{State: &state}),
			node.ChangeVM(node.ID("vm", "vm-0"), zstacksim.Change{State: &state}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	trouble(false, "disconnected", "Crashed")
	said := acctest.MustRunCLI(t, workspace, 1, "apply", "-no-color", "saved").Output
	if count := strings.Count(said, "can't be used now"); count != 5 {
		t.Errorf("%d of 5 objects can't be used:\n%s", count, said)
	}
	if current, deposed := instances(t, workspace); current != 5 || deposed != 0 {
		t.Errorf("%d current, %d deposed:\n%s", current, deposed, said)
	}
	trouble(true, "connected", "Running")
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// TestAccPlanChecks_commands has a block whose name is taken beside a machine in state, under each command.
func TestAccPlanChecks_commands(t *testing.T) {
	t.Parallel()
	sim := acctest.VSphere(t, vcenter.Options{VMs: 2})
	source, _ := sim.VM("DC0_C0_RP0_VM0")
	config := acctest.ProviderConfig(sim) + fmt.Sprintf("resource \"vmfork_vsphere_clone\" \"a\" {\n  name = \"a\"\n  source_vm_id = %q\n}\n", source.ID)
	workspace := acctest.NewWorkspace(t, config, "VMFORK_NAME_WAIT=0s")
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	taken := fmt.Sprintf("resource \"vmfork_vsphere_clone\" \"b\" {\n  name = \"DC0_C0_RP0_VM1\"\n  source_vm_id = %q\n}\n", source.ID)
	if err := workspace.Write("b.tf", taken); err != nil {
		t.Fatal(err)
	}
	for _, each := range []struct {
		environment []string
		exit        int
		command     []string
	}{
		{nil, 1, []string{"plan"}},
		{nil, 1, []string{"-chdir=.", "plan", "-destroy=false"}},
		{[]string{"VMFORK_PLAN_CHECKS=warn"}, 0, []string{"plan"}},
		{[]string{"VMFORK_PLAN_CHECKS=maybe"}, 1, []string{"plan"}},
		{nil, 0, []string{"plan", "-destroy"}},
		{[]string{"TF_CLI_ARGS_plan=-destroy"}, 0, []string{"plan"}},
		{nil, 1, []string{"apply", "-auto-approve"}},
		{[]string{"VMFORK_PLAN_CHECKS=error"}, 1, []string{"apply", "-auto-approve"}},
		{nil, 0, []string{"destroy", "-auto-approve"}},
	} {
		run := *workspace
		run.Env = append(append([]string{}, workspace.Env...), each.environment...)
		said := acctest.RunCLI(t, &run, append(each.command, "-no-color")...)
		if said.ExitCode != each.exit {
			t.Errorf("%v %v ended with %d, want %d:\n%s", each.environment, each.command, said.ExitCode, each.exit, said.Output)
		}
	}
	if _, there := sim.VM("a"); there {
		t.Error("the machine in state is not destroyed")
	}
}

// instances counts the instances in the state file.
func instances(t *testing.T, workspace *realcli.Workspace) (current, deposed int) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(workspace.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Mode      string `json:"mode"`
			Instances []struct {
				Deposed string `json:"deposed"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			switch {
			case resource.Mode != "managed":
			case instance.Deposed == "":
				current++
			default:
				deposed++
			}
		}
	}

	return current, deposed
}

// bothPlatforms is a provider block for both simulators.
func bothPlatforms(sim *vcenter.Server, node *zstacksim.Server) string {
	return fmt.Sprintf(`
provider "vmfork" {
  vsphere = {
    endpoint   = %q
    username   = %q
    password   = %q
    thumbprint = %q
  }
  zstack = {
    endpoint       = %q
    account_name   = %q
    password       = %q
    ca_certificate = %q
  }
}
`, sim.Endpoint(), sim.Username(), sim.Password(), sim.Thumbprint(), node.URL(), node.AccountName(), node.Password(), node.CACertificate())
}
