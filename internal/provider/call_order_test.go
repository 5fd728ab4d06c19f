package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// orders are the calls of PlanResourceChange and ApplyResourceChange that a CLI makes under each command for the machine "web", process by
// process, with the severity of the plan checks. The rule of plan checks (docs/adr/0020-plan-checks.md) stands on them.
var orders = []struct {
	name, lifecycle string
	command         []string
	exit            int
	want            []string // a process each
}{
	{"plan", "", []string{"plan"}, 0, []string{"new error"}},
	{"apply", "", []string{"apply", "-auto-approve"}, 0, []string{"new warning", "new warning, create"}},
	{"plan of a replacement", "", []string{"plan", "-replace=vmfork_vsphere_clone.web"}, 0, []string{"state error, marked error"}},
	{"saved plan of a replacement", "", []string{"plan", "-out=saved", "-replace=vmfork_vsphere_clone.web"}, 0, []string{"state error, marked error"}},
	{"saved plan", "", []string{"apply", "saved"}, 0, []string{"destroy marked, new skip, create"}},
	{"replacement", "", []string{"apply", "-auto-approve", "-replace=vmfork_vsphere_clone.web"}, 0, []string{"state error, marked error", "destroy marked, new skip, create"}},
	{"without a refresh", "", []string{"plan", "-refresh=false", "-replace=vmfork_vsphere_clone.web"}, 0, []string{"state error, marked error"}},
	{"create before destroy", "lifecycle { create_before_destroy = true }", []string{"apply", "-auto-approve", "-var=name=web-2", "-replace=vmfork_vsphere_clone.web"}, 0, []string{"state error, marked error", "new warning, create, destroy"}},
	{"taint", "", []string{"taint", "vmfork_vsphere_clone.web"}, 0, nil},
	{"plan of a tainted one", "", []string{"plan", "-var=name=web-2"}, 0, []string{"new error"}},
	{"a tainted one", "", []string{"apply", "-auto-approve", "-var=name=web-2"}, 0, []string{"new warning", "destroy, new skip, create"}},
	{"plan of a destroy", "", []string{"plan", "-destroy"}, 0, []string{"state skip"}},
	{"destroy", "", []string{"destroy", "-auto-approve"}, 0, []string{"state skip", "destroy"}},
}

func TestAccCallOrder(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	workspace, err := realcli.NewWorkspace(t.TempDir(), os.Getenv("TF_ACC_TERRAFORM_PATH"), self)
	if err != nil {
		t.Fatal(err)
	}
	workspace.Env = append(workspace.Env, recordVariable+"="+folder)
	config := acctest.RequiredProviders + acctest.ProviderConfig(server) + `
variable "name" { default = "web" }
resource "vmfork_vsphere_clone" "web" {
  name         = var.name
  source_vm_id = %q
  %s
}
`
	source, _ := server.VM("DC0_C0_RP0_VM0")
	for i, order := range orders {
		if err := workspace.Write("main.tf", fmt.Sprintf(config, source.ID, order.lifecycle)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			acctest.MustRunCLI(t, workspace, 0, "init")
			recorded(t, folder)
		}
		said := acctest.MustRunCLI(t, workspace, order.exit, order.command...)
		if got := recorded(t, folder); !slices.Equal(got, order.want) {
			t.Errorf("%s:\n got %q\nwant %q\n%s", order.name, got, order.want, said.Output)
		}
	}
}

// recorded returns what each process was asked, in the order in which they began, and removes the records.
func recorded(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files) // by the time at which each began
	var all []string
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err == nil {
			err = os.Remove(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		var calls []string
		changes := false
		for line := range bytes.Lines(content) {
			var call recordedCall
			if err := json.Unmarshal(line, &call); err != nil {
				t.Fatal(err)
			}
			changes = changes || call.Call == "ApplyResourceChange"
			if words := call.inWords(changes); words != "" {
				calls = append(calls, words)
			}
		}
		if len(calls) > 0 {
			all = append(all, strings.Join(calls, ", "))
		}
	}

	return all
}

// inWords says what the call is for and how its checks report; empty for a call that the rule does not depend on. changes says that the
// process has changed something.
func (c recordedCall) inWords(changes bool) string {
	mark := ""
	if c.Marked {
		mark = " marked"
	}
	switch {
	case c.Call == "ApplyResourceChange" && !c.Planned:
		return "destroy" + mark
	case c.Call == "ApplyResourceChange" && !c.Prior:
		return "create" + mark
	case c.Call == "ApplyResourceChange":
		return "update"
	case c.Call != "PlanResourceChange" || !c.Planned:
		return ""
	}
	what := "new"
	switch {
	case c.Prior:
		what = "state"
	case c.Marked:
		what = "marked"
	case c.Private:
		what = "new with private data"
	}
	walk := lifecycle.WalkUnknown
	if c.Command.Applies() && (c.Command.SavedPlan || changes) {
		walk = lifecycle.WalkApply
	}
	severity := lifecycle.Circumstances{New: !c.Prior, Replacing: c.Marked, Walk: walk, Command: c.Command}.Severity()

	return what + " " + map[lifecycle.Severity]string{
		lifecycle.SeverityError: "error", lifecycle.SeverityWarning: "warning", lifecycle.SeveritySkip: "skip",
	}[severity]
}
