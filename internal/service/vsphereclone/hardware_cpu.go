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

// cpu is the argument cpu taken apart.
type cpu struct {
	Count, CoresPerSocket types.Int64
	HotAdd                types.Bool
	allocation
}

var cpuTypes = map[string]attr.Type{
	"count": types.Int64Type, "cores_per_socket": types.Int64Type, "hot_add": types.BoolType,
	"reservation_mhz": types.Int64Type, "limit_mhz": types.Int64Type, "shares": types.StringType,
}

// maxProcessors is the most that any version of vSphere gives a machine.
const maxProcessors = 960

func cpuAttribute() schema.SingleNestedAttribute {
	return partAttribute(
		"The machine's processors. What is left out is the source's, and is not managed. A change is made in place, in one "+
			"task; what needs the machine off is an error of the plan while it runs, unless the plan powers it off.",
		"processors", "MHz", map[string]schema.Attribute{
			"count": schema.Int64Attribute{
				MarkdownDescription: "How many virtual processors the machine has, a multiple of its cores per socket. While the machine runs they " +
					"can only become more, and only where `hot_add` was on when it was powered on.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(1, maxProcessors)},
			},
			"cores_per_socket": schema.Int64Attribute{
				MarkdownDescription: "How many of them are one socket. A change needs the machine off.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, maxProcessors)},
			},
		})
}

func cpuOf(object types.Object) cpu {
	return cpu{
		Count: lifecycle.Int64In(object, "count"), CoresPerSocket: lifecycle.Int64In(object, "cores_per_socket"),
		HotAdd: lifecycle.BoolIn(object, "hot_add"), allocation: allocationOf(object, "mhz"),
	}
}

func (c cpu) object() types.Object {
	return types.ObjectValueMust(cpuTypes, map[string]attr.Value{
		"count": c.Count, "cores_per_socket": c.CoresPerSocket, "hot_add": c.HotAdd,
		"reservation_mhz": c.Reservation, "limit_mhz": c.Limit, "shares": c.Shares,
	})
}

// observed returns what is managed as the machine has it.
func (c cpu) observed(found vsphere.CPU) cpu {
	return cpu{
		Count: told(c.Count, types.Int64Value(found.Count)), CoresPerSocket: told(c.CoresPerSocket, types.Int64Value(found.CoresPerSocket)),
		HotAdd: told(c.HotAdd, types.BoolValue(found.HotAdd)), allocation: c.allocation.observed(found.Allocation),
	}
}

// edit returns what differs between the state and the plan c, nil where nothing does.
func (c cpu) edit(state cpu) *vsphere.CPUEdit {
	edit := vsphere.CPUEdit{
		Count: wanted(state.Count, c.Count, types.Int64.ValueInt64Pointer), CoresPerSocket: wanted(state.CoresPerSocket, c.CoresPerSocket, types.Int64.ValueInt64Pointer),
		HotAdd: wanted(state.HotAdd, c.HotAdd, types.Bool.ValueBoolPointer), Allocation: c.allocation.edit(state.allocation),
	}
	if edit == (vsphere.CPUEdit{}) {
		return nil
	}

	return &edit
}

// told returns what the platform tells, and null where the value is not managed.
func told[T attr.Value](managed, told T) T {
	if managed.IsNull() {
		return managed
	}

	return told
}

// wanted returns the planned value where it differs from the state's, nil where it stays.
func wanted[T attr.Value, V any](state, planned T, value func(T) *V) *V {
	if !lifecycle.Changed(state, planned) {
		return nil
	}

	return value(planned)
}
