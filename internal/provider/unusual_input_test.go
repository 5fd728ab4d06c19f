package provider_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	// longestDiagnostic is how much a person is asked to read, in bytes.
	longestDiagnostic = 4 << 10
	// callPatience only ends a call of the provider that hangs; it is far longer than any takes on a busy machine.
	callPatience = 5 * time.Minute
)

// unusualStrings are strings that code may fail to expect.
func unusualStrings() map[string]string {
	return map[string]string{
		"empty": "", "space": " ", "long": strings.Repeat("x", 10_000), "long unicode": strings.Repeat("雪", 10_000),
		"unicode": "snöwman ☃ 🏔", "right to left": "\u202eabc\u2069", "quotes": `"it's"`, "newline": "a\r\nb", "percent": "100%2f%%s%n",
		"slash": "/a//b/../c/", "backslash": `\\a\b\`, "nul": "a\x00b", "leading space": "  vm-1", "trailing space": "vm-1  ",
		"control": "\x1b[31mred\x07", "markup": `</name><x a="&amp;">`, "JSON": `{"a":[1]}`, "HCL": "${path.module}", "list": "vm-1,vm-2",
		"malformed id": "vm-", "malformed uuid": "20debd9b-c959-4d70", "number": "-9223372036854775809", "dots": "..",
	}
}

// place is an attribute of a schema, at any depth.
type place struct {
	steps []string // names of attributes; "*" is an element
	kind  tftypes.Type
	given bool // whether a configuration may set it
}

func (p place) String() string { return strings.Join(p.steps, ".") }

// places returns the attributes with their own, and the elements of collections.
func places(above []string, attributes []*tfprotov6.SchemaAttribute) []place {
	var all []place
	for _, attribute := range attributes {
		steps := append(slices.Clone(above), attribute.Name)
		kind := attribute.ValueType()
		given := attribute.Required || attribute.Optional
		all = append(all, place{steps, kind, given})
		if element := elementOf(kind); element != nil {
			steps = append(steps, "*")
			all = append(all, place{steps, element, given})
		}
		if nested := attribute.NestedType; nested != nil {
			for _, inner := range places(steps, nested.Attributes) {
				inner.given = inner.given && given
				all = append(all, inner)
			}
		}
	}

	return all
}

func elementOf(kind tftypes.Type) tftypes.Type {
	switch kind := kind.(type) {
	case tftypes.List:
		return kind.ElementType
	case tftypes.Set:
		return kind.ElementType
	case tftypes.Map:
		return kind.ElementType
	default:
		return nil
	}
}

// set returns a copy of the value with another one at the steps. What is missing on the way is made.
func set(t *testing.T, in tftypes.Value, steps []string, key string, leaf tftypes.Value) tftypes.Value {
	t.Helper()
	if len(steps) == 0 {
		return leaf
	}
	kind := in.Type()
	if element := elementOf(kind); element != nil {
		inner := set(t, member(t, mapped(in), key, element), steps[1:], key, leaf)
		if kind.Is(tftypes.Map{}) {
			return tftypes.NewValue(kind, map[string]tftypes.Value{key: inner})
		}

		return tftypes.NewValue(kind, []tftypes.Value{inner})
	}
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s has no members", kind)
	}
	members := map[string]tftypes.Value{}
	if !in.IsNull() && in.IsKnown() {
		if err := in.As(&members); err != nil {
			t.Fatal(err)
		}
		members = maps.Clone(members) // As hands out the value's own
	}
	for name, member := range object.AttributeTypes {
		if _, there := members[name]; !there {
			members[name] = tftypes.NewValue(member, nil)
		}
	}
	members[steps[0]] = set(t, members[steps[0]], steps[1:], key, leaf)

	return tftypes.NewValue(kind, members)
}

// mapped returns a map as it is, and nothing of other collections, whose elements have no keys.
func mapped(collection tftypes.Value) tftypes.Value {
	if collection.Type().Is(tftypes.Map{}) {
		return collection
	}

	return tftypes.NewValue(collection.Type(), nil)
}

// variant is one thing to try at a place.
type variant struct {
	name  string
	value tftypes.Value
	key   string // of the map that it stands in
}

func variants(p place) []variant {
	const key = "2000"
	all := []variant{
		{"null", tftypes.NewValue(p.kind, nil), key}, {"unknown", tftypes.NewValue(p.kind, tftypes.UnknownValue), key},
	}
	inMap := slices.Contains(p.steps, "*")
	switch {
	case p.kind.Is(tftypes.String):
		for name, text := range unusualStrings() {
			all = append(all, variant{name, tftypes.NewValue(p.kind, text), key})
			if inMap {
				all = append(all, variant{"the key " + name, tftypes.NewValue(p.kind, "vm-1"), text})
			}
		}
	case p.kind.Is(tftypes.Number):
		for _, number := range []any{0, -1, int64(1) << 62, 0.5, 1e300} {
			all = append(all, variant{fmt.Sprint(number), tftypes.NewValue(p.kind, number), key})
		}
	case p.kind.Is(tftypes.Bool):
		all = append(all, variant{"true", tftypes.NewValue(p.kind, true), key}, variant{"false", tftypes.NewValue(p.kind, false), key})
	case p.kind.Is(tftypes.Map{}):
		all = append(all, variant{"empty", tftypes.NewValue(p.kind, map[string]tftypes.Value{}), key})
	case p.kind.Is(tftypes.List{}), p.kind.Is(tftypes.Set{}):
		all = append(all, variant{"empty", tftypes.NewValue(p.kind, []tftypes.Value{}), key})
	}

	return all
}

// TestUnusualInput puts unusual values into every attribute of every resource and data source. The provider never panics or
// hangs, refuses nothing that is not known yet, names an attribute in each error, and keeps each text short.
func TestUnusualInput(t *testing.T) {
	t.Parallel()
	world := newInputFixture(t)
	type try func(context.Context, *testing.T, string, tftypes.Value) (checked, acted []*tfprotov6.Diagnostic)
	for kind, offered := range map[string]struct {
		schemas map[string]*tfprotov6.Schema
		try     try
	}{"resource": {world.schema.ResourceSchemas, world.resource}, "data": {world.schema.DataSourceSchemas, world.data}} {
		for name, schema := range offered.schemas {
			t.Run(kind+"."+name, func(t *testing.T) {
				t.Parallel()
				right := world.right(t, name, schema)
				for _, at := range places(nil, schema.Block.Attributes) {
					for _, v := range variants(at) {
						ctx, cancel := context.WithTimeout(t.Context(), callPatience)
						config := set(t, besides(t, right, at, v.key), at.steps, v.key, v.value)
						checked, acted := offered.try(ctx, t, name, config)
						if ctx.Err() != nil {
							t.Errorf("%s, %s: hangs", at, v.name)
						}
						cancel()
						if v.name == "unknown" && at.given && !at.kind.Is(tftypes.Object{}) { // the framework can't tell an unknown element
							reportErrors(t, at, checked)
						}
						for _, one := range append(checked, acted...) {
							checkDiagnostic(t, at, v, one)
						}
					}
				}
			})
		}
	}
}

// besides sets what an attribute can't be set without.
func besides(t *testing.T, right tftypes.Value, at place, key string) tftypes.Value {
	t.Helper()
	switch at.steps[0] {
	case "data_volumes":
		return set(t, right, []string{"full"}, "", tftypes.NewValue(tftypes.Bool, true))
	case "extra_config_wo":
		return set(t, right, []string{"extra_config_wo_version"}, "", tftypes.NewValue(tftypes.Number, 1))
	case "encryption":
		if !at.given { // of a data source
			return right
		}

		return set(t, right, []string{"storage_policy_id"}, "", tftypes.NewValue(tftypes.String, "4d5f673c-536f-11e6-beb8-9e71128cae77"))
	case "disks_to_add":
		return set(t, right, []string{"disks_to_add", "*", "capacity_gib"}, key, tftypes.NewValue(tftypes.Number, 1))
	case "network_interfaces_to_add":
		return set(t, right, []string{"network_interfaces_to_add", "*", "network_id"}, key, tftypes.NewValue(tftypes.String, "network-7"))
	default:
		return right
	}
}

func reportErrors(t *testing.T, at place, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, one := range diagnostics {
		if isError(one) {
			t.Errorf("%s: refused before it is known: %s: %s", at, one.Summary, one.Detail)
		}
	}
}

func checkDiagnostic(t *testing.T, at place, v variant, one *tfprotov6.Diagnostic) {
	t.Helper()
	if size := len(one.Summary) + len(one.Detail); size > longestDiagnostic {
		t.Errorf("%s, %s: a diagnostic of %d bytes: %s: %.300s…", at, v.name, size, one.Summary, one.Detail)
	}
	named := one.Attribute != nil && len(one.Attribute.Steps()) > 0 || strings.Contains(one.Summary+one.Detail, at.steps[0])
	if isError(one) && !named {
		t.Errorf("%s, %s: no attribute is named: %s: %s", at, v.name, one.Summary, one.Detail)
	}
}
