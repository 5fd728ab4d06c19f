package vm

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// ComputedAttributes returns the attributes of [Attributes] that only the platform sets, but for bios_uuid, which some
// resources can set: thing is what is made, in words ("clone").
func ComputedAttributes(thing string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": tfattr.IDAttribute(fmt.Sprintf("Managed object id of the virtual machine, such as `vm-42`. Null while the %s is "+
			"pending.", thing)),
		"instance_uuid": ComputedString("The machine's identity within vCenter (`config.instanceUuid`)."),
		"power_state":   ComputedString("`poweredOn`, `poweredOff` or `suspended`."),
		"host_id":       ComputedString("Managed object id of the host where the machine is now. DRS may change it at any time."),
		"disks":         tfattr.VSphereDisksAttribute(mapplanmodifier.UseNonNullStateForUnknown()),
		"guest_ip_addresses": schema.ListAttribute{
			MarkdownDescription: "IP addresses that VMware Tools report, without loopback and link-local ones. Empty where Tools do not " +
				"run; see `wait_for_guest_ip`.",
			ElementType:   types.StringType,
			Computed:      true,
			PlanModifiers: []planmodifier.List{listplanmodifier.UseNonNullStateForUnknown()},
		},
		"pending_task_id": tfattr.PendingTaskIDAttribute(),
	}
}

// ComputedString returns an attribute that only the platform sets.
func ComputedString(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
	}
}

// PlacementPartAttribute returns a part of the placement attribute.
func PlacementPartAttribute(kind tfattr.VSphereKind, description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{tfattr.VSphereID(kind)},
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
	}
}

// ShutdownTimeoutAttribute returns the attribute shutdown_timeout.
func ShutdownTimeoutAttribute(defaults lifecycle.Timeouts) schema.StringAttribute {
	return tfattr.DurationAttribute(fmt.Sprintf("How long the guest gets to shut down, when the machine is powered "+
		"off or destroyed, before it is switched off hard. It applies where VMware Tools run: without them the machine is switched "+
		"off at once. Default: `%s`.", lifecycle.InWords(defaults.Shutdown)))
}

// TimeoutsAttribute returns the attribute timeouts; thing is what is made, in words ("clone").
func TimeoutsAttribute(ctx context.Context, defaults lifecycle.Timeouts, thing string) schema.Attribute {
	return defaults.Attribute(ctx, lifecycle.TimeoutTexts{
		About: fmt.Sprintf("How long operations may take. A %s that runs out of time is cancelled; when "+
			"vCenter does not tell in time how that ended, the %s stays in state as pending.", thing, thing),
		Create: fmt.Sprintf("the %s, with power-on and the wait for an address,", thing),
		Update: "all steps of an update together",
		Delete: "the destruction, with the guest's shutdown,",
	})
}
