package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// membersOf returns the attributes of an object or the elements of a map; none of what is null or unknown.
func membersOf(t *testing.T, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	found := map[string]tftypes.Value{}
	if value.IsNull() || !value.IsKnown() {
		return found
	}
	if err := value.As(&found); err != nil {
		t.Fatal(err)
	}

	return found
}

// member returns an attribute or element: null where there is none, unknown where the whole is.
func member(t *testing.T, value tftypes.Value, name string, kind tftypes.Type) tftypes.Value {
	t.Helper()
	if !value.IsKnown() {
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	}
	if found, there := membersOf(t, value)[name]; there {
		return found
	}

	return tftypes.NewValue(kind, nil)
}

// proposed is what Terraform proposes as the new state: the configuration, and where that says nothing of what is computed, what is
// in state. Write-only attributes are never part of it.
func (p *player) proposed(attributes []*tfprotov6.SchemaAttribute, config, prior tftypes.Value) map[string]tftypes.Value {
	p.t.Helper()
	all := map[string]tftypes.Value{}
	for _, attribute := range attributes {
		kind := attribute.ValueType()
		given, before := member(p.t, config, attribute.Name, kind), member(p.t, prior, attribute.Name, kind)
		switch {
		case attribute.WriteOnly:
			given = tftypes.NewValue(kind, nil)
		case given.IsNull() && attribute.Computed:
			given = before
		case attribute.NestedType == nil || given.IsNull() || !given.IsKnown():
		case single(attribute.NestedType):
			given = tftypes.NewValue(kind, p.proposed(attribute.NestedType.Attributes, given, before))
		default:
			element, elements := elementOf(kind), map[string]tftypes.Value{}
			for key, value := range membersOf(p.t, given) {
				if elements[key] = value; !value.IsNull() && value.IsKnown() {
					elements[key] = tftypes.NewValue(element,
						p.proposed(attribute.NestedType.Attributes, value, member(p.t, before, key, element)))
				}
			}
			given = tftypes.NewValue(kind, elements)
		}
		all[attribute.Name] = given
	}

	return all
}

// single reports whether an attribute is one object with attributes of its own.
func single(nested *tfprotov6.SchemaObject) bool {
	return nested != nil && nested.Nesting == tfprotov6.SchemaObjectNestingModeSingle
}

// checkPlan compares a plan with the configuration: each configured value is planned, or the value in state.
func (p *player) checkPlan(at string, attributes []*tfprotov6.SchemaAttribute, config, prior, planned tftypes.Value) {
	p.t.Helper()
	for _, attribute := range attributes {
		kind, here := attribute.ValueType(), at+"."+attribute.Name
		given, before := member(p.t, config, attribute.Name, kind), member(p.t, prior, attribute.Name, kind)
		plan := member(p.t, planned, attribute.Name, kind)
		nested := attribute.NestedType
		switch {
		case attribute.WriteOnly:
			if !plan.IsNull() {
				p.wrong("invalid plan: %s is write-only and planned as %s", here, plan)
			}
		case given.IsNull() && attribute.Computed:
		case !given.IsNull() && single(nested) && plan.IsKnown() && !plan.IsNull(): // a known object may stand for an unknown one
			p.checkPlan(here, nested.Attributes, given, before, plan)
		case given.IsNull() || !given.IsKnown() || nested == nil:
			if !plan.Equal(given) && !plan.Equal(before) {
				p.wrong("invalid plan: %s is configured as %s and planned as %s", here, given, plan)
			}
		case plan.IsNull() || !plan.IsKnown():
			p.wrong("invalid plan: %s is configured as %s and planned as %s", here, given, plan)
		default:
			element := elementOf(kind)
			if len(membersOf(p.t, given)) != len(membersOf(p.t, plan)) {
				p.wrong("invalid plan: %s is configured as %s and planned as %s", here, given, plan)
			}
			for key, value := range membersOf(p.t, given) {
				p.checkPlan(here+"."+key, nested.Attributes, value, member(p.t, before, key, element), member(p.t, plan, key, element))
			}
		}
	}
}

// checkKept compares a later value with a planned one: what was known there must be the same.
func (p *player) checkKept(fault, at string, promised, came tftypes.Value) {
	p.t.Helper()
	switch {
	case !promised.IsKnown():
	case promised.IsFullyKnown():
		if !promised.Equal(came) {
			p.wrong("%s: %s was planned as %s and is %s", fault, at, promised, came)
		}
	case came.IsNull() || !came.IsKnown():
		p.wrong("%s: %s was planned as %s and is %s", fault, at, promised, came)
	case promised.Type().Is(tftypes.Object{}) || promised.Type().Is(tftypes.Map{}):
		after := membersOf(p.t, came)
		for name, value := range membersOf(p.t, promised) {
			later, there := after[name]
			if !there {
				p.wrong("%s: %s.%s was planned and is not there", fault, at, name)

				continue
			}
			p.checkKept(fault, at+"."+name, value, later)
		}
	}
}
