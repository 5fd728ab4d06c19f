package vsphereclone

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// core plays the CLI against the resource in process: it plans, applies, refreshes, imports and destroys one instance
// through the protocol, keeps state, private data and identity, and holds the provider to what the CLI holds it to.
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

// config is the resource's configuration: strings, booleans, []string, map[string]any, nil and unknown.
type config = map[string]any

// result is what one command of the CLI says.
type result struct {
	action   string // "create", "update", "replace", "none"
	planned  tftypes.Value
	errors   []*tfprotov6.Diagnostic
	warnings []*tfprotov6.Diagnostic
}

func newCore(t *testing.T, fake *fakeVSphere) *core {
	t.Helper()
	if fake == nil {
		return newCoreOf(t, nil)
	}

	return newCoreOf(t, fake)
}

func newCoreOf(t *testing.T, client client) *core {
	t.Helper()
	offered := &fakeProvider{client: client, session: vmlifecycle.NewSession()}
	server := providerserver.NewProtocol6(offered)()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 {
		t.Fatal(err, schema.Diagnostics)
	}
	kind, _ := schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)

	return &core{t: t, server: server, offered: offered, kind: kind, state: tftypes.NewValue(kind, nil)}
}

// restart gives the CLI a new provider process; without a fake, its configuration is not known.
func (c *core) restart(fake *fakeVSphere) {
	next := newCore(c.t, fake)
	c.server, c.offered = next.server, next.offered
}

// validate runs the schema's and the resource's own validation.
func (c *core) validate(config config) result {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: c.dynamic(c.value(config)),
	})
	c.must(err)

	return said(resp.Diagnostics)
}

// plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *core) plan(config config) (result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	prior, private := c.state, c.private
	if c.tainted {
		prior, private = tftypes.NewValue(c.kind, nil), nil
	}
	planned, resp := c.planOnce(config, prior, private)
	if len(planned.errors) > 0 || prior.IsNull() {
		planned.action = "create"
		if c.tainted {
			planned.action = "replace"
		}

		return planned, resp
	}
	if len(resp.RequiresReplace) > 0 {
		again, resp := c.planOnce(config, tftypes.NewValue(c.kind, nil), resp.PlannedPrivate)
		again.action = "replace"

		return again, resp
	}
	planned.action = "update"
	if planned.planned.Equal(prior) {
		planned.action = "none"
	}

	return planned, resp
}

func (c *core) planOnce(config config, prior tftypes.Value, private []byte) (result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(c.value(config), prior)), PriorIdentity: c.identity,
	})
	c.must(err)
	planned := said(resp.Diagnostics)
	if len(planned.errors) == 0 {
		planned.planned = c.undynamic(resp.PlannedState)
	}

	return planned, resp
}

// apply plans and applies.
func (c *core) apply(ctx context.Context, config config) result {
	c.t.Helper()
	planned, resp := c.plan(config)
	if len(planned.errors) > 0 || planned.action == "none" {
		return planned
	}
	c.offered.session = vmlifecycle.NewSession() // a phase of its own
	if planned.action == "replace" {
		if gone := c.destroy(ctx); len(gone.errors) > 0 {
			return gone
		}
	}
	applied := c.applyPlanned(ctx, c.value(config), resp)
	c.offered.session = vmlifecycle.NewSession() // the next command configures the provider anew
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
	if len(applied.errors) == 0 {
		c.consistent(c.undynamic(plan.PlannedState), c.state)
		if resp.NewIdentity == nil {
			c.t.Fatal("no identity after apply")
		}
	}

	return applied
}

// consistent fails the test when the new state is not what was planned.
func (c *core) consistent(planned, reached tftypes.Value) {
	c.t.Helper()
	err := tftypes.Walk(planned, func(at *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		if !value.IsKnown() || value.Type().Is(tftypes.Object{}) {
			return value.IsKnown(), nil
		}
		found, _, err := tftypes.WalkAttributePath(reached, at)
		if err != nil {
			return false, fmt.Errorf("planned %s is not there: %w", at, err)
		}
		if got, ok := found.(tftypes.Value); !ok || !got.Equal(value) {
			return false, fmt.Errorf("inconsistent result after apply: %s was planned as %s and is %s", at, value, found)
		}

		return false, nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
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
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
		values := map[string]tftypes.Value{}
		for name, text := range identity {
			values[name] = tftypes.NewValue(tftypes.String, text)
		}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
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
