package tfattr_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// longestText is more than any error has to say, also about a value that fills a file.
const longestText = 2000

// seeds are texts that parsers stumble over.
var seeds = []string{
	"", " ", "vm-42", "web/1", `a\b`, "100%", "%2f", "\x00", "\xff\xfe", "ü", "日本", "\u202e", "\n", "${x}", `"`, "-1s", "1h30m",
	"99999999999h", "1e9s", "VirtualMachine:vm-42", "/DC0/vm/web", "[ds] a.log", "00:50:56:00:00:01", strings.Repeat("x", 10_000),
}

// refusal checks that what is said of a text is fit to be read: one error, of a bounded length, in valid UTF-8.
func refusal(t *testing.T, text string, diags diag.Diagnostics) {
	t.Helper()
	if len(diags) > 1 {
		t.Errorf("%d errors for %.100q", len(diags), text)
	}
	for _, d := range diags {
		said := d.Summary() + "\n" + d.Detail()
		if d.Summary() == "" || d.Detail() == "" || len(said) > longestText || !utf8.ValidString(said) {
			t.Errorf("of %.100q it is said: %.300q", text, said)
		}
	}
}

func FuzzValidators(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	validators := []validator.String{
		tfattr.NotEmpty(), tfattr.VMName(), tfattr.DiskKey(), tfattr.InventoryPath(), tfattr.UUID(), tfattr.MACAddress(),
		tfattr.DatastoreFile(),
	}
	for kind := range tfattr.VSphereSnapshot + 1 {
		validators = append(validators, tfattr.VSphereID(kind))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range validators {
			refusal(t, text, validate(t, v, path.Root("x"), types.StringValue(text)))
		}
		if named := validate(t, tfattr.VMName(), path.Root("x"), types.StringValue(text)); !named.HasError() {
			if n := utf8.RuneCountInString(text); n < 1 || n > 80 || strings.ContainsRune(text, 0) {
				t.Errorf("%q is taken for a name", text)
			}
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		duration := tfattr.Duration{StringValue: basetypes.NewStringValue(text)}
		length, diags := duration.Length(path.Root("x"), time.Minute)
		refusal(t, text, diags)
		if length <= 0 || diags.HasError() && length != time.Minute {
			t.Errorf("%q is %s long, with %v", text, length, diags)
		}
	})
}
