package fakecli

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Unknown is a value of a configuration that is known only after apply.
type Unknown struct{}

// Value makes a configuration.
func (c *CLI) Value(config Config) tftypes.Value {
	return convert(c.t, c.kind, config)
}

// Get returns an attribute of the state as a string, "<null>" for null.
func (c *CLI) Get(steps ...string) string {
	c.t.Helper()

	return Text(c.t, c.State, steps...)
}

// Text returns an attribute as a string.
func Text(t *testing.T, from tftypes.Value, steps ...string) string {
	t.Helper()
	value := from
	for _, step := range steps {
		if !value.IsKnown() {
			return "<unknown>"
		}
		if value.IsNull() {
			return "<null>"
		}
		members := map[string]tftypes.Value{}
		if err := value.As(&members); err != nil {
			t.Fatal(err)
		}
		value = members[step]
	}
	switch {
	case !value.IsKnown():
		return "<unknown>"
	case value.IsNull():
		return "<null>"
	case value.Type().Is(tftypes.Bool):
		var truth bool
		_ = value.As(&truth)

		return fmt.Sprint(truth)
	case value.Type().Is(tftypes.String):
		var words string
		_ = value.As(&words)

		return words
	case value.Type().Is(tftypes.List{}):
		var members []tftypes.Value
		_ = value.As(&members)
		all := make([]string, len(members))
		for i, member := range members {
			all[i] = Text(t, member)
		}

		return fmt.Sprint(all)
	default:
		return "<" + value.Type().String() + ">"
	}
}

// VMIdentity returns vm_id of the identity.
func (c *CLI) VMIdentity() string {
	c.t.Helper()
	if c.Identity == nil {
		return "<none>"
	}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
	value, err := c.Identity.IdentityData.Unmarshal(kind)
	c.Must(err)

	return Text(c.t, value, "vm_id")
}

// proposed merges configuration and prior state as Terraform does: what is computed and not configured keeps its value.
func (c *CLI) proposed(config, prior tftypes.Value) tftypes.Value {
	if prior.IsNull() {
		return config
	}

	return c.merged(c.schema.Block.Attributes, config, prior)
}

// merged is proposed for one object.
func (c *CLI) merged(attributes []*tfprotov6.SchemaAttribute, config, prior tftypes.Value) tftypes.Value {
	if !config.IsKnown() || config.IsNull() {
		return config
	}
	wanted, before := members(c.t, config), members(c.t, prior)
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
			elements, present := members(c.t, value), members(c.t, known)
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

func members(t *testing.T, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	found := map[string]tftypes.Value{}
	if value.Type() == nil || value.IsNull() || !value.IsKnown() {
		return found
	}
	if err := value.As(&found); err != nil {
		t.Fatal(err)
	}

	return found
}

// convert makes a value of the kind from plain Go.
func convert(t *testing.T, kind tftypes.Type, from any) tftypes.Value {
	t.Helper()
	if _, is := from.(Unknown); is {
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	}
	if from == nil {
		return tftypes.NewValue(kind, nil)
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		given, _ := from.(map[string]any)
		values := map[string]tftypes.Value{}
		for name, member := range kind.AttributeTypes {
			values[name] = convert(t, member, given[name])
		}
		for name := range given {
			if _, known := kind.AttributeTypes[name]; !known {
				t.Fatalf("no attribute %q", name)
			}
		}

		return tftypes.NewValue(kind, values)
	case tftypes.Map:
		values := map[string]tftypes.Value{}
		for name, member := range from.(map[string]any) {
			values[name] = convert(t, kind.ElementType, member)
		}

		return tftypes.NewValue(kind, values)
	case tftypes.Set:
		values := []tftypes.Value{}
		switch members := from.(type) {
		case []string:
			for _, member := range members {
				values = append(values, convert(t, kind.ElementType, member))
			}
		case []any:
			for _, member := range members {
				values = append(values, convert(t, kind.ElementType, member))
			}
		}

		return tftypes.NewValue(kind, values)
	default:
		return tftypes.NewValue(kind, from)
	}
}

func said(diagnostics []*tfprotov6.Diagnostic) Result {
	var all Result
	for _, one := range diagnostics {
		if one.Severity == tfprotov6.DiagnosticSeverityError {
			all.Errors = append(all.Errors, one)
		} else {
			all.Warnings = append(all.Warnings, one)
		}
	}

	return all
}

func (c *CLI) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.Must(err)

	return &encoded
}

func (c *CLI) undynamic(value *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.Must(err)

	return decoded
}

// Must fails the test on an error.
func (c *CLI) Must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// Open returns what a plan leaves unknown, sorted: attributes, and those in an attribute that is an object.
func (c *CLI) Open(planned Result) []string {
	c.t.Helper()
	var names []string
	for name, value := range members(c.t, planned.Planned) {
		if !value.IsKnown() {
			names = append(names, name)

			continue
		}
		if !value.Type().Is(tftypes.Object{}) {
			continue
		}
		for part, member := range members(c.t, value) {
			if !member.IsKnown() {
				names = append(names, name+"."+part)
			}
		}
	}
	slices.Sort(names)

	return names
}
