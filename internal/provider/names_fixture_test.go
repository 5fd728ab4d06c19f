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

// namings are the names of machines by resource type and key.
type namings map[string]map[string]string

// The types of the resources in the tests of names, and the variables that hold their names.
const (
	clones   = "vmfork_vsphere_clone"
	instants = "vmfork_vsphere_instant_clone"
	onZStack = "vmfork_zstack_clone"
)

// naming has a real CLI make and rename machines on both platforms.
type naming struct {
	*testing.T

	vcenter   *vcenter.Server
	node      *zstacksim.Server
	workspace *realcli.Workspace
}

// newNaming starts both platforms. wait is how long an apply waits until it begins to free a name.
func newNaming(t *testing.T, wait string) *naming {
	t.Helper()
	n := &naming{T: t, vcenter: acctest.VSphere(t, vcenter.Options{VMs: 1}), node: acctest.ZStack(t, zstacksim.Options{VMs: -1})}
	n.workspace = acctest.NewWorkspace(t, bothPlatforms(n.vcenter, n.node)+fmt.Sprintf(`
variable "names" { type = map(map(string)) }
resource "vmfork_vsphere_clone" "each" {
  for_each     = lookup(var.names, "vmfork_vsphere_clone", {})
  name         = each.value
  source_vm_id = %q
}
resource "vmfork_vsphere_instant_clone" "each" {
  for_each     = lookup(var.names, "vmfork_vsphere_instant_clone", {})
  name         = each.value
  source_vm_id = %[1]q
}
resource "vmfork_zstack_clone" "each" {
  for_each       = lookup(var.names, "vmfork_zstack_clone", {})
  name           = each.value
  source_vm_uuid = %[2]q
  strategy       = "CreateStopped"
}
`, acctest.VM(t, n.vcenter, "DC0_C0_RP0_VM0").ID, n.node.ID("vm", "golden")),
		"VMFORK_NAME_WAIT="+wait)

	return n
}

// waits sets how long an operation waits for the one that frees its name to begin.
func (n *naming) waits(wait string) {
	n.workspace.Env = append(n.workspace.Env, "VMFORK_NAME_WAIT="+wait)
}

// configure writes the names.
func (n *naming) configure(names namings) {
	n.Helper()
	text, err := json.Marshal(map[string]any{"names": names})
	if err == nil {
		err = n.workspace.Write("terraform.tfvars.json", string(text))
	}
	if err != nil {
		n.Fatal(err)
	}
}

// apply applies the names, with the exit code. No output shows an import block: what has a name is in state.
func (n *naming) apply(names namings, exitCode int, args ...string) string {
	n.Helper()
	n.configure(names)
	said := acctest.RunCLI(n, n.workspace, append([]string{"apply", "-auto-approve", "-no-color"}, args...)...)
	if exitCode >= 0 && said.ExitCode != exitCode {
		n.Fatalf("the apply ended with exit code %d, want %d:\n%s", said.ExitCode, exitCode, said.Output)
	}
	if strings.Contains(said.Output, "import {") {
		n.Errorf("the apply prints an import block:\n%s", said.Output)
	}

	return said.Output
}

// machine is one in state.
type machine struct{ id, name string }

// state returns the machines in state by type and key.
func (n *naming) state() map[string]machine {
	n.Helper()
	content, err := os.ReadFile(filepath.Join(n.workspace.Dir, "terraform.tfstate"))
	if err != nil {
		n.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Type      string `json:"type"`
			Instances []struct {
				Key        string `json:"index_key"`
				Deposed    string `json:"deposed"`
				Attributes struct {
					ID   string `json:"id"`
					Name string `json:"name"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		n.Fatal(err)
	}
	found := map[string]machine{}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if instance.Deposed != "" {
				n.Errorf("%s %s is deposed", resource.Type, instance.Key)
			}
			found[resource.Type+" "+instance.Key] = machine{instance.Attributes.ID, instance.Attributes.Name}
		}
	}

	return found
}

// inventory returns all machines of both platforms that were made, the name by id.
func (n *naming) inventory() map[string]string {
	found := map[string]string{}
	for _, vm := range n.vcenter.VMs() {
		if strings.HasPrefix(vm.Name, "v-") || strings.HasPrefix(vm.Name, "vmfork-") {
			found[vm.ID] = vm.Name
		}
	}
	for _, vm := range n.node.VMs() {
		if vm.State != "Destroyed" && !strings.HasPrefix(vm.Name, "golden") {
			found[vm.UUID] = vm.Name
		}
	}

	return found
}

// is checks that state and platforms have the names, and that a plan is empty. It returns the ids by type and key.
func (n *naming) is(names namings) map[string]string {
	n.Helper()
	acctest.MustRunCLI(n, n.workspace, 0, "plan", "-detailed-exitcode", "-no-color")
	ids, inventory, state := map[string]string{}, n.inventory(), n.state()
	for kind, each := range names {
		for key, name := range each {
			known := state[kind+" "+key]
			if known.name != name || inventory[known.id] != name {
				n.Errorf("%s %s is %q in state and %q on the platform, want %q", kind, key, known.name, inventory[known.id], name)
			}
			ids[kind+" "+key] = known.id
		}
	}
	if len(inventory) != len(ids) || len(state) != len(ids) {
		n.Errorf("the platforms have %v, the state has %v, want %v", inventory, state, names)
	}

	return ids
}
