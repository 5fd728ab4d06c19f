package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// changes are what the configuration of a clone asks for next: arguments of it, or a resource beside it.
var changes = []struct{ name, argument, beside string }{
	{"hardware", "cpu = { count = 2 }", ""},
	{"power", "power_on = true", ""},
	{"datastore", "placement = { datastore_id = DATASTORE }", ""},
	{"folder", "placement = { folder_id = FOLDER }", ""},
	{"snapshot", "", "resource \"vmfork_vsphere_snapshot\" \"before\" {\n  name  = \"before\"\n  vm_id = vmfork_vsphere_clone.web.id\n}\n"},
}

// TestAccMessages_states holds what a user of a real CLI reads, where a machine is in no state to be changed, to golden files: another
// administrator brought a clone into the state, and each change of it is applied in turn.
func TestAccMessages_states(t *testing.T) {
	t.Parallel()

	connection := func(state string) vcenter.Change { return vcenter.Change{ConnectionState: &state} }
	for name, state := range map[string]struct {
		change vcenter.Change
		tries  []string // of the changes
	}{
		"template":     {vcenter.Change{Template: new(true)}, []string{"hardware", "power", "datastore", "snapshot"}},
		"inaccessible": {connection("inaccessible"), []string{"hardware", "power", "datastore", "folder", "snapshot"}},
		"orphaned":     {connection("orphaned"), []string{"hardware"}},
		"disconnected": {connection("disconnected"), []string{"hardware"}},
		"invalid":      {connection("invalid"), []string{"hardware"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.VSphere(t)
			admin := acctest.LogIn(t, server)
			folder, _ := acctest.Furnish(t, admin)
			if err := admin.Logout(t.Context()); err != nil {
				t.Fatal(err)
			}
			places := strings.NewReplacer("FOLDER", fmt.Sprintf("%q", folder), "DATASTORE", fmt.Sprintf("%q", server.ID("/DC0/datastore/LocalDS_1")))
			clone := func(argument string) string {
				return fmt.Sprintf("%sresource \"vmfork_vsphere_clone\" \"web\" {\n  name = \"web\"\n  source_vm_id = %q\n  %s\n}\n",
					providerBlock(server, map[string]any{}), server.ID("/DC0/vm/DC0_C0_RP0_VM1"), places.Replace(argument))
			}
			workspace := acctest.NewWorkspace(t, clone(""))
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			before := acctest.VM(t, server, "web")
			if err := server.ChangeVM(before.ID, state.change); err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, change := range changes {
				if !slices.Contains(state.tries, change.name) {
					continue
				}
				if err := workspace.Write("main.tf", acctest.RequiredProviders+clone(change.argument)+change.beside); err != nil {
					t.Fatal(err)
				}
				result := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-json")
				said = append(said, "=== "+change.name+"\n"+diagnostics(t, result.Output))
			}
			golden(t, "state_"+name, terraformWords(newIDs.ReplaceAllString(strings.Join(said, "\n"), "$1-N")))
		})
	}
}

// terraformWords returns a text with Terraform's name and its commands, whichever CLI ran.
func terraformWords(text string) string {
	return strings.NewReplacer("tofu ", "terraform ", "OpenTofu", "Terraform").Replace(text)
}
