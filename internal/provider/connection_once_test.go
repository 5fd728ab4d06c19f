package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// indices are those of resources in their addresses.
var indices = regexp.MustCompile(`\[\d+\]`)

// TestAccConnection_refusedOnce plans and refreshes many resources with a wrong password, and is told once why none of it works.
func TestAccConnection_refusedOnce(t *testing.T) {
	t.Parallel()

	vSphere, zStack := acctest.VSphere(t), acctest.ZStack(t)
	clones := func(count int) string {
		return fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  count        = %[1]d
  name         = "web-${count.index}"
  source_vm_id = %[2]q
}

resource "vmfork_zstack_clone" "web" {
  count          = %[1]d
  name           = "web-${count.index}"
  source_vm_uuid = %[3]q
  strategy       = "CreateStopped"
}
`, count, acctest.VM(t, vSphere, "DC0_C0_RP0_VM0").ID, acctest.ZStackVM(t, zStack, "golden").UUID)
	}
	blocks := func(vSpherePassword, zStackPassword string) string {
		return "provider \"vmfork\" {\n  vsphere = {\n" + settingLines(map[string]any{
			"endpoint": vSphere.Endpoint(), "username": vSphere.Username(), "password": vSpherePassword, "thumbprint": vSphere.Thumbprint(),
		}) + "  }\n  zstack = {\n" + settingLines(map[string]any{
			"endpoint": zStack.URL(), "account_name": zStack.AccountName(), "password": zStackPassword, "ca_certificate": zStack.CACertificate(),
		}) + "  }\n}\n"
	}
	right, wrong := blocks(vSphere.Password(), zStack.Password()), blocks("hunter2", "hunter2")
	workspace := acctest.NewWorkspace(t, wrong+clones(40))

	check := func(name string, args ...string) {
		t.Helper()
		result := acctest.RunCLI(t, workspace, append(args, "-json")...)
		if result.ExitCode != 1 {
			t.Errorf("%s: exit code %d", name, result.ExitCode)
		}
		got := indices.ReplaceAllString(diagnostics(t, result.Output), "[INSTANCE]")
		got = strings.NewReplacer(vSphere.Endpoint(), "ENDPOINT", zStack.Endpoint(), "ENDPOINT").Replace(got)
		errors := strings.Split("\n\n"+strings.TrimSpace(got), "\n\nerror: ")[1:]
		slices.Sort(errors) // the platforms answer in any order
		golden(t, name, "error: "+strings.Join(errors, "\n\nerror: ")+"\n")
	}
	check("refused_once_new", "plan")

	write(t, workspace, right+clones(3))
	if result := acctest.RunCLI(t, workspace, "apply", "-no-color", "-auto-approve"); result.ExitCode != 0 {
		t.Fatalf("apply: exit code %d:\n%s", result.ExitCode, result.Output)
	}
	write(t, workspace, wrong+clones(3))
	check("refused_once_in_state", "plan")

	write(t, workspace, right)
	if result := acctest.RunCLI(t, workspace, "apply", "-no-color", "-auto-approve"); result.ExitCode != 0 {
		t.Fatalf("destroy: exit code %d:\n%s", result.ExitCode, result.Output)
	}
}
