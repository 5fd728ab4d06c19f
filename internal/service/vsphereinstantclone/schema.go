package vsphereinstantclone

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Schema describes the resource. Plan modifiers keep every computed value; [instantCloneResource.ModifyPlan] makes those
// unknown that a change affects, so that a plan shows no more than what may change.
func (r *instantCloneResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A virtual machine that is forked from a running one within seconds: it starts at the very point that its " +
			"source has reached, and shares memory and disks with it until either changes them. It needs vCenter 6.7 or newer. " +
			"Renaming it, moving it, relocating it, changing its network interfaces and its `extra_config` and switching it on and " +
			"off happen in place. An instant clone that is interrupted or runs out of time is cancelled, adopted or kept in state as " +
			"pending, but never forgotten.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the virtual machine, 1 to 80 characters, taken literally. It must be free in the folder, " +
					"which the plan checks. A change renames the machine. With `create_before_destroy` a replacement needs " +
					"another name: the old machine still has its own.",
				Required:   true,
				Validators: []validator.String{tfattr.VMName()},
			},
			"source_vm_id": schema.StringAttribute{
				MarkdownDescription: "Managed object id of the running virtual machine to fork, such as `vm-42`. A change replaces the " +
					"machine.",
				Required:   true,
				Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereVM)},
			},
			"placement":          placementAttribute(),
			"network_interfaces": networkInterfacesAttribute(),
			argumentToRemove:     removedInterfacesAttribute(),
			"annotation":         settings.AnnotationAttribute(),
			"serial_ports":       portsAttribute("Serial", "Serial port 1", "serial.log"),
			"parallel_ports":     portsAttribute("Parallel", "Parallel port 1", "parallel.log"),
			"bios_uuid": schema.StringAttribute{
				MarkdownDescription: "The machine's BIOS UUID, which the guest sees (`config.uuid`). Unset: vCenter makes one. A change " +
					"replaces the machine.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{tfattr.UUID()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
			},
			"power_on": schema.BoolAttribute{
				MarkdownDescription: "Whether the machine runs. Unset: it runs when it is made, and its power state is left to others from " +
					"then on; the attribute shows what it is. Set: a power state that differs is repaired. Powering off shuts the guest " +
					"down where VMware Tools run; see `shutdown_timeout`.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()},
			},
			"wait_for_guest_ip": tfattr.DurationAttribute("How long to wait, after the machine was made or powered on, until VMware Tools " +
				"report an IP address that others can use (no loopback, no link-local), such as `5m`. A fork wakes up with its source's " +
				"addresses and reports those until its guest has taken its own. Unset: do not wait."),
			"shutdown_timeout": vm.ShutdownTimeoutAttribute(kind.Timeouts),
			"timeouts":         vm.TimeoutsAttribute(ctx, kind.Timeouts, "clone"),

			"source_frozen": schema.BoolAttribute{
				MarkdownDescription: "Whether the source was frozen (`instantclone.freeze` in its guest) when the machine was made. All forks " +
					"of a frozen source begin at the same point. Null where that is not known.",
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()},
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, settings.ExtraConfigAttributes())
	maps.Copy(resp.Schema.Attributes, labels.Attributes())
	maps.Copy(resp.Schema.Attributes, vm.ComputedAttributes("clone"))
}

// IdentitySchema describes what identifies the VM: its id is unique within one vCenter only.
func (r *instantCloneResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = vm.IdentitySchema()
}

func placementAttribute() schema.SingleNestedAttribute {
	part := vm.PlacementPartAttribute

	return schema.SingleNestedAttribute{
		MarkdownDescription: "Where the machine goes; it begins on its source's host. What is left out is the source's own and shows " +
			"where the machine is; it never drifts. What is set can be changed in place.",
		Optional:      true,
		Computed:      true,
		PlanModifiers: []planmodifier.Object{objectplanmodifier.UseNonNullStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"folder_id": part(tfattr.VSphereFolder, "Managed object id of the VM folder, such as `group-v3`. A change moves the machine."),
			"resource_pool_id": part(tfattr.VSphereResourcePool, "Managed object id of the resource pool, such as `resgroup-8`. A change "+
				"relocates the machine."),
			"datastore_id": part(tfattr.VSphereDatastore, "Managed object id of the datastore for the machine's files and for what its disks "+
				"do not share with the source's, such as `datastore-11`. A change relocates them."),
		},
	}
}

func networkInterfacesAttribute() schema.MapNestedAttribute {
	return interfaces.Attribute("The network interfaces, by the device key (`4000`) or the label (`Network adapter 1`) that they have in " +
		"the source. A fork has its source's network identity, so its interfaces are normally given another network, or " +
		"disconnected until its guest has taken an identity of its own. What is left out of an interface is the source's, or " +
		"vCenter's choice. With the argument set, only the interfaces that it names are managed; unset, it shows all of them by " +
		"device key, also those that were added since. An interface that the machine does not have any more is an error of the plan.")
}

func portsAttribute(kind, label, file string) schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: kind + " ports that write to a file of their own, by the device key or the label (`" + label + "`) that they " +
			"have in the source. The value is the file's path on a datastore, such as `[datastore1] web/" + file + "`. A change " +
			"replaces the machine. A port that was removed outside Terraform is an error of the plan.",
		ElementType: types.StringType,
		Optional:    true,
		Validators: []validator.Map{
			mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key()), mapvalidator.ValueStringsAre(tfattr.DatastoreFile()),
		},
	}
}
