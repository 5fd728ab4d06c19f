package vspheresnapshot

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// core plays the CLI against the resource in process: it plans, applies, refreshes, imports and destroys one instance
// through the protocol, and keeps state, private data and identity.
type core struct {
	t        *testing.T
	server   tfprotov6.ProviderServer
	offered  *fakeProvider
	kind     tftypes.Object
	identity *tfprotov6.ResourceIdentityData
	state    tftypes.Value
	private  []byte
	tainted  bool
}

// config is the resource's configuration: strings, booleans, numbers, objects, nil and unknown.
type config = map[string]any

// computed are the attributes that the provider may set.
var computed = map[string]bool{
	"description": true, "memory": true, "remove_children_on_destroy": true, "consolidate_on_destroy": true, "id": true,
	"created_at": true, "power_state": true, "quiesced": true, "is_current": true, "parent_snapshot_id": true, "pending_task_id": true,
}

var identityKind = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"vcenter_uuid": tftypes.String, "vm_id": tftypes.String, "snapshot_id": tftypes.String,
}}

// result is what one command of the CLI says.
type result struct {
	action             string // "create", "update", "replace", "none"
	planned            tftypes.Value
	errors, warnings   []*tfprotov6.Diagnostic
	planResponse       *tfprotov6.PlanResourceChangeResponse
	requiresReplaceFor []string
}

func newCore(t *testing.T, client client) *core {
	t.Helper()
	offered := &fakeProvider{client: client, session: &session{}}
	server := providerserver.NewProtocol6(offered)()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 {
		t.Fatal(err, schema.Diagnostics)
	}
	kind, _ := schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)

	return &core{t: t, server: server, offered: offered, kind: kind, state: tftypes.NewValue(kind, nil)}
}

// restart gives the CLI a new provider process; without a client, its configuration is not known.
func (c *core) restart(client client) {
	next := newCore(c.t, client)
	c.server, c.offered = next.server, next.offered
}

// plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *core) plan(config config) result {
	c.t.Helper()
	prior, private := c.state, c.private
	if c.tainted {
		prior, private = tftypes.NewValue(c.kind, nil), nil
	}
	planned := c.planOnce(config, prior, private)
	switch {
	case c.tainted:
		planned.action = "replace"
	case prior.IsNull():
		planned.action = "create"
	case len(planned.errors) > 0:
		planned.action = "update"
	case len(planned.requiresReplaceFor) > 0:
		again := c.planOnce(config, tftypes.NewValue(c.kind, nil), planned.planResponse.PlannedPrivate)
		again.action, again.requiresReplaceFor = "replace", planned.requiresReplaceFor

		return again
	case planned.planned.Equal(prior):
		planned.action = "none"
	default:
		planned.action = "update"
	}

	return planned
}

func (c *core) planOnce(config config, prior tftypes.Value, private []byte) result {
	c.t.Helper()
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(config, prior)), PriorIdentity: c.identity,
	})
	c.must(err)
	planned := said(resp.Diagnostics)
	planned.planResponse = resp
	if len(planned.errors) == 0 {
		planned.planned = c.undynamic(resp.PlannedState)
	}
	for _, at := range resp.RequiresReplace {
		planned.requiresReplaceFor = append(planned.requiresReplaceFor, at.String())
	}

	return planned
}

// apply plans and applies.
func (c *core) apply(ctx context.Context, config config) result {
	c.t.Helper()
	planned := c.plan(config)
	if len(planned.errors) > 0 || planned.action == "none" {
		return planned
	}
	c.offered.session = &session{} // a phase of its own
	if planned.action == "replace" {
		if c.tainted {
			c.private = nil // it was planned as if there were none
		}
		if gone := c.destroy(ctx); len(gone.errors) > 0 {
			return gone
		}
	}
	applied := c.applyPlanned(ctx, c.value(config), planned.planResponse)
	c.offered.session = &session{} // the next command configures the provider anew
	applied.action, applied.planned = planned.action, planned.planned

	return applied
}

func (c *core) applyPlanned(ctx context.Context, config tftypes.Value, plan *tfprotov6.PlanResourceChangeResponse) result {
	c.t.Helper()
	creates := c.state.IsNull()
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: c.dynamic(config), PriorState: c.dynamic(c.state), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.must(err)
	applied := said(resp.Diagnostics)
	c.state, c.private = c.undynamic(resp.NewState), resp.Private
	if !c.state.IsNull() {
		c.identity = resp.NewIdentity
	}
	if !c.state.IsFullyKnown() {
		c.t.Fatalf("unknown values in the new state: %s", c.state)
	}
	c.tainted = len(applied.errors) > 0 && creates && !c.state.IsNull()
	if len(applied.errors) > 0 {
		return applied
	}
	planned, reached := members(c.t, c.undynamic(plan.PlannedState)), members(c.t, c.state)
	for name, want := range planned {
		if want.IsFullyKnown() && !want.Equal(reached[name]) && !c.state.IsNull() {
			c.t.Fatalf("inconsistent result after apply: %s was planned as %s and is %s", name, want, reached[name])
		}
	}
	if resp.NewIdentity == nil {
		c.t.Fatal("no identity after apply")
	}

	return applied
}

// refresh reads the instance.
func (c *core) refresh() result {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: c.dynamic(c.state), Private: c.private, CurrentIdentity: c.identity,
	})
	c.must(err)
	read := said(resp.Diagnostics)
	if len(read.errors) > 0 {
		return read
	}
	c.state, c.private, c.identity = c.undynamic(resp.NewState), resp.Private, resp.NewIdentity
	if c.state.IsNull() {
		c.private, c.identity, c.tainted = nil, nil, false
	}

	return read
}

// destroy destroys the instance.
func (c *core) destroy(ctx context.Context) result {
	c.t.Helper()
	null := c.dynamic(tftypes.NewValue(c.kind, nil))
	plan, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: null, PriorState: c.dynamic(c.state), PriorPrivate: c.private, ProposedNewState: null,
		PriorIdentity: c.identity,
	})
	c.must(err)
	if failed := said(plan.Diagnostics); len(failed.errors) > 0 {
		return failed
	}
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, Config: null, PriorState: c.dynamic(c.state), PlannedState: null, PlannedPrivate: plan.PlannedPrivate,
	})
	c.must(err)
	c.state, c.private = c.undynamic(resp.NewState), resp.Private
	if c.state.IsNull() {
		c.identity, c.tainted = nil, false
	}

	return said(resp.Diagnostics)
}

// importBy imports an instance by its id or its identity, and refreshes it.
func (c *core) importBy(id string, identity map[string]string) result {
	c.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id}
	if identity != nil {
		values := map[string]tftypes.Value{}
		for name, text := range identity {
			values[name] = tftypes.NewValue(tftypes.String, text)
		}
		encoded, err := tfprotov6.NewDynamicValue(identityKind, tftypes.NewValue(identityKind, values))
		c.must(err)
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	c.must(err)
	imported := said(resp.Diagnostics)
	if len(imported.errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.state, c.private, c.identity = c.undynamic(one.State), one.Private, one.Identity

	return c.refresh()
}

// proposed merges configuration and prior state as the CLI does: what is computed and not configured keeps its value.
func (c *core) proposed(config config, prior tftypes.Value) tftypes.Value {
	merged := members(c.t, c.value(config))
	for name, known := range members(c.t, prior) {
		if merged[name].IsNull() && computed[name] {
			merged[name] = known
		}
	}

	return tftypes.NewValue(c.kind, merged)
}

// basic is the smallest configuration.
func basic(changes ...config) config {
	merged := config{"name": "before", "vm_id": vmID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}
