package provider_test

import (
	"fmt"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccIdentity_sourceReregistered gives the source another id, which the configuration takes over: nothing is replaced. Another source
// replaces, also one that has the former id of the source.
func TestAccIdentity_sourceReregistered(t *testing.T) {
	t.Parallel()
	server := acctest.VSphere(t, vcenter.Options{VMs: 3})
	config := acctest.ProviderConfig(server) + `
variable "golden" { default = "/DC0/vm/DC0_C0_RP0_VM0" }
data "vmfork_vsphere_virtual_machine" "source" {
  path = var.golden
}
`
	for resource, name := range map[string]string{"vmfork_vsphere_clone": "app", "vmfork_vsphere_instant_clone": "fork"} {
		config += fmt.Sprintf("resource %q \"each\" {\n  name = %q\n  source_vm_id = data.vmfork_vsphere_virtual_machine.source.id\n}\n", resource, name)
	}
	s := &identitySuite{t: t, server: server, workspace: acctest.NewWorkspace(t, config)}
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve")
	source, other := s.vm("DC0_C0_RP0_VM0"), s.vm(foreign)

	_, err := server.Reregister(source.ID)
	s.must(err)
	s.runs(0, "", "plan", "-detailed-exitcode")
	s.runs(0, "", "plan", "-detailed-exitcode", "-refresh=false")
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve")
	s.runs(2, "must be replaced", "plan", "-detailed-exitcode", "-no-color", "-var=golden="+other.Path)

	s.must(server.Restore(map[string]string{other.ID: source.ID})) // the foreign VM gets the id that the source had
	s.runs(0, "", "plan", "-detailed-exitcode")
	app, fork := s.vm("app"), s.vm("fork")
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve", "-replace=vmfork_vsphere_clone.each")
	if now := s.vm("app"); now.ID == app.ID || s.vm("fork").ID != fork.ID {
		t.Errorf("the clone is %s, was %s; the fork is %s, was %s", now.ID, app.ID, s.vm("fork").ID, fork.ID)
	}
	s.runs(0, "", "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, s.workspace, 0, "destroy", "-auto-approve")
	s.must(acctest.CheckNoVM(server, "app", "fork")(nil))
}
