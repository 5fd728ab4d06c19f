package zstack

// VMState is the state of a VM (VmInstanceState).
type VMState string

// The states of a VM.
const (
	VMCreated          VMState = "Created"
	VMStarting         VMState = "Starting"
	VMRunning          VMState = "Running"
	VMStopping         VMState = "Stopping"
	VMStopped          VMState = "Stopped"
	VMRebooting        VMState = "Rebooting"
	VMDestroying       VMState = "Destroying"
	VMDestroyed        VMState = "Destroyed" // in the recycle bin
	VMMigrating        VMState = "Migrating"
	VMExpunging        VMState = "Expunging"
	VMPausing          VMState = "Pausing"
	VMPaused           VMState = "Paused"
	VMResuming         VMState = "Resuming"
	VMVolumeMigrating  VMState = "VolumeMigrating"
	VMVolumeRecovering VMState = "VolumeRecovering"
	VMError            VMState = "Error"
	VMNoState          VMState = "NoState"
	VMUnknown          VMState = "Unknown"
	VMCrashed          VMState = "Crashed"
)

// Passing reports whether the state ends by itself: what is refused in it may be allowed a moment later.
func (s VMState) Passing() bool {
	switch s {
	case VMStarting, VMStopping, VMRebooting, VMDestroying, VMMigrating, VMExpunging, VMPausing, VMResuming,
		VMVolumeMigrating, VMVolumeRecovering:
		return true
	default:
		return false
	}
}

// VirtualMachine is what the platform tells of a VM (VmInstanceInventory).
type VirtualMachine struct {
	UUID                 string   `json:"uuid"`
	Name                 string   `json:"name"`
	Description          string   `json:"description"`
	ZoneUUID             string   `json:"zoneUuid"`
	ClusterUUID          string   `json:"clusterUuid"`
	HostUUID             string   `json:"hostUuid"` // empty while the VM does not run
	LastHostUUID         string   `json:"lastHostUuid"`
	ImageUUID            string   `json:"imageUuid"`
	InstanceOfferingUUID string   `json:"instanceOfferingUuid"`
	RootVolumeUUID       string   `json:"rootVolumeUuid"`
	DefaultL3NetworkUUID string   `json:"defaultL3NetworkUuid"`
	Platform             string   `json:"platform"` // "Linux"
	Type                 string   `json:"type"`     // "UserVm"
	HypervisorType       string   `json:"hypervisorType"`
	State                VMState  `json:"state"`
	CPUCount             int64    `json:"-"`
	MemoryBytes          int64    `json:"-"`
	CreatedAt            string   `json:"-"`      // as the platform writes it: in its own local time, without zone
	NICs                 []NIC    `json:"vmNics"` // the answer to a clone may leave them out
	Volumes              []Volume `json:"allVolumes"`
}

// NIC is a network interface of a VM (VmNicInventory). Its fields are named as on the wire but for their case, which needs no tags.
type NIC struct {
	UUID, L3NetworkUUID       string
	IP, MAC, Netmask, Gateway string
	DeviceID                  int64
}

// The types of a volume.
const (
	VolumeRoot = "Root"
	VolumeData = "Data"
)

// Volume is a disk (VolumeInventory).
type Volume struct {
	UUID               string `json:"uuid"`
	Name               string `json:"name"`
	Type               string `json:"type"` // [VolumeRoot] or [VolumeData]
	PrimaryStorageUUID string `json:"primaryStorageUuid"`
	VMInstanceUUID     string `json:"vmInstanceUuid"` // empty while it is attached to none
	Format             string `json:"format"`
	State              string `json:"state"`  // "Enabled", "Disabled"
	Status             string `json:"status"` // "Ready", "NotInstantiated", "Creating", "Migrating", "Deleted"
	SizeBytes          int64  `json:"-"`
	ActualSizeBytes    int64  `json:"-"`
	DeviceID           int64  `json:"-"`
	Shareable          bool   `json:"-"`
}

// VolumeDeleted is the status of a volume in the recycle bin.
const VolumeDeleted = "Deleted"

// ObjectType is a kind of object that others refer to.
type ObjectType string

// The types of [Object].
const (
	TypeZone           ObjectType = "zone"
	TypeCluster        ObjectType = "cluster"
	TypeHost           ObjectType = "host"
	TypeImage          ObjectType = "image"
	TypeL3Network      ObjectType = "l3_network"
	TypePrimaryStorage ObjectType = "primary_storage"
	TypeAffinityGroup  ObjectType = "affinity_group"
)

// Object is what the platform tells of an object that others refer to.
type Object struct {
	Type        ObjectType `json:"-"`
	UUID        string     `json:"uuid"`
	Name        string     `json:"name"`
	State       string     `json:"state"`       // "Enabled", …
	ZoneUUID    string     `json:"zoneUuid"`    // empty where it belongs to none
	ClusterUUID string     `json:"clusterUuid"` // likewise
	// Ranges are the addresses of an L3 network. Where ManagesAddresses is false, others are allowed.
	Ranges           []AddressRange `json:"ipRanges"`
	ManagesAddresses *bool          `json:"enableIPAM"` // nil where the version does not tell
}

// AddressRange is a range of addresses of an L3 network, its ends included.
type AddressRange struct {
	First string `json:"startIp"`
	Last  string `json:"endIp"`
}

// Tag is a system or user tag of a resource (SystemTagInventory, UserTagInventory).
type Tag struct {
	UUID         string `json:"uuid"`
	Tag          string `json:"tag"`
	ResourceUUID string `json:"resourceUuid"`
	Inherent     bool   `json:"-"` // the platform's own, which can't be deleted
}

// SnapshotGroup is the snapshots of all volumes of a VM that were made at once (VolumeSnapshotGroupInventory).
type SnapshotGroup struct {
	UUID          string           `json:"uuid"`
	Name          string           `json:"name"`
	Description   string           `json:"description"`
	VMUUID        string           `json:"vmInstanceUuid"`
	CreatedAt     string           `json:"-"` // as the platform writes it: in its own local time, without zone
	SnapshotCount int64            `json:"-"`
	Snapshots     []VolumeSnapshot `json:"volumeSnapshotRefs"`
}

// VolumeSnapshot is one volume's part of a [SnapshotGroup] (VolumeSnapshotGroupRefInventory), and what only the snapshot itself
// tells of it.
type VolumeSnapshot struct {
	UUID               string `json:"volumeSnapshotUuid"`
	VolumeUUID         string `json:"volumeUuid"`
	VolumeType         string `json:"volumeType"` // [VolumeRoot], [VolumeData], "Memory"
	Name               string `json:"volumeSnapshotName"`
	PrimaryStorageUUID string `json:"-"`
	Status             string `json:"-"`
	DeviceID           int64  `json:"-"`
	SizeBytes          int64  `json:"-"`
	Deleted            bool   `json:"-"` // the group remembers it, but it is gone
}

// SnapshotResult is what became of one snapshot of a group.
type SnapshotResult struct {
	SnapshotUUID string
	Success      bool
	Err          error // an apierr.Error, nil on success
}
