package vsphereclone

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// memory is the argument memory taken apart.
type memory struct {
	SizeMiB types.Int64
	HotAdd  types.Bool
	allocation
}

var memoryTypes = map[string]attr.Type{
	"size_mib": types.Int64Type, "hot_add": types.BoolType,
	"reservation_mib": types.Int64Type, "limit_mib": types.Int64Type, "shares": types.StringType,
}

// memoryUnitMiB is what a machine's memory is a multiple of.
const memoryUnitMiB = 4

func memoryAttribute() schema.SingleNestedAttribute {
	return partAttribute(
		"The machine's memory. What is left out is the source's, and is not managed. A change is made in place, as one of `cpu` is.",
		"memory", "MiB", map[string]schema.Attribute{
			"size_mib": schema.Int64Attribute{
				MarkdownDescription: "The machine's memory in MiB, a multiple of 4. While the machine runs it can only grow, and only where " +
					"`hot_add` was on when it was powered on.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(memoryUnitMiB), multipleOf(memoryUnitMiB)},
			},
		})
}

func memoryOf(object types.Object) memory {
	return memory{
		SizeMiB: lifecycle.Int64In(object, "size_mib"), HotAdd: lifecycle.BoolIn(object, "hot_add"),
		allocation: allocationOf(object, "mib"),
	}
}

func (m memory) object() types.Object {
	return types.ObjectValueMust(memoryTypes, map[string]attr.Value{
		"size_mib": m.SizeMiB, "hot_add": m.HotAdd, "reservation_mib": m.Reservation, "limit_mib": m.Limit, "shares": m.Shares,
	})
}

// observed returns what is managed as the machine has it.
func (m memory) observed(found vsphere.Memory) memory {
	return memory{
		SizeMiB: told(m.SizeMiB, types.Int64Value(found.SizeMiB)), HotAdd: told(m.HotAdd, types.BoolValue(found.HotAdd)),
		allocation: m.allocation.observed(found.Allocation),
	}
}

// edit returns what differs between the state and the plan m, nil where nothing does.
func (m memory) edit(state memory) *vsphere.MemoryEdit {
	edit := vsphere.MemoryEdit{
		SizeMiB: wanted(state.SizeMiB, m.SizeMiB, types.Int64.ValueInt64Pointer),
		HotAdd:  wanted(state.HotAdd, m.HotAdd, types.Bool.ValueBoolPointer), Allocation: m.allocation.edit(state.allocation),
	}
	if edit == (vsphere.MemoryEdit{}) {
		return nil
	}

	return &edit
}
