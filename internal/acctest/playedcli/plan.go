package playedcli

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Plan plans an apply. A tainted instance is planned as a new one, as the CLI does.
func (c *CLI) Plan(config Config) Result {
	c.T.Helper()
	prior, private := c.State, c.Private
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

func (c *CLI) planOnce(config Config, prior tftypes.Value, private []byte) Result {
	c.T.Helper()
	resp, err := c.server.PlanResourceChange(c.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: c.typeName, Config: c.dynamic(c.value(config)), PriorState: c.dynamic(prior), PriorPrivate: private,
		ProposedNewState: c.dynamic(c.proposed(config, prior)), PriorIdentity: c.Identity,
	})
	c.Must(err)
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

// proposed merges configuration and prior state as the CLI does: what is computed and not configured keeps its value.
func (c *CLI) proposed(config Config, prior tftypes.Value) tftypes.Value {
	if prior.IsNull() {
		return c.value(config)
	}

	return c.merged(c.schema.Block.Attributes, c.value(config), prior)
}

// merged is proposed for one object.
func (c *CLI) merged(attributes []*tfprotov6.SchemaAttribute, config, prior tftypes.Value) tftypes.Value {
	if !config.IsKnown() || config.IsNull() {
		return config
	}
	wanted, before := members(c.T, config), members(c.T, prior)
	for _, attribute := range attributes {
		known, exists := before[attribute.Name]
		value := wanted[attribute.Name]
		switch {
		case value.IsNull() && attribute.Computed && exists:
			wanted[attribute.Name] = known
		case value.IsNull() || !value.IsKnown() || attribute.NestedType == nil || !exists:
		case attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			wanted[attribute.Name] = c.merged(attribute.NestedType.Attributes, value, known)
		case attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeMap:
			elements, present := members(c.T, value), members(c.T, known)
			for key, element := range elements {
				if old, there := present[key]; there {
					elements[key] = c.merged(attribute.NestedType.Attributes, element, old)
				}
			}
			wanted[attribute.Name] = tftypes.NewValue(value.Type(), elements)
		}
	}

	return tftypes.NewValue(config.Type(), wanted)
}

// Open returns what a plan leaves unknown, sorted: attributes, and those in an attribute that is an object.
func (c *CLI) Open(planned Result) []string {
	c.T.Helper()
	var names []string
	for name, value := range members(c.T, planned.Planned) {
		if !value.IsKnown() {
			names = append(names, name)

			continue
		}
		if !value.Type().Is(tftypes.Object{}) {
			continue
		}
		for part, member := range members(c.T, value) {
			if !member.IsKnown() {
				names = append(names, name+"."+part)
			}
		}
	}
	slices.Sort(names)

	return names
}
