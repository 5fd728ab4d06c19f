package vsphereclone

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// What is used where the configuration says nothing.
const (
	defaultCreateTimeout   = 60 * time.Minute
	defaultReadTimeout     = 5 * time.Minute
	defaultUpdateTimeout   = 60 * time.Minute
	defaultDeleteTimeout   = 20 * time.Minute
	defaultShutdownTimeout = 3 * time.Minute
)

// Schema describes the resource. Plan modifiers keep every computed value; [cloneResource.ModifyPlan] makes those unknown
// that a change affects, so that a plan shows no more than what may change.
func (r *cloneResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A virtual machine that is cloned from another one, or from a template, by one asynchronous call of " +
			"vCenter's REST API. Renaming it, moving it, relocating it and switching it on and off happen in place. A clone that is " +
			"interrupted or runs out of time is cancelled, adopted or kept in state as pending, but never forgotten.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the virtual machine, 1 to 80 characters, taken literally. It must be free in the folder, " +
					"which the plan checks. A change renames the machine.",
				Required:   true,
				Validators: []validator.String{tfattr.VMName()},
			},
			"source_vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the virtual machine or template to clone, such as `vm-42`. A change replaces the " +
					"machine.",
				Required:   true,
				Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"placement":       placementAttribute(),
			"disks_to_remove": disksToRemoveAttribute(),
			"disks_to_update": disksToUpdateAttribute(),
			"power_on": schema.BoolAttribute{
				MarkdownDescription: "Whether the machine runs. Unset: it is not powered on after the clone, and its power state is left " +
					"to others from then on; the attribute shows what it is. Set: a power state that differs is repaired. Powering off " +
					"shuts the guest down where VMware Tools run; see `shutdown_timeout`.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()},
			},
			"guest_customization_spec": customizationAttribute(),
			"wait_for_guest_ip": tfattr.DurationAttribute("How long to wait, after the machine was powered on, until VMware Tools " +
				"report an IP address that others can use (no loopback, no link-local), such as `5m`. It needs `power_on = true`. Unset: " +
				"do not wait."),
			"shutdown_timeout": tfattr.DurationAttribute(fmt.Sprintf("How long the guest gets to shut down, when the machine is powered "+
				"off or destroyed, before it is switched off hard. It counts where VMware Tools run: without them the machine is switched "+
				"off at once. Default: `%s`.", inWords(defaultShutdownTimeout))),
			"timeouts": timeoutsAttribute(ctx),

			"id": tfattr.IDAttribute("Managed object id of the virtual machine, such as `vm-42`. Null while the clone is pending."),
			"instance_uuid": computedString("The machine's identity within vCenter (`config.instanceUuid`).",
				stringplanmodifier.UseNonNullStateForUnknown()),
			"bios_uuid": computedString("The machine's BIOS UUID, which the guest sees (`config.uuid`).",
				stringplanmodifier.UseNonNullStateForUnknown()),
			"power_state": computedString("`poweredOn`, `poweredOff` or `suspended`.",
				stringplanmodifier.UseNonNullStateForUnknown()),
			"host_id": computedString("Managed object id of the host where the machine is now. DRS may change it at any time.",
				stringplanmodifier.UseNonNullStateForUnknown()),
			"disks":              tfattr.VSphereDisksAttribute(mapplanmodifier.UseNonNullStateForUnknown()),
			"network_interfaces": tfattr.VSphereNetworkInterfacesAttribute(mapplanmodifier.UseNonNullStateForUnknown()),
			"guest_ip_addresses": schema.ListAttribute{
				MarkdownDescription: "IP addresses that VMware Tools report, without loopback and link-local ones. Empty where Tools do not " +
					"run; see `wait_for_guest_ip`.",
				ElementType:   types.StringType,
				Computed:      true,
				PlanModifiers: []planmodifier.List{listplanmodifier.UseNonNullStateForUnknown()},
			},
			"pending_task_id": tfattr.PendingTaskIDAttribute(),
		},
	}
}

// IdentitySchema describes what identifies the VM: its id is unique within one vCenter only.
func (r *cloneResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vcenter_uuid": identityschema.StringAttribute{
				Description:       "Instance UUID of the vCenter that manages the virtual machine.",
				RequiredForImport: true,
			},
			"vm_id": identityschema.StringAttribute{
				Description:       "Managed object id of the virtual machine, such as vm-42.",
				RequiredForImport: true,
			},
		},
	}
}

func placementAttribute() schema.SingleNestedAttribute {
	part := func(kind tfattr.VSphereKind, description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description,
			Optional:            true,
			Computed:            true,
			Validators:          []validator.String{tfattr.VSphereID(kind)},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
		}
	}

	return schema.SingleNestedAttribute{
		MarkdownDescription: "Where the machine goes. What is left out is the source's own and shows where the machine is; it never " +
			"drifts. What is set can be changed in place. Parts that contradict each other (a host outside the cluster, a resource " +
			"pool of another cluster) are errors of the plan.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseNonNullStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"folder_id": part(tfattr.VSphereFolder, "Managed object id of the VM folder, such as `group-v3`. A change moves the machine."),
			"resource_pool_id": part(tfattr.VSphereResourcePool, "Managed object id of the resource pool, such as `resgroup-8`. A change "+
				"relocates the machine. A template has no pool: clones of one need this, `cluster_id` or `host_id`."),
			"host_id": part(tfattr.VSphereHost, "Managed object id of the host, such as `host-10`. A change relocates the machine; DRS may "+
				"move it on, which is no drift. The top-level `host_id` tells where it is now."),
			"cluster_id": part(tfattr.VSphereCluster, "Managed object id of the cluster, such as `domain-c7`. A change relocates the "+
				"machine, into the cluster's root resource pool unless `resource_pool_id` is set."),
			"datastore_id": part(tfattr.VSphereDatastore, "Managed object id of the datastore for the configuration files and for every disk "+
				"that `disks_to_update` does not name, such as `datastore-11`. A change relocates them."),
		},
	}
}

func disksToRemoveAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: "Disks of the source that the clone does not get, by device key, such as `[\"2001\"]`. The data source " +
			"`vmfork_vsphere_virtual_machine` lists them. A change replaces the machine.",
		ElementType: types.StringType,
		Optional:    true,
		Validators: []validator.Set{
			setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.DiskKey()),
		},
	}
}

func disksToUpdateAttribute() schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		MarkdownDescription: "Disks of the source that go to a datastore of their own, by device key. They stay there when " +
			"`placement.datastore_id` changes. A change replaces the machine.",
		Optional:   true,
		Validators: []validator.Map{mapvalidator.KeysAre(tfattr.DiskKey())},
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"datastore_id": schema.StringAttribute{
					MarkdownDescription: "Managed object id of the disk's datastore, such as `datastore-12`.",
					Required:            true,
					Validators:          []validator.String{tfattr.VSphereID(tfattr.VSphereDatastore)},
				},
			},
		},
	}
}

func customizationAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Customization of the guest's operating system. It runs when the machine is powered on for the first time. " +
			"A change replaces the machine.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of a customization specification in vCenter.",
				Required:            true,
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	describe := func(what string, length time.Duration) string {
		return fmt.Sprintf("How long %s may take, as a number with a unit (`s`, `m`, `h`). Default: `%s`.", what, inWords(length))
	}
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: describe("the clone, with power-on and the wait for an address,", defaultCreateTimeout),
		ReadDescription:   describe("a refresh", defaultReadTimeout),
		UpdateDescription: describe("all steps of an update together", defaultUpdateTimeout),
		DeleteDescription: describe("the destruction, with the guest's shutdown,", defaultDeleteTimeout),
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long operations may take. A clone that runs out of time is cancelled; when vCenter does not " +
			"tell in time how that ended, the clone stays in state as pending."

		return nested
	}

	return attribute
}

func computedString(description string, modifiers ...planmodifier.String) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true, PlanModifiers: modifiers}
}

// inWords writes a length of time as a configuration would: 3m, not 3m0s.
func inWords(length time.Duration) string {
	if minutes := length.Minutes(); length%time.Minute == 0 {
		return fmt.Sprintf("%.0fm", minutes)
	}

	return length.String()
}
