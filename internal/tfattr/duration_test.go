package tfattr_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

func duration(text string) tfattr.Duration {
	return tfattr.Duration{StringValue: basetypes.NewStringValue(text)}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	at := path.Root("shutdown_timeout")
	const want = ` shutdown_timeout must be a number with a unit (s, m or h), or several of them, such as "90s", "5m" or "1h30m".`
	tests := map[string]struct {
		give   tfattr.Duration
		length time.Duration
		detail string
	}{
		"seconds":   {duration("90s"), 90 * time.Second, ""},
		"several":   {duration("1h30m"), 90 * time.Minute, ""},
		"null":      {tfattr.NullDuration(), time.Hour, ""},
		"unknown":   {tfattr.Duration{StringValue: basetypes.NewStringUnknown()}, time.Hour, ""},
		"no unit":   {duration("90"), time.Hour, `"90" is no length of time.` + want},
		"words":     {duration("5 minutes"), time.Hour, `"5 minutes" is no length of time.` + want},
		"empty":     {duration(""), time.Hour, `"" is no length of time.` + want},
		"nothing":   {duration("0s"), time.Hour, `"0s" is not more than nothing.` + want},
		"backwards": {duration("-5m"), time.Hour, `"-5m" is not more than nothing.` + want},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			summary := ""
			if test.detail != "" {
				summary = "Invalid duration"
			}
			length, diags := test.give.Length(at, time.Hour)
			if length != test.length {
				t.Errorf("the length is %s, want %s", length, test.length)
			}
			checkDiagnostics(t, diags, at, summary, test.detail)
			var resp xattr.ValidateAttributeResponse
			test.give.ValidateAttribute(t.Context(), xattr.ValidateAttributeRequest{Path: at}, &resp)
			checkDiagnostics(t, resp.Diagnostics, at, summary, test.detail)
			if got := test.give.Or(time.Hour); got != test.length {
				t.Errorf("Or is %s, want %s", got, test.length)
			}
		})
	}
}

func TestDurationSemanticEquals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give tfattr.Duration
		with basetypes.StringValuable
		want bool
	}{
		"written alike":       {duration("5m"), duration("5m"), true},
		"written differently": {duration("60s"), duration("1m"), true},
		"made":                {duration("90m"), tfattr.NewDuration(90 * time.Minute), true},
		"different":           {duration("60s"), duration("2m"), false},
		"wrong alike":         {duration("x"), duration("x"), true},
		"wrong":               {duration("x"), duration("1m"), false},
		"another type":        {duration("1m"), types.StringValue("1m"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := test.give.StringSemanticEquals(t.Context(), test.with)
			if got != test.want || diags.HasError() {
				t.Errorf("got %t, %v, want %t", got, diags, test.want)
			}
		})
	}
	if duration("60s").Equal(duration("1m")) || !duration("1m").Equal(duration("1m")) || duration("1m").Equal(types.StringValue("1m")) {
		t.Error("Equal does not compare what is written")
	}
}

// TestDurationType takes a value from Terraform and back.
func TestDurationType(t *testing.T) {
	t.Parallel()
	kind := tfattr.DurationType{}
	for _, give := range []tftypes.Value{
		tftypes.NewValue(tftypes.String, "5m"), tftypes.NewValue(tftypes.String, nil),
		tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
	} {
		value, err := kind.ValueFromTerraform(t.Context(), give)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := value.(tfattr.Duration); !ok || !value.Type(t.Context()).Equal(kind) {
			t.Errorf("%s became a %T", give, value)
		}
		back, err := value.ToTerraformValue(t.Context())
		if err != nil || !back.Equal(give) {
			t.Errorf("%s came back as %s, %v", give, back, err)
		}
	}
	if _, err := kind.ValueFromTerraform(t.Context(), tftypes.NewValue(tftypes.Number, 5)); err == nil {
		t.Error("a number became a duration")
	}
	value, diags := kind.ValueFromString(t.Context(), types.StringValue("5m"))
	if diags.HasError() || !value.Equal(duration("5m")) {
		t.Errorf("got %v, %v", value, diags)
	}
	if kind.Equal(types.StringType) || kind.String() != "tfattr.DurationType" || kind.ValueType(t.Context()) != attr.Value(tfattr.Duration{}) {
		t.Error("the type does not know itself")
	}
}
