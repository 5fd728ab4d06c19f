package vspheresnapshot

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unknown is a value of a configuration that is known only after apply.
type unknown struct{}

func (c *core) value(config config) tftypes.Value { return convert(c.t, c.kind, config) }

// get returns an attribute of the state as a string, "<null>" for null.
func (c *core) get(name string) string {
	c.t.Helper()

	return text(c.t, c.state, name)
}

// text returns an attribute as a string.
func text(t *testing.T, from tftypes.Value, name string) string {
	t.Helper()
	value, there := members(t, from)[name]
	switch {
	case !there || value.IsNull():
		return "<null>"
	case !value.IsKnown():
		return "<unknown>"
	case value.Type().Is(tftypes.Bool):
		var truth bool
		_ = value.As(&truth)

		return fmt.Sprint(truth)
	default:
		var words string
		_ = value.As(&words)

		return words
	}
}

// identified returns vm_id and snapshot_id of the identity.
func (c *core) identified() string {
	c.t.Helper()
	if c.identity == nil {
		return "<none>"
	}
	value, err := c.identity.IdentityData.Unmarshal(identityKind)
	c.must(err)

	return text(c.t, value, "vm_id") + "/" + text(c.t, value, "snapshot_id")
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
	object, is := kind.(tftypes.Object)
	if !is || from == nil {
		return tftypes.NewValue(kind, from)
	}
	given, _ := from.(map[string]any)
	values := map[string]tftypes.Value{}
	for name, member := range object.AttributeTypes {
		values[name] = convert(t, member, given[name])
	}

	return tftypes.NewValue(kind, values)
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

// String is what the CLI shows, with the attributes.
func (r result) String() string {
	var all strings.Builder
	for _, one := range append(r.errors, r.warnings...) {
		at := ""
		if one.Attribute != nil && one.Attribute.String() != "" {
			at = " on " + one.Attribute.String()
		}
		fmt.Fprintf(&all, "%s%s: %s\n\n%s\n", one.Severity, at, one.Summary, one.Detail)
	}

	return cmp.Or(all.String(), "nothing\n")
}

// clean fails the test on any diagnostic.
func (r result) clean(t *testing.T) result {
	t.Helper()
	if len(r.errors)+len(r.warnings) > 0 {
		t.Fatal(r)
	}

	return r
}

// failed fails the test unless there is one error and no warning, and the error's text holds the words.
func (r result) failed(t *testing.T, words string) result {
	t.Helper()
	if len(r.errors) != 1 || len(r.warnings) > 0 || !strings.Contains(r.errors[0].Summary+"\n"+r.errors[0].Detail, words) {
		t.Fatalf("want the error %q, got %s", words, r)
	}

	return r
}

// warned fails the test unless there is one warning and no error, and the warning's text holds the words.
func (r result) warned(t *testing.T, words string) result {
	t.Helper()
	if len(r.warnings) != 1 || len(r.errors) > 0 || !strings.Contains(r.warnings[0].Summary+"\n"+r.warnings[0].Detail, words) {
		t.Fatalf("want the warning %q, got %s", words, r)
	}

	return r
}

// settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *core) settled(config config) {
	c.t.Helper()
	c.refresh().clean(c.t)
	if planned := c.plan(config).clean(c.t); planned.action != "none" {
		c.t.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.action, c.state, planned.planned)
	}
}

// is fails the test unless an attribute of the state has the value.
func (c *core) is(want, name string) {
	c.t.Helper()
	if got := c.get(name); got != want {
		c.t.Fatalf("%s is %s, want %s", name, got, want)
	}
}

// interrupted returns a context that is cancelled after a while, as by the CLI's Stop.
func interrupted(t *testing.T, after time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)

	return ctx
}
