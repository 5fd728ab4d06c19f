package vspherevirtualmachine

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one vSphere VM, to fork from: by managed object id, inventory path, instance UUID or name. Give exactly " +
			"one of the four.",
		Attributes: map[string]schema.Attribute{
			"id": selectorAttribute("Managed object id of the VM, such as `vm-42`.", tfattr.VSphereID(tfattr.VSphereVM)),
			"path": selectorAttribute("Inventory path of the VM, such as `/DC0/vm/templates/golden`. A `/` or `%` inside a name is written "+
				"as vCenter does: `%2f`, `%25`.", tfattr.InventoryPath()),
			"instance_uuid": selectorAttribute("UUID that vCenter gave the VM, unique in its inventory.", tfattr.UUID()),
			"name":          selectorAttribute("Name of the VM. It must be the only VM of that name.", tfattr.NotEmpty()),
			"bios_uuid":     computedString("UUID that the guest sees in its BIOS."),
			"power_state":   computedString("`poweredOn`, `poweredOff` or `suspended`."),
			"template": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the VM is marked as a template.",
			},
			"folder_id":          computedString("Managed object id of the folder that holds the VM, such as `group-v3`."),
			"resource_pool_id":   computedString("Managed object id of the VM's resource pool; null for a template."),
			"host_id":            computedString("Managed object id of the host that the VM runs on, or is registered with."),
			"cluster_id":         computedString("Managed object id of that host's cluster; null on a stand-alone host."),
			"datastore_id":       computedString("Managed object id of the datastore that holds the VM's configuration files."),
			"disks":              tfattr.VSphereDisksDataAttribute(),
			"network_interfaces": tfattr.VSphereNetworkInterfacesDataAttribute(),
			"instant_clone_frozen": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the guest is frozen for instant clones: every instant clone then starts from the same point.",
			},
			"virtual_tpm": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the VM has a virtual TPM, whose secrets a clone shares without `tpm_provision_policy = \"replace\"`.",
			},
			"encryption": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "How the VM is encrypted, as the argument of `vmfork_vsphere_clone` takes it. Null for a VM that is not.",
				Attributes: map[string]schema.Attribute{
					"key_provider_id": computedString("Id of the key provider that the key is of; null where vCenter does not tell it."),
				},
			},
			"fault_tolerance_state": computedString("State of vSphere Fault Tolerance, such as `notConfigured` or `running`."),
			"current_snapshot_id":   computedString("Managed object id of the VM's current snapshot; null without snapshots."),
		},
	}
	maps.Copy(resp.Schema.Attributes, hardwareAttributes())
	maps.Copy(resp.Schema.Attributes, labelAttributes())
}

func selectorAttribute(description string, valid validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: description,
		Validators:          []validator.String{valid},
	}
}

func computedString(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}
