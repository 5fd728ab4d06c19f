package vsphereftsecondary

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// core is the CLI and a vCenter.
type core struct{ *playedcli.CLI }

// newCore plays the CLI against the resource on a client that the test chooses.
func newCore(t *testing.T, chosen client) core {
	t.Helper()

	return core{playedcli.New(t, func() func() resource.Resource {
		shared := playedcli.Shared()

		return func() resource.Resource {
			r := &secondaryResource{lifecycle.NewResource[model, vsphere.SecondaryResult, evidence](kind)}
			logger := slog.New(slog.DiscardHandler)
			r.Use(&adapter{client: chosen, shared: shared, logger: logger}, shared, logger)

			return &fakeBacked{r}
		}
	})}
}

// fakeBacked is the resource with a client that no provider gave it.
type fakeBacked struct{ *secondaryResource }

func (r *fakeBacked) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}

// config is a configuration.
type config = playedcli.Config

// basic is the smallest configuration, with changes.
func basic(changes ...config) config {
	merged := config{"primary_vm_id": primaryID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// recommended fails the test unless so many recommendations are in state.
func (c core) recommended(want int) {
	c.T.Helper()
	var whole map[string]tftypes.Value
	c.Must(c.State.As(&whole))
	var all []tftypes.Value
	c.Must(whole["recommendations"].As(&all))
	if whole["recommendations"].IsNull() || len(all) != want {
		c.T.Fatalf("recommendations are %s, want %d", whole["recommendations"], want)
	}
}
