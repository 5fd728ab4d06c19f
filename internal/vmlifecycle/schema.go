package vmlifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
func (t Timeouts) ShutdownTimeoutAttribute() schema.StringAttribute {
	return tfattr.DurationAttribute(fmt.Sprintf("How long the guest gets to shut down, when the machine is powered "+
		"off or destroyed, before it is switched off hard. It counts where VMware Tools run: without them the machine is switched "+
		"off at once. Default: `%s`.", inWords(t.Shutdown)))
}

// Attribute returns the attribute timeouts; thing is what is made, in words ("clone").
func (t Timeouts) Attribute(ctx context.Context, thing string) schema.Attribute {
	describe := func(what string, length time.Duration) string {
		return fmt.Sprintf("How long %s may take, as a number with a unit (`s`, `m`, `h`). Default: `%s`.", what, inWords(length))
	}
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: describe(fmt.Sprintf("the %s, with power-on and the wait for an address,", thing), t.Create),
		ReadDescription:   describe("a refresh", t.Read),
		UpdateDescription: describe("all steps of an update together", t.Update),
		DeleteDescription: describe("the destruction, with the guest's shutdown,", t.Delete),
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = fmt.Sprintf("How long operations may take. A %s that runs out of time is cancelled; when "+
			"vCenter does not tell in time how that ended, the %s stays in state as pending.", thing, thing)

		return nested
	}

	return attribute
}

// inWords writes a length of time as a configuration would: 3m, not 3m0s.
func inWords(length time.Duration) string {
	if minutes := length.Minutes(); length%time.Minute == 0 {
		return fmt.Sprintf("%.0fm", minutes)
	}

	return length.String()
}
