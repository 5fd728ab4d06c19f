package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// outcome is the answer of a batch for one object: a value, or why there is none.
type outcome[T any] struct {
	value T
	err   error
}

// load reads one object of a batch.
func load[K comparable, V any](ctx context.Context, from *httpapi.Batch[K, outcome[V]], key K) (V, error) {
	read, err := from.Load(ctx, key)
	if err != nil {
		return read.value, err
	}

	return read.value, read.err
}

// missing is the error for an object that does not exist.
func missing(id string) error {
	return httpapi.Call{Op: conn.RetrieveOp, Object: id}.Error(apierr.NotFound, conn.CodeGone)
}

// readVMs reads properties of VMs in one call and makes a value of each VM that the user may see.
func readVMs[T any](
	ctx context.Context, c *Client, ids, paths []string, newValue func(conn.Properties) T,
) (map[string]outcome[T], error) {
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: machineType, PathSet: append([]string{"name"}, paths...)},
	}}
	for _, id := range ids {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: vmRef(id)})
	}
	all, err := c.conn.Retrieve(ctx, "", spec)
	if err != nil {
		return nil, err
	}
	read := map[string]outcome[T]{}
	for _, p := range all {
		if err := p.Denied(); err != nil {
			read[p.Ref.Value] = outcome[T]{err: err}

			continue
		}
		read[p.Ref.Value] = outcome[T]{value: newValue(p)}
	}

	return read, nil
}

// readDevices reads the devices of VMs.
func (c *Client) readDevices(ctx context.Context, ids []string) (map[string]outcome[[]types.BaseVirtualDevice], error) {
	return readVMs(ctx, c, ids, []string{devicesPath}, devicesOf)
}

const extraConfigPath = "config.extraConfig"

// settings returns a VM's extraConfig, nil where it was not read.
func settings(p conn.Properties) map[string]string {
	if _, read := p.Values[extraConfigPath]; !read {
		return nil
	}
	options := map[string]string{}
	for _, option := range conn.Get[types.ArrayOfOptionValue](p, extraConfigPath).OptionValue {
		if text, ok := option.GetOptionValue().Value.(string); ok {
			options[option.GetOptionValue().Key] = text
		}
	}

	return options
}

// readBackings reads what a virtual Ethernet card needs to know of networks: a standard network's name, a distributed port
// group's key and its switch's UUID, an opaque network's own id and type.
func (c *Client) readBackings(
	ctx context.Context, ids []string,
) (map[string]outcome[types.BaseVirtualDeviceBackingInfo], error) {
	const groupType, switchPath = "DistributedVirtualPortgroup", "config.distributedVirtualSwitch"
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: "Network", PathSet: []string{"name"}},
		{Type: groupType, PathSet: []string{"name", "key", switchPath}},
		{Type: "OpaqueNetwork", PathSet: []string{"name", "summary"}},
		{Type: "DistributedVirtualSwitch", PathSet: []string{"name", "uuid"}},
	}}
	for _, id := range ids {
		object := types.ObjectSpec{Obj: objectRef(TypeNetwork, id)}
		if object.Obj.Type == groupType {
			object.SelectSet = []types.BaseSelectionSpec{&types.TraversalSpec{Type: groupType, Path: switchPath}}
		}
		spec.ObjectSet = append(spec.ObjectSet, object)
	}
	all, err := c.conn.Retrieve(ctx, "", spec)
	if err != nil {
		return nil, err
	}
	switches := map[string]string{}
	for _, p := range all {
		if uuid := conn.Get[string](p, "uuid"); uuid != "" {
			switches[p.Ref.Value] = uuid
		}
	}
	backings := make(map[string]outcome[types.BaseVirtualDeviceBackingInfo], len(ids))
	for _, p := range all {
		if kind, ok := kindOf(p.Ref.Type); !ok || kind != TypeNetwork {
			continue
		}
		if err := p.Denied(); err != nil {
			backings[p.Ref.Value] = outcome[types.BaseVirtualDeviceBackingInfo]{err: err}

			continue
		}
		backings[p.Ref.Value] = newBacking(p, switches[p.RefID(switchPath)])
	}

	return backings, nil
}

func newBacking(p conn.Properties, switchUUID string) outcome[types.BaseVirtualDeviceBackingInfo] {
	switch p.Ref.Type {
	case "DistributedVirtualPortgroup":
		if switchUUID == "" {
			failure := httpapi.Call{Op: conn.RetrieveOp, Object: p.Ref.Value}.Error(apierr.Denied, "NoPermission")
			failure.Arguments = []string{p.RefID("config.distributedVirtualSwitch")}

			return outcome[types.BaseVirtualDeviceBackingInfo]{err: failure}
		}

		return outcome[types.BaseVirtualDeviceBackingInfo]{value: &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
			Port: types.DistributedVirtualSwitchPortConnection{PortgroupKey: conn.Get[string](p, "key"), SwitchUuid: switchUUID},
		}}
	case "OpaqueNetwork":
		backing := new(types.VirtualEthernetCardOpaqueNetworkBackingInfo)
		summary := conn.Get[types.OpaqueNetworkSummary](p, "summary")
		backing.OpaqueNetworkId, backing.OpaqueNetworkType = summary.OpaqueNetworkId, summary.OpaqueNetworkType

		return outcome[types.BaseVirtualDeviceBackingInfo]{value: backing}
	default:
		network := p.Ref
		backing := &types.VirtualEthernetCardNetworkBackingInfo{Network: &network}
		backing.DeviceName = conn.UnescapeName(conn.Get[string](p, "name"))

		return outcome[types.BaseVirtualDeviceBackingInfo]{value: backing}
	}
}

// backingFile returns the file that a device writes to or reads from, and nothing where it is backed otherwise.
func backingFile(device *types.VirtualDevice) string {
	if backing, ok := device.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		return backing.GetVirtualDeviceFileBackingInfo().FileName
	}

	return ""
}

// instantCloneable reports whether InstantClone_Task takes a VM with the device: what is passed through, shared or connected
// to a device of a host or a client can't be in two places.
func instantCloneable(device types.BaseVirtualDevice) bool {
	switch device := device.(type) {
	case *types.VirtualPCIPassthrough, *types.VirtualSCSIPassthrough, *types.VirtualSriovEthernetCard,
		*types.VirtualVmxnet3Vrdma:
		return false
	case *types.VirtualDisk:
		_, raw := device.Backing.(*types.VirtualDiskRawDiskMappingVer1BackingInfo)

		return !raw
	case types.BaseVirtualSCSIController:
		sharing := device.GetVirtualSCSIController().SharedBus

		return sharing == "" || sharing == types.VirtualSCSISharingNoSharing
	case *types.VirtualCdrom, *types.VirtualFloppy, *types.VirtualUSB, *types.VirtualSerialPort, *types.VirtualParallelPort,
		*types.VirtualSoundCard:
		return !boundElsewhere(device.GetVirtualDevice())
	}

	return true
}

// boundElsewhere reports whether a device is connected to a device of the host or of a client: a CD drive, a port.
func boundElsewhere(device *types.VirtualDevice) bool {
	if device.Connectable != nil && !device.Connectable.Connected {
		return false
	}
	switch device.Backing.(type) {
	case types.BaseVirtualDeviceDeviceBackingInfo, types.BaseVirtualDeviceRemoteDeviceBackingInfo:
		return true
	}

	return false
}
