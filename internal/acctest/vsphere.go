package acctest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// logoutTimeout bounds the wait for sessions to end after the provider was closed.
const logoutTimeout = time.Minute

// VSphere starts a simulated vCenter for one test; options are optional, one at most. It stops when the test ends, and
// the test fails if a session is still open then: call [Factories] afterwards.
func VSphere(tb testing.TB, options ...vcenter.Options) *vcenter.Server {
	tb.Helper()

	var chosen vcenter.Options
	if len(options) > 0 {
		chosen = options[0]
	}
	server, err := vcenter.Start(chosen)
	if err != nil {
		tb.Fatalf("starting the vSphere simulator: %v", err)
	}
	tb.Cleanup(func() {
		if err := noSessions(server.Sessions); err != nil && !tb.Failed() {
			tb.Error(err)
		}
		server.Close()
	})

	return server
}

// noSessions waits until list returns no session.
func noSessions[S any](list func() []S) error {
	deadline := time.After(logoutTimeout)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		sessions := list()
		if len(sessions) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("sessions that nobody closed: %+v", sessions)
		}
	}
}

// VM returns a VM of the simulator's inventory, which must be there.
func VM(tb testing.TB, server *vcenter.Server, name string) vcenter.VM {
	tb.Helper()
	vm, found := server.VM(name)
	if !found {
		tb.Fatalf("the simulator has no VM %q", name)
	}

	return vm
}

// CheckVM passes the one VM of that name in the simulator's inventory to check, which may be nil.
func CheckVM(server *vcenter.Server, name string, check func(vm vcenter.VM) error) resource.TestCheckFunc {
	return func(*terraform.State) error {
		vm, found := server.VM(name)
		switch {
		case !found:
			return fmt.Errorf("the simulator has no VM %q", name)
		case check == nil:
			return nil
		default:
			return check(vm)
		}
	}
}

// CheckNoVM checks that the simulator has no VM of any of the names; it serves as CheckDestroy too.
func CheckNoVM(server *vcenter.Server, names ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		var errs []error
		for _, name := range names {
			if vm, found := server.VM(name); found {
				errs = append(errs, fmt.Errorf("the simulator still has the VM %q (%s)", name, vm.ID))
			}
		}

		return errors.Join(errs...)
	}
}
