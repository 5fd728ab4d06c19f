package vsphereinstantclone

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

type config = playedcli.Config

// running returns a fake vCenter whose golden VM runs and is frozen, on network-1.
func running() *fakevsphere.VCenter {
	fake := fakevsphere.New()
	fake.Change("golden", func(vm *vsphere.VirtualMachine) {
		vm.PowerState, vm.InstantCloneFrozen, vm.ToolsRunning = vsphere.PoweredOn, true, true
		vm.StartConnected = map[string]bool{"4000": true}
		vm.SerialPorts = map[string]vsphere.Port{"9000": {Label: "Serial port 1"}}
	})
	for _, id := range []string{"network-1", "network-2"} {
		fake.Places[id] = vsphere.Object{Type: vsphere.TypeNetwork, ID: id, Accessible: true}
	}

	return fake
}

// newCLI returns a CLI for the resource on a client.
func newCLI(t *testing.T, client client) *playedcli.CLI {
	t.Helper()

	return playedcli.New(t, on(client))
}

// on offers the resource on a client. The resources of a phase share what they know.
func on(client client) playedcli.Offer {
	return func() func() resource.Resource {
		shared := playedcli.Shared()

		return func() resource.Resource {
			r := &instantCloneResource{lifecycle.NewResource[model, string, vm.Evidence](kind)}
			logger := slog.New(slog.DiscardHandler)
			r.Use(newAdapter(client, shared, logger), shared, logger)

			return &fakeBacked{r}
		}
	}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *instantCloneResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}

// basic is the smallest configuration that a plan does not warn of.
func basic(changes ...config) config {
	merged := config{
		"name": "web", "source_vm_id": fakevsphere.GoldenID, "network_interfaces": config{"4000": config{"network_id": "network-2"}},
	}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}
