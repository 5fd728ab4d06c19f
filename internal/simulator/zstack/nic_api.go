package zstack

import (
	"cmp"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

// nicAPI is the API of network interfaces of VMs that exist.
type nicAPI struct {
	vmAPI

	infra *infrastructure
	nics  *nicStore
}

const nicPath = "/v1/vm-instances/nics/{nic}"

func (a nicAPI) operations() []operation {
	return []operation{
		{
			name: "AttachL3NetworkToVm", method: http.MethodPost, path: "/v1/vm-instances/{uuid}/l3-networks/{l3}", action: "params",
			begin: a.attach,
		},
		{name: "ChangeVmNicNetwork", method: http.MethodPost, path: nicPath + "/l3-networks/{l3}", action: "params", begin: a.move},
		{name: "UpdateVmNicMac", method: http.MethodPut, path: nicPath + "/actions", action: "updateVmNicMac", begin: a.setMAC},
		a.action("SetVmStaticIp", "setVmStaticIp", a.setAddress),
		{
			name: "CheckIpAvailability", method: http.MethodGet, path: "/v1/l3-networks/{l3}/ip/{ip}/availability", sync: true,
			begin: a.available,
		},
	}
}

// nicParams are the parameters of one interface (VmNicParam).
type nicParams struct {
	L3NetworkUUID string `json:"l3NetworkUuid"`
	IP            string `json:"ip"`
	MAC           string `json:"mac"`
	IsDefaultNIC  bool   `json:"isDefaultNic"`
}

// macForm is how the platform takes a MAC address.
var macForm = regexp.MustCompile(`^(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$`)

// planNIC returns the interface that the parameters ask for.
func (i *infrastructure) planNIC(params nicParams) (nicPlan, *errorCode) {
	if params.L3NetworkUUID == "" {
		return nicPlan{}, newError(codeInvalidArgument, "l3NetworkUuid of vmNicParams is mandatory, can not be null")
	}
	on, failure := i.networks.find("L3Network", params.L3NetworkUUID)
	if failure != nil {
		return nicPlan{}, failure
	}
	if on.state != stateEnabled {
		return nicPlan{}, newError(codeOperationFailed, "l3Network[uuid:%s] is %s", on.uuid, on.state)
	}
	plan := nicPlan{network: on, mac: strings.ToLower(params.MAC)}
	if params.MAC != "" && !macForm.MatchString(params.MAC) {
		return plan, newError(codeInvalidArgument, "%s is not a mac address", params.MAC)
	}
	if params.IP == "" {
		return plan, nil
	}
	address, err := netip.ParseAddr(params.IP)
	if err != nil {
		return plan, newError(codeInvalidArgument, "%s is not an ip address", params.IP)
	}
	plan.address = address

	return plan, nil
}

// planNICs returns the interfaces of a clone, and its default network. The interfaces that a call lists are all of them; without any the clone
// has those of its source, each with an address of its own.
func (a cloneAPI) planNICs(source *vm, params cloneParams) ([]nicPlan, *network, *errorCode) {
	var plans []nicPlan
	if len(params.VMNICParams) == 0 {
		for _, one := range source.nics {
			plans = append(plans, nicPlan{network: one.network})
		}
		if len(plans) == 0 && source.network != nil {
			plans = []nicPlan{{network: source.network}}
		}

		return plans, source.network, nil
	}
	var byDefault *network
	for _, asked := range params.VMNICParams {
		plan, failure := a.infra.planNIC(asked)
		if failure != nil {
			return nil, nil, failure
		}
		if (plan.address.IsValid() || plan.mac != "") && len(params.Names) > 1 {
			return nil, nil, newError(codeInvalidArgument, "several VMs cannot have one ip or mac address")
		}
		if failure := plan.network.unoccupied(plan.address); failure != nil {
			return nil, nil, failure
		}
		if asked.IsDefaultNIC {
			byDefault = plan.network
		}
		plans = append(plans, plan)
	}

	return plans, cmp.Or(byDefault, plans[0].network), nil
}

// changeable refuses a VM whose interfaces can't be changed.
func (v *vm) changeable() *errorCode {
	if v.state == vmRunning || v.state == vmStopped {
		return nil
	}

	return newError(codeOperationFailed, "vm[uuid:%s] is not Running or Stopped; the current state is %s", v.uuid, v.state)
}

// attach is AttachL3NetworkToVm.
func (a nicAPI) attach(c *call) (effect, *errorCode) {
	var params struct {
		StaticIP  string `json:"staticIp"`
		CustomMAC string `json:"customMac"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	v, failure := a.vms.find("VmInstance", c.values["uuid"])
	if failure == nil {
		failure = v.changeable()
	}
	if failure != nil {
		return nil, failure
	}
	plan, failure := a.infra.planNIC(nicParams{L3NetworkUUID: c.values["l3"], IP: params.StaticIP, MAC: params.CustomMAC})
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := a.nics.create(v, plan); failure != nil {
			return nil, failure
		}

		return vmAnswer(v), nil
	}, nil
}

// find returns an interface of a VM that can be changed.
func (a nicAPI) find(uuid string) (*nic, *errorCode) {
	for _, v := range a.vms.all {
		for _, one := range v.nics {
			if one.uuid == uuid {
				return one, v.changeable()
			}
		}
	}

	return nil, newError(codeNotFound, "VmNic[uuid:%s] is not found", uuid)
}

// staticIPTag is the system tag by which a call names an address.
const staticIPTag = "staticIp::"

// move is ChangeVmNicNetwork. The address is asked for by a system tag: the parameter staticIp has no effect in 5.2.1.
func (a nicAPI) move(c *call) (effect, *errorCode) {
	one, failure := a.find(c.values["nic"])
	if failure != nil {
		return nil, failure
	}
	params := nicParams{L3NetworkUUID: c.values["l3"]}
	for _, tag := range c.systemTags {
		if rest, ok := strings.CutPrefix(tag, staticIPTag+params.L3NetworkUUID+"::"); ok {
			params.IP = rest
		}
	}
	plan, failure := a.infra.planNIC(params)
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) { return a.place(one, plan) }, nil
}

// place puts an interface on a network, with an address there.
func (a nicAPI) place(one *nic, plan nicPlan) (any, *errorCode) {
	address, failure := a.nics.reserve(plan)
	if failure != nil {
		return nil, failure
	}
	delete(one.network.used, one.address)
	one.network, one.address = plan.network, address

	return map[string]any{"inventory": one.show(record{"l3NetworkUuid": one.network.uuid, "ip": one.address.String(), "mac": one.mac})}, nil
}

// setAddress is SetVmStaticIp. It knows an interface by its network: of several there it takes the first.
func (a nicAPI) setAddress(c *call, v *vm) (effect, *errorCode) {
	var params nicParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	plan, failure := a.infra.planNIC(params)
	if failure == nil {
		failure = v.changeable()
	}
	if failure != nil {
		return nil, failure
	}
	if !plan.address.IsValid() {
		return nil, newError(codeInvalidArgument, "could not set ip address, due to no ip address is specified")
	}
	for _, one := range v.nics {
		if one.network == plan.network {
			return func() (any, *errorCode) { return a.place(one, plan) }, nil
		}
	}

	return nil, newError(codeInvalidArgument, "the VM[uuid:%s] has no nic on the L3 network[uuid:%s]", v.uuid, plan.network.uuid)
}

// setMAC is UpdateVmNicMac.
func (a nicAPI) setMAC(c *call) (effect, *errorCode) {
	var params nicParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	one, failure := a.find(c.values["nic"])
	if failure == nil && !macForm.MatchString(params.MAC) {
		failure = newError(codeInvalidArgument, "%s is not a mac address", params.MAC)
	}

	return func() (any, *errorCode) {
		one.mac = strings.ToLower(params.MAC)

		return map[string]any{"inventory": one.show(record{"mac": one.mac})}, nil
	}, failure
}

// available is CheckIpAvailability.
func (a nicAPI) available(c *call) (effect, *errorCode) {
	plan, failure := a.infra.planNIC(nicParams{L3NetworkUUID: c.values["l3"], IP: c.values["ip"]})
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := plan.network.offers(plan.address); failure != nil {
			return map[string]any{"available": false, "reason": failure.Details}, nil
		}

		return map[string]any{"available": true}, nil
	}, nil
}
