package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccMessages_interruptedInQueue interrupts an apply of a real CLI whose last resource waits for others, and holds what the user reads
// about that resource to golden files.
func TestAccMessages_interruptedInQueue(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		before   string         // configuration that is applied first; empty for none
		config   string         // SOURCE is the id of a VM
		settings map[string]any // of the provider
		holds    string         // method whose task is held
		waits    string         // what the log says while the resource waits
	}{
		"slot": {
			settings: map[string]any{"max_concurrent_tasks": 1}, holds: "CreateSnapshotEx_Task",
			config: `
resource "vmfork_vsphere_snapshot" "before" {
  for_each = { a = "SOURCE", b = "OTHER" }
  name     = "before"
  vm_id    = each.value
}
`,
			waits: "Waiting until fewer tasks run than max_concurrent_tasks allows",
		},
		"source": {
			settings: map[string]any{},
			holds:    "CreateSnapshotEx_Task",
			config: `
resource "vmfork_vsphere_snapshot" "before" {
  for_each = toset(["a", "b"])
  name     = "before"
  vm_id    = "SOURCE"
}
`,
			waits: "Waiting for other work on the snapshots of the machine",
		},
		"name": {
			settings: map[string]any{},
			holds:    "Destroy_Task",
			before:   "resource \"vmfork_vsphere_clone\" \"old\" {\n  name = \"web\"\n  source_vm_id = \"SOURCE\"\n}\n",
			config:   "resource \"vmfork_vsphere_clone\" \"web\" {\n  name = \"web\"\n  source_vm_id = \"SOURCE\"\n}\n",
			waits:    "Waiting until another object gives up the name",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.VSphere(t)
			full := func(config string) string {
				return providerBlock(server, test.settings) + strings.NewReplacer("SOURCE", acctest.VM(t, server, "DC0_C0_RP0_VM0").ID,
					"OTHER", acctest.VM(t, server, "DC0_C0_RP0_VM1").ID).Replace(config)
			}
			log := filepath.Join(t.TempDir(), "info.log")
			workspace := acctest.NewWorkspace(t, full(test.before), "TF_LOG=INFO", "TF_LOG_PATH="+log)
			if test.before != "" {
				acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			}
			if err := workspace.Write("main.tf", acctest.RequiredProviders+full(test.config)); err != nil {
				t.Fatal(err)
			}
			apply := acctest.StartUntilHeld(t, server, workspace, test.holds, "WaitForUpdatesEx", "apply", "-auto-approve", "-json")
			acctest.Until(t, test.waits, func() bool { return logged(log, test.waits) })
			if err := apply.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			result := acctest.WaitCLI(t, apply)
			if result.ExitCode != 1 {
				t.Errorf("exit code %d", result.ExitCode)
			}
			got := newIDs.ReplaceAllString(notBegun(t, result.Output), "$1-N")
			golden(t, "queue_"+name, terraformWords(strings.NewReplacer(`["a"]`, `["KEY"]`, `["b"]`, `["KEY"]`).Replace(got)))
		})
	}
}

// notBegun returns the diagnostic of the resource that had not begun.
func notBegun(t *testing.T, output string) string {
	t.Helper()
	for each := range strings.SplitSeq(diagnostics(t, output), "\n\nerror: ") {
		if strings.Contains(each, "had not begun") || strings.Contains(each, "Its turn did not come") {
			return strings.TrimSpace(strings.TrimPrefix(each, "error: ")) + "\n"
		}
	}
	t.Fatalf("nothing is said of the resource that waited:\n%s", output)

	return ""
}

// logged reports whether a log has a line with the text.
func logged(file, text string) bool {
	content, err := os.ReadFile(file)

	return err == nil && strings.Contains(string(content), text)
}
