package vsphereclone

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// allocation is the part of cpu and of memory that says how much of it the machine gets where there is not enough.
type allocation struct {
	Reservation, Limit types.Int64
	Shares             types.String
}

// partAttribute returns the argument cpu or memory: the attributes of its own, and those that both have. what is the argument in words; unit
// is that of its allocation, in lower case the end of the attributes' names.
func partAttribute(description, what, unit string, own map[string]schema.Attribute) schema.SingleNestedAttribute {
	suffix := strings.ToLower(unit)
	own["hot_add"] = schema.BoolAttribute{
		MarkdownDescription: fmt.Sprintf("Whether %s can be added while the machine runs. A change needs the machine off.", what),
		Optional:            true,
	}
	own["reservation_"+suffix] = schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("What the machine is guaranteed, in %s. Can be changed while it runs.", unit),
		Optional:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(0)},
	}
	own["limit_"+suffix] = schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("What the machine gets at most, in %s; `-1` for no limit. Can be changed while it runs.", unit),
		Optional:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(vsphere.NoLimit), int64validator.NoneOf(0)},
	}
	own["shares"] = schema.StringAttribute{
		MarkdownDescription: "The machine's part where machines compete: `low`, `normal`, `high`, or a number. Can be changed while it runs.",
		Optional:            true,
		Validators:          []validator.String{tfattr.Shares()},
	}

	return schema.SingleNestedAttribute{MarkdownDescription: description, Optional: true, Attributes: own}
}

func allocationOf(object types.Object, suffix string) allocation {
	return allocation{
		Reservation: lifecycle.Int64In(object, "reservation_"+suffix), Limit: lifecycle.Int64In(object, "limit_"+suffix),
		Shares: lifecycle.StringIn(object, "shares"),
	}
}

func (a allocation) observed(found vsphere.Allocation) allocation {
	return allocation{
		Reservation: told(a.Reservation, types.Int64Value(found.Reservation)), Limit: told(a.Limit, types.Int64Value(found.Limit)),
		Shares: told(a.Shares, types.StringValue(found.Shares)),
	}
}

func (a allocation) edit(state allocation) vsphere.AllocationEdit {
	edit := vsphere.AllocationEdit{
		Reservation: wanted(state.Reservation, a.Reservation, types.Int64.ValueInt64Pointer),
		Limit:       wanted(state.Limit, a.Limit, types.Int64.ValueInt64Pointer),
	}
	if lifecycle.Changed(state.Shares, a.Shares) {
		edit.Shares = a.Shares.ValueString()
	}

	return edit
}

// multipleOf returns the validator of a number that must be a multiple of unit.
func multipleOf(unit int64) validator.Int64 { return multiple{unit} }

type multiple struct{ unit int64 }

// Description implements [validator.Describer].
func (v multiple) Description(context.Context) string {
	return fmt.Sprintf("must be a multiple of %d", v.unit)
}

// MarkdownDescription implements [validator.Describer].
func (v multiple) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateInt64 implements [validator.Int64].
func (v multiple) ValidateInt64(ctx context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if value := req.ConfigValue; !value.IsNull() && !value.IsUnknown() && value.ValueInt64()%v.unit != 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Attribute Value",
			fmt.Sprintf("Attribute %s value %s, got: %d", req.Path, v.Description(ctx), value.ValueInt64()))
	}
}
