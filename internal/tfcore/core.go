// Package tfcore plays the CLI against one resource in process: it plans, applies, refreshes, imports and destroys one instance
// through the protocol as the CLI does, and keeps state, private data and identity. Unit tests of resources stand on it: they
// see what the CLI would see, on a fake client and on a clock of their own.
package tfcore

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Core is one instance of a resource, and the CLI that plays with it.
type Core struct {
	T *testing.T
	// State is what the CLI has of the instance; null where it has none.
	State tftypes.Value
	// Tainted says that the next plan replaces the instance.
	Tainted bool

	typeName string
	server   tfprotov6.ProviderServer
	offered  *offeredProvider
	schema   *tfprotov6.Schema
	kind     tftypes.Object
	identity *tfprotov6.ResourceIdentityData
	private  []byte
}

// Config is a resource's configuration: strings, booleans, numbers, maps, nil and [Unknown].
type Config = map[string]any

// Result is what one command of the CLI says.
type Result struct {
	// Action is "create", "update", "replace" or "none".
	Action string
	// Planned is the planned state.
	Planned          tftypes.Value
	Errors, Warnings []*tfprotov6.Diagnostic
	// RequiresReplaceFor are the attributes that replace the instance.
	RequiresReplaceFor []string

	planResponse *tfprotov6.PlanResourceChangeResponse
}

// New returns the CLI without an instance. serve returns the resource for each request, configured; it is called anew for each
// phase of the CLI, as a provider process is: what the requests of a phase share is made in serve.
func New(t *testing.T, serve func() func() resource.Resource) *Core {
	t.Helper()
	offered := &offeredProvider{serve: serve, resource: serve()}
	server := providerserver.NewProtocol6(offered)()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 || len(schema.ResourceSchemas) != 1 {
		t.Fatal(err, schema.Diagnostics)
	}
	c := &Core{T: t, server: server, offered: offered}
	for name, one := range schema.ResourceSchemas {
		kind, _ := one.ValueType().(tftypes.Object)
		c.typeName, c.schema, c.kind, c.State = name, one, kind, tftypes.NewValue(kind, nil)
	}

	return c
}

// Serve gives the CLI a new provider process.
func (c *Core) Serve(serve func() func() resource.Resource) {
	next := New(c.T, serve)
	c.server, c.offered = next.server, next.offered
}

// Forget makes the CLI forget the instance, as terraform state rm does.
func (c *Core) Forget() {
	c.State, c.private, c.identity, c.Tainted = tftypes.NewValue(c.kind, nil), nil, nil, false
}

// Validate checks a configuration, as the CLI does before it plans.
func (c *Core) Validate(config Config) Result {
	c.T.Helper()
	resp, err := c.server.ValidateResourceConfig(c.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: c.typeName, Config: c.dynamic(c.value(config)),
	})
	c.must(err)

	return said(resp.Diagnostics)
}

// Plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *Core) Plan(config Config) Result {
	c.T.Helper()
	prior, private := c.State, c.private
	if c.Tainted {
		prior, private = tftypes.NewValue(c.kind, nil), nil
	}
	planned := c.planOnce(config, prior, private)
	switch {
	case c.Tainted:
		planned.Action = "replace"
	case prior.IsNull():
		planned.Action = "create"
	case len(planned.Errors) > 0:
		planned.Action = "update"
	case len(planned.RequiresReplaceFor) > 0:
		again := c.planOnce(config, tftypes.NewValue(c.kind, nil), planned.planResponse.PlannedPrivate)
		again.Action, again.RequiresReplaceFor = "replace", planned.RequiresReplaceFor

		return again
	case planned.Planned.Equal(prior):
		planned.Action = "none"
	default:
		planned.Action = "update"
	}

	return planned
}

func (c *Core) planOnce(config Config, prior tftypes.Value, private []byte) Result {
	c.T.Helper()
	resp, err := c.server.PlanResourceChange(c.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(config, prior)), PriorIdentity: c.identity,
	})
	c.must(err)
	planned := said(resp.Diagnostics)
	planned.planResponse = resp
	if len(planned.Errors) == 0 {
		planned.Planned = c.undynamic(resp.PlannedState)
	}
	for _, at := range resp.RequiresReplace {
		planned.RequiresReplaceFor = append(planned.RequiresReplaceFor, at.String())
	}

	return planned
}

// Apply plans and applies.
func (c *Core) Apply(ctx context.Context, config Config) Result {
	c.T.Helper()
	planned := c.Plan(config)
	if len(planned.Errors) > 0 || planned.Action == "none" {
		return planned
	}
	c.offered.phase()
	if planned.Action == "replace" {
		if c.Tainted {
			c.private = nil // it was planned as if there were none
		}
		if gone := c.Destroy(ctx); len(gone.Errors) > 0 {
			return gone
		}
	}
	applied := c.applyPlanned(ctx, c.value(config), planned.planResponse)
	c.offered.phase() // the next command configures the provider anew
	applied.Action, applied.Planned = planned.Action, planned.Planned

	return applied
}

func (c *Core) applyPlanned(ctx context.Context, config tftypes.Value, plan *tfprotov6.PlanResourceChangeResponse) Result {
	c.T.Helper()
	creates := c.State.IsNull()
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(config), PriorState: c.dynamic(c.State), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.must(err)
	applied := said(resp.Diagnostics)
	c.State, c.private = c.undynamic(resp.NewState), resp.Private
	if !c.State.IsNull() {
		c.identity = resp.NewIdentity
	}
	if !c.State.IsFullyKnown() {
		c.T.Fatalf("unknown values in the new state: %s", c.State)
	}
	c.Tainted = len(applied.Errors) > 0 && creates && !c.State.IsNull()
	if len(applied.Errors) > 0 {
		return applied
	}
	planned, reached := members(c.T, c.undynamic(plan.PlannedState)), members(c.T, c.State)
	for name, want := range planned {
		if want.IsFullyKnown() && !want.Equal(reached[name]) && !c.State.IsNull() {
			c.T.Fatalf("inconsistent result after apply: %s was planned as %s and is %s", name, want, reached[name])
		}
	}
	if resp.NewIdentity == nil {
		c.T.Fatal("no identity after apply")
	}

	return applied
}

// Refresh reads the instance.
func (c *Core) Refresh() Result {
	c.T.Helper()
	resp, err := c.server.ReadResource(c.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: c.typeName, CurrentState: c.dynamic(c.State), Private: c.private, CurrentIdentity: c.identity,
	})
	c.must(err)
	read := said(resp.Diagnostics)
	if len(read.Errors) > 0 {
		return read
	}
	c.State, c.private, c.identity = c.undynamic(resp.NewState), resp.Private, resp.NewIdentity
	if c.State.IsNull() {
		c.private, c.identity, c.Tainted = nil, nil, false
	}

	return read
}

// Destroy destroys the instance.
func (c *Core) Destroy(ctx context.Context) Result {
	c.T.Helper()
	null := c.dynamic(tftypes.NewValue(c.kind, nil))
	plan, err := c.server.PlanResourceChange(c.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: c.typeName, Config: null, PriorState: c.dynamic(c.State), PriorPrivate: c.private, ProposedNewState: null,
		PriorIdentity: c.identity,
	})
	c.must(err)
	if failed := said(plan.Diagnostics); len(failed.Errors) > 0 {
		return failed
	}
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.typeName, Config: null, PriorState: c.dynamic(c.State), PlannedState: null, PlannedPrivate: plan.PlannedPrivate,
	})
	c.must(err)
	c.State, c.private = c.undynamic(resp.NewState), resp.Private
	if c.State.IsNull() {
		c.identity, c.Tainted = nil, false
	}

	return said(resp.Diagnostics)
}

// ImportBy imports an instance by its id or its identity, and refreshes it.
func (c *Core) ImportBy(id string, identity map[string]string) Result {
	c.T.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: c.typeName, ID: id}
	if identity != nil {
		kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
		for name, text := range identity {
			kinds[name], values[name] = tftypes.String, tftypes.NewValue(tftypes.String, text)
		}
		kind := tftypes.Object{AttributeTypes: kinds}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
		c.must(err)
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	resp, err := c.server.ImportResourceState(c.T.Context(), req)
	c.must(err)
	imported := said(resp.Diagnostics)
	if len(imported.Errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.State, c.private, c.identity = c.undynamic(one.State), one.Private, one.Identity
	read := c.Refresh()
	read.Warnings = append(imported.Warnings, read.Warnings...)

	return read
}

// proposed merges configuration and prior state as the CLI does: what is computed and not configured keeps its value.
func (c *Core) proposed(config Config, prior tftypes.Value) tftypes.Value {
	merged := members(c.T, c.value(config))
	before := members(c.T, prior)
	for _, attribute := range c.schema.Block.Attributes {
		if known, had := before[attribute.Name]; had && attribute.Computed && merged[attribute.Name].IsNull() {
			merged[attribute.Name] = known
		}
	}

	return tftypes.NewValue(c.kind, merged)
}
