package vsphereclone

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Schema describes the resource. Plan modifiers keep every computed value; [cloneResource.ModifyPlan] makes those unknown
// that a change affects, so that a plan shows no more than what may change.
func (r *cloneResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A virtual machine that is cloned from another one, or from a template, by one task of vCenter. " +
			"The clone of a template carries a stamp of its request, `vmfork.request` in the machine's `extraConfig`. Renaming it, moving it, relocating it and switching it on and off happen in place. A clone that is " +
			"interrupted or runs out of time is cancelled, adopted or kept in state as pending, but never forgotten.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the virtual machine, 1 to 80 characters, taken literally. It must be free in the folder, " +
					"which the plan checks. A change renames the machine. With `create_before_destroy` a replacement needs " +
					"another name: the old machine still has its own.",
				Required:   true,
				Validators: []validator.String{tfattr.VMName()},
			},
			"source_vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the virtual machine or template to clone, such as `vm-42`. A change replaces the " +
					"machine.",
				Required:   true,
				Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"placement": placementAttribute(),
			"power_on": schema.BoolAttribute{
				MarkdownDescription: "Whether the machine runs. Unset: it is not powered on after the clone, and its power state is left " +
					"to others from then on; the attribute shows what it is. Set: a power state that differs is repaired. Powering off " +
					"shuts the guest down where VMware Tools run; see `shutdown_timeout`.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()},
			},
			"wait_for_guest_ip": tfattr.DurationAttribute("How long to wait, after the machine was powered on, until VMware Tools " +
				"report an IP address that others can use (no loopback, no link-local), such as `5m`. It needs `power_on = true`. Unset: " +
				"do not wait."),
			"shutdown_timeout": vm.ShutdownTimeoutAttribute(kind.Timeouts),
			"timeouts":         vm.TimeoutsAttribute(ctx, kind.Timeouts, "clone"),

			"bios_uuid": vm.ComputedString("The machine's BIOS UUID, which the guest sees (`config.uuid`)."),
		},
	}
	maps.Copy(resp.Schema.Attributes, originAttributes())
	maps.Copy(resp.Schema.Attributes, hardwareAttributes())
	maps.Copy(resp.Schema.Attributes, disksAttributes())
	maps.Copy(resp.Schema.Attributes, storagePolicyAttributes())
	maps.Copy(resp.Schema.Attributes, encryptionAttributes())
	maps.Copy(resp.Schema.Attributes, networkInterfacesAttributes())
	maps.Copy(resp.Schema.Attributes, labels.Attributes())
	maps.Copy(resp.Schema.Attributes, vm.ComputedAttributes("clone"))
}

// IdentitySchema describes what identifies the VM: its id is unique within one vCenter only.
func (r *cloneResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = vm.IdentitySchema()
}

func placementAttribute() schema.SingleNestedAttribute {
	part := vm.PlacementPartAttribute

	return schema.SingleNestedAttribute{
		MarkdownDescription: "Where the machine goes. What is left out is the source's own and shows where the machine is; it never " +
			"drifts. What is set can be changed in place. Parts that contradict each other (a host outside the cluster, a resource " +
			"pool of another cluster) are errors of the plan. A cluster without DRS chooses no host: without `host_id` the provider " +
			"takes one that runs, is not in maintenance and sees the datastore, and the plan says where none does.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseNonNullStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"folder_id": part(tfattr.VSphereFolder, "Managed object id of the VM folder, such as `group-v3`. A change moves the machine."),
			"resource_pool_id": part(tfattr.VSphereResourcePool, "Managed object id of the resource pool, such as `resgroup-8`. A change "+
				"relocates the machine. A template has no pool: clones of one need this, `cluster_id` or `host_id`."),
			"host_id": part(tfattr.VSphereHost, "Managed object id of the host, such as `host-10`. A change relocates the machine; DRS may "+
				"move it on, which is no drift. The top-level `host_id` tells where it is now. A host outside of the source's cluster means the "+
				"root resource pool of its own, unless `resource_pool_id` is set."),
			"cluster_id": part(tfattr.VSphereCluster, "Managed object id of the cluster, such as `domain-c7`. A change relocates the "+
				"machine, into the cluster's root resource pool unless `resource_pool_id` is set."),
			"datastore_id": part(tfattr.VSphereDatastore, "Managed object id of the datastore for the configuration files and for every disk "+
				"that `disks_to_update` does not name, such as `datastore-11`. A change relocates them."),
			"datastore_cluster_id": datastoreClusterAttribute(),
		},
	}
}
