package vsphereftsecondary

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Schema describes the resource. [model.Forecast] plans the computed values, and [model.Replaces] decides what replaces the secondary.
func (r *secondaryResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"primary_vm_id": schema.StringAttribute{
			MarkdownDescription: "Managed object id of the virtual machine to protect, such as `vm-42`. It is checked at plan time: it must " +
				"be in a cluster with vSphere HA, be no template and have no snapshots. Another machine replaces the secondary; after a " +
				"fail-over, going back to the machine that is the secondary now fails back in place. Another id of the same machine, after it was " +
				"registered once more, changes nothing.",
			Required:   true,
			Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
		},
		"host_id": optionalID(tfattr.VSphereHost, "Managed object id of the host where the secondary is made, such as `host-10`; not the "+
			"primary's. Unset, vCenter chooses. DRS may move it on, which is no drift: `secondary_host_id` tells where it is now. A "+
			"change replaces the secondary."),
		"metadata_datastore_id": optionalID(tfattr.VSphereDatastore, "Managed object id of the datastore for the tie-breaker file, which both "+
			"hosts must reach, such as `datastore-11`. A change replaces the secondary."),
		"config_datastore_id": optionalID(tfattr.VSphereDatastore, "Managed object id of the datastore for the secondary's configuration files. "+
			"A change replaces the secondary."),
		"disk_datastores": schema.MapAttribute{
			MarkdownDescription: "Datastore of each of the secondary's disks, by the device key of the primary's disk, such as " +
				"`{ \"2000\" = \"datastore-12\" }`. The data source `vmfork_vsphere_virtual_machine` lists the keys. A change replaces the secondary.",
			ElementType: types.StringType,
			Optional:    true,
			Validators: []validator.Map{
				mapvalidator.SizeAtLeast(1), mapvalidator.KeysAre(tfattr.DiskKey()),
				mapvalidator.ValueStringsAre(tfattr.VSphereID(tfattr.VSphereDatastore)),
			},
		},
		"metro": schema.SingleNestedAttribute{
			MarkdownDescription: "Makes it a metro cluster pair, whose members run at different sites. It needs vSphere 8.0.3. A change replaces " +
				"the secondary.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"host_group": schema.StringAttribute{
					MarkdownDescription: "Name of the cluster's host group for the secondary.",
					Required:            true,
					Validators:          []validator.String{tfattr.NotEmpty()},
				},
			},
		},
		"enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the secondary is enabled. A disabled one is powered off and stays registered: the primary is not " +
				"protected. Switched in place. Default: `true`.",
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(true),
		},
		"apply_drs_recommendation": schema.BoolAttribute{
			MarkdownDescription: "Whether to apply what DRS recommends in order to power the secondary on, in a cluster whose DRS is not automatic. " +
				"Unset or `false`: the secondary stays powered off, and `recommendations` shows what waits for approval.",
			Optional: true,
		},
		"timeouts": kind.Timeouts.Attribute(ctx, lifecycle.TimeoutTexts{
			About: "How long operations may take. A creation that runs out of time is cancelled; when vCenter does not " +
				"tell in time how that ended, the secondary stays in state as pending.",
			Create: "the creation, with copying the disks and powering on,",
			Update: "all steps of an update together",
			Delete: "turning fault tolerance off",
		}),

		"pending_task_id": tfattr.PendingTaskIDAttribute(),
	}
	maps.Copy(attributes, computedAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "A fault-tolerance secondary: a second virtual machine that runs in lockstep with the primary on another host and " +
			"takes over without interruption when the primary's host fails. That the secondary could not be powered on is a warning, " +
			"since it was made all the same. Destroying the resource turns fault tolerance off, which removes the secondary and leaves " +
			"the primary as it is.",
		Attributes: attributes,
	}
}

// computedAttributes are what the platform tells.
func computedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": tfattr.IDAttribute("Managed object id of the secondary, such as `vm-57`. Null while it is pending."),
		"instance_uuid": schema.StringAttribute{
			MarkdownDescription: "The primary's identity within vCenter (`config.instanceUuid`). A refresh finds the primary by it where its id " +
				"has changed.",
			Computed: true,
		},
		"secondary_instance_uuid": schema.StringAttribute{
			MarkdownDescription: "The secondary's identity within vCenter.",
			Computed:            true,
		},
		"state": schema.StringAttribute{
			MarkdownDescription: "What the primary says of the pair (`runtime.faultToleranceState`): `running` where it is protected; `starting`, " +
				"`needSecondary`, `enabled` or `disabled` where not.",
			Computed: true,
		},
		"secondary_host_id": schema.StringAttribute{
			MarkdownDescription: "Managed object id of the host where the secondary is now. DRS may change it at any time.",
			Computed:            true,
		},
		"power_on_attempted": schema.BoolAttribute{
			MarkdownDescription: "Whether vCenter tried to power the secondary on when it was made or enabled last: it does where the primary is " +
				"powered on.",
			Computed: true,
		},
		"power_on_fault": schema.StringAttribute{
			MarkdownDescription: "Why the secondary could not be powered on, in vCenter's words. Null where it was, or where it was not tried.",
			Computed:            true,
		},
		"recommendations": schema.ListNestedAttribute{
			MarkdownDescription: "What DRS recommends in order to power the secondary on, and waits for approval. Empty once the secondary runs; " +
				"see `apply_drs_recommendation`.",
			Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"key":        schema.StringAttribute{MarkdownDescription: "The recommendation's key in its cluster.", Computed: true},
				"cluster_id": schema.StringAttribute{MarkdownDescription: "Managed object id of the cluster, such as `domain-c7`.", Computed: true},
				"reason":     schema.StringAttribute{MarkdownDescription: "Why DRS recommends it, in vCenter's words.", Computed: true},
			}},
		},
	}
}

func optionalID(kind tfattr.VSphereKind, description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Validators:          []validator.String{tfattr.VSphereID(kind)},
	}
}
