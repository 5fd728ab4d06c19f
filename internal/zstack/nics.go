package zstack

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

// nicPath is the path of the APIs that change a network interface.
const nicPath = vmPath + "/nics"

// NICParam is one network interface of a clone; see [job.NICParam].
type NICParam = job.NICParam

// AttachNIC gives a VM that is Running or Stopped one more network interface, with the lowest device id that is free
// (AttachL3NetworkToVm). An empty address is for ZStack to choose.
func (c *Client) AttachNIC(ctx context.Context, vmUUID string, nic NICParam) (task.Handle[VirtualMachine], error) {
	parameters := struct {
		StaticIP  string `json:"staticIp,omitempty"`
		CustomMAC string `json:"customMac,omitempty"`
	}{nic.IP, nic.MAC}

	return start(ctx, c, creation("AttachL3NetworkToVm", vmPath+"/"+vmUUID+"/l3-networks/"+nic.L3NetworkUUID, vmUUID, parameters), decodeMachine)
}

// MoveNIC puts a network interface on another L3 network (ChangeVmNicNetwork); its device id and MAC address stay. An empty address is for
// ZStack to choose. The request names the address by a system tag, since ZStack 5.2.1 ignores the parameter staticIp.
func (c *Client) MoveNIC(ctx context.Context, nicUUID, l3NetworkUUID, address string) (task.Handle[struct{}], error) {
	r := creation("ChangeVmNicNetwork", nicPath+"/"+nicUUID+"/l3-networks/"+l3NetworkUUID, nicUUID, struct{}{})
	if address != "" {
		r.In = map[string]any{"params": struct{}{}, "systemTags": []string{"staticIp::" + l3NetworkUUID + "::" + address}}
	}

	return start(ctx, c, r, noResult)
}

// SetAddress gives the network interface that a VM has on an L3 network another address there (SetVmStaticIp). Of several on one network ZStack
// takes the first.
func (c *Client) SetAddress(ctx context.Context, vmUUID, l3NetworkUUID, address string) (task.Handle[struct{}], error) {
	parameters := map[string]string{"l3NetworkUuid": l3NetworkUUID, "ip": address}

	return start(ctx, c, action("SetVmStaticIp", vmPath, vmUUID, "setVmStaticIp", parameters), noResult)
}

// SetMAC gives a network interface another MAC address (UpdateVmNicMac).
func (c *Client) SetMAC(ctx context.Context, nicUUID, mac string) (task.Handle[struct{}], error) {
	return start(ctx, c, action("UpdateVmNicMac", nicPath, nicUUID, "updateVmNicMac", map[string]string{"mac": mac}), noResult)
}

// AddressFree reports whether an address of an L3 network is in its ranges and not in use (CheckIpAvailability).
func (c *Client) AddressFree(ctx context.Context, l3NetworkUUID, address string) (bool, error) {
	var told struct {
		Available bool `json:"available"`
	}
	err := c.get(ctx, "CheckIpAvailability", l3NetworkUUID, "/v1/l3-networks/"+l3NetworkUUID+"/ip/"+address+"/availability", &told)

	return told.Available, err
}
