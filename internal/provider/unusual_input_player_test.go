package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// player calls the provider as Terraform does, for one resource, and checks what Terraform checks: a plan agrees with the
// configuration, a final plan with the known values of the first, and the result of an apply with the final plan.
type player struct {
	t      *testing.T
	what   string // what is tried, for messages
	server tfprotov6.ProviderServer
	name   string
	schema *tfprotov6.Schema
	kind   tftypes.Type

	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

func newPlayer(t *testing.T, server tfprotov6.ProviderServer, name string, schema *tfprotov6.Schema, what string) *player {
	t.Helper()
	kind := schema.ValueType()

	return &player{
		t: t, what: what, server: server, name: name, schema: schema, kind: kind, state: tftypes.NewValue(kind, nil),
	}
}

func (p *player) none() tftypes.Value { return tftypes.NewValue(p.kind, nil) }

func (p *player) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.what, err)
	}
}

func (p *player) wrong(format string, arguments ...any) {
	p.t.Helper()
	p.t.Errorf("%s: "+format, append([]any{p.what}, arguments...)...)
}

func (p *player) decoded(value *tfprotov6.DynamicValue) tftypes.Value {
	p.t.Helper()
	decoded, err := value.Unmarshal(p.kind)
	p.must(err)

	return decoded
}

// validate checks a configuration.
func (p *player) validate(config tftypes.Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	valid, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: p.name, Config: wireValue(p.t, config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	p.must(err)

	return valid.Diagnostics
}

// plan validates and plans a change of prior. The plan is nil where there is an error.
func (p *player) plan(config, prior tftypes.Value) (*tfprotov6.PlanResourceChangeResponse, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	said := p.validate(config)
	if slices.ContainsFunc(said, isError) {
		return nil, said
	}
	proposed := tftypes.NewValue(p.kind, p.proposed(p.schema.Block.Attributes, config, prior))
	plan, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: p.name, Config: wireValue(p.t, config), ProposedNewState: wireValue(p.t, proposed),
		PriorState: wireValue(p.t, prior), PriorPrivate: p.private, PriorIdentity: p.identity,
	})
	p.must(err)
	said = append(said, plan.Diagnostics...)
	if slices.ContainsFunc(said, isError) {
		return nil, said
	}
	p.checkPlan(p.name, p.schema.Block.Attributes, config, prior, p.decoded(plan.PlannedState))

	return plan, said
}

// step is a plan with what it does.
type step struct {
	plan     *tfprotov6.PlanResourceChangeResponse
	replaces bool
}

// planned plans what to do about the instance. A replacement is planned once more, as a new instance.
func (p *player) planned(config tftypes.Value) (step, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	plan, said := p.plan(config, p.state)
	if plan == nil || len(plan.RequiresReplace) == 0 || p.state.IsNull() {
		return step{plan: plan}, said
	}
	plan, again := p.plan(config, p.none())

	return step{plan, true}, append(said, again...)
}

// apply plans with one configuration, and applies with another one: that in which everything is known.
func (p *player) apply(unknown, known tftypes.Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	first, said := p.planned(unknown)
	if first.plan == nil {
		return said
	}
	if first.replaces {
		if failed := p.destroy(); slices.ContainsFunc(failed, isError) {
			return failed
		}
	}
	final, again := p.planned(known)
	if said = append(said, again...); final.plan == nil {
		return said
	}
	if final.replaces {
		p.wrong("inconsistent final plan: the instance is to be replaced, which the plan did not say: %v", final.plan.RequiresReplace)

		return said
	}
	planned := p.decoded(final.plan.PlannedState)
	p.checkKept("inconsistent final plan", p.name, p.decoded(first.plan.PlannedState), planned)

	applied, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: p.name, Config: wireValue(p.t, known), PriorState: wireValue(p.t, p.state), PlannedState: final.plan.PlannedState,
		PlannedPrivate: final.plan.PlannedPrivate, PlannedIdentity: final.plan.PlannedIdentity,
	})
	p.must(err)
	p.state, p.private = p.decoded(applied.NewState), applied.Private
	if !p.state.IsNull() {
		p.identity = applied.NewIdentity
	}
	if !p.state.IsFullyKnown() {
		p.wrong("unknown values in the state after apply: %s", p.state)
	}
	if !slices.ContainsFunc(applied.Diagnostics, isError) {
		p.checkKept("inconsistent result after apply", p.name, planned, p.state)
	}

	return append(said, applied.Diagnostics...)
}

// settled refreshes, and fails the test unless a plan is empty then.
func (p *player) settled(config tftypes.Value) {
	p.t.Helper()
	read, err := p.server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: p.name, CurrentState: wireValue(p.t, p.state), Private: p.private, CurrentIdentity: p.identity,
	})
	p.must(err)
	if len(read.Diagnostics) > 0 {
		p.wrong("refresh: %s", sentences(read.Diagnostics))

		return
	}
	p.state, p.private, p.identity = p.decoded(read.NewState), read.Private, read.NewIdentity
	next, said := p.planned(config)
	switch {
	case next.plan == nil:
		p.wrong("the second plan: %s", sentences(said))
	case next.replaces || !p.decoded(next.plan.PlannedState).Equal(p.state):
		p.wrong("the second plan is not empty:\n%s\nafter\n%s", p.decoded(next.plan.PlannedState), p.state)
	}
}

// destroy destroys the instance; without one there is nothing to do.
func (p *player) destroy() []*tfprotov6.Diagnostic {
	p.t.Helper()
	if p.state.IsNull() {
		return nil
	}
	none := wireValue(p.t, p.none())
	plan, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: p.name, Config: none, PriorState: wireValue(p.t, p.state), PriorPrivate: p.private, ProposedNewState: none,
		PriorIdentity: p.identity,
	})
	p.must(err)
	gone, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: p.name, Config: none, PriorState: wireValue(p.t, p.state), PlannedState: none, PlannedPrivate: plan.PlannedPrivate,
	})
	p.must(err)
	said := slices.Concat(plan.Diagnostics, gone.Diagnostics)
	if p.state = p.decoded(gone.NewState); p.state.IsNull() {
		p.private, p.identity = nil, nil
	} else {
		p.wrong("the instance is not gone: %s", sentences(said))
	}

	return said
}

func sentences(diagnostics []*tfprotov6.Diagnostic) string {
	all := ""
	for _, one := range diagnostics {
		all += fmt.Sprintf("%s: %s: %s\n", one.Attribute, one.Summary, one.Detail)
	}

	return all
}
