package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestDeferredPlan plans each resource while the provider's configuration is not known and the CLI defers what depends on it: the plan says so,
// and is as good as one without the platform can be. What only the platform tells is unknown, and a change that replaces is said to replace.
func TestDeferredPlan(t *testing.T) {
	t.Parallel()
	world := newInputFixture(t)
	replacing := map[string]string{
		"vmfork_vsphere_clone": "source_vm_id", "vmfork_vsphere_instant_clone": "source_vm_id", "vmfork_vsphere_ft_secondary": "primary_vm_id",
		"vmfork_vsphere_snapshot": "vm_id", "vmfork_zstack_clone": "source_vm_uuid", "vmfork_zstack_snapshot": "vm_uuid",
	}
	server := deferringServer(t, world)
	for name, schema := range world.schema.ResourceSchemas {
		config := world.right(t, name, schema)
		none := tftypes.NewValue(schema.ValueType(), nil)
		created := planDeferred(t, server, name, config, config, none)
		planned, err := created.PlannedState.Unmarshal(schema.ValueType())
		if err != nil {
			t.Fatal(err)
		}
		if id := attribute(t, planned, "id"); id.IsKnown() {
			t.Errorf("%s: the plan has the id %s", name, id)
		}

		state, err := tftypes.Transform(planned, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
			switch {
			case value.IsKnown():
				return value, nil
			case at.Equal(tftypes.NewAttributePath().WithAttributeName("id")):
				return tftypes.NewValue(tftypes.String, "object-1"), nil
			default:
				return tftypes.NewValue(value.Type(), nil), nil
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		other := tftypes.NewValue(tftypes.String, strings.Repeat("a", 32))
		wanted := set(t, config, []string{replacing[name]}, "", other)
		proposed := set(t, state, []string{replacing[name]}, "", other)
		changed := planDeferred(t, server, name, wanted, proposed, state)
		if !slices.ContainsFunc(changed.RequiresReplace, func(at *tftypes.AttributePath) bool {
			return at.Equal(tftypes.NewAttributePath().WithAttributeName(replacing[name]))
		}) {
			t.Errorf("%s: another %s replaces %v", name, replacing[name], changed.RequiresReplace)
		}
	}
	if asked := world.vcenter.Requests().Total + world.node.Requests().Total; asked != 0 {
		t.Errorf("the platforms were asked %d times", asked)
	}
}

// deferringServer returns a provider whose configuration is unknown, under a CLI that defers.
func deferringServer(t *testing.T, world *inputFixture) tfprotov6.ProviderServer {
	t.Helper()
	world.vcenter.ResetRequests()
	world.node.ResetRequests()
	server, err := world.offers()
	if err != nil {
		t.Fatal(err)
	}
	kind, ok := world.schema.Provider.ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the provider's configuration is no object")
	}
	blocks := map[string]tftypes.Value{}
	for name, block := range kind.AttributeTypes {
		blocks[name] = tftypes.NewValue(block, tftypes.UnknownValue)
	}
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config:             wireValue(t, tftypes.NewValue(kind, blocks)),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatal(err, configured.Diagnostics)
	}

	return server
}

// planDeferred plans a change, which must be deferred for the provider's configuration and say nothing.
func planDeferred(
	t *testing.T, server tfprotov6.ProviderServer, name string, config, proposed, prior tftypes.Value,
) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	plan, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: name, Config: wireValue(t, config), ProposedNewState: wireValue(t, proposed), PriorState: wireValue(t, prior),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: true},
	})
	if err != nil || len(plan.Diagnostics) > 0 {
		t.Fatalf("%s: %v, %v", name, err, plan.Diagnostics)
	}
	if plan.Deferred == nil || plan.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("%s: deferred: %+v", name, plan.Deferred)
	}

	return plan
}

// attribute returns an attribute of an object.
func attribute(t *testing.T, object tftypes.Value, name string) tftypes.Value {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := object.As(&attributes); err != nil {
		t.Fatal(err)
	}

	return attributes[name]
}
