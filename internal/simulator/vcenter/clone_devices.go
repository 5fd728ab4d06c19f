package vcenter

import (
	"bytes"

	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// copyDevices returns deep copies of devices.
func copyDevices(devices []types.BaseVirtualDevice) ([]types.BaseVirtualDevice, *problem) {
	var copied types.ArrayOfVirtualDevice
	encoded, err := xml.Marshal(types.ArrayOfVirtualDevice{VirtualDevice: devices})
	if err == nil {
		decoder := xml.NewDecoder(bytes.NewReader(encoded))
		decoder.TypeFunc = types.TypeFunc()
		err = decoder.Decode(&copied)
	}
	if err != nil {
		return nil, &problem{fault: &types.SystemError{Reason: err.Error()}, errorType: errorError, messages: []string{err.Error()}}
	}

	return copied.VirtualDevice, nil
}

// cloneDevices turns copies of the source's devices into those of the clone: without the disks that are removed, each
// disk on its datastore, with network addresses of its own. Keys stay.
func (s *cloner) cloneDevices(plan clonePlan, devices []types.BaseVirtualDevice) []types.BaseVirtualDeviceConfigSpec {
	common := map[int32]bool{} // what every new VM has anyhow
	for _, device := range esx.VirtualDevice {
		common[device.GetVirtualDevice().Key] = true
	}
	var changes []types.BaseVirtualDeviceConfigSpec
	for _, device := range devices {
		if common[device.GetVirtualDevice().Key] {
			continue
		}
		var files types.VirtualDeviceConfigSpecFileOperation
		switch x := device.(type) {
		case *types.VirtualDisk:
			datastore, copied := plan.disks[x.Key]
			if !copied {
				continue
			}
			files = types.VirtualDeviceConfigSpecFileOperationCreate
			backing := newBacking(x.Backing, s.inventory.entityName(datastore))
			provision(backing, plan.backings[x.Key])
			x.Backing = backing
		case types.BaseVirtualEthernetCard:
			card := x.GetVirtualEthernetCard()
			if card.AddressType != string(types.VirtualEthernetCardMacTypeManual) {
				card.MacAddress = ""
			}
			unbindPort(card)
		case types.BaseVirtualController:
			x.GetVirtualController().Device = nil
		case *types.VirtualTPM:
			plan.provisionTPM(x)
		}
		changes = append(changes, addDevice(device, files))
	}

	return changes
}

// newBacking returns the backing for a new file on a datastore, of the kind of the old one.
func newBacking(old types.BaseVirtualDeviceBackingInfo, datastore string) *diskLink {
	backing := &types.VirtualDiskFlatVer2BackingInfo{DiskMode: string(types.VirtualDiskModePersistent)}
	if flat, ok := old.(*types.VirtualDiskFlatVer2BackingInfo); ok {
		backing.DiskMode, backing.ThinProvisioned, backing.EagerlyScrub = flat.DiskMode, flat.ThinProvisioned, flat.EagerlyScrub
		backing.Sharing = flat.Sharing
	}
	backing.FileName = "[" + datastore + "]"

	return backing
}

// provision makes the file of a disk thin, thick or zeroed in advance, as wanted says. If wanted sets neither flag, backing stays.
func provision(backing, wanted *diskLink) {
	if backing == nil || wanted == nil {
		return
	}
	thin, eager := wanted.ThinProvisioned, wanted.EagerlyScrub
	switch {
	case isTrue(thin):
		backing.ThinProvisioned, backing.EagerlyScrub = new(true), new(false)
	case isTrue(eager):
		backing.ThinProvisioned, backing.EagerlyScrub = new(false), new(true)
	case thin != nil || eager != nil:
		backing.ThinProvisioned, backing.EagerlyScrub = new(false), new(false)
	}
}
