package tfattr

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.StringTypable                    = DurationType{}
	_ basetypes.StringValuableWithSemanticEquals = Duration{}
	_ xattr.ValidateableAttribute                = Duration{}
)

// DurationType is the type of an attribute that holds a positive length of time in Go's notation, such as "90s" or
// "1h30m". Its values are [Duration].
type DurationType struct{ basetypes.StringType }

// Equal reports whether o is a DurationType too.
func (t DurationType) Equal(o attr.Type) bool {
	other, ok := o.(DurationType)

	return ok && t.StringType.Equal(other.StringType)
}

// String returns the type's name for error texts.
func (t DurationType) String() string { return "tfattr.DurationType" }

// ValueType returns the value that the type makes.
func (t DurationType) ValueType(context.Context) attr.Value { return Duration{} }

// ValueFromString makes a Duration of a string, without judging it.
func (t DurationType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return Duration{in}, nil
}

// ValueFromTerraform makes a Duration of what Terraform sends.
func (t DurationType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("reading a duration: %w", err)
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("reading a duration: unexpected %T", value)
	}

	return Duration{text}, nil
}

// Duration is a length of time as the configuration writes it. "60s" and "1m" are the same value: what comes back in the
// other spelling is no drift.
type Duration struct{ basetypes.StringValue }

// NewDuration returns the value of a length of time.
func NewDuration(length time.Duration) Duration {
	return Duration{basetypes.NewStringValue(length.String())}
}

// NullDuration returns the value of an attribute that is not set.
func NullDuration() Duration { return Duration{basetypes.NewStringNull()} }

// Type returns DurationType.
func (d Duration) Type(context.Context) attr.Type { return DurationType{} }

// Equal reports whether o is written alike; StringSemanticEquals compares the lengths.
func (d Duration) Equal(o attr.Value) bool {
	other, ok := o.(Duration)

	return ok && d.StringValue.Equal(other.StringValue)
}

// StringSemanticEquals reports whether both are the same length of time.
func (d Duration) StringSemanticEquals(_ context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	next, ok := other.(Duration)
	if !ok {
		return false, nil
	}
	mine, mineErr := time.ParseDuration(d.ValueString())
	theirs, theirsErr := time.ParseDuration(next.ValueString())
	if mineErr != nil || theirsErr != nil {
		return d.ValueString() == next.ValueString(), nil
	}

	return mine == theirs, nil
}

// ValidateAttribute refuses what is no positive length of time.
func (d Duration) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	_, diags := d.Length(req.Path, 0)
	resp.Diagnostics.Append(diags...)
}

// Length returns the length of time, otherwise where the value is null or unknown, and an error on the attribute at where
// it is no positive length of time: a value that was unknown when the configuration was validated is seen here first.
func (d Duration) Length(at path.Path, otherwise time.Duration) (time.Duration, diag.Diagnostics) {
	if d.IsNull() || d.IsUnknown() {
		return otherwise, nil
	}
	length, err := time.ParseDuration(d.ValueString())
	var problem string
	switch {
	case err != nil:
		problem = Quoted(d.ValueString()) + " is no length of time."
	case length <= 0:
		problem = Quoted(d.ValueString()) + " is not more than nothing."
	default:
		return length, nil
	}

	return otherwise, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Invalid duration", fmt.Sprintf(
		`%s %s must be a number with a unit (s, m or h), or several of them, such as "90s", "5m" or "1h30m".`, problem, placeOf(at)))}
}

// Or returns the length of time, or otherwise where the value is null, unknown or no positive length of time. It is for
// values that were validated.
func (d Duration) Or(otherwise time.Duration) time.Duration {
	length, _ := d.Length(path.Empty(), otherwise)

	return length
}
