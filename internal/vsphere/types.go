package vsphere

import (
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// About identifies the vCenter that the client speaks to (ServiceContent.about).
type About struct {
	InstanceUUID string // vCenter's own identity; the vcenter_uuid of a resource identity
	Name         string
	Version      string // product version: "8.0.2"
	APIVersion   string // vim25 API version: "8.0.2.0"
}

// CloneSpec is what a clone is asked for with: the body of POST /api/vcenter/vm?action=clone (VM.CloneSpec), and what goes to
// CloneVM_Task. Empty strings and nil are unset; an unset
// placement part is the source's own.
type CloneSpec struct {
	SourceID          string
	Name              string // literal; the REST API takes names unescaped
	Placement         Placement
	DisksToRemove     []string          // disk keys of the source: "2000"
	DisksToUpdate     map[string]string // disk key of the source → datastore id
	PowerOn           bool
	CustomizationSpec string // name of a guest customization specification

	// Config is what the clone is to have that differs from its source. Devices go by the source's keys. Only [Client.StartCloneTask]
	// takes it along: see [CloneSpec.NeedsTask].
	Config ReconfigureSpec
	// DiskProvisioning is how disks take their space otherwise than the source's, by the source's key. Only [Client.StartCloneTask] takes it
	// along.
	DiskProvisioning map[string]Provisioning
	// StoragePolicyID is the storage policy of the configuration files, and DiskPolicies those of disks by the source's key. Only
	// [Client.StartCloneTask] takes them along.
	StoragePolicyID string
	DiskPolicies    map[string]string
	// KeyProviderID is the key provider that the clone is encrypted with; empty: it is as its source. Only [Client.StartCloneTask] takes it
	// along.
	KeyProviderID string
	// Origin is the point of the source that is cloned, and what the clone becomes. Only [Client.StartCloneTask] takes it along.
	Origin CloneOrigin

	// Source is the source as it was read lately. [Client.StartCloneTask] needs it.
	Source *VirtualMachine
	// Stamp goes into the new VM's extraConfig; only [Client.StartCloneTask] takes one along.
	Stamp *Stamp
}

// NeedsTask reports whether the specification asks for what [Client.StartClone] can't do and [Client.StartCloneTask] can.
func (s CloneSpec) NeedsTask() bool {
	return !s.Config.Empty() || s.Placement.DatastoreClusterID != "" || len(s.DiskProvisioning) > 0 || s.namesPolicies() ||
		s.KeyProviderID != "" || s.Origin != (CloneOrigin{})
}

// Placement says where a VM goes or lies, by managed object ids.
type Placement struct {
	FolderID       string
	ResourcePoolID string
	HostID         string
	ClusterID      string
	DatastoreID    string // of the configuration files, and of every disk that is not placed by itself
	// DatastoreClusterID is the datastore cluster whose Storage DRS chooses the datastore of what is made or relocated; of a VM that was
	// read, the one that DatastoreID is in, empty for none.
	DatastoreClusterID string
}

// PowerState is a VM's power state as vim25 spells it (VirtualMachinePowerState).
type PowerState string

// The power states.
const (
	PoweredOn  PowerState = "poweredOn"
	PoweredOff PowerState = "poweredOff"
	Suspended  PowerState = "suspended"
)

// VirtualMachine is what the provider reads of one VM (properties of the vim25 VirtualMachine).
type VirtualMachine struct {
	ID                  string // "vm-42"
	Name                string // literal: vim25's escapes (%25 %2f %5c) are resolved
	InstanceUUID        string // config.instanceUuid
	BIOSUUID            string // config.uuid
	PowerState          PowerState
	Template            bool
	ConnectionState     string // runtime.connectionState: "connected", "inaccessible", …
	Placement           Placement
	DatastoreClusters   map[string]string           // datastore cluster by the id of a datastore; those of no cluster are left out
	Disks               map[string]Disk             // by device key: "2000"
	NetworkInterfaces   map[string]NetworkInterface // by device key: "4000"
	StartConnected      map[string]bool             // network interface's key → whether it is connected at power-on
	SerialPorts         map[string]Port             // by device key: "9000"
	ParallelPorts       map[string]Port             // by device key: "10000"
	GuestIPAddresses    []string                    // usable addresses that VMware Tools report: no loopback, no link-local
	ToolsRunning        bool                        // guest.toolsRunningStatus is guestToolsRunning
	InstantCloneFrozen  bool                        // runtime.instantCloneFrozen
	FaultToleranceState string                      // runtime.faultToleranceState: "notConfigured", …
	FaultToleranceRole  FaultToleranceRole          // what it is in its pair (config.ftInfo)
	UnsupportedDevices  []Device                    // what keeps it from being instant cloned, by device key
	CurrentSnapshotID   string                      // snapshot.currentSnapshot, empty without snapshots
	VirtualTPM          bool                        // it has a virtual TPM
	Encrypted           bool                        // its configuration files are (config.keyId)
	KeyProviderID       string                      // of the key that they are encrypted with; empty where vCenter does not tell
	// Linked is true for a VM some of whose disks stand on files of another VM: a linked or instant clone.
	Linked bool
	// KeepsBases is true for a VM that has files which disks of others may stand on: where it is false, no VM is a linked clone of it.
	KeepsBases bool
	CreatedAt  time.Time // config.createDate, zero where the platform does not tell
	// NoConfig is true for a VM whose configuration vCenter can't read: it is inaccessible, invalid, orphaned, disconnected, or early
	// in its creation. What its configuration, its guest and its snapshots would tell is zero, which proves nothing.
	NoConfig   bool
	CPU        CPU
	Memory     Memory
	Annotation string // config.annotation
	// GuestID is config.guestId ("ubuntu64Guest"), and HardwareVersion config.version ("vmx-19").
	GuestID, HardwareVersion string

	// Only [Client.VirtualMachineWith] reads these.
	ExtraConfig      map[string]string // config.extraConfig
	CustomAttributes map[string]string // customValue by the attribute's name
	Tags             []string          // ids, in order

	devices []types.BaseVirtualDevice // config.hardware.device, as an edit needs them
	key     *types.CryptoKeyId        // config.keyId, nil where it is not encrypted
}

// Disk is one virtual disk of a VM.
type Disk struct {
	Label         string // "Hard disk 1"
	CapacityBytes int64
	DatastoreID   string
	Provisioning  string // a [Provisioning]; empty where its backing has none, as that of a raw disk
	Mode          string // "persistent", "independent_persistent", …
	Controller    string // "scsi0", "nvme0", "sata0", "ide1"
	UnitNumber    int32  // on the controller
	UUID          string // of its file, empty where the platform does not tell
	Parent        string // the file that it stands on, "[LocalDS_0] web/web.vmdk": of a snapshot or of another VM; empty where there is none
}

// NetworkInterface is one virtual Ethernet card of a VM.
type NetworkInterface struct {
	Label      string // "ethernet-0" or "Network adapter 1"
	Type       string // vim25 type in the field's spelling: "vmxnet3", "e1000", "e1000e", "pcnet32", "sriov"
	NetworkID  string // network, distributed port group or opaque network; empty where it has none
	MACAddress string
	Connected  bool
}

// Port is one virtual serial or parallel port of a VM.
type Port struct {
	Label string // "Serial port 1"
	File  string // "[LocalDS_0] web/serial.log"; empty where it is not backed by a file
}

// Device is any virtual device of a VM.
type Device struct {
	Key   string
	Label string // "PCI device 0"
	Type  string // vim25 type: "VirtualPCIPassthrough"
}

// RelocateSpec says where RelocateVM_Task moves a VM. Empty parts stay as they are. vCenter takes no cluster: the pool stands for it.
type RelocateSpec struct {
	ResourcePoolID string
	ClusterID      string
	HostID         string
	DatastoreID    string
	// DatastoreClusterID is the datastore cluster whose Storage DRS chooses the datastore, in place of DatastoreID.
	DatastoreClusterID string
	FolderID           string            // where the VM moves at the same time; another datacenter is reached by this alone
	DiskDatastores     map[string]string // disk key → datastore id, for disks that do not follow DatastoreID
}

// MovesCompute reports whether the relocation names a pool, a cluster or a host.
func (s RelocateSpec) MovesCompute() bool {
	return s.ResourcePoolID != "" || s.ClusterID != "" || s.HostID != ""
}

// ObjectType is a kind of inventory object, as the data source vmfork_vsphere_object names it.
type ObjectType string

// The inventory objects that placement and data sources name.
const (
	TypeVirtualMachine ObjectType = "virtual_machine"
	TypeDatacenter     ObjectType = "datacenter"
	TypeFolder         ObjectType = "folder"
	TypeResourcePool   ObjectType = "resource_pool"
	TypeHost           ObjectType = "host"
	TypeCluster        ObjectType = "cluster"
	TypeDatastore      ObjectType = "datastore"
	TypeNetwork        ObjectType = "network"
	TypeVApp           ObjectType = "vapp" // only in the answers of [Client.NamedIn]

	TypeDatastoreCluster ObjectType = "datastore_cluster"

	// Only [Client.FindObjects] knows these.
	TypeDistributedSwitch ObjectType = "distributed_switch"
	TypeKeyProvider       ObjectType = "key_provider"
	TypeStoragePolicy     ObjectType = "storage_policy"
	TypeTag               ObjectType = "tag"
)

// Words names the type in a sentence: "resource pool".
func (t ObjectType) Words() string { return strings.ReplaceAll(string(t), "_", " ") }

// Object is an inventory object found by id or by path. Facts beyond the name are what plan-time checks need; they are
// set where the object was read by [Client.Object] or by path, and empty in the answers of [Client.NamedIn].
type Object struct {
	Type ObjectType
	ID   string
	Name string // literal
	Path string // inventory path, names in it escaped as vim25 does: "/DC0/vm/web"; empty where it was found by id

	// Template is true for a template, in the answers of [Client.NamedIn].
	Template bool
	// ParentID is the managed object id of the parent: a folder, a cluster, a pool. Empty for the root folder.
	ParentID string
	// ClusterID is the cluster (or stand-alone compute resource) that a host belongs to, or that owns a resource pool.
	ClusterID string
	// RootResourcePoolID is the root resource pool of a cluster.
	RootResourcePoolID string
	// Standalone is true for the compute resource of a stand-alone host, which is no cluster.
	Standalone bool
	// Accessible is false for a datastore that no host reaches (summary.accessible), for a host that is not connected
	// and for a virtual machine whose files or host cannot be reached; it is true for every other object.
	Accessible bool
	// Maintenance is true for a host or a datastore in maintenance mode, or entering it.
	Maintenance bool
	// HighAvailability is true for a cluster with vSphere HA on (configurationEx.dasConfig.enabled).
	HighAvailability bool
	// DRSBehavior is what a cluster's DRS does by itself: "manual", "partiallyAutomated" or "fullyAutomated"
	// (configurationEx.drsConfig.defaultVmBehavior). Empty where DRS is off.
	DRSBehavior string
	// StorageDRSOff is true for a datastore cluster whose Storage DRS is off (podStorageDrsEntry.storageDrsConfig.podConfig.enabled).
	StorageDRSOff bool
	// FreeBytes is the free space of a datastore in bytes (summary.freeSpace).
	FreeBytes int64
	// Network is what kind of network it is; empty for every other object.
	Network NetworkType
	// SwitchID is the distributed switch of a port group (config.distributedVirtualSwitch).
	SwitchID string
}

// NetworkType is a kind of network, as the REST API calls it (com.vmware.vcenter.Network.Type), in lower case.
type NetworkType string

// The kinds of networks.
const (
	StandardPortgroup    NetworkType = "standard_portgroup"
	DistributedPortgroup NetworkType = "distributed_portgroup"
	OpaqueNetwork        NetworkType = "opaque_network"
)

// Origin says how a VM was created, from vCenter's events (VmCreatedEvent, VmClonedEvent, VmBeingClonedEvent …). vCenter
// forgets old events: every part may be empty.
type Origin struct {
	User      string // that created it: "VSPHERE.LOCAL\\ci"
	CreatedAt time.Time
	SourceID  string // the VM it was cloned from
	// Registered says that the VM was put into the inventory as it is: the user and the time are those of that, and vCenter does not tell how
	// the VM was created.
	Registered bool
}

// CloneSearch describes a clone whose answer or task was lost.
type CloneSearch struct {
	SourceID string
	Name     string
	FolderID string    // empty: where such a clone goes without a folder
	Since    time.Time // when the request began, by vCenter's clock
	Until    time.Time // when the creation's time was over, by vCenter's clock; zero where that is not known
	User     string    // the account that sent the request, as vCenter spells it; empty where that is not known
	// RequestUUID is that of the stamp which the request carried; empty for one that carried none.
	RequestUUID string
	TaskID      string // the clone's task where it is known
	// StorageDRS says that Storage DRS made the clone: its task is not of the source.
	StorageDRS bool
}

// CloneFinding is what vCenter knows of a lost clone. That there is neither a VM nor a running task is no proof
// that none was created and none will be.
type CloneFinding struct {
	VMID string // the clone, where there is evidence
	// Candidate is a VM by that name in that folder of which nothing proves whose it is.
	Candidate *Candidate
	TaskIDs   []string // clones of that source that still run and this process does not wait for
}
