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
	UUID, Name, Description string
	ZoneUUID, ClusterUUID   string
	HostUUID                string // empty while the VM does not run
	LastHostUUID            string
	ImageUUID               string
	InstanceOfferingUUID    string
	RootVolumeUUID          string
	DefaultL3NetworkUUID    string
	Platform, Type          string // "Linux"; "UserVm"
	HypervisorType          string
	State                   VMState
	CPUCount, MemoryBytes   int64
	CreatedAt               string // as the platform writes it: in its own local time, without zone
	NICs                    []NIC  // the answer to a clone may leave them out
	Volumes                 []Volume
}

// NIC is a network interface of a VM (VmNicInventory).
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
	UUID, Name         string
	Type               string // [VolumeRoot] or [VolumeData]
	PrimaryStorageUUID string
	VMInstanceUUID     string // empty while it is attached to none
	Format             string
	State              string // "Enabled", "Disabled"
	Status             string // "Ready", "NotInstantiated", "Creating", "Migrating", "Deleted"
	SizeBytes          int64
	ActualSizeBytes    int64
	DeviceID           int64
	Shareable          bool
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
	Type                  ObjectType
	UUID, Name            string
	State                 string // "Enabled", …
	ZoneUUID, ClusterUUID string // as far as it belongs to one
}

// Tag is a system or user tag of a resource.
type Tag struct {
	UUID, Tag, ResourceUUID string
	Inherent                bool // the platform's own, which can't be deleted
}

// SnapshotGroup is the snapshots of all volumes of a VM that were made at once (VolumeSnapshotGroupInventory).
type SnapshotGroup struct {
	UUID, Name, Description string
	VMUUID                  string
	CreatedAt               string // as the platform writes it: in its own local time, without zone
	SnapshotCount           int64
	Snapshots               []VolumeSnapshot
}

// VolumeSnapshot is one volume's part of a [SnapshotGroup].
type VolumeSnapshot struct {
	UUID, VolumeUUID   string
	VolumeType         string // [VolumeRoot], [VolumeData], "Memory"
	Name               string
	PrimaryStorageUUID string
	Status             string
	DeviceID           int64
	SizeBytes          int64
	Deleted            bool // the group remembers it, but it is gone
}

// SnapshotResult is what became of one snapshot of a group.
type SnapshotResult struct {
	SnapshotUUID string
	Success      bool
	Err          error // an apierr.Error, nil on success
}
