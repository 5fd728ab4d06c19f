package zstackclone

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func interfacesAttribute() schema.MapNestedAttribute {
	set := func(description string, form validator.String) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Optional: true, Computed: true, Validators: []validator.String{form}}
	}

	return schema.MapNestedAttribute{
		MarkdownDescription: "The network interfaces, by device id (`\"0\"`): those of the source in the order of their device ids, and further ones, " +
			"whose ids follow without a gap. What is left out of an interface is the source's network, or an address that ZStack chooses. With the " +
			"argument set, only the interfaces that it names are managed, at creation (since about ZStack 5.1) and in place while the machine is " +
			"running or stopped; unset, it shows all of them. One that is taken out of the configuration stays on the machine.",
		Optional: true, Computed: true,
		Validators: []validator.Map{
			mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues(),
			mapvalidator.KeysAre(tfattr.DeviceNumber()),
		},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"l3_network_uuid": set("UUID of the L3 network that the interface is on. A change keeps its device id and MAC address.", tfattr.ZStackUUID()),
			"ip_address":      set("The interface's IP address. Unset: ZStack chooses one; null where it has none.", tfattr.IPAddress()),
			"mac_address":     set("The interface's MAC address, such as `fa:12:34:56:78:00`. Unset: ZStack chooses one.", tfattr.MACAddress()),
			"uuid":            computedString("UUID of the network interface."),
			"netmask":         computedString("Netmask of the address; null where it has none."),
			"gateway":         computedString("Gateway of the address; null where it has none."),
		}},
	}
}

// networkInterface is one element of network_interfaces. In the zero value everything is null.
type networkInterface struct {
	UUID, L3NetworkUUID, IPAddress, MACAddress, Netmask, Gateway types.String
}

// ObjectType implements [lifecycle.Element].
func (networkInterface) ObjectType() types.ObjectType { return tfattr.ZStackNetworkInterfacesType() }

// From implements [lifecycle.Element].
func (networkInterface) From(object types.Object) networkInterface {
	return networkInterface{
		UUID: lifecycle.StringIn(object, "uuid"), L3NetworkUUID: lifecycle.StringIn(object, "l3_network_uuid"),
		IPAddress: lifecycle.StringIn(object, "ip_address"), MACAddress: lifecycle.StringIn(object, "mac_address"),
		Netmask: lifecycle.StringIn(object, "netmask"), Gateway: lifecycle.StringIn(object, "gateway"),
	}
}

// Values implements [lifecycle.Element].
func (n networkInterface) Values() map[string]attr.Value {
	return map[string]attr.Value{
		"uuid": n.UUID, "l3_network_uuid": n.L3NetworkUUID, "ip_address": n.IPAddress, "mac_address": n.MACAddress,
		"netmask": n.Netmask, "gateway": n.Gateway,
	}
}

// interfacesIn returns the elements of network_interfaces; nil where it is null or unknown.
func interfacesIn(argument types.Map) map[string]networkInterface {
	return lifecycle.ElementsIn[networkInterface](argument)
}

// byDeviceID returns the keys of interfaces in the order of their device ids.
func byDeviceID(interfaces map[string]networkInterface) []string {
	return slices.SortedFunc(maps.Keys(interfaces), lifecycle.CompareDevices)
}

// inOrder returns interfaces in the order of their device ids.
func inOrder(nics []zstack.NIC) []zstack.NIC {
	return slices.SortedFunc(slices.Values(nics), func(a, b zstack.NIC) int { return cmp.Compare(a.DeviceID, b.DeviceID) })
}

// observedInterfaces returns network_interfaces as the VM has them: the interfaces that before names, or all of them where before is null or
// unknown. An address keeps the spelling that it has in before.
func observedInterfaces(before types.Map, nics []zstack.NIC) types.Map {
	all := tfattr.ZStackNetworkInterfacesValue(nics)
	if before.IsNull() || before.IsUnknown() {
		return all
	}
	present, observed := interfacesIn(all), map[string]networkInterface{}
	for key, known := range interfacesIn(before) {
		seen, found := present[key]
		if !found {
			continue
		}
		if strings.EqualFold(known.MACAddress.ValueString(), seen.MACAddress.ValueString()) && !seen.MACAddress.IsNull() {
			seen.MACAddress = known.MACAddress
		}
		if sameAddress(known.IPAddress, seen.IPAddress) {
			seen.IPAddress = known.IPAddress
		}
		observed[key] = seen
	}

	return lifecycle.ElementsValue(observed)
}

// sameAddress reports whether two texts are one IP address.
func sameAddress(a, b types.String) bool {
	first, err := netip.ParseAddr(a.ValueString())
	second, otherErr := netip.ParseAddr(b.ValueString())

	return err == nil && otherErr == nil && first == second
}

// openInterfaces returns the configuration's network_interfaces, in which everything that it does not set is unknown.
func openInterfaces(config types.Map) types.Map {
	if config.IsNull() {
		return types.MapUnknown(tfattr.ZStackNetworkInterfacesType())
	}

	return lifecycle.MapElements(config, func(_ string, one networkInterface) networkInterface { return one.forecast(networkInterface{}) })
}

// forecastInterfaces plans the interfaces of a VM that exists.
func (m model) forecastInterfaces(config, prior model) model {
	if config.NetworkInterfaces.IsNull() {
		m.NetworkInterfaces = prior.NetworkInterfaces

		return m
	}
	present := interfacesIn(prior.NetworkInterfaces)
	m.NetworkInterfaces = lifecycle.MapElements(config.NetworkInterfaces, func(key string, one networkInterface) networkInterface {
		return one.forecast(present[key])
	})
	for key, one := range interfacesIn(m.NetworkInterfaces) {
		if !one.IPAddress.Equal(present[key].IPAddress) {
			m.IPAddresses = types.ListUnknown(types.StringType)
		}
	}
	if m.NetworkInterfaces.IsUnknown() {
		m.IPAddresses = types.ListUnknown(types.StringType)
	}

	return m
}

// forecast returns the planned interface for one of the configuration. The zero value as before means that the VM does not have it yet.
func (n networkInterface) forecast(before networkInterface) networkInterface {
	either := func(set, otherwise types.String) types.String {
		switch {
		case !set.IsNull():
			return set
		case before == (networkInterface{}):
			return types.StringUnknown()
		}

		return otherwise
	}
	planned := networkInterface{
		UUID: either(types.StringNull(), before.UUID), L3NetworkUUID: either(n.L3NetworkUUID, before.L3NetworkUUID),
		MACAddress: either(n.MACAddress, before.MACAddress), IPAddress: either(n.IPAddress, before.IPAddress),
		Netmask: either(types.StringNull(), before.Netmask), Gateway: either(types.StringNull(), before.Gateway),
	}
	if planned.moved(before) || planned.readdressed(before) {
		planned.Netmask, planned.Gateway = types.StringUnknown(), types.StringUnknown()
		if n.IPAddress.IsNull() {
			planned.IPAddress = types.StringUnknown()
		}
	}

	return planned
}

// moved reports whether an interface goes to another network, or may go to one.
func (n networkInterface) moved(before networkInterface) bool {
	return !n.L3NetworkUUID.Equal(before.L3NetworkUUID)
}

// readdressed reports whether an interface is to get another address than it has, or may be.
func (n networkInterface) readdressed(before networkInterface) bool {
	return n.IPAddress.IsUnknown() || !n.IPAddress.IsNull() && !sameAddress(n.IPAddress, before.IPAddress)
}

// renumbered reports whether an interface is to get another MAC address.
func (n networkInterface) renumbered(before networkInterface) bool {
	return lifecycle.Changed(before.MACAddress, n.MACAddress) && !strings.EqualFold(n.MACAddress.ValueString(), before.MACAddress.ValueString())
}

// params returns the interface as the parameters of a call.
func (n networkInterface) params() zstack.NICParam {
	return zstack.NICParam{L3NetworkUUID: n.L3NetworkUUID.ValueString(), IP: n.IPAddress.ValueString(), MAC: n.MACAddress.ValueString()}
}

// cloneNICs returns the interfaces that a clone call asks for, which are all of them: those of the source, changed as wanted, and further
// ones. It returns nil where they would be the same as the source's.
func cloneNICs(wanted map[string]networkInterface, source *zstack.VirtualMachine) []zstack.NICParam {
	present := inOrder(source.NICs)
	byDefault := max(0, slices.IndexFunc(present, func(nic zstack.NIC) bool { return nic.L3NetworkUUID == source.DefaultL3NetworkUUID }))
	var nics []zstack.NICParam
	count, differs := len(present), false
	for key := range wanted {
		if device, err := strconv.Atoi(key); err == nil {
			count = max(count, device+1)
		}
	}
	for i := range count {
		nic := wanted[strconv.Itoa(i)].params()
		if i < len(present) {
			nic.L3NetworkUUID = cmp.Or(nic.L3NetworkUUID, present[i].L3NetworkUUID)
			differs = differs || nic != zstack.NICParam{L3NetworkUUID: present[i].L3NetworkUUID}
		}
		if nic.L3NetworkUUID == "" {
			continue // the ids have a gap, which newInterfaces reports
		}
		differs = differs || i >= len(present)
		nic.IsDefault = i == byDefault
		nics = append(nics, nic)
	}
	if !differs {
		return nil
	}

	return nics
}
