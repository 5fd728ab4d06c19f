package settings

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// settings returns a map of texts; nil is null.
func settings(values map[string]string) types.Map {
	if values == nil {
		return types.MapNull(types.StringType)
	}
	elements := map[string]attr.Value{}
	for key, value := range values {
		elements[key] = types.StringValue(value)
	}

	return types.MapValueMust(types.StringType, elements)
}

type texts = map[string]string

func TestExtraConfig_CheckSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		open, secret texts
		want         []string // summaries
	}{
		"nothing":            {},
		"apart":              {open: texts{"guestinfo.a": "1"}, secret: texts{"guestinfo.b": "2"}},
		"in both":            {texts{"guestinfo.a": "1"}, texts{"guestinfo.a": "2"}, []string{"guestinfo.a is in both extra_config and extra_config_wo"}},
		"reserved":           {open: texts{vsphere.StampKey: "1"}, want: []string{vsphere.StampKey + " is reserved"}},
		"reserved, a secret": {secret: texts{vsphere.StampKey + ".x": "1"}, want: []string{vsphere.StampKey + ".x is reserved"}},
		"reserved, in capitals": {
			open: texts{strings.ToUpper(vsphere.StampKey): "1"}, want: []string{strings.ToUpper(vsphere.StampKey) + " is reserved"},
		},
	} {
		diags := ExtraConfig{ExtraConfig: settings(test.open), ExtraConfigWO: settings(test.secret)}.CheckSettings()
		if len(diags) != len(test.want) {
			t.Errorf("%s: got %v, want %q", name, diags, test.want)

			continue
		}
		for i, want := range test.want {
			if got := diags[i].Summary(); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	}
}

// What the guest itself has redacted is no drift, and no other key is taken for redacted.
func TestExtraConfig_ObservedSettings(t *testing.T) {
	t.Parallel()
	const data, encoding = "guestinfo.userdata", "guestinfo.userdata.encoding"
	for name, test := range map[string]struct{ managed, found, want texts }{
		"not managed":           {managed: nil, found: texts{"a": "1"}, want: nil},
		"as it is":              {texts{"a": "1"}, texts{"a": "1", "b": "2"}, texts{"a": "1"}},
		"changed":               {texts{"a": "1"}, texts{"a": "2"}, texts{"a": "2"}},
		"gone":                  {texts{"a": "1", "b": "2"}, texts{"b": "2"}, texts{"b": "2"}},
		"redacted":              {texts{data: "x"}, texts{data: "---"}, texts{data: "x"}},
		"its encoding":          {texts{encoding: "gzip+base64"}, texts{data: "---"}, texts{encoding: "gzip+base64"}},
		"encoding that differs": {texts{encoding: "gzip"}, texts{data: "---", encoding: "b"}, texts{encoding: "b"}},
		"of another key":        {texts{"guestinfo.name": "x"}, texts{"guestinfo.name": "---"}, texts{"guestinfo.name": "---"}},
	} {
		got := ExtraConfig{ExtraConfig: settings(test.managed)}.ObservedSettings(&vsphere.VirtualMachine{ExtraConfig: test.found})
		if want := settings(test.want); !got.ExtraConfig.Equal(want) {
			t.Errorf("%s: got %v, want %v", name, got.ExtraConfig, want)
		}
	}
}

func TestExtraConfig_NewSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ open, secret, want texts }{
		"none":                 {},
		"both":                 {texts{"a": "1"}, texts{"b": "2"}, texts{"a": "1", "b": "2"}},
		"an empty one is none": {nil, texts{"b": ""}, nil},
	} {
		config := ExtraConfig{ExtraConfig: settings(test.open), ExtraConfigWO: settings(test.secret)}
		plan := ExtraConfig{ExtraConfig: settings(test.open), ExtraConfigWO: settings(nil)} // no plan has a secret
		if got := plan.NewSettings(config); !maps.Equal(got, test.want) || (got == nil) != (test.want == nil) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// A secret is sent when its version changes, and then alone.
func TestExtraConfig_SettingsEdit(t *testing.T) {
	t.Parallel()
	secret := texts{"s": "hidden", "old": ""}
	for name, test := range map[string]struct {
		before, after texts
		version       [2]int64 // before and after
		want          texts
	}{
		"nothing":        {want: texts{}},
		"new":            {after: texts{"a": "1"}, want: texts{"a": "1"}},
		"unchanged":      {before: texts{"a": "1"}, after: texts{"a": "1"}, want: texts{}},
		"changed":        {before: texts{"a": "1", "b": "2"}, after: texts{"a": "3", "b": "2"}, want: texts{"a": "3"}},
		"taken out":      {before: texts{"a": "1"}, want: texts{"a": ""}},
		"a new version":  {version: [2]int64{1, 2}, want: secret},
		"both of it":     {after: texts{"a": "1"}, version: [2]int64{1, 2}, want: texts{"a": "1", "s": "hidden", "old": ""}},
		"the same value": {version: [2]int64{2, 2}, want: texts{}},
	} {
		of := func(values texts, version int64) ExtraConfig {
			return ExtraConfig{ExtraConfig: settings(values), ExtraConfigWO: settings(nil), ExtraConfigWOVersion: types.Int64Value(version)}
		}
		got := of(test.after, test.version[1]).SettingsEdit(ExtraConfig{ExtraConfigWO: settings(secret)}, of(test.before, test.version[0]))
		if !maps.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestAnnotation(t *testing.T) {
	t.Parallel()
	of := func(value types.String) Annotation { return Annotation{Annotation: value} }
	null, a, b := types.StringNull(), types.StringValue("a"), types.StringValue("b")
	for name, test := range map[string]struct {
		plan, state types.String
		want        string // empty: no edit
	}{
		"not managed": {null, null, ""}, "taken out": {null, a, ""}, "new": {a, null, "a"}, "changed": {b, a, "b"}, "unchanged": {a, a, ""},
	} {
		edit := of(test.plan).AnnotationEdit(of(test.state))
		if (edit != nil) != (test.want != "") || edit != nil && *edit != test.want {
			t.Errorf("%s: got %v, want %q", name, edit, test.want)
		}
	}
	found := &vsphere.VirtualMachine{Annotation: "found"}
	if got := of(null).ObservedAnnotation(found).Annotation; !got.IsNull() {
		t.Errorf("what is not managed shows %v", got)
	}
	if got := of(a).ObservedAnnotation(found).Annotation.ValueString(); got != "found" {
		t.Errorf("what is managed shows %q", got)
	}
}
