package zstackclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

const replaces = " A change replaces the machine."

// Schema describes the resource. [cloneResource.ModifyPlan] plans every computed value: it keeps those of the state and makes
// those unknown that a change affects, so that a plan shows no more than what may change.
func (r *cloneResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A virtual machine that is cloned from another one on ZStack. One resource is one machine: use `for_each` " +
			"for several. Clones of one source with the same settings that are made at the same time share a call, and each has an outcome of " +
			"its own. Name, description, power and tags change in place. A clone that is interrupted or runs out of time is adopted or " +
			"kept in state as pending, but never forgotten.",
		Attributes: attributes(ctx),
	}
}

func attributes(ctx context.Context) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			MarkdownDescription: "Name of the machine, 1 to 255 characters. ZStack allows several machines of one name; this resource " +
				"does not, since a clone whose answer was lost is found again by its name. Machines in the recycle bin do not count. " +
				"With `create_before_destroy` a replacement needs another name: the old machine still has its own.",
			Required:   true,
			Validators: []validator.String{tfattr.ZStackName()},
		},
		"source_vm_uuid": uuidAttribute("UUID of the machine to clone, which must be running, paused or stopped."+replaces, true),
		"strategy": schema.StringAttribute{
			MarkdownDescription: "What ZStack makes: `InstantStart` (a running machine), `CreateStopped` (a stopped one, since about " +
				"ZStack 3.10) or `JustCreate` (a record without anything on a host). Unset: `CreateStopped` where `power_on` is `false`, " +
				"otherwise `InstantStart`. It applies at creation only: changing it from one value to another replaces the " +
				"machine, setting or removing it does not. A value that contradicts `power_on` is an error.",
			Optional: true,
			Validators: []validator.String{tfattr.OneOf(
				string(zstack.StrategyInstantStart), string(zstack.StrategyCreateStopped), string(zstack.StrategyJustCreate))},
		},
		"full": schema.BoolAttribute{
			MarkdownDescription: "Whether the source's data volumes are cloned too (since ZStack 2.5.0). Those volumes are deleted with the " +
				"machine. Default: `false`." + replaces,
			Optional: true,
		},
		"description": schema.StringAttribute{
			MarkdownDescription: "Description of the machine, up to 2048 characters. Unset: it is left to ZStack and to others; the " +
				"attribute shows what it is.",
			Optional:   true,
			Computed:   true,
			Validators: []validator.String{tfattr.ZStackDescription()},
		},
		"power_on": schema.BoolAttribute{
			MarkdownDescription: "Whether the machine runs. Unset: the strategy decides when the machine is made, and its power is left to " +
				"others from then on; the attribute shows what it is. Set: a power state that differs is repaired. A machine that is switched off " +
				"is asked to shut down first; see `shutdown_timeout`.",
			Optional: true,
			Computed: true,
		},
		"affinity_group_uuid": uuidAttribute("UUID of the affinity group that the machine belongs to (the system tag "+
			"`affinityGroupUuid::…`)."+replaces, false),
		"system_tags": tagsAttribute("System tags that the machine has. Only those named here are managed: ZStack puts others on a "+
			"machine by itself, which stay. Changed in place.", tfattr.ZStackSystemTag()),
		"user_tags": tagsAttribute("User tags of the machine, all of them: one that is not named here is removed. Unset: they are not "+
			"managed. Changed in place.", tfattr.ZStackTag()),
		"root_volume":  rootVolumeAttribute(),
		"data_volumes": dataVolumesAttribute(),
		"cluster_uuid": uuidAttribute("UUID of the cluster where the machine is to be made. ZStack may move it later, which is no drift: "+
			"`current_cluster_uuid` tells where it is."+replaces, false),
		"host_uuid": uuidAttribute("UUID of the host where the machine is to be made (since about ZStack 4.7). ZStack may move it later, "+
			"which is no drift: `current_host_uuid` tells where it is."+replaces, false),
		"delete_mode": schema.StringAttribute{
			MarkdownDescription: "How the machine is destroyed: `Permissive` (ZStack may refuse) or `Enforcing`. Default: `Permissive`.",
			Optional:            true,
			Validators:          []validator.String{tfattr.OneOf(string(zstack.DeletePermissive), string(zstack.DeleteEnforcing))},
		},
		"expunge_on_destroy": schema.BoolAttribute{
			MarkdownDescription: "Whether a destroyed machine, and the data volumes that were cloned with it, are expunged at once. Otherwise " +
				"ZStack's recycle bin keeps them for some days, where they can be recovered. Default: `false`.",
			Optional: true,
		},
		"shutdown_timeout": tfattr.DurationAttribute("How long the guest gets to shut down, when the machine is switched off or destroyed, " +
			"before the machine is stopped hard. ZStack gives it 60 seconds and stops it hard then: a longer time is a warning, and gives the guest no more. Default: `" + lifecycle.InWords(kind.Timeouts.Shutdown) + "`."),
		"timeouts": kind.Timeouts.Attribute(ctx, lifecycle.TimeoutTexts{
			About:  "How long operations may take. ZStack can't cancel a clone: one that runs out of time stays in state as pending.",
			Create: "the clone, with description and power,",
			Update: "all steps of an update together", Delete: "the destruction, with the guest's shutdown,",
		}),

		"id": computedString("UUID of the machine. Null while the clone is pending."),
		"state": computedString("State of the machine as ZStack tells it, such as `Running`, `Stopped`, `Created` or `Paused`. A machine that " +
			"is `Destroyed` is gone, although the recycle bin still has it."),
		"current_host_uuid":    computedString("UUID of the host that the machine runs on; null while it does not run."),
		"current_cluster_uuid": computedString("UUID of the cluster that the machine is in."),
		"zone_uuid":            computedString("UUID of the zone that the machine is in."),
		"image_uuid":           computedString("UUID of the image that the machine's source was made from."),
		"cpu_count":            cpuAttribute(),
		"memory_bytes":         memoryAttribute(),
		"ip_addresses": schema.ListAttribute{
			MarkdownDescription: "IP addresses of the network interfaces, in the order of their device ids.", ElementType: types.StringType, Computed: true,
		},
		"network_interfaces": interfacesAttribute(),
		"root_volume_uuid":   computedString("UUID of the root volume."),
		"data_volume_uuids": schema.ListAttribute{
			MarkdownDescription: "UUIDs of the data volumes that a full clone made. They are deleted with the machine; volumes that were " +
				"attached later are not. Null while a full clone is only a record (`JustCreate`), which gets them when it is first started.", ElementType: types.StringType, Computed: true,
		},
		"pending_job_uuid": computedString("UUID of the job that makes the machine, while its end has not been seen: an apply was interrupted " +
			"or ran out of time. The next plan looks what became of it, and the next apply adopts the machine. Null otherwise."),
	}
}

func rootVolumeAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "How the root volume is made." + replaces,
		Optional:            true,
		Attributes: map[string]schema.Attribute{
			"provisioning_strategy": schema.StringAttribute{
				MarkdownDescription: "`ThinProvisioning` or `ThickProvisioning` (the system tag `volumeProvisioningStrategy::…`). Unset: the " +
					"primary storage decides.",
				Optional:   true,
				Validators: []validator.String{tfattr.OneOf("ThinProvisioning", "ThickProvisioning")},
			},
			"primary_storage_uuid": uuidAttribute("UUID of the primary storage that the root volume is made on (since about ZStack 3.2). A "+
				"later migration is no drift.", false),
			"system_tags": tagsAttribute("System tags that the root volume is made with.", tfattr.ZStackSystemTag()),
		},
	}
}

func dataVolumesAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "How the data volumes of a clone with `full = true` are made." + replaces,
		Optional:            true,
		Attributes: map[string]schema.Attribute{
			"primary_storage_uuid": uuidAttribute("UUID of the primary storage that the data volumes are made on (since about ZStack 3.2). A "+
				"later migration is no drift.", false),
			"system_tags": tagsAttribute("System tags that the data volumes are made with.", tfattr.ZStackSystemTag()),
		},
	}
}

func uuidAttribute(description string, required bool) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Required: required, Optional: !required,
		Validators: []validator.String{tfattr.ZStackUUID()},
	}
}

func tagsAttribute(description string, form validator.String) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description, ElementType: types.StringType, Optional: true,
		Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(form)},
	}
}

func computedString(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}
