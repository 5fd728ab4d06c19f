package playedcli

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Unknown is a value of a configuration that is known only after apply.
type Unknown struct{}

func (c *CLI) value(config Config) tftypes.Value { return convert(c.T, c.kind, config) }

// Get returns an attribute of the state, or of an object or map in it, as [Text] does.
func (c *CLI) Get(steps ...string) string {
	c.T.Helper()

	return Text(c.T, c.State, steps...)
}

// Text returns an attribute as a string, "<null>" for null, "<unknown>" where it or what it is in is not known, and the members
// of a list in brackets.
func Text(t *testing.T, from tftypes.Value, steps ...string) string {
	t.Helper()
	value := from
	for _, step := range steps {
		if !value.IsKnown() {
			return "<unknown>"
		}
		value = members(t, value)[step]
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
		var elements []tftypes.Value
		_ = value.As(&elements)
		all := make([]string, len(elements))
		for i, element := range elements {
			all[i] = Text(t, element)
		}

		return fmt.Sprint(all)
	default:
		return "<" + value.Type().String() + ">"
	}
}

// Identified returns an attribute of the identity, "<none>" without one.
func (c *CLI) Identified(name string) string {
	c.T.Helper()
	if c.Identity == nil {
		return "<none>"
	}
	schemas, err := c.server.GetResourceIdentitySchemas(c.T.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	c.Must(err)
	value, err := c.Identity.IdentityData.Unmarshal(schemas.IdentitySchemas[c.typeName].ValueType())
	c.Must(err)

	return Text(c.T, value, name)
}

// members are the attributes of an object or the elements of a map; none where it is null or unknown.
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
	switch given := from.(type) {
	case []string:
		return elements(t, kind, given)
	case []any:
		return elements(t, kind, given)
	case map[string]any:
		return tftypes.NewValue(kind, converted(t, kind, given))
	default:
		return tftypes.NewValue(kind, from)
	}
}

// converted are the attributes of an object or the elements of a map from plain Go.
func converted(t *testing.T, kind tftypes.Type, given map[string]any) map[string]tftypes.Value {
	t.Helper()
	values := map[string]tftypes.Value{}
	if kind, is := kind.(tftypes.Map); is {
		for name, member := range given {
			values[name] = convert(t, kind.ElementType, member)
		}

		return values
	}
	object, _ := kind.(tftypes.Object)
	for name, member := range object.AttributeTypes {
		values[name] = convert(t, member, given[name])
	}
	for name := range given {
		if _, known := object.AttributeTypes[name]; !known {
			t.Fatalf("no attribute %q", name)
		}
	}

	return values
}

// elements makes a list or a set from plain Go.
func elements[E any](t *testing.T, kind tftypes.Type, given []E) tftypes.Value {
	t.Helper()
	var element tftypes.Type
	switch kind := kind.(type) {
	case tftypes.Set:
		element = kind.ElementType
	case tftypes.List:
		element = kind.ElementType
	}
	values := make([]tftypes.Value, len(given))
	for i, one := range given {
		values[i] = convert(t, element, one)
	}

	return tftypes.NewValue(kind, values)
}

func (c *CLI) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	c.T.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.Must(err)

	return &encoded
}

func (c *CLI) undynamic(value *tfprotov6.DynamicValue) tftypes.Value {
	c.T.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.Must(err)

	return decoded
}
