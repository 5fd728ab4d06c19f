package vsphereclone

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

type config = playedcli.Config

// newCore returns a CLI for the resource on a fake vCenter; without one, the provider's configuration is not known.
func newCore(t *testing.T, fake *fakevsphere.VCenter) *playedcli.CLI {
	t.Helper()

	return playedcli.New(t, on(fake))
}

func newCoreOf(t *testing.T, client client) *playedcli.CLI {
	t.Helper()

	return playedcli.New(t, with(client, vmlifecycle.NewSession))
}

// on offers the resource on a fake vCenter.
func on(fake *fakevsphere.VCenter) playedcli.Offer {
	if fake == nil {
		return with(nil, vmlifecycle.NewSession)
	}

	return with(fake, vmlifecycle.NewSession)
}

// with offers the resource on a client, with a session for each phase.
func with(client client, begin func() *vmlifecycle.Session) playedcli.Offer {
	return func() func() resource.Resource {
		session := begin()

		return func() resource.Resource {
			return &fakeBacked{&cloneResource{client: client, session: session, logger: slog.New(slog.DiscardHandler)}}
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
