package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// uuids are those of ZStack, which depend on what was made before.
var uuids = regexp.MustCompile(`\b[0-9a-f]{32}\b`)

// TestAccMessages_lookups holds what a user of a real CLI reads, where a path or a name finds nothing, to golden files.
func TestAccMessages_lookups(t *testing.T) {
	t.Parallel()

	server, zstack := acctest.VSphere(t), acctest.ZStack(t)
	object := func(kind, path string) string {
		return fmt.Sprintf("data \"vmfork_vsphere_object\" \"place\" {\n  type = %q\n  path = %q\n}\n", kind, path)
	}
	machine := func(selector, value string) string {
		return fmt.Sprintf("data \"vmfork_vsphere_virtual_machine\" \"golden\" {\n  %s = %q\n}\n", selector, value)
	}
	for name, config := range map[string]string{
		"near_path":           object("datastore", "/DC0/datastore/localds_0"),
		"near_name":           object("datastore", "LocalDS0"),
		"near_parent":         object("cluster", "/DC0/hosts/DC0_C0"),
		"near_policy":         object("storage_policy", "VM encryption policy"),
		"other_type":          object("folder", "/DC0/datastore/LocalDS_0"),
		"other_type_machine":  object("folder", "/DC0/vm/golden-template"),
		"machine_near_path":   machine("path", "/DC0/vm/golden_template"),
		"machine_near_name":   machine("name", "golden-templat"),
		"machine_other_type":  machine("path", "/DC0/vm"),
		"machine_import_near": "resource \"vmfork_vsphere_clone\" \"web\" {\n  name = \"web\"\n  source_vm_id = \"vm-1\"\n}\nimport {\n  to = vmfork_vsphere_clone.web\n  id = \"/DC0/vm/Golden-Template\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := planned(t, providerBlock(server, map[string]any{})+config)
			golden(t, "lookup_"+name, inventoryIDs.ReplaceAllString(got, "$1-N"))
		})
	}
	for name, config := range map[string]string{
		"zstack_near_name":         "data \"vmfork_zstack_object\" \"place\" {\n  type = \"l3_network\"\n  name = \"net1\"\n}\n",
		"zstack_machine_near_name": "data \"vmfork_zstack_virtual_machine\" \"golden\" {\n  name = \"Golden\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := planned(t, acctest.ZStackProviderConfig(zstack)+config)
			golden(t, "lookup_"+name, uuids.ReplaceAllString(got, "UUID"))
		})
	}
}

// inventoryIDs are managed object ids, which depend on what was made before.
var inventoryIDs = regexp.MustCompile(`\b(vm|group|datastore|domain|host|network|dvportgroup|resgroup|dvs|task)-[a-z]?\d+\b`)

// planned returns the diagnostics of a plan of a real CLI that fails.
func planned(t *testing.T, config string) string {
	t.Helper()
	result := acctest.RunCLI(t, acctest.NewWorkspace(t, config), "plan", "-json")
	if result.ExitCode != 1 {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}

	return diagnostics(t, result.Output)
}
