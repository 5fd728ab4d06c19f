package vsphereclone

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// networkInterfaces is the part of the model for the machine's network interfaces.
type networkInterfaces struct {
	NetworkInterfaces types.Map `tfsdk:"network_interfaces"`
}

func networkInterfacesAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"network_interfaces": tfattr.VSphereNetworkInterfacesAttribute(mapplanmodifier.UseNonNullStateForUnknown()),
	}
}

// observedInterfaces returns the interfaces as the machine has them.
func (n networkInterfaces) observedInterfaces(found *vsphere.VirtualMachine) networkInterfaces {
	n.NetworkInterfaces = tfattr.VSphereNetworkInterfacesValue(found.NetworkInterfaces)

	return n
}

// keepingInterfaces returns the interfaces with every value that the plan knows.
func (n networkInterfaces) keepingInterfaces(plan networkInterfaces) networkInterfaces {
	n.NetworkInterfaces = lifecycle.Keep(plan.NetworkInterfaces, n.NetworkInterfaces)

	return n
}

// bareInterfaces returns the interfaces with every unknown value null.
func (n networkInterfaces) bareInterfaces() networkInterfaces {
	n.NetworkInterfaces = lifecycle.NullIfUnknown(n.NetworkInterfaces, types.MapNull(tfattr.VSphereNetworkInterfacesType()))

	return n
}

// openInterfaces returns the interfaces with everything unknown that the configuration does not set.
func (n networkInterfaces) openInterfaces() networkInterfaces {
	n.NetworkInterfaces = types.MapUnknown(tfattr.VSphereNetworkInterfacesType())

	return n
}
