package acctest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// closeTimeout only ends a logout that hangs.
const closeTimeout = time.Minute

// Factories returns the functions that create the provider of a test case, in process. Each command of the CLI gets a provider
// of its own, as real commands do; the one before is closed then, and the last one when the test ends. Call it after [VSphere] and
// [ZStack], so that the provider logs out while the server is still there. Each of the environment, such as [PlanErrors], replaces a
// variable.
//
// No command line tells a provider in process that it plans, so its checks of new objects are warnings, and the creation's own are errors.
func Factories(tb testing.TB, environment ...string) map[string]func() (tfprotov6.ProviderServer, error) {
	tb.Helper()

	current := &inProcess{}
	tb.Cleanup(func() {
		if err := current.replace(context.WithoutCancel(tb.Context()), nil); err != nil {
			tb.Errorf("closing the provider: %v", err)
		}
	})

	return map[string]func() (tfprotov6.ProviderServer, error){
		"vmfork": func() (tfprotov6.ProviderServer, error) {
			next := provider.New("test").In(func(name string) string {
				for _, pair := range environment {
					if value, found := strings.CutPrefix(pair, name+"="); found {
						return value
					}
				}

				return os.Getenv(name)
			})
			if err := current.replace(tb.Context(), next); err != nil {
				return nil, fmt.Errorf("closing the provider of the command before: %w", err)
			}

			return provider.Server(next)(), nil
		},
	}
}

// PlanErrors makes the plan's checks of new objects errors, as under "terraform plan".
const PlanErrors = lifecycle.OverrideVariable + "=" + string(lifecycle.OverrideError)

// inProcess is the provider that a test case uses now.
type inProcess struct {
	mu       sync.Mutex
	provider *provider.Provider
}

func (p *inProcess) replace(ctx context.Context, next *provider.Provider) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.provider
	p.provider = next
	if before == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()

	return before.Close(ctx)
}

// ProviderConfig returns the provider configuration for a simulated vCenter. Further settings of the vsphere block can be
// given, each a line such as the one of [API].
func ProviderConfig(server *vcenter.Server, settings ...string) string {
	var more strings.Builder
	for _, setting := range settings {
		fmt.Fprintf(&more, "    %s\n", setting)
	}

	return fmt.Sprintf(`
provider "vmfork" {
  vsphere = {
    endpoint   = %q
    username   = %q
    password   = %q
    thumbprint = %q
%s  }
}
`, server.Endpoint(), server.Username(), server.Password(), server.Thumbprint(), more.String())
}

// API returns the setting of the vsphere block that chooses how vim25 methods are called: "soap" or "json".
func API(api string) string { return fmt.Sprintf("api = %q", api) }

// APIs returns both of the forms in which vim25 methods are called, for tests that run in each: pass [API] of the form to
// [ProviderConfig].
func APIs() []string { return []string{"soap", "json"} }
