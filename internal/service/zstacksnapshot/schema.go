package zstacksnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// defaultTimeouts is what is used where the configuration says nothing.
var defaultTimeouts = lifecycle.Timeouts{
	Create: 60 * time.Minute, Read: 5 * time.Minute, Update: 10 * time.Minute, Delete: 60 * time.Minute,
}

// Schema describes the resource. Plan modifiers keep every computed value: a snapshot does not change when it is renamed.
func (r *snapshotResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A snapshot group of a virtual machine on ZStack: a snapshot of each of its volumes, taken at once and kept as a " +
			"point to go back to. Its name and description change in place. Several groups of one machine can be taken in one apply; " +
			"they queue. A group that is interrupted, runs out of time or whose answer is lost is adopted or kept in state as pending, " +
			"but never forgotten and never taken twice.",
		Attributes: map[string]schema.Attribute{
			"vm_uuid": schema.StringAttribute{
				MarkdownDescription: "UUID of the virtual machine: 32 hexadecimal digits. A change takes a new snapshot group and deletes this one.",
				Required:            true,
				Validators:          []validator.String{tfattr.ZStackUUID()},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the snapshot group, 1 to 255 characters. Groups of a machine may share a name. A change renames the group.",
				Required:            true,
				Validators:          []validator.String{tfattr.ZStackName()},
			},
			"description": schema.StringAttribute{
				MarkdownDescription: "What the snapshot group is for, up to 2048 characters. Unset: left to others. A change happens in place; `\"\"` " +
					"clears it.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{tfattr.ZStackDescription()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
			},
			"with_memory": schema.BoolAttribute{
				MarkdownDescription: "Whether the memory of the machine is part of the snapshot group, so that going back to it resumes the machine as " +
					"it ran. The machine must be running then. Default: `false`. A change takes a new snapshot group.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"remove_children_on_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether destroying the snapshot group may also delete the snapshots that were taken after it, also those that others " +
					"took. On primary storages of files (LocalStorage, NFS, shared mount point) ZStack deletes them with it, so without this " +
					"argument the destroy of a group that has newer ones is an error that names them. On others, such as Ceph, and in " +
					"versions of ZStack that can delete one snapshot of a chain alone, nothing else is deleted. Unset: `false`. A change " +
					"happens in place, without a request.",
				Optional: true,
			},
			"timeouts": defaultTimeouts.Attribute(ctx, lifecycle.TimeoutTexts{
				About: "How long operations may take. ZStack can't cancel a job: when a snapshot group runs out of time and ZStack does not " +
					"tell how it ended, the group stays in state as pending.",
				Create: "the snapshots, with the wait for other work on the machine,",
				Update: "a change in place",
				Delete: "the deletion of all snapshots",
			}),

			"id": tfattr.IDAttribute("UUID of the snapshot group. The provider chooses it before the group is taken, so a pending group has it too."),
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the snapshot group was taken, as ZStack writes it: by the management node's clock, without a time zone.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"snapshots": snapshotsAttribute(),
			"complete": schema.BoolAttribute{
				MarkdownDescription: "Whether the snapshot of every volume is still there. A group of which snapshots were deleted one by one can't be " +
					"reverted to as a whole: a refresh warns of it, and `replace_triggered_by` or a postcondition can act on it.",
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"pending_job_uuid": schema.StringAttribute{
				MarkdownDescription: "UUID of the job that takes the snapshot group, while its end has not been seen: an apply was interrupted or ran out " +
					"of time. The next plan looks what became of it, and the next apply adopts the group. Null otherwise.",
				Computed: true,
			},
		},
	}
}

func snapshotsAttribute() schema.MapNestedAttribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}

	return schema.MapNestedAttribute{
		MarkdownDescription: "The snapshots of the group that are there, by the uuid of their volume.",
		Computed:            true,
		PlanModifiers:       []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"uuid":                 text("UUID of the snapshot."),
			"name":                 text("Name that ZStack gave the snapshot."),
			"volume_type":          text("Type of the volume: `Root`, `Data` or `Memory`."),
			"device_id":            number("The volume's place in the machine; the root volume has 0."),
			"size_bytes":           number("Size of the snapshot in bytes; null where ZStack does not tell."),
			"primary_storage_uuid": text("UUID of the primary storage that holds the snapshot; null where ZStack does not tell."),
		}},
	}
}
