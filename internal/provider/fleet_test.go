package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/postgres"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The fleet's settings. Size and tasks are the defaults of the example's variables size and max_concurrent_tasks.
const (
	fleetShards = 4
	fleetSize   = 10
	fleetTasks  = 3
)

// waitForLock makes a runner wait for another runner's lock.
const waitForLock = "-lock-timeout=5m"

// TestAccFleet runs examples/fleet as its README says: several runners at once, one vCenter, their states in one real
// PostgreSQL.
func TestAccFleet(t *testing.T) {
	t.Parallel()
	fleet := newFleet(t)
	var runners []*realcli.Workspace
	for shard := 1; shard <= fleetShards; shard++ {
		runners = append(runners, fleet.runner(fmt.Sprintf("runner-%d", shard), shard, shard))
	}
	rival := fleet.runner("rival", 1, 1)
	atOnce(t, append(runners, rival), "init")

	t.Log("all make their shard at once, until vCenter holds as many clones of each as it may run")
	fleet.server.HoldTasks("CloneVM_Task") // the golden image is a template
	applies := startAll(t, runners, "apply", "-auto-approve", waitForLock)
	acctest.Until(t, "each runner has all of its tasks in flight", func() bool {
		running := fleet.server.RunningTaskCounts()
		for shard := 1; shard <= fleetShards; shard++ {
			if running[fmt.Sprintf("runner-%d", shard)].Running < fleetTasks {
				return false
			}
		}

		return true
	})

	t.Log("a second runner of the same state is refused, or waits")
	refused := acctest.MustRunCLI(t, rival, 1, "apply", "-auto-approve", "-no-color")
	if !strings.Contains(refused.Output, "Error acquiring the state lock") {
		t.Errorf("the second runner of a shard was told:\n%s", refused.Output)
	}
	waiting := startAll(t, []*realcli.Workspace{rival}, "apply", "-auto-approve", "-no-color", waitForLock)[0]
	acctest.Until(t, "the second runner waits for the lock", func() bool { return strings.Contains(waiting.Output(), "Acquiring state lock") })
	fleet.server.ReleaseTasks()
	finish(t, applies...)
	finish(t, waiting)
	if !strings.Contains(waiting.Output(), "0 added, 0 changed, 0 destroyed") {
		t.Errorf("the second runner of a shard found something to do:\n%s", waiting.Output())
	}

	t.Log("each machine is there once, and in the state of its shard")
	states := map[string]string{}
	for _, runner := range runners {
		maps.Copy(states, machinesOf(t, runner))
	}
	if machines := fleet.machines(); len(states) != fleetShards*fleetSize || !maps.Equal(machines, states) {
		t.Errorf("in the inventory %v, in state %v", machines, states)
	}
	acctest.MustRunCLI(t, fleet.script, 0, "fleet.sh", strconv.Itoa(fleetShards), "plan", "-detailed-exitcode")

	t.Log("a runner that is sent to another shard's state touches nothing")
	astray := fleet.runner("astray", 1, 2)
	acctest.MustRunCLI(t, astray, 0, "init")
	if told := acctest.MustRunCLI(t, astray, 1, "apply", "-auto-approve", "-no-color").Output; !strings.Contains(
		told, "This is the workspace shard-1, but the shard is 2.") {
		t.Errorf("a runner that went astray was told:\n%s", told)
	}
	if machines := fleet.machines(); !maps.Equal(machines, states) {
		t.Errorf("it left %v of %v", machines, states)
	}

	t.Log("all destroy their shard at once")
	atOnce(t, runners, "destroy", "-auto-approve", waitForLock)
	if left := fleet.machines(); len(left) > 0 {
		t.Errorf("destroyed, but there are still %v", left)
	}
	want := map[string]vcenter.TaskCount{}
	for shard := 1; shard <= fleetShards; shard++ {
		want[fmt.Sprintf("runner-%d", shard)] = vcenter.TaskCount{Most: fleetTasks}
	}
	if running := fleet.server.RunningTaskCounts(); !maps.Equal(running, want) {
		t.Errorf("tasks in flight by runner: %v, want %v", running, want)
	}
}

// fleet is the platform and the store of states for copies of examples/fleet.
type fleet struct {
	tb     *testing.T
	server *vcenter.Server
	states string             // how to connect to PostgreSQL
	script *realcli.Workspace // runs fleet.sh for all shards
}

// newFleet starts what the fleet needs and prepares the states of all shards.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	fleet := &fleet{
		tb: t, states: postgres.Start(t), server: acctest.VSphere(t, vcenter.Options{VMs: 1, TaskDuration: 100 * time.Millisecond}),
	}
	fleet.script = fleet.folder(fleet.server.Username(), fleet.server.Password(), "TERRAFORM="+os.Getenv("TF_ACC_TERRAFORM_PATH"))
	fleet.script.CLI = "sh"
	acctest.MustRunCLI(t, fleet.script, 0, "fleet.sh", strconv.Itoa(fleetShards), "prepare")

	return fleet
}

// runner returns a working folder with a vCenter user of its own, the state of one shard and the number of a shard.
func (f *fleet) runner(user string, state, shard int) *realcli.Workspace {
	f.tb.Helper()
	f.server.AddUser(user, "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Provisioning.DeployTemplate",
		"VirtualMachine.Inventory.CreateFromExisting", "VirtualMachine.Inventory.Delete", "VirtualMachine.Interact.PowerOn",
		"VirtualMachine.Interact.PowerOff", "VirtualMachine.Config.AdvancedConfig", "Resource.AssignVMToPool", "Datastore.AllocateSpace")

	return f.folder(user, "secret", fmt.Sprintf("TF_WORKSPACE=shard-%d", state), fmt.Sprintf("TF_VAR_shard=%d", shard))
}

// folder copies the example into a working folder.
func (f *fleet) folder(user, password string, env ...string) *realcli.Workspace {
	f.tb.Helper()
	workspace, err := realcli.NewWorkspace(f.tb.TempDir(), os.Getenv("TF_ACC_TERRAFORM_PATH"), acctest.BuildProvider(f.tb))
	if err != nil {
		f.tb.Fatal(err)
	}
	if err := os.CopyFS(workspace.Dir, os.DirFS(filepath.Join("..", "..", "examples", "fleet"))); err != nil {
		f.tb.Fatal(err)
	}
	workspace.Env = append(workspace.Env, "PG_CONN_STR="+f.states, "VSPHERE_SERVER="+f.server.Endpoint(), "VSPHERE_USER="+user,
		"VSPHERE_PASSWORD="+password, "VSPHERE_ALLOW_UNVERIFIED_SSL=true")
	workspace.Env = append(workspace.Env, env...)

	return workspace
}

// machines returns the ids of the fleet's running machines by name. Two of one name are an error.
func (f *fleet) machines() map[string]string {
	f.tb.Helper()
	ids := map[string]string{}
	for _, vm := range f.server.VMs() {
		if !strings.HasPrefix(vm.Name, "fleet-") {
			continue
		}
		if twin := ids[vm.Name]; twin != "" || vm.PowerState != "poweredOn" {
			f.tb.Errorf("%s is %s and %s, beside %q", vm.Name, vm.ID, vm.PowerState, twin)
		}
		ids[vm.Name] = vm.ID
	}

	return ids
}

// machinesOf returns the ids of a shard's machines by name, as its state has them.
func machinesOf(t *testing.T, runner *realcli.Workspace) map[string]string {
	t.Helper()
	var ids map[string]string
	output := acctest.MustRunCLI(t, runner, 0, "output", "-json", "machines").Output
	if err := json.Unmarshal([]byte(output), &ids); err != nil {
		t.Fatalf("%v in %s", err, output)
	}

	return ids
}

// atOnce runs one command in several folders at once, which must succeed in each.
func atOnce(t *testing.T, runners []*realcli.Workspace, args ...string) {
	t.Helper()
	finish(t, startAll(t, runners, args...)...)
}

// startAll starts one command in several folders.
func startAll(t *testing.T, runners []*realcli.Workspace, args ...string) []*realcli.Command {
	t.Helper()
	var commands []*realcli.Command
	for _, runner := range runners {
		command, err := runner.Start(t.Context(), nil, args...)
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, command)
	}

	return commands
}

// finish waits for commands, which must succeed.
func finish(t *testing.T, commands ...*realcli.Command) {
	t.Helper()
	for _, command := range commands {
		if result := acctest.WaitCLI(t, command); result.ExitCode != 0 {
			t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}
