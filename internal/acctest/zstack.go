package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// ZStack starts a simulated ZStack for one test; options are optional, one at most. It stops when the test ends, and the
// test fails if a session is still open then: call [Factories] afterwards.
func ZStack(tb testing.TB, options ...zstacksim.Options) *zstacksim.Server {
	tb.Helper()

	var chosen zstacksim.Options
	if len(options) > 0 {
		chosen = options[0]
	}
	server, err := zstacksim.Start(chosen)
	if err != nil {
		tb.Fatalf("starting the ZStack simulator: %v", err)
	}
	tb.Cleanup(func() {
		if err := noSessions(server.Sessions); err != nil && !tb.Failed() {
			tb.Error(err)
		}
		server.Close()
	})

	return server
}

// ZStackProviderConfig returns the provider configuration for a simulated ZStack, logged in as its account. Further settings
// of the zstack block can be given, each a line.
func ZStackProviderConfig(server *zstacksim.Server, settings ...string) string {
	return ZStackProviderConfigAs(server, server.AccountName(), server.Password(), settings...)
}

// ZStackProviderConfigAs is [ZStackProviderConfig] for another account.
func ZStackProviderConfigAs(server *zstacksim.Server, name, password string, settings ...string) string {
	login := []string{fmt.Sprintf("account_name = %q", name), fmt.Sprintf("password = %q", password)}

	return zstackBlock(server, append(login, settings...))
}

// ZStackKeyProviderConfig is [ZStackProviderConfig] with an access key in place of the account.
func ZStackKeyProviderConfig(server *zstacksim.Server, settings ...string) string {
	login := []string{
		fmt.Sprintf("access_key_id = %q", server.AccessKeyID()), fmt.Sprintf("access_key_secret = %q", server.AccessKeySecret()),
	}

	return zstackBlock(server, append(login, settings...))
}

func zstackBlock(server *zstacksim.Server, settings []string) string {
	settings = append(settings, fmt.Sprintf("endpoint = %q", server.URL()))
	if certificate := server.CACertificate(); certificate != "" {
		settings = append(settings, fmt.Sprintf("ca_certificate = %q", certificate))
	}

	return fmt.Sprintf("\nprovider \"vmfork\" {\n  zstack = {\n    %s\n  }\n}\n", strings.Join(settings, "\n    "))
}

// ZStackVM returns a VM of the simulator's inventory, which must be there.
func ZStackVM(tb testing.TB, server *zstacksim.Server, name string) zstacksim.VM {
	tb.Helper()
	vm, found := server.VM(name)
	if !found {
		tb.Fatalf("the simulator has no VM %q", name)
	}

	return vm
}

// CheckZStackVM passes the one VM of that name in the simulator's inventory to check, which may be nil. VMs in the recycle
// bin do not count.
func CheckZStackVM(server *zstacksim.Server, name string, check func(vm zstacksim.VM) error) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var found []zstacksim.VM
		for _, vm := range server.VMs() {
			if vm.Name == name && vm.State != destroyed {
				found = append(found, vm)
			}
		}
		switch {
		case len(found) != 1:
			return fmt.Errorf("the simulator has %d VMs %q, want one", len(found), name)
		case check == nil:
			return nil
		default:
			return check(found[0])
		}
	}
}

// destroyed is the state of VMs in the recycle bin.
const destroyed = "Destroyed"

// CheckNoZStackVM checks that the simulator has no VM of any of the names, but for the recycle bin; it serves as
// CheckDestroy too.
func CheckNoZStackVM(server *zstacksim.Server, names ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var errs []error
		for _, name := range names {
			if vm, found := server.VM(name); found {
				errs = append(errs, fmt.Errorf("the simulator still has the VM %q (%s, %s)", name, vm.UUID, vm.State))
			}
		}

		return errors.Join(errs...)
	}
}

// CheckZStackRecycled checks that the recycle bin has as many VMs of the name as wanted, and that no other VM has the name;
// it serves as CheckDestroy too. None are wanted of a VM that was expunged.
func CheckZStackRecycled(server *zstacksim.Server, name string, want int) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		recycled := 0
		for _, vm := range server.VMs() {
			if vm.Name == name && vm.State == destroyed {
				recycled++
			}
		}
		if recycled != want {
			return fmt.Errorf("the recycle bin has %d VMs %q, want %d", recycled, name, want)
		}

		return CheckNoZStackVM(server, name)(state)
	}
}
