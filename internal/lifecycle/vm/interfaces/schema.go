package interfaces

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Attribute returns the argument network_interfaces with its description.
func Attribute(description string) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Computed:            true,
		Validators:          []validator.Map{mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key())},
		PlanModifiers:       []planmodifier.Map{mapplanmodifier.UseNonNullStateForUnknown()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"network_id":      text(networkText, tfattr.VSphereID(tfattr.VSphereNetwork)),
			"mac_address":     text(addressText, tfattr.MACAddress()),
			"connected":       truth(connectedText),
			"start_connected": truth("Whether the interface is connected when the machine is powered on."),
			"label":           text("The interface's label, such as `Network adapter 1`."),
			"type":            text("The interface's type: `vmxnet3`, `e1000`, `e1000e`, `pcnet32` or `sriov`."),
		}},
	}
}

// AddedAttribute returns the argument network_interfaces_to_add.
func AddedAttribute() schema.MapNestedAttribute {
	kinds := text("The interface's type: `vmxnet3`, `e1000e`, `e1000` or `pcnet32`. Unset: `vmxnet3`. A change replaces the interface by "+
		"another, in place.", tfattr.OneOf(vsphere.InterfaceTypes()...))

	return schema.MapNestedAttribute{
		MarkdownDescription: "Network interfaces that the machine has beside those of its source, by a name of yours. They are made with the " +
			"machine, and added in place later, also while it runs; one that is taken out of the configuration is removed, and one that " +
			"was removed outside Terraform is added again. A machine has at most ten network interfaces.",
		Optional:   true,
		Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.KeysAre(tfattr.Key())},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"network_id": schema.StringAttribute{
				MarkdownDescription: networkText, Required: true, Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereNetwork)},
			},
			"mac_address":     text(addressText, tfattr.MACAddress()),
			"connected":       truth(connectedText),
			"start_connected": truth("Whether the interface is connected when the machine is powered on. Unset: `true`."),
			"type":            kinds,
			"unit_number": schema.Int64Attribute{
				MarkdownDescription: "The interface's place on the machine's PCI bus.", Computed: true,
				PlanModifiers: []planmodifier.Int64{int64planmodifier.UseNonNullStateForUnknown()},
			},
			"key": text("The interface's device key, such as `4001`."),
		}},
	}
}

const (
	networkText = "Managed object id of the network: a standard network (`network-7`), a distributed port group (`dvportgroup-9`) or an " +
		"opaque network (`network-o11`)."
	addressText   = "The interface's MAC address, such as `00:50:56:12:34:56`. Unset: vCenter chooses one."
	connectedText = "Whether the interface is connected now. It is that only while the machine runs, and is managed only then."
)

func text(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            len(validators) > 0,
		Computed:            true,
		Validators:          validators,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
	}
}

func truth(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Computed:            true,
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseNonNullStateForUnknown()},
	}
}
