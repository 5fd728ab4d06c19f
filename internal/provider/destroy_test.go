package provider_test

import (
	"fmt"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestProcess_destroyAsksLittle has a real CLI plan and run the destroy of all six resources. The plan of a destroy checks nothing that a
// creation needs: without a refresh it asks the platforms nothing at all, not even to let it in, but what goes with a
// fault-tolerant pair or a snapshot group. With a refresh it goes on when what the resources were made from is gone.
func TestProcess_destroyAsksLittle(t *testing.T) {
	t.Parallel()
	vcenter := acctest.VSphere(t, vcenter.Options{VMs: 3})
	node := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	config := func(vspherePassword, zstackPassword string) string {
		return acctest.RequiredProviders + fmt.Sprintf(`
provider "vmfork" {
  vsphere = {
    endpoint   = %q
    username   = %q
    password   = %q
    thumbprint = %q
  }
  zstack = {
    endpoint       = %q
    account_name   = %q
    password       = %q
    ca_certificate = %q
  }
}
`, vcenter.Endpoint(), vcenter.Username(), vspherePassword, vcenter.Thumbprint(), node.URL(), node.AccountName(),
			zstackPassword, node.CACertificate()) +
			everyResource(vcenter, node)
	}
	right := config(vcenter.Password(), node.Password())
	workspace := acctest.NewWorkspace(t, "")
	write := func(text string) {
		if err := workspace.Write("main.tf", text); err != nil {
			t.Fatal(err)
		}
	}
	write(right)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")

	write(config("wrong", "wrong"))
	vcenter.ResetRequests()
	node.ResetRequests()
	acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy", "-refresh=false", "-target=vmfork_vsphere_clone.one",
		"-target=vmfork_vsphere_instant_clone.two", "-target=vmfork_vsphere_snapshot.three")
	if asked := vcenter.Requests().Total + node.Requests().Total; asked != 0 {
		t.Errorf("the plan asked %d times", asked)
	}

	write(right)
	template, _ := vcenter.VM("golden-template")
	if err := vcenter.DestroyVM(template.ID); err != nil {
		t.Fatal(err)
	}
	if err := node.DestroyVM(node.ID("vm", "golden")); err != nil {
		t.Fatal(err)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	for _, name := range []string{"one", "two"} {
		if vm, there := vcenter.VM(name); there {
			t.Errorf("left %+v", vm)
		}
	}
	if err := acctest.CheckZStackRecycled(node, "five", 1)(nil); err != nil {
		t.Error(err)
	}
}
