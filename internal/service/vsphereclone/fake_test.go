package vsphereclone

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
)

type config = playedcli.Config

// newCore returns a CLI for the resource on a fake vCenter; without one, the provider's configuration is not known.
func newCore(t *testing.T, fake *fakevsphere.VCenter) *playedcli.CLI {
	t.Helper()

	return playedcli.New(t, on(fake))
}

func newCoreOf(t *testing.T, client client) *playedcli.CLI {
	t.Helper()

	return playedcli.New(t, with(client, newShared))
}

func newShared() *lifecycle.Shared { return playedcli.Shared() }

// on offers the resource on a fake vCenter.
func on(fake *fakevsphere.VCenter) playedcli.Offer {
	if fake == nil {
		return with(nil, newShared)
	}

	return with(fake, newShared)
}

// with offers the resource on a client. begin returns what the resources of one phase share.
func with(client client, begin func() *lifecycle.Shared) playedcli.Offer {
	return func() func() resource.Resource {
		shared := begin()

		return func() resource.Resource {
			r := &cloneResource{lifecycle.NewResource[model, string, vm.Evidence](kind)}
			logger := slog.New(slog.DiscardHandler)
			if client == nil {
				r.Use(nil, shared, logger)
			} else {
				r.Use(newAdapter(client, shared, logger), shared, logger)
			}

			return &fakeBacked{r}
		}
	}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *cloneResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}

// basic is the smallest configuration.
func basic(changes ...config) config {
	merged := config{"name": "web", "source_vm_id": fakevsphere.GoldenID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}
