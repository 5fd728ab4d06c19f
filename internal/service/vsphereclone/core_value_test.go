package vsphereclone

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unknown is a value of a configuration that is known only after apply.
type unknown struct{}

func (c *core) value(config config) tftypes.Value {
	return convert(c.t, c.kind, config)
}

// get returns an attribute of the state as a string, "<null>" for null.
func (c *core) get(steps ...string) string {
	c.t.Helper()

	return text(c.t, c.state, steps...)
}

// text returns an attribute as a string.
func text(t *testing.T, from tftypes.Value, steps ...string) string {
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
			all[i] = text(t, member)
		}

		return fmt.Sprint(all)
	default:
		return "<" + value.Type().String() + ">"
	}
}

// vmIdentity returns vm_id of the identity.
func (c *core) vmIdentity() string {
	c.t.Helper()
	if c.identity == nil {
		return "<none>"
	}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vcenter_uuid": tftypes.String, "vm_id": tftypes.String}}
	value, err := c.identity.IdentityData.Unmarshal(kind)
	c.must(err)

	return text(c.t, value, "vm_id")
}

// proposed merges configuration and prior state as the CLI does: what is computed and not configured keeps its value.
func (c *core) proposed(config, prior tftypes.Value) tftypes.Value {
	wanted, before := members(c.t, config), members(c.t, prior)
	merged := map[string]tftypes.Value{}
	for name, kind := range c.kind.AttributeTypes {
		merged[name] = wanted[name]
		known, exists := before[name]
		switch {
		case !wanted[name].IsNull() && name == "placement" && wanted[name].IsKnown():
			parts, had := members(c.t, wanted[name]), members(c.t, known)
			for part, value := range parts {
				if old, ok := had[part]; ok && value.IsNull() {
					parts[part] = old
				}
			}
			merged[name] = tftypes.NewValue(kind, parts)
		case wanted[name].IsNull() && exists && computed[name]:
			merged[name] = known
		}
	}

	return tftypes.NewValue(c.kind, merged)
}

// computed are the attributes that the provider may set.
var computed = map[string]bool{
	"placement": true, "power_on": true, "id": true, "instance_uuid": true, "bios_uuid": true, "power_state": true, "host_id": true,
	"disks": true, "network_interfaces": true, "guest_ip_addresses": true, "pending_task_id": true,
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
	if _, is := from.(unknown); is {
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

func said(diagnostics []*tfprotov6.Diagnostic) result {
	var all result
	for _, one := range diagnostics {
		if one.Severity == tfprotov6.DiagnosticSeverityError {
			all.errors = append(all.errors, one)
		} else {
			all.warnings = append(all.warnings, one)
		}
	}

	return all
}

func (c *core) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.must(err)

	return &encoded
}

func (c *core) undynamic(value *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.must(err)

	return decoded
}

func (c *core) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}
