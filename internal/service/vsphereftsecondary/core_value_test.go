package vsphereftsecondary

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *core) settled(wanted config) {
	c.t.Helper()
	c.refresh().clean(c.t)
	planned, plan := c.plan(wanted)
	if planned.clean(c.t).action != "none" {
		c.t.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.action, c.state, c.decode(plan.PlannedState))
	}
}

// is fails the test unless an attribute of the state has the value, "<null>" for null.
func (c *core) is(name, want string) {
	c.t.Helper()
	values := map[string]tftypes.Value{}
	c.must(c.state.As(&values))
	got := "<null>"
	var list []tftypes.Value
	var text string
	var truth bool
	switch value := values[name]; {
	case value.IsNull():
	case value.As(&text) == nil:
		got = text
	case value.As(&truth) == nil:
		got = fmt.Sprint(truth)
	case value.As(&list) == nil:
		got = fmt.Sprint(len(list))
	}
	if got != want {
		c.t.Fatalf("%s is %s, want %s", name, got, want)
	}
}

func (c *core) encode(value tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.must(err)

	return &encoded
}

func (c *core) decode(value *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.must(err)

	return decoded
}

// value makes a configuration of plain Go.
func (c *core) value(from config) tftypes.Value { return convert(c.kind, from) }

// unknown is a value of a configuration that is known only after apply.
type unknown struct{}

func convert(kind tftypes.Type, from any) tftypes.Value {
	members, _ := from.(map[string]any)
	values := map[string]tftypes.Value{}
	switch _, open := from.(unknown); {
	case open:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case from == nil:
		return tftypes.NewValue(kind, nil)
	}
	switch kind := kind.(type) {
	case tftypes.Object:
		for name, member := range kind.AttributeTypes {
			values[name] = convert(member, members[name])
		}
	case tftypes.Map:
		for name, member := range members {
			values[name] = convert(kind.ElementType, member)
		}
	default:
		return tftypes.NewValue(kind, from)
	}

	return tftypes.NewValue(kind, values)
}

func sort(diagnostics []*tfprotov6.Diagnostic) said {
	var all said
	for _, one := range diagnostics {
		if one.Severity == tfprotov6.DiagnosticSeverityError {
			all.errors = append(all.errors, one)
		} else {
			all.warnings = append(all.warnings, one)
		}
	}

	return all
}

// basic is the smallest configuration, with changes.
func basic(changes ...config) config {
	merged := config{"primary_vm_id": primaryID}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// String shows what the CLI would.
func (s said) String() string {
	var all strings.Builder
	for _, one := range append(s.errors, s.warnings...) {
		at := ""
		if one.Attribute != nil && one.Attribute.String() != "" {
			at = " on " + one.Attribute.String()
		}
		fmt.Fprintf(&all, "%s%s: %s\n\n%s\n", one.Severity, at, one.Summary, one.Detail)
	}

	return all.String()
}

func (s said) clean(t *testing.T) said {
	t.Helper()

	return s.speaks(t, 0, 0, "")
}

func (s said) failed(t *testing.T, words string) said {
	t.Helper()

	return s.speaks(t, 1, 0, words)
}

func (s said) warned(t *testing.T, words string) said {
	t.Helper()

	return s.speaks(t, 0, 1, words)
}

// speaks fails the test unless there are so many errors and warnings, and the words are in what is said.
func (s said) speaks(t *testing.T, errors, warnings int, words string) said {
	t.Helper()
	if len(s.errors) != errors || len(s.warnings) != warnings || !strings.Contains(s.String(), words) {
		t.Fatalf("want %d errors and %d warnings with %q, got:\n%s", errors, warnings, words, s)
	}

	return s
}
