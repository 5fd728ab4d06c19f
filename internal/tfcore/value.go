package tfcore

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

// Unknown is a value of a configuration that is known only after apply.
type Unknown struct{}

func (c *Core) value(config Config) tftypes.Value { return convert(c.T, c.kind, config) }

// Get returns an attribute of the state as a string, "<null>" for null.
func (c *Core) Get(name string) string {
	c.T.Helper()

	return text(c.T, c.State, name)
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

// Identified returns an attribute of the identity, "<none>" without one.
func (c *Core) Identified(name string) string {
	c.T.Helper()
	if c.identity == nil {
		return "<none>"
	}
	schemas, err := c.server.GetResourceIdentitySchemas(c.T.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	c.must(err)
	value, err := c.identity.IdentityData.Unmarshal(schemas.IdentitySchemas[c.typeName].ValueType())
	c.must(err)

	return text(c.T, value, name)
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

func (c *Core) dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	c.T.Helper()
	encoded, err := tfprotov6.NewDynamicValue(c.kind, value)
	c.must(err)

	return &encoded
}

func (c *Core) undynamic(value *tfprotov6.DynamicValue) tftypes.Value {
	c.T.Helper()
	decoded, err := value.Unmarshal(c.kind)
	c.must(err)

	return decoded
}

func (c *Core) must(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// String is what the CLI shows, with the attributes.
func (r Result) String() string {
	var all strings.Builder
	for _, one := range append(r.Errors, r.Warnings...) {
		at := ""
		if one.Attribute != nil && one.Attribute.String() != "" {
			at = " on " + one.Attribute.String()
		}
		fmt.Fprintf(&all, "%s%s: %s\n\n%s\n", one.Severity, at, one.Summary, one.Detail)
	}

	return cmp.Or(all.String(), "nothing\n")
}

// Clean fails the test on any diagnostic.
func (r Result) Clean(t *testing.T) Result {
	t.Helper()
	if len(r.Errors)+len(r.Warnings) > 0 {
		t.Fatal(r)
	}

	return r
}

// Failed fails the test unless there is one error and no warning, and the error's text holds the words.
func (r Result) Failed(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Errors) != 1 || len(r.Warnings) > 0 || !strings.Contains(r.Errors[0].Summary+"\n"+r.Errors[0].Detail, words) {
		t.Fatalf("want the error %q, got %s", words, r)
	}

	return r
}

// Warned fails the test unless there is one warning and no error, and the warning's text holds the words.
func (r Result) Warned(t *testing.T, words string) Result {
	t.Helper()
	if len(r.Warnings) != 1 || len(r.Errors) > 0 || !strings.Contains(r.Warnings[0].Summary+"\n"+r.Warnings[0].Detail, words) {
		t.Fatalf("want the warning %q, got %s", words, r)
	}

	return r
}

// Settled fails the test unless a plan of the configuration is empty after a refresh.
func (c *Core) Settled(config Config) {
	c.T.Helper()
	c.Refresh().Clean(c.T)
	if planned := c.Plan(config).Clean(c.T); planned.Action != "none" {
		c.T.Fatalf("plan is not empty: %s\nstate: %s\nplan: %s", planned.Action, c.State, planned.Planned)
	}
}

// Is fails the test unless an attribute of the state has the value.
func (c *Core) Is(want, name string) {
	c.T.Helper()
	if got := c.Get(name); got != want {
		c.T.Fatalf("%s is %s, want %s", name, got, want)
	}
}

// Interrupted returns a context that is cancelled after a while, as by the CLI's Stop.
func Interrupted(t *testing.T, after time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)

	return ctx
}
