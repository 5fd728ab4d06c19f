package labels

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var (
	noTags       = types.SetNull(types.StringType)
	noAttributes = types.MapNull(types.StringType)
)

func tagged(ids ...string) Labels {
	return Labels{Tags: lifecycle.TextSet(ids), CustomAttributes: noAttributes}
}

func attributed(values map[string]attr.Value) Labels {
	return Labels{Tags: noTags, CustomAttributes: types.MapValueMust(types.StringType, values)}
}

func text(value string) attr.Value { return types.StringValue(value) }

func TestLabels_Extras(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		labels Labels
		want   vsphere.Extras
	}{
		"nothing is managed":            {Labels{Tags: noTags, CustomAttributes: noAttributes}, vsphere.Extras{}},
		"tags":                          {tagged("a"), vsphere.Extras{Tags: true}},
		"no tags are all of them":       {tagged(), vsphere.Extras{Tags: true}},
		"attributes":                    {attributed(map[string]attr.Value{"owner": text("me")}), vsphere.Extras{CustomAttributes: true}},
		"of no attributes none is read": {attributed(map[string]attr.Value{}), vsphere.Extras{}},
	} {
		if got := test.labels.Extras(); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestLabels_ObservedLabels(t *testing.T) {
	t.Parallel()
	found := &vsphere.VirtualMachine{Tags: []string{"a", "b"}, CustomAttributes: map[string]string{"owner": "you", "backup": "daily"}}
	for name, test := range map[string]struct{ before, want Labels }{
		"nothing is managed": {Labels{Tags: noTags, CustomAttributes: noAttributes}, Labels{Tags: noTags, CustomAttributes: noAttributes}},
		"all tags":           {tagged("a", "c"), tagged("a", "b")},
		"named attributes":   {attributed(map[string]attr.Value{"owner": text("me")}), attributed(map[string]attr.Value{"owner": text("you")})},
		"an attribute that is gone": {
			attributed(map[string]attr.Value{"owner": text("me"), "site": text("x")}), attributed(map[string]attr.Value{"owner": text("you")}),
		},
	} {
		got := test.before.ObservedLabels(found)
		if !got.Tags.Equal(test.want.Tags) || !got.CustomAttributes.Equal(test.want.CustomAttributes) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	none := tagged("a").ObservedLabels(&vsphere.VirtualMachine{})
	if none.Tags.IsNull() || len(none.Tags.Elements()) != 0 {
		t.Errorf("a machine without tags: got %v, want an empty set: null would say that they are not managed", none.Tags)
	}
}

func TestLabels_tagEdit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ wanted, present, attach, detach []string }{
		"none":      {},
		"first":     {wanted: []string{"a", "b"}, attach: []string{"a", "b"}},
		"the same":  {wanted: []string{"a", "b"}, present: []string{"b", "a"}},
		"exchanged": {wanted: []string{"a", "b"}, present: []string{"b", "c"}, attach: []string{"a"}, detach: []string{"c"}},
		"all go":    {present: []string{"a", "b"}, detach: []string{"a", "b"}},
	} {
		present := slices.Clone(test.present)
		attach, detach := tagged(test.wanted...).tagEdit(present)
		if !slices.Equal(attach, test.attach) || !slices.Equal(detach, test.detach) {
			t.Errorf("%s: attaches %v and detaches %v, want %v and %v", name, attach, detach, test.attach, test.detach)
		}
		if !slices.Equal(present, test.present) {
			t.Errorf("%s: changed the caller's tags to %v", name, present)
		}
	}
}

func TestLabels_attributeEdit(t *testing.T) {
	t.Parallel()
	none := Labels{Tags: noTags, CustomAttributes: noAttributes}
	both := attributed(map[string]attr.Value{"owner": text("me"), "site": text("x")})
	for name, test := range map[string]struct {
		plan, state Labels
		want        map[string]string
	}{
		"nothing":         {none, none, map[string]string{}},
		"new":             {both, none, map[string]string{"owner": "me", "site": "x"}},
		"unchanged":       {both, both, map[string]string{}},
		"changed":         {attributed(map[string]attr.Value{"owner": text("you"), "site": text("x")}), both, map[string]string{"owner": "you"}},
		"taken out":       {attributed(map[string]attr.Value{"site": text("x")}), both, map[string]string{"owner": ""}},
		"all taken out":   {none, both, map[string]string{"owner": "", "site": ""}},
		"not yet known":   {attributed(map[string]attr.Value{"owner": types.StringUnknown()}), none, map[string]string{}},
		"gone by another": {both, attributed(map[string]attr.Value{"site": text("x")}), map[string]string{"owner": "me"}},
	} {
		if got := test.plan.attributeEdit(test.state); !maps.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// Errors of the API name a tag or an attribute, and are about its argument.
func TestLabels_paths(t *testing.T) {
	t.Parallel()
	found := tagged("a", "b").paths(map[string]string{"owner": "me"})
	got := map[string]string{}
	for named, at := range found {
		got[named] = at.String()
	}
	want := map[string]string{"a": "tags", "b": "tags", "owner": `custom_attributes["owner"]`}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnusable(t *testing.T) {
	t.Parallel()
	defined := []vsphere.CustomAttribute{
		{Key: 1, Name: "owner", Type: "VirtualMachine"}, {Key: 2, Name: "rack", Type: "HostSystem"}, {Key: 3, Name: "all"},
	}
	if got, want := keysIn(defined), map[string]int32{"owner": 1, "all": 3}; !maps.Equal(got, want) {
		t.Fatalf("keys are %v, want %v", got, want)
	}
	for name, test := range map[string]struct {
		attribute string
		defined   []vsphere.CustomAttribute
		creating  bool
		severity  diag.Severity
		summary   string
	}{
		"of hosts alone":         {"rack", defined, false, diag.SeverityError, `The custom attribute "rack" is not for virtual machines`},
		"may be defined yet":     {"site", defined, false, diag.SeverityWarning, `There is no custom attribute "site" yet`},
		"undefined as it is set": {"site", defined, true, diag.SeverityError, `There is no custom attribute "site"`},
		"none at all":            {"site", nil, true, diag.SeverityError, `There is no custom attribute "site"`},
	} {
		got := unusable(attributesArgument.AtMapKey(test.attribute), test.attribute, test.defined, test.creating)
		if got.Severity() != test.severity || got.Summary() != test.summary {
			t.Errorf("%s: got %v %q, want %v %q", name, got.Severity(), got.Summary(), test.severity, test.summary)
		}
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	cause := &apierr.Error{Kind: apierr.Denied, Arguments: []string{"vm-1"}}
	got, ok := errors.AsType[*apierr.Error](about(cause, "owner"))
	if !ok || !slices.Equal(got.Arguments, []string{"owner", "vm-1"}) || got.Kind != apierr.Denied {
		t.Errorf("got %+v, want the error with the attribute first", got)
	}
	if !slices.Equal(cause.Arguments, []string{"vm-1"}) {
		t.Errorf("changed the cause to %v", cause.Arguments)
	}
	if about(nil, "owner") != nil {
		t.Error("nil became an error")
	}
	if other := errors.New("other"); !errors.Is(about(other, "owner"), other) {
		t.Error("another error is not kept")
	}
}
