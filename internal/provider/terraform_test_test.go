package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// testFiles have several runs, which newer CLIs serve with one process. In the first one the name "app" is free, another alias takes it, and
// each run that plans it afterwards must see that. In the second one it is taken by what the same file has made.
var testFiles = map[string]string{
	"a.tftest.hcl": `
run "free" {
  command = plan
  variables { name = "app" }
}
run "takes" {
  module { source = "./other" }
  providers = { vmfork = vmfork.second }
}
run "taken" {
  command = plan
  variables { name = "app" }
}
run "made" {
  variables { name = "web" }
}
run "still_taken" {
  module { source = "./third" }
  command = plan
}
run "creation" {
  module { source = "./third" }
}
`,
	"b.tftest.hcl": `
run "first" {
  variables { name = "web" }
}
run "free_again" {
  command = plan
  variables { name = "app" }
}
run "second" {
  module { source = "./other" }
  providers = { vmfork = vmfork.second }
}
run "rename" {
  command = plan
  variables { name = "app" }
}
`,
}

// TestAccTerraformTest has the CLI's own tests run several plans and applies, with two aliases: the plan checks of every run work.
func TestAccTerraformTest(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: 1})
	source := acctest.VM(t, server, "DC0_C0_RP0_VM0")
	clone := func(name string) string {
		return acctest.RequiredProviders + fmt.Sprintf("resource \"vmfork_vsphere_clone\" \"this\" {\n  name         = %s\n  source_vm_id = %q\n}\n", name, source.ID)
	}
	workspace := acctest.NewWorkspace(t, "variable \"name\" { default = \"web\" }\n"+strings.TrimPrefix(clone("var.name"), acctest.RequiredProviders))
	block := acctest.ProviderConfig(server)
	alias := strings.Replace(block, "provider \"vmfork\" {", "provider \"vmfork\" {\n  alias = \"second\"", 1)
	for _, folder := range []string{"other", "third"} {
		if err := os.Mkdir(filepath.Join(workspace.Dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"a.tftest.hcl": block + alias + testFiles["a.tftest.hcl"], "b.tftest.hcl": block + alias + testFiles["b.tftest.hcl"],
		"other/main.tf": clone(`"app"`), "third/main.tf": clone(`"app"`),
	} {
		if err := workspace.Write(name, text); err != nil {
			t.Fatal(err)
		}
	}
	acctest.MustRunCLI(t, workspace, 0, "init")
	said := acctest.MustRunCLI(t, workspace, 1, "test", "-json").Output
	const taken = `VM "app" exists already`
	want := map[string]string{
		"free": "pass", "takes": "pass", "taken": "warning: " + taken + "; pass", "made": "pass", "still_taken": "warning: " + taken + "; pass",
		"creation": "warning: " + taken + "; error: " + taken + "; error",
		"first":    "pass", "free_again": "pass", "second": "pass", "rename": "error: " + taken + "; error",
	}
	if got := runs(t, said); !maps.Equal(got, want) {
		t.Errorf("got %q\nwant %q\n%s", got, want, said)
	}
	if err := acctest.CheckNoVM(server, "web", "app")(nil); err != nil {
		t.Error(err)
	}
}

// runs returns what the CLI said of each run of a test, and how that ended.
func runs(t *testing.T, output string) map[string]string {
	t.Helper()
	told := map[string]string{}
	ended := map[string]string{}
	for line := range strings.Lines(output) {
		var event struct {
			Run        string `json:"@testrun"`
			Diagnostic *struct{ Severity, Summary string }
			TestRun    *struct{ Run, Status, Progress string } `json:"test_run"`
		}
		if json.Unmarshal([]byte(line), &event) != nil {
			continue
		}
		if event.Diagnostic != nil && event.Run != "" {
			said := event.Diagnostic.Severity + ": " + event.Diagnostic.Summary + "; "
			if !strings.Contains(told[event.Run], said) { // plan and apply are both checked
				told[event.Run] += said
			}
		}
		if event.TestRun != nil && (event.TestRun.Progress == "complete" || event.TestRun.Progress == "") {
			ended[event.TestRun.Run] = event.TestRun.Status
		}
	}
	for run, status := range ended {
		told[run] += status
	}

	return told
}
