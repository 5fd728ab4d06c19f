package playedcli

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Apply plans and applies.
func (c *CLI) Apply(ctx context.Context, config Config) Result {
	c.T.Helper()
	planned := c.Plan(config)
	if len(planned.Errors) > 0 || planned.Action == "none" {
		return planned
	}
	c.offered.phase()
	var gone Result
	if planned.Action == "replace" {
		if c.Tainted {
			c.Private = nil // it was planned as if there were none
		}
		if gone = c.Destroy(ctx); len(gone.Errors) > 0 {
			return gone
		}
	}
	applied := c.ApplyPlanned(ctx, config, planned)
	applied.Warnings = append(gone.Warnings, applied.Warnings...)
	c.offered.phase() // the next command configures the provider anew
	applied.Action, applied.Planned = planned.Action, planned.Planned

	return applied
}

// ApplyPlanned applies what was planned.
func (c *CLI) ApplyPlanned(ctx context.Context, config Config, planned Result) Result {
	c.T.Helper()
	creates, plan := c.State.IsNull(), planned.planResponse
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(c.State), PlannedState: plan.PlannedState,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	c.Must(err)
	applied := said(resp.Diagnostics)
	c.State, c.Private = c.undynamic(resp.NewState), resp.Private
	if !c.State.IsNull() {
		c.Identity = resp.NewIdentity
	}
	if !c.State.IsFullyKnown() {
		c.T.Fatalf("unknown values in the new state: %s", c.State)
	}
	c.Tainted = len(applied.Errors) > 0 && creates && !c.State.IsNull()
	if len(applied.Errors) == 0 {
		c.consistent(planned.Planned, c.State)
		if resp.NewIdentity == nil {
			c.T.Fatal("no identity after apply")
		}
	}

	return applied
}

// consistent fails the test when the new state is not what was planned.
func (c *CLI) consistent(planned, reached tftypes.Value) {
	c.T.Helper()
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
		c.T.Fatal(err)
	}
}

// Refresh reads the instance.
func (c *CLI) Refresh() Result {
	c.T.Helper()
	resp, err := c.server.ReadResource(c.T.Context(), &tfprotov6.ReadResourceRequest{
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
	c.T.Helper()
	null := c.dynamic(tftypes.NewValue(c.kind, nil))
	plan, err := c.server.PlanResourceChange(c.T.Context(), &tfprotov6.PlanResourceChangeRequest{
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
	c.T.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: c.typeName, ID: id}
	if identity != nil {
		kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
		for name, text := range identity {
			kinds[name], values[name] = tftypes.String, tftypes.NewValue(tftypes.String, text)
		}
		kind := tftypes.Object{AttributeTypes: kinds}
		encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
		c.Must(err)
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
	}
	resp, err := c.server.ImportResourceState(c.T.Context(), req)
	c.Must(err)
	imported := said(resp.Diagnostics)
	if len(imported.Errors) > 0 {
		return imported
	}
	one := resp.ImportedResources[0]
	c.State, c.Private, c.Identity = c.undynamic(one.State), one.Private, one.Identity

	read := c.Refresh()
	read.Warnings = append(imported.Warnings, read.Warnings...)

	return read
}
