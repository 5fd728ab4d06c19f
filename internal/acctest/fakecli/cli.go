package fakecli

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// CLI plays Terraform against one resource in process: it plans, applies, refreshes, imports and destroys one instance
// through the protocol, keeps state, private data and identity, and holds the provider to what Terraform holds it to.
type CLI struct {
	State   tftypes.Value
	Private []byte
	// Identity is the instance's identity.
	Identity *tfprotov6.ResourceIdentityData
	// Tainted says that the next apply replaces the instance.
	Tainted bool

	t        *testing.T
	server   tfprotov6.ProviderServer
	offered  *oneResource
	typeName string
	schema   *tfprotov6.Schema
	kind     tftypes.Object
}

// Config is the resource's configuration: strings, booleans, []string, map[string]any, nil and unknown.
type Config = map[string]any

// Result is what one command of the CLI says.
type Result struct {
	Action   string // "create", "update", "replace", "none"
	Planned  tftypes.Value
	Errors   []*tfprotov6.Diagnostic
	Warnings []*tfprotov6.Diagnostic
}

// New returns a CLI for the resource. offer is called for each command, as a provider is configured for each, and returns
// what makes the resource.
func New(t *testing.T, typeName string, offer Offer) *CLI {
	t.Helper()
	c := &CLI{t: t, typeName: typeName}
	c.Restart(offer)
	c.State = tftypes.NewValue(c.kind, nil)

	return c
}

// Restart gives the CLI a new provider process.
func (c *CLI) Restart(offer Offer) {
	c.t.Helper()
	c.offered = &oneResource{offer: offer, factory: offer()}
	c.server = providerserver.NewProtocol6(c.offered)()
	schema, err := c.server.GetProviderSchema(c.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 {
		c.t.Fatal(err, schema.Diagnostics)
	}
	c.schema = schema.ResourceSchemas[c.typeName]
	c.kind, _ = c.schema.ValueType().(tftypes.Object)
}

// Validate runs the schema's and the resource's own validation.
func (c *CLI) Validate(config Config) Result {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: c.typeName, Config: c.dynamic(c.Value(config)),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	c.Must(err)

	return said(resp.Diagnostics)
}

// Plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *CLI) Plan(config Config) (Result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	prior, private := c.State, c.Private
	if c.Tainted {
		prior, private = tftypes.NewValue(c.kind, nil), nil
	}
	planned, resp := c.planOnce(config, prior, private)
	if len(planned.Errors) > 0 || prior.IsNull() {
		planned.Action = "create"
		if c.Tainted {
			planned.Action = "replace"
		}

		return planned, resp
	}
	if len(resp.RequiresReplace) > 0 {
		again, resp := c.planOnce(config, tftypes.NewValue(c.kind, nil), resp.PlannedPrivate)
		again.Action = "replace"

		return again, resp
	}
	planned.Action = "update"
	if planned.Planned.Equal(prior) {
		planned.Action = "none"
	}

	return planned, resp
}

func (c *CLI) planOnce(config Config, prior tftypes.Value, private []byte) (Result, *tfprotov6.PlanResourceChangeResponse) {
	c.t.Helper()
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(c.Value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(c.Value(config), prior)), PriorIdentity: c.Identity,
	})
	c.Must(err)
	planned := said(resp.Diagnostics)
	if len(planned.Errors) == 0 {
		planned.Planned = c.undynamic(resp.PlannedState)
	}

	return planned, resp
}

// Apply plans and applies.
func (c *CLI) Apply(ctx context.Context, config Config) Result {
	c.t.Helper()
	planned, resp := c.Plan(config)
	if len(planned.Errors) > 0 || planned.Action == "none" {
		return planned
	}
	c.offered.next() // a phase of its own
	if planned.Action == "replace" {
		if c.Tainted {
			c.Private = nil // it was planned as if there were none
		}
		if gone := c.Destroy(ctx); len(gone.Errors) > 0 {
			return gone
		}
	}
	applied := c.ApplyPlanned(ctx, c.Value(config), resp)
	c.offered.next() // the next command configures the provider anew
	applied.Action, applied.Planned = planned.Action, planned.Planned

	return applied
}

// ApplyPlanned applies what was planned.
func (c *CLI) ApplyPlanned(ctx context.Context, config tftypes.Value, plan *tfprotov6.PlanResourceChangeResponse) Result {
	c.t.Helper()
	creates := c.State.IsNull()
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(config), PriorState: c.dynamic(c.State), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.Must(err)
	applied := said(resp.Diagnostics)
	c.State, c.Private = c.undynamic(resp.NewState), resp.Private
	if !c.State.IsNull() {
		c.Identity = resp.NewIdentity
	}
	if !c.State.IsFullyKnown() {
		c.t.Fatalf("unknown values in the new state: %s", c.State)
	}
	c.Tainted = len(applied.Errors) > 0 && creates && !c.State.IsNull()
	if len(applied.Errors) == 0 {
		c.consistent(c.undynamic(plan.PlannedState), c.State)
		if resp.NewIdentity == nil {
			c.t.Fatal("no identity after apply")
		}
	}

	return applied
}

// consistent fails the test when the new state is not what was planned.
func (c *CLI) consistent(planned, reached tftypes.Value) {
	c.t.Helper()
	err := tftypes.Walk(planned, func(at *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		if !value.IsFullyKnown() || value.Type().Is(tftypes.Object{}) {
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

// Refresh reads the instance.
func (c *CLI) Refresh() Result {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: c.typeName, CurrentState: c.dynamic(c.State), Private: c.Private, CurrentIdentity: c.Identity,
	})
	c.Must(err)
	read := said(resp.Diagnostics)
	if len(read.Errors) > 0 {
		return read
	}
	c.State, c.Private, c.Identity = c.undynamic(resp.NewState), resp.Private, resp.NewIdentity
	if c.State.IsNull() {
		c.Private, c.Identity, c.Tainted = nil, nil, false
	}

	return read
}

// Destroy destroys the instance.
func (c *CLI) Destroy(ctx context.Context) Result {
	c.t.Helper()
	null := c.dynamic(tftypes.NewValue(c.kind, nil))
	plan, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: c.typeName, Config: null, PriorState: c.dynamic(c.State), PriorPrivate: c.Private, ProposedNewState: null,
		PriorIdentity: c.Identity,
	})
	c.Must(err)
	if failed := said(plan.Diagnostics); len(failed.Errors) > 0 {
		return failed
	}
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.typeName, Config: null, PriorState: c.dynamic(c.State), PlannedState: null, PlannedPrivate: plan.PlannedPrivate,
	})
	c.Must(err)
	c.State, c.Private = c.undynamic(resp.NewState), resp.Private
	if c.State.IsNull() {
		c.Identity, c.Tainted = nil, false
	}

	return said(resp.Diagnostics)
}

// ImportBy imports an instance by its id or its identity, and refreshes it.
func (c *CLI) ImportBy(id string, identity map[string]string) Result {
	c.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: c.typeName, ID: id}
	if identity != nil {
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
		values := map[string]tftypes.Value{}
		for name, text := range identity {
			values[name] = tftypes.NewValue(tftypes.String, text)
		}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
		c.Must(err)
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	c.Must(err)
	imported := said(resp.Diagnostics)
	if len(imported.Errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.State, c.Private, c.Identity = c.undynamic(one.State), one.Private, one.Identity

	return c.Refresh()
}
