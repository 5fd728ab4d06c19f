package zstackclone_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// awkwardNames read like something else to a query, a URL, JSON or a configuration.
var awkwardNames = []string{
	"ünï çødé", "虚拟机", "rocket 🚀", `"quoted"`, "it's", `back\slash`, "100%", "%41", "50%_off", "a_b", "a?b", "a&b=c", "a+b", "a b", "a,b", "a, b",
	"a!=b", "a?=b", "a>=b", "a~=b", "a!~=b", "=a", "==", "a=b", "is null", "not null", "web/1", "web#1", "${web}", "Same", "same", "null", "0", ".",
}

// Names that look like conditions, wildcards or escapes are names: each VM gets its own, is found by it, and is told apart from
// those that resemble it.
func TestAccZStackClone_awkwardNames(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	quoted := make([]string, len(awkwardNames))
	for i, name := range awkwardNames {
		quoted[i] = strings.ReplaceAll(strconv.Quote(name), "${", "$${")
	}
	workspace := acctest.NewWorkspace(t, acctest.ZStackProviderConfig(server)+fmt.Sprintf(`
resource "vmfork_zstack_clone" "many" {
  for_each       = toset([%s])
  name           = each.key
  source_vm_uuid = %q
  strategy       = "CreateStopped"
  description    = each.key
}
`, strings.Join(quoted, ", "), server.ID("vm", "golden")))
	made := func() map[string]string {
		uuids := map[string]string{}
		for _, vm := range server.VMs() {
			if vm.State != "Stopped" || vm.Name == "golden-stopped" {
				continue
			}
			if uuids[vm.Name] != "" || vm.Description != vm.Name {
				t.Errorf("VM %q (%q) is there more than once, or not as it should be", vm.Name, vm.Description)
			}
			uuids[vm.Name] = vm.UUID
		}

		return uuids
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	uuids := made()
	for _, name := range awkwardNames {
		if uuids[name] == "" {
			t.Errorf("there is no VM %q", name)
		}
	}
	if len(uuids) != len(awkwardNames) {
		t.Errorf("%d VMs, want %d", len(uuids), len(awkwardNames))
	}

	// Without a state, each is found by its name.
	if err := workspace.Write("terraform.tfstate", `{"version": 4}`); err != nil {
		t.Fatal(err)
	}
	said := acctest.MustRunCLI(t, workspace, 1, "plan", "-no-color").Output
	if got := strings.Count(said, "exists already"); got != len(awkwardNames) {
		t.Errorf("%d VMs are found, want %d:\n%s", got, len(awkwardNames), said)
	}
	for name, uuid := range uuids {
		if strings.Count(said, fmt.Sprintf("id = %q", uuid)) != 1 {
			t.Errorf("VM %q is not found", name)
		}
	}
}

// Two VMs have got the name of a clone whose job ZStack has forgotten: none can be told to be the clone, so none is taken, and
// both are named. When one has another name, the other is named alone, and an import takes it.
func TestAccZStackClone_twoOfOneName(t *testing.T) {
	t.Parallel()
	server, workspace := interrupted(t)
	server.ReleaseJobs()
	acctest.Until(t, "the clone is there", func() bool { vm, _ := server.VM("web"); return vm.State == "Running" })
	clone, _ := server.VM("web")
	other, _ := server.VM("golden-stopped")
	rename := func(name string) {
		if err := server.ChangeVM(other.UUID, zstacksim.Change{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	rename("web")
	server.PurgeJobs()
	for command, code := range map[string]int{"plan": 0, "apply": 1, "destroy": 1} {
		arguments := []string{command, "-no-color"}
		if command != "plan" {
			arguments = append(arguments, "-auto-approve")
		}
		said := acctest.MustRunCLI(t, workspace, code, arguments...).Output
		for _, words := range []string{`2 VMs have got the name "web"`, clone.UUID, other.UUID} {
			if !acctest.Says(words).MatchString(said) {
				t.Errorf("%s does not say %q:\n%s", command, words, said)
			}
		}
	}
	rename("golden-stopped")
	said := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve").Output
	if !acctest.Says(clone.UUID).MatchString(said) { // a name alone proves nothing once the job is forgotten
		t.Errorf("the apply does not name %s:\n%s", clone.UUID, said)
	}
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_zstack_clone.web")
	acctest.MustRunCLI(t, workspace, 0, "import", "-no-color", "vmfork_zstack_clone.web", clone.UUID)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if left, _ := server.VM("golden-stopped"); left.UUID != other.UUID {
		t.Error("the other VM is gone")
	}
}
