package vspheresnapshot

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// The bounds that VirtualMachineGuestQuiesceSpec.timeout documents, in minutes.
const (
	shortestQuiesce = 5
	longestQuiesce  = 240
)

// The values of VSS_BACKUP_TYPE that say something: 0 is undefined, the same as leaving it out.
const (
	firstBackupType = 1
	lastBackupType  = 6
)

// Schema describes the resource. Plan modifiers keep every computed value: a snapshot does not change when it is renamed.
func (r *snapshotResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A snapshot of a virtual machine, taken once and kept: a point to go back to before a change. Its name and " +
			"description change in place. Several snapshots of one machine can be taken in one apply; they queue. A snapshot that is " +
			"interrupted or runs out of time is cancelled, adopted or kept in state as pending, but never forgotten.",
		Attributes: map[string]schema.Attribute{
			"vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the virtual machine, such as `vm-42`. Another machine takes a new snapshot and removes " +
					"this one. Another id of the same machine, after it was registered once more, changes nothing.",
				Required:   true,
				Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the snapshot, 1 to 80 characters, taken literally: `%`, `/` and `\\` need no escape. Snapshots of a " +
					"machine may share a name. A change renames the snapshot.",
				Required:   true,
				Validators: []validator.String{tfattr.VMName()},
			},
			"description": schema.StringAttribute{
				MarkdownDescription: "What the snapshot is for. Unset: what vCenter makes of it, and left to others from then on. A change " +
					"happens in place; `\"\"` clears it.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
			},
			"memory": schema.BoolAttribute{
				MarkdownDescription: "Whether the memory of a running machine is part of the snapshot, so that going back to it resumes the " +
					"machine as it ran. It takes longer and needs space. Without it, going back leaves the machine powered off. A machine " +
					"that is powered off has no memory to keep. Default: `false`. A change takes a new snapshot.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"quiesce": quiesceAttribute(),
			"remove_children_on_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether destroying the snapshot also removes the snapshots that were taken after it, also those that others took. " +
					"Without it they are kept and move up to its parent. Default: `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"consolidate_on_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether destroying the snapshot merges its disks with others where that is possible. Default: `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"timeouts": kind.Timeouts.Attribute(ctx, lifecycle.TimeoutTexts{
				About: "How long operations may take. A snapshot that runs out of time is cancelled; when vCenter does not " +
					"tell in time how that ended, the snapshot stays in state as pending.",
				Create: "the snapshot, with the wait for other work on the machine,",
				Update: "a change in place",
				Delete: "the removal, with the merging of disks,",
			}),

			"id": tfattr.IDAttribute("Managed object id of the snapshot, such as `snapshot-7`. Null while the snapshot is pending."),
			"instance_uuid": computedString("The virtual machine's identity within vCenter (`config.instanceUuid`). A refresh finds the machine " +
				"by it, and then the snapshot, where their ids have changed."),
			"created_at": computedString("When the snapshot was taken, by vCenter's clock, in UTC: `2026-01-02T15:04:05Z`."),
			"power_state": computedString("The machine's power state in the snapshot, which going back to it brings back: `poweredOn` and " +
				"`suspended` with memory, else `poweredOff`."),
			"quiesced": computedBool("Whether VMware Tools quiesced the guest's file systems. False when `quiesce` is set but was " +
				"ignored, since the machine was powered off or Tools did not run."),
			"is_current": computedBool("Whether the machine's present state goes on from this snapshot. It is no longer when another " +
				"snapshot is taken, or the machine goes back to another one; that is no drift."),
			"parent_snapshot_id": computedString("Managed object id of the snapshot before this one; null for the first. It changes when that " +
				"one is removed."),
			"pending_task_id": tfattr.PendingTaskIDAttribute(),
		},
	}
}

func quiesceAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Lets VMware Tools bring the guest's file systems into a consistent state while the snapshot is taken; `{}` is " +
			"the default way. vSphere ignores it when the machine is powered off or VMware Tools do not run: the plan warns of it, and " +
			"`quiesced` tells. A change takes a new snapshot.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"timeout_minutes": schema.Int32Attribute{
				MarkdownDescription: fmt.Sprintf("How many minutes the snapshot may take, %d to %d.", shortestQuiesce, longestQuiesce),
				Optional:            true,
				Validators:          []validator.Int32{int32validator.Between(shortestQuiesce, longestQuiesce)},
			},
			"windows": schema.SingleNestedAttribute{
				MarkdownDescription: "How the Volume Shadow Copy Service (VSS) of a Windows guest goes about it. It is for Windows guests alone: vSphere may " +
					"refuse the snapshot of another.",
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"vss_backup_type": schema.Int32Attribute{
						MarkdownDescription: "What kind of backup the guest's applications are told of, a `VSS_BACKUP_TYPE`: 1 full, 2 incremental, " +
							"3 differential, 4 log, 5 copy, 6 other.",
						Optional:   true,
						Validators: []validator.Int32{int32validator.Between(firstBackupType, lastBackupType)},
					},
					"vss_bootable_system_state": schema.BoolAttribute{
						MarkdownDescription: "Whether the backup includes a system state that can be booted.",
						Optional:            true,
					},
					"vss_partial_file_support": schema.BoolAttribute{
						MarkdownDescription: "Whether parts of files may be backed up.",
						Optional:            true,
					},
					"vss_backup_context": schema.StringAttribute{
						MarkdownDescription: "The VSS context: `ctx_backup` (applications are told), `ctx_file_share_backup` (they are not) or " +
							"`ctx_auto` (the first where the guest can, else the second).",
						Optional:   true,
						Validators: []validator.String{tfattr.OneOf("ctx_auto", "ctx_backup", "ctx_file_share_backup")},
					},
				},
			},
		},
	}
}

func computedString(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func computedBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description, Computed: true,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}
