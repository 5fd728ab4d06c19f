package vsphereftsecondary

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// oneResource is a provider with this resource alone, on a client that the test chooses.
type oneResource struct {
	provider.Provider
	client  client
	session *session
}

func (p *oneResource) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "vmfork"
}

func (p *oneResource) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *oneResource) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *oneResource) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &unconfigured{&secondaryResource{client: p.client, session: p.session, logger: slog.New(slog.DiscardHandler)}}
	}}
}

// unconfigured keeps the client that the test chose.
type unconfigured struct{ *secondaryResource }

func (r *unconfigured) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {
}

// core plays the CLI's part for one instance of the resource, in process and through the protocol.
type core struct {
	t        *testing.T
	offered  *oneResource
	server   tfprotov6.ProviderServer
	kind     tftypes.Object
	identity *tfprotov6.ResourceIdentityData
	state    tftypes.Value
	private  []byte
	tainted  bool
}

type config = map[string]any

// said is what one command says.
type said struct {
	action   string // "create", "update", "replace", "none"
	errors   []*tfprotov6.Diagnostic
	warnings []*tfprotov6.Diagnostic
}

func newCore(t *testing.T, chosen client) *core {
	t.Helper()
	offered := &oneResource{client: chosen, session: &session{}}
	c := &core{t: t, offered: offered, server: providerserver.NewProtocol6(offered)()}
	schema, err := c.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	c.kind, _ = schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)
	c.state = tftypes.NewValue(c.kind, nil)

	return c
}

func (c *core) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// plan plans an apply; a tainted instance is planned as a new one, and one to be replaced is planned once more.
func (c *core) plan(wanted config) (said, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	none := tftypes.NewValue(c.kind, nil)
	action, prior := "update", c.state
	switch {
	case c.tainted:
		action, prior = "replace", none
	case prior.IsNull():
		action = "create"
	}
	spoken, resp := c.planFrom(wanted, prior)
	if len(spoken.errors) == 0 && len(resp.RequiresReplace) > 0 && action == "update" {
		action = "replace"
		spoken, resp = c.planFrom(wanted, none)
	}
	if len(spoken.errors) == 0 && action == "update" && c.decode(resp.PlannedState).Equal(prior) {
		action = "none"
	}
	spoken.action = action

	return spoken, resp
}

func (c *core) planFrom(wanted config, prior tftypes.Value) (said, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	configured := c.value(wanted)
	own := map[string]tftypes.Value{}
	c.must(configured.As(&own))
	proposed := maps.Clone(own)
	if !prior.IsNull() {
		before := map[string]tftypes.Value{}
		c.must(prior.As(&before))
		for name := range computedAttributes() {
			proposed[name] = before[name]
		}
		proposed["pending_task_id"] = before["pending_task_id"]
		if proposed["enabled"].IsNull() {
			proposed["enabled"] = before["enabled"]
		}
	}
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: c.encode(configured), PriorState: c.encode(prior), PriorPrivate: c.private,
		ProposedNewState: c.encode(tftypes.NewValue(c.kind, proposed)), PriorIdentity: c.identity,
	})
	c.must(err)

	return sort(resp.Diagnostics), resp
}

// apply plans and applies.
func (c *core) apply(ctx context.Context, wanted config) said {
	c.t.Helper()
	planned, plan := c.plan(wanted)
	if len(planned.errors) > 0 || planned.action == "none" {
		return planned
	}
	c.offered.session = &session{} // a phase of its own
	defer func() { c.offered.session = &session{} }()
	if planned.action == "replace" {
		if c.tainted {
			c.private = nil // it was planned as if there were none
		}
		if gone := c.destroy(ctx); len(gone.errors) > 0 {
			return gone
		}
	}
	creates := c.state.IsNull()
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: c.encode(c.value(wanted)), PriorState: c.encode(c.state), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.must(err)
	spoken := sort(resp.Diagnostics)
	spoken.action = planned.action
	c.state, c.private, c.identity = c.decode(resp.NewState), resp.Private, resp.NewIdentity
	c.tainted = creates && len(spoken.errors) > 0 && !c.state.IsNull()
	if !c.state.IsFullyKnown() {
		c.t.Fatalf("unknown values in the new state: %s", c.state)
	}
	if len(spoken.errors) == 0 && !c.state.IsNull() {
		c.consistent(c.decode(plan.PlannedState))
	}

	return spoken
}

// consistent fails the test when the new state is not what was planned.
func (c *core) consistent(planned tftypes.Value) {
	c.t.Helper()
	wanted, reached := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	c.must(planned.As(&wanted))
	c.must(c.state.As(&reached))
	for name, value := range wanted {
		if value.IsFullyKnown() && !value.Equal(reached[name]) {
			c.t.Fatalf("inconsistent result after apply: %s was planned as %s and is %s", name, value, reached[name])
		}
	}
}

func (c *core) refresh() said {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: c.encode(c.state), Private: c.private, CurrentIdentity: c.identity,
	})
	c.must(err)
	read := sort(resp.Diagnostics)
	if len(read.errors) == 0 {
		c.state, c.private, c.identity = c.decode(resp.NewState), resp.Private, resp.NewIdentity
	}
	if c.state.IsNull() {
		c.private, c.identity, c.tainted = nil, nil, false
	}

	return read
}

func (c *core) destroy(ctx context.Context) said {
	c.t.Helper()
	none := c.encode(tftypes.NewValue(c.kind, nil))
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: none, PriorState: c.encode(c.state), PlannedState: none, PlannedPrivate: c.private,
	})
	c.must(err)
	c.state = c.decode(resp.NewState)
	if c.state.IsNull() {
		c.private, c.identity, c.tainted = nil, nil, false
	}

	return sort(resp.Diagnostics)
}

// importBy imports an instance by its id, and refreshes it.
func (c *core) importBy(id string) said {
	c.t.Helper()
	resp, err := c.server.ImportResourceState(c.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	c.must(err)
	imported := sort(resp.Diagnostics)
	if len(imported.errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.state, c.private, c.identity = c.decode(one.State), one.Private, one.Identity

	return c.refresh()
}
