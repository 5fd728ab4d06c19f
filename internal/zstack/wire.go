package zstack

// vmInventory is a VM on the wire (VmInstanceInventory).
type vmInventory struct {
	UUID                 string            `json:"uuid"`
	Name                 string            `json:"name"`
	Description          string            `json:"description"`
	ZoneUUID             string            `json:"zoneUuid"`
	ClusterUUID          string            `json:"clusterUuid"`
	HostUUID             string            `json:"hostUuid"`
	LastHostUUID         string            `json:"lastHostUuid"`
	ImageUUID            string            `json:"imageUuid"`
	InstanceOfferingUUID string            `json:"instanceOfferingUuid"`
	RootVolumeUUID       string            `json:"rootVolumeUuid"`
	DefaultL3NetworkUUID string            `json:"defaultL3NetworkUuid"`
	Platform             string            `json:"platform"`
	Type                 string            `json:"type"`
	HypervisorType       string            `json:"hypervisorType"`
	State                VMState           `json:"state"`
	CPUNum               number            `json:"cpuNum"`
	MemorySize           number            `json:"memorySize"`
	CreateDate           date              `json:"createDate"`
	VMNics               []nicInventory    `json:"vmNics"`
	AllVolumes           []volumeInventory `json:"allVolumes"`
}

func (i *vmInventory) machine() *VirtualMachine {
	vm := &VirtualMachine{
		UUID: i.UUID, Name: i.Name, Description: i.Description, ZoneUUID: i.ZoneUUID, ClusterUUID: i.ClusterUUID,
		HostUUID: i.HostUUID, LastHostUUID: i.LastHostUUID, ImageUUID: i.ImageUUID,
		InstanceOfferingUUID: i.InstanceOfferingUUID, RootVolumeUUID: i.RootVolumeUUID,
		DefaultL3NetworkUUID: i.DefaultL3NetworkUUID, Platform: i.Platform, Type: i.Type, HypervisorType: i.HypervisorType,
		State: i.State, CPUCount: int64(i.CPUNum), MemoryBytes: int64(i.MemorySize), CreatedAt: string(i.CreateDate),
	}
	for _, nic := range i.VMNics {
		vm.NICs = append(vm.NICs, NIC{
			UUID: nic.UUID, L3NetworkUUID: nic.L3NetworkUUID, IP: nic.IP, MAC: nic.MAC, Netmask: nic.Netmask,
			Gateway: nic.Gateway, DeviceID: int64(nic.DeviceID),
		})
	}
	for j := range i.AllVolumes {
		vm.Volumes = append(vm.Volumes, *i.AllVolumes[j].volume())
	}

	return vm
}

// nicInventory is a network interface on the wire (VmNicInventory).
type nicInventory struct {
	UUID          string `json:"uuid"`
	L3NetworkUUID string `json:"l3NetworkUuid"`
	IP            string `json:"ip"`
	MAC           string `json:"mac"`
	Netmask       string `json:"netmask"`
	Gateway       string `json:"gateway"`
	DeviceID      number `json:"deviceId"`
}

// volumeInventory is a volume on the wire (VolumeInventory).
type volumeInventory struct {
	UUID               string `json:"uuid"`
	Name               string `json:"name"`
	Type               string `json:"type"`
	PrimaryStorageUUID string `json:"primaryStorageUuid"`
	VMInstanceUUID     string `json:"vmInstanceUuid"`
	Format             string `json:"format"`
	State              string `json:"state"`
	Status             string `json:"status"`
	Size               number `json:"size"`
	ActualSize         number `json:"actualSize"`
	DeviceID           number `json:"deviceId"`
	IsShareable        flag   `json:"isShareable"`
}

func (i *volumeInventory) volume() *Volume {
	return &Volume{
		UUID: i.UUID, Name: i.Name, Type: i.Type, PrimaryStorageUUID: i.PrimaryStorageUUID, VMInstanceUUID: i.VMInstanceUUID,
		Format: i.Format, State: i.State, Status: i.Status, SizeBytes: int64(i.Size), ActualSizeBytes: int64(i.ActualSize),
		DeviceID: int64(i.DeviceID), Shareable: bool(i.IsShareable),
	}
}

// objectInventory is what the inventories of all types of [Object] share.
type objectInventory struct {
	UUID        string `json:"uuid"`
	Name        string `json:"name"`
	State       string `json:"state"`
	ZoneUUID    string `json:"zoneUuid"`
	ClusterUUID string `json:"clusterUuid"`
}

// tagInventory is a tag on the wire (SystemTagInventory, UserTagInventory).
type tagInventory struct {
	UUID         string `json:"uuid"`
	Tag          string `json:"tag"`
	ResourceUUID string `json:"resourceUuid"`
	Inherent     flag   `json:"inherent"`
}

func (i *tagInventory) tag() Tag {
	return Tag{UUID: i.UUID, Tag: i.Tag, ResourceUUID: i.ResourceUUID, Inherent: bool(i.Inherent)}
}

// groupInventory is a snapshot group on the wire (VolumeSnapshotGroupInventory).
type groupInventory struct {
	UUID           string              `json:"uuid"`
	Name           string              `json:"name"`
	Description    string              `json:"description"`
	VMInstanceUUID string              `json:"vmInstanceUuid"`
	SnapshotCount  number              `json:"snapshotCount"`
	CreateDate     date                `json:"createDate"`
	Refs           []groupRefInventory `json:"volumeSnapshotRefs"`
}

// groupRefInventory is what a group remembers of one of its snapshots (VolumeSnapshotGroupRefInventory).
type groupRefInventory struct {
	VolumeSnapshotUUID string `json:"volumeSnapshotUuid"`
	VolumeSnapshotName string `json:"volumeSnapshotName"`
	VolumeUUID         string `json:"volumeUuid"`
	VolumeType         string `json:"volumeType"`
	DeviceID           number `json:"deviceId"`
	SnapshotDeleted    flag   `json:"snapshotDeleted"`
}

// group maps the group without what only its snapshots themselves tell.
func (i *groupInventory) group() *SnapshotGroup {
	group := &SnapshotGroup{
		UUID: i.UUID, Name: i.Name, Description: i.Description, VMUUID: i.VMInstanceUUID, CreatedAt: string(i.CreateDate),
		SnapshotCount: int64(i.SnapshotCount),
	}
	for _, ref := range i.Refs {
		group.Snapshots = append(group.Snapshots, VolumeSnapshot{
			UUID: ref.VolumeSnapshotUUID, VolumeUUID: ref.VolumeUUID, VolumeType: ref.VolumeType, Name: ref.VolumeSnapshotName,
			DeviceID: int64(ref.DeviceID), Deleted: bool(ref.SnapshotDeleted),
		})
	}

	return group
}

// snapshotInventory is a volume's snapshot on the wire (VolumeSnapshotInventory).
type snapshotInventory struct {
	UUID               string `json:"uuid"`
	PrimaryStorageUUID string `json:"primaryStorageUuid"`
	Status             string `json:"status"`
	Size               number `json:"size"`
}
