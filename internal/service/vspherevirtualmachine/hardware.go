package vspherevirtualmachine

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// hardware is the part of the model for what the VM is configured with beside its devices.
type hardware struct {
	CPU             types.Object `tfsdk:"cpu"`
	Memory          types.Object `tfsdk:"memory"`
	Annotation      types.String `tfsdk:"annotation"`
	GuestID         types.String `tfsdk:"guest_id"`
	HardwareVersion types.String `tfsdk:"hardware_version"`
	ExtraConfigKeys types.Set    `tfsdk:"extra_config_keys"`
	ExtraConfig     types.Map    `tfsdk:"extra_config"`
}

var (
	cpuTypes = map[string]attr.Type{
		"count": types.Int64Type, "cores_per_socket": types.Int64Type, "hot_add": types.BoolType,
		"reservation_mhz": types.Int64Type, "limit_mhz": types.Int64Type, "shares": types.StringType,
	}
	memoryTypes = map[string]attr.Type{
		"size_mib": types.Int64Type, "hot_add": types.BoolType,
		"reservation_mib": types.Int64Type, "limit_mib": types.Int64Type, "shares": types.StringType,
	}
)

func hardwareAttributes() map[string]schema.Attribute {
	number := func(description string) schema.Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	truth := func(description string) schema.Attribute {
		return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	const shares = "The VM's part where VMs compete: `low`, `normal`, `high`, or a number."

	return map[string]schema.Attribute{
		"cpu": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The VM's processors, as the argument `cpu` of `vmfork_vsphere_clone` takes them.",
			Attributes: map[string]schema.Attribute{
				"count":            number("How many virtual processors the VM has."),
				"cores_per_socket": number("How many of them are one socket."),
				"hot_add":          truth("Whether processors can be added while the VM runs."),
				"reservation_mhz":  number("What the VM is guaranteed, in MHz."),
				"limit_mhz":        number("What the VM gets at most, in MHz; `-1` without a limit."),
				"shares":           computedString(shares),
			},
		},
		"memory": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The VM's memory, as the argument `memory` of `vmfork_vsphere_clone` takes it.",
			Attributes: map[string]schema.Attribute{
				"size_mib":        number("The VM's memory in MiB."),
				"hot_add":         truth("Whether memory can be added while the VM runs."),
				"reservation_mib": number("What the VM is guaranteed, in MiB."),
				"limit_mib":       number("What the VM gets at most, in MiB; `-1` without a limit."),
				"shares":          computedString(shares),
			},
		},
		"annotation":       computedString("The VM's notes; null without any."),
		"guest_id":         computedString("Identifier of the guest's operating system, such as `ubuntu64Guest`."),
		"hardware_version": computedString("Version of the virtual hardware, such as `vmx-19`."),
		"extra_config_keys": schema.SetAttribute{
			ElementType: types.StringType,
			Optional:    true,
			MarkdownDescription: "Keys of the VM's settings that `extra_config` shows. Settings may hold secrets, which land in the state as plain " +
				"text: name `guestinfo.userdata`, for one, only where that is meant.",
			Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.NotEmpty())},
		},
		"extra_config": schema.MapAttribute{
			ElementType:         types.StringType,
			Computed:            true,
			MarkdownDescription: "The VM's settings by key: those of `extra_config_keys` that the VM has, and no others.",
		},
	}
}

// newHardware maps what the VM is configured with. keys are the settings to show.
func newHardware(vm *vsphere.VirtualMachine, keys types.Set) hardware {
	settings := map[string]attr.Value{}
	for _, key := range lifecycle.TextsIn(keys) {
		if value, there := vm.ExtraConfig[key]; there {
			settings[key] = types.StringValue(value)
		}
	}

	return hardware{
		CPU: types.ObjectValueMust(cpuTypes, map[string]attr.Value{
			"count": types.Int64Value(vm.CPU.Count), "cores_per_socket": types.Int64Value(vm.CPU.CoresPerSocket),
			"hot_add":         types.BoolValue(vm.CPU.HotAdd),
			"reservation_mhz": types.Int64Value(vm.CPU.Allocation.Reservation), "limit_mhz": types.Int64Value(vm.CPU.Allocation.Limit),
			"shares": tfattr.StringOrNull(vm.CPU.Allocation.Shares),
		}),
		Memory: types.ObjectValueMust(memoryTypes, map[string]attr.Value{
			"size_mib": types.Int64Value(vm.Memory.SizeMiB), "hot_add": types.BoolValue(vm.Memory.HotAdd),
			"reservation_mib": types.Int64Value(vm.Memory.Allocation.Reservation), "limit_mib": types.Int64Value(vm.Memory.Allocation.Limit),
			"shares": tfattr.StringOrNull(vm.Memory.Allocation.Shares),
		}),
		Annotation: tfattr.StringOrNull(vm.Annotation), GuestID: tfattr.StringOrNull(vm.GuestID),
		HardwareVersion: tfattr.StringOrNull(vm.HardwareVersion),
		ExtraConfigKeys: keys, ExtraConfig: types.MapValueMust(types.StringType, settings),
	}
}

// unread returns what is known of the hardware of a VM whose configuration vCenter can't read.
func (h hardware) unread() hardware {
	return hardware{
		CPU: types.ObjectNull(cpuTypes), Memory: types.ObjectNull(memoryTypes), ExtraConfigKeys: h.ExtraConfigKeys,
		ExtraConfig: types.MapNull(types.StringType),
	}
}
