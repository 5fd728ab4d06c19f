package zstackvirtualmachine

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// Schema describes the data source.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one VM on ZStack, to fork from: by uuid or name. Give exactly one of the two. A VM in the recycle bin " +
			"(`Destroyed`) is not found.",
		Attributes: map[string]schema.Attribute{
			"uuid":                   selectorAttribute("UUID of the VM: 32 hexadecimal digits.", tfattr.ZStackUUID()),
			"name":                   selectorAttribute("Name of the VM. It must be the only VM of that name that is not destroyed.", tfattr.ZStackName()),
			"id":                     computedString("The same as `uuid`."),
			"description":            computedString("Description of the VM; null without one."),
			"state":                  computedString("State of the VM, such as `Running`, `Stopped`, `Paused` or `Created`."),
			"type":                   computedString("What kind of VM it is: `UserVm`, for most."),
			"platform":               computedString("The guest's platform, such as `Linux` or `Windows`."),
			"hypervisor_type":        computedString("The hypervisor, such as `KVM`."),
			"created_at":             computedString("When the VM was made, as ZStack writes it: by the management node's clock, without a time zone."),
			"zone_uuid":              computedString("UUID of the zone."),
			"cluster_uuid":           computedString("UUID of the cluster; null where ZStack tells none."),
			"host_uuid":              computedString("UUID of the host that the VM runs on; null when it does not run."),
			"last_host_uuid":         computedString("UUID of the host that the VM ran on before; null where there is none."),
			"image_uuid":             computedString("UUID of the image that the VM was made from; null where there is none."),
			"instance_offering_uuid": computedString("UUID of the instance offering; null where there is none."),
			"default_l3_network_uuid": computedString("UUID of the L3 network whose gateway and DNS the guest uses; null where there is " +
				"none."),
			"cpu_count": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Number of virtual CPUs.",
			},
			"memory_bytes": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Memory in bytes.",
			},
			"ip_addresses": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The IP addresses of the network interfaces, in the order of their device ids.",
			},
			"network_interfaces": tfattr.ZStackNetworkInterfacesDataAttribute(),
			"root_volume_uuid":   computedString("UUID of the root volume; null while the VM is a record without disks (`Created`)."),
			"data_volume_uuids": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "UUIDs of the data volumes, in the order of their device ids.",
			},
			"volumes": volumesAttribute(),
		},
	}
}

func volumesAttribute() schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The volumes, by uuid.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name":                 computedString("Name of the volume."),
			"type":                 computedString("`Root` or `Data`."),
			"primary_storage_uuid": computedString("UUID of the primary storage that holds the volume; null where there is none yet."),
			"size_bytes": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Size in bytes, as the guest sees it.",
			},
			"device_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The volume's place in the VM; the root volume has 0.",
			},
			"shareable": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether several VMs can use the volume at once.",
			},
		}},
	}
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
