package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccLog_info reads the log that a user gets with TF_LOG=INFO: it says of which machine each task is and what waits for what, and holds
// no line about what the configuration leaves out.
func TestAccLog_info(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t, vcenter.Options{TaskDuration: 500 * time.Millisecond})
	log := filepath.Join(t.TempDir(), "info.log")
	workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{"max_concurrent_tasks": 3})+fmt.Sprintf(`
resource "vmfork_vsphere_instant_clone" "fork" {
  count        = 4
  name         = "fork-${count.index}"
  source_vm_id = %q
}
`, acctest.VM(t, server, "DC0_C0_RP0_VM0").ID), "TF_LOG=INFO", "TF_LOG_PATH="+log)
	for _, args := range [][]string{{"apply", "-auto-approve"}, {"destroy", "-auto-approve"}} {
		if result := acctest.RunCLI(t, workspace, append(args, "-no-color")...); result.ExitCode != 0 {
			t.Fatalf("%v: exit code %d:\n%s", args, result.ExitCode, result.Output)
		}
	}

	content, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{
		"Done waiting for the task:": 0, "Waiting for other work on the object": 0, "Waiting until fewer tasks run than max_concurrent_tasks": 0,
	}
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, "timeout configuration") {
			t.Errorf("the log has: %s", line)
		}
		for message := range found {
			if !strings.Contains(line, message) {
				continue
			}
			found[message]++
			if !strings.Contains(line, "fork-") || !strings.Contains(line, "operation=create") && !strings.Contains(line, "operation=remove") {
				t.Errorf("no machine or operation in: %s", line)
			}
		}
	}
	for message, count := range found {
		if count == 0 {
			t.Errorf("no line %q in:\n%s", message, content)
		}
	}
}
