package vspheresnapshot

import (
	"context"
	"log/slog"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// core is the CLI and a vCenter.
type core struct{ *playedcli.CLI }

// serve returns the resource on a client, as a configured provider would. A nil client is a configuration that is not known.
func serve(c client) playedcli.Offer {
	return func() func() resource.Resource { return on(c, playedcli.Shared()) }
}

// on returns the function that returns the resource on a client, for each request of a phase.
func on(c client, shared *lifecycle.Shared) func() resource.Resource {
	return func() resource.Resource {
		r := &snapshotResource{lifecycle.NewResource[model, string, pendingSnapshot](kind)}
		logger := slog.New(slog.DiscardHandler)
		if c == nil {
			r.Use(nil, shared, logger)
		} else {
			r.Use(&adapter{client: c, shared: shared, logger: logger}, shared, logger)
		}

		return &fakeBacked{r}
	}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *snapshotResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}

// config is a configuration.
type config = playedcli.Config

// basic is the smallest configuration, with changes.
func basic(changes ...config) config {
	merged := config{"name": "before", "vm_id": vmID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// identified returns vm_id and snapshot_id of the identity.
func (c core) identified() string {
	c.T.Helper()

	return c.Identified("vm_id") + "/" + c.Identified("snapshot_id")
}
