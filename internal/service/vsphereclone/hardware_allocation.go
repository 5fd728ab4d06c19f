package vsphereclone

import (
	"context"
	"fmt"

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

// addAllocation adds the attributes of an allocation, whose names end in the unit.
func addAllocation(attributes map[string]schema.Attribute, suffix, unit string) {
	attributes["reservation_"+suffix] = schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("What the machine is guaranteed, in %s. Can be changed while it runs.", unit),
		Optional:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(0)},
	}
	attributes["limit_"+suffix] = schema.Int64Attribute{
		MarkdownDescription: fmt.Sprintf("What the machine gets at most, in %s; `-1` for no limit. Can be changed while it runs.", unit),
		Optional:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(vsphere.NoLimit), int64validator.NoneOf(0)},
	}
	attributes["shares"] = schema.StringAttribute{
		MarkdownDescription: "The machine's part where machines compete: `low`, `normal`, `high`, or a number. Can be changed while it runs.",
		Optional:            true,
		Validators:          []validator.String{tfattr.Shares()},
	}
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

// multipleOf returns a validator of numbers.
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
