package zstackclone_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// twoAccounts is a ZStack with a VM and a snapshot group that the administrator made in a workspace, and another account.
type twoAccounts struct {
	*testing.T

	server    *zstacksim.Server
	workspace *realcli.Workspace
	vm        string
	alice     string // the other account's uuid
	body      string // of the configuration, without the provider's block
}

func newTwoAccounts(t *testing.T) *twoAccounts {
	t.Helper()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	golden := acctest.ZStackVM(t, server, "golden")
	two := &twoAccounts{T: t, server: server, body: fmt.Sprintf(`
resource "vmfork_zstack_clone" "web" {
  name           = "web"
  source_vm_uuid = %q
}
resource "vmfork_zstack_snapshot" "before" {
  name    = "before"
  vm_uuid = vmfork_zstack_clone.web.id
}
`, golden.UUID)}
	two.alice, _, _ = server.AddAccount("alice", "secret")
	two.workspace = acctest.NewWorkspace(t, acctest.ZStackProviderConfig(server)+two.body)
	acctest.MustRunCLI(t, two.workspace, 0, "apply", "-auto-approve")
	two.vm = acctest.ZStackVM(t, server, "web").UUID

	return two
}

// as has the CLI run as an account from now on.
func (two *twoAccounts) as(name, password string) {
	two.Helper()
	block := fmt.Sprintf("provider \"vmfork\" {\n  zstack = {\n    endpoint = %q\n    account_name = %q\n    password = %q\n    ca_certificate = %q\n  }\n}\n",
		two.server.URL(), name, password, two.server.CACertificate())
	if err := two.workspace.Write("main.tf", acctest.RequiredProviders+block+two.body); err != nil {
		two.Fatal(err)
	}
}

// kept checks that both resources are in state.
func (two *twoAccounts) kept() {
	two.Helper()
	for _, kind := range []string{"vmfork_zstack_clone", "vmfork_zstack_snapshot"} {
		if id, _ := acctest.InState(two.T, two.workspace, kind); id == "" {
			two.Errorf("%s is not in state any more", kind)
		}
	}
}

// TestAccZStackClone_otherAccount refreshes as an account that may not see the VM: nothing is dropped from the state, and the warning names
// both accounts. An account with which the VM is shared goes on, and is the one that saw it last from then on.
func TestAccZStackClone_otherAccount(t *testing.T) {
	t.Parallel()
	two := newTwoAccounts(t)
	two.as("alice", "secret")
	for _, args := range [][]string{{"plan", "-detailed-exitcode"}, {"apply", "-auto-approve"}} {
		output := acctest.MustRunCLI(t, two.workspace, 0, args...).Output
		for _, words := range []string{`VM "web" is not visible`, `"before" of`, `"alice" (` + two.alice + ")", `"admin" (36c27e8ff05c4780bf6d2fa65700f22e)`} {
			if !acctest.Says(words).MatchString(output) {
				t.Errorf("%s says no %q:\n%s", args[0], words, output)
			}
		}
		two.kept()
	}
	acctest.MustRunCLI(t, two.workspace, 1, "destroy", "-auto-approve")
	two.kept()

	if err := two.server.ShareVM(two.vm, two.alice, true); err != nil {
		t.Fatal(err)
	}
	acctest.MustRunCLI(t, two.workspace, 0, "apply", "-refresh-only", "-auto-approve")
	if err := two.server.ShareVM(two.vm, two.alice, false); err != nil {
		t.Fatal(err)
	}
	two.as(two.server.AccountName(), two.server.Password())
	acctest.MustRunCLI(t, two.workspace, 0, "plan", "-detailed-exitcode") // the administrator sees all
	two.as("alice", "secret")
	if output := acctest.MustRunCLI(t, two.workspace, 0, "plan").Output; regexp.MustCompile(`last\s+is`).MatchString(output) {
		t.Errorf("another account is said to have seen it last:\n%s", output)
	}

	two.as(two.server.AccountName(), two.server.Password())
	if err := two.server.RemoveVM(two.vm); err != nil {
		t.Fatal(err)
	}
	two.as("alice", "secret")
	acctest.MustRunCLI(t, two.workspace, 0, "apply", "-refresh-only", "-auto-approve")
	if id, _ := acctest.InState(t, two.workspace, "vmfork_zstack_clone"); id != "" {
		t.Error("a VM that is missing for certain is still in state")
	}
}

// TestAccZStackClone_otherNode has the provider connect to another ZStack: every phase is an error, and nothing is dropped or changed.
func TestAccZStackClone_otherNode(t *testing.T) {
	t.Parallel()
	two := newTwoAccounts(t)
	other := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	config := func(server *zstacksim.Server, changes string) {
		if err := two.workspace.Write("main.tf", acctest.RequiredProviders+acctest.ZStackProviderConfig(server)+two.body+changes); err != nil {
			t.Fatal(err)
		}
	}
	config(other, "")
	for _, args := range [][]string{
		{"plan"}, {"apply", "-auto-approve"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"},
	} {
		if output := acctest.MustRunCLI(t, two.workspace, 1, args...).Output; !acctest.Says("belongs to another ZStack").MatchString(output) {
			t.Errorf("%v does not say so:\n%s", args, output)
		}
		two.kept()
	}
	config(two.server, "")
	acctest.MustRunCLI(t, two.workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, two.workspace, 0, "destroy", "-auto-approve")
}

// TestAccZStackClone_accessKeyAccount has an access key see the VM, whose account is asked for.
func TestAccZStackClone_accessKeyAccount(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	golden := acctest.ZStackVM(t, server, "golden")
	body := fmt.Sprintf("resource \"vmfork_zstack_clone\" \"web\" {\n  name = \"web\"\n  source_vm_uuid = %q\n}\n", golden.UUID)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps: []resource.TestStep{
			{Config: acctest.ZStackKeyProviderConfig(server) + body},
			{Config: acctest.ZStackProviderConfig(server) + body, PlanOnly: true},
		},
	})
	if n := server.Requests().ByMethod["QueryAccessKey"]; n == 0 {
		t.Error("the key's account was not asked for")
	}
}
