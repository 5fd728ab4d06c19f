package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// unknownEndpoint is a provider whose endpoint is known only after apply.
func unknownEndpoint(server *vcenter.Server) string {
	return fmt.Sprintf(`
resource "terraform_data" "endpoint" {
  input = %q
}

provider "vmfork" {
  vsphere = {
    endpoint   = terraform_data.endpoint.output
    username   = %q
    password   = %q
    thumbprint = %q
  }
}
`, server.Endpoint(), server.Username(), server.Password(), server.Thumbprint())
}

// TestAccDeferred_resource plans a clone without a connection, and applies it with one.
func TestAccDeferred_resource(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	golden, found := server.VM("golden-template")
	if !found {
		t.Fatal("the simulator has no golden-template")
	}
	workspace := acctest.NewWorkspace(t, unknownEndpoint(server)+fmt.Sprintf(`
resource "vmfork_vsphere_clone" "web" {
  name         = "web-1"
  source_vm_id = %q
  placement    = { resource_pool_id = %q }
}
`, golden.ID, server.ID("/DC0/host/DC0_C0/Resources")))

	if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
		t.Fatalf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if total := server.Requests().Total; total != 0 {
		t.Errorf("the plan sent %d requests", total)
	}
	if result := acctest.RunCLI(t, workspace, "apply", "-no-color", "-auto-approve"); result.ExitCode != 0 {
		t.Fatalf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if _, found := server.VM("web-1"); !found {
		t.Error("no VM was made")
	}
	if result := acctest.RunCLI(t, workspace, "plan", "-no-color", "-detailed-exitcode"); result.ExitCode != 0 {
		t.Errorf("the second plan is not empty, exit code %d:\n%s", result.ExitCode, result.Output)
	}
	// The endpoint is unknown again, while the clone is in state.
	result := acctest.RunCLI(t, workspace, "plan", "-no-color", "-replace=terraform_data.endpoint")
	if result.ExitCode != 0 || strings.Contains(result.Output, "vmfork_vsphere_clone.web must be replaced") {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
}

// TestAccDeferred_dataSource cannot be read before the endpoint is known, and says so.
func TestAccDeferred_dataSource(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, unknownEndpoint(server)+vmData)
	golden(t, "unknown_endpoint", diagnostics(t, acctest.RunCLI(t, workspace, "plan", "-json").Output))

	for _, args := range [][]string{{"-target=terraform_data.endpoint"}, nil} {
		result := acctest.RunCLI(t, workspace, append([]string{"apply", "-no-color", "-auto-approve"}, args...)...)
		if result.ExitCode != 0 {
			t.Errorf("apply %v: exit code %d:\n%s", args, result.ExitCode, result.Output)
		}
	}
}
