package vcenter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// VM is one VM as it stands in the inventory.
type VM struct {
	ID               string          `json:"id"`   // "vm-42"
	Name             string          `json:"name"` // literal
	Path             string          `json:"path"` // inventory path of literal names: "/DC0/vm/web"
	FolderID         string          `json:"folder_id"`
	ResourcePoolID   string          `json:"resource_pool_id"` // empty for a template
	HostID           string          `json:"host_id"`
	ClusterID        string          `json:"cluster_id"`
	DatastoreID      string          `json:"datastore_id"` // of the configuration files
	PowerState       string          `json:"power_state"`  // vim25's: poweredOn, poweredOff, suspended
	ConnectionState  string          `json:"connection_state"`
	Template         bool            `json:"template"`
	InstanceUUID     string          `json:"instance_uuid"`
	BIOSUUID         string          `json:"bios_uuid"`
	Disks            map[string]Disk `json:"disks"`       // by device key: "2000"
	NetworkIDs       []string        `json:"network_ids"` // of the network interfaces, in the order of the devices
	GuestIPAddresses []string        `json:"guest_ip_addresses"`
	ToolsRunning     bool            `json:"tools_running"`
	Annotation       string          `json:"annotation"`
	CreatedAt        time.Time       `json:"created_at"`
	// InstantCloneFrozen says that the guest is frozen for instant clones.
	InstantCloneFrozen bool `json:"instant_clone_frozen"`
	// ExtraConfig is config.extraConfig, as far as its values are text.
	ExtraConfig map[string]string `json:"extra_config"`
	// CPUs and MemoryMiB are what the VM has.
	CPUs      int   `json:"cpus"`
	MemoryMiB int64 `json:"memory_mib"`
	// StoragePolicyID is that of the configuration files.
	StoragePolicyID string `json:"storage_policy_id"`
	// Tags are the ids of the VM's tags, CustomAttributes its custom attributes by name.
	Tags             []string          `json:"tags"`
	CustomAttributes map[string]string `json:"custom_attributes"`
	// TPM identifies the secrets of the virtual TPM: two VMs with the same text share them. Empty without one.
	TPM string `json:"tpm,omitempty"`
	// CustomizationSpec is the customization specification that the VM was cloned with.
	CustomizationSpec string `json:"customization_spec"`
	// Snapshots are the VM's, parents before their children.
	Snapshots []Snapshot `json:"snapshots,omitempty"`
	// FaultTolerance is nil for a VM that is in no pair.
	FaultTolerance *FaultTolerance `json:"fault_tolerance,omitempty"`
}

// FaultTolerance is the part of a VM in a fault tolerant pair.
type FaultTolerance struct {
	Role      string `json:"role"`       // "primary" or "secondary"
	State     string `json:"state"`      // vim25's: enabled, needSecondary, running …
	PartnerID string `json:"partner_id"` // empty for a primary that lost its secondary
	// MetadataDatastoreID is where the pair's tie-breaker file is.
	MetadataDatastoreID string `json:"metadata_datastore_id"`
	MetroHostGroup      string `json:"metro_host_group"`
}

// Disk is one virtual disk.
type Disk struct {
	Label         string `json:"label"`
	CapacityBytes int64  `json:"capacity_bytes"`
	DatastoreID   string `json:"datastore_id"`
	File          string `json:"file"` // datastore path: "[LocalDS_0] web/web.vmdk"
	// ParentFile is the file that the disk's own stands on, with a snapshot or in an instant clone.
	ParentFile string `json:"parent_file"`
	// Provisioning is thin, thick or eager_zeroed; Mode is vim25's.
	Provisioning  string `json:"provisioning"`
	Mode          string `json:"mode"`
	ControllerKey int32  `json:"controller_key"`
	UnitNumber    int32  `json:"unit_number"`

	StoragePolicyID string `json:"storage_policy_id"`
}

// inventoryView copies what the inventory holds for the server's owner.
type inventoryView struct {
	inventory *inventory
	specs     *specStore
	tags      *tagStore
	profiles  *profileStore
}

// all returns all VMs and templates, by name.
func (s *inventoryView) all() []VM {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()

	return s.allVMs()
}

// named returns the first VM of a literal name, in the order of paths.
func (s *inventoryView) named(name string) (VM, bool) {
	for _, vm := range s.all() {
		if vm.Name == name {
			return vm, true
		}
	}

	return VM{}, false
}

// id returns the managed object id of an inventory path of literal names ("/DC0/host/DC0_C0/Resources"), and nothing
// where there is no such object. A slash within a name is written %2f, as in vim25.
func (s *inventoryView) id(path string) string {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	if entity := s.inventory.lookup(path); entity != nil {
		return entity.Reference().Value
	}

	return ""
}

func (s *inventoryView) allVMs() []VM {
	var all []VM
	for _, entity := range s.inventory.registry.All("VirtualMachine") {
		if vm, ok := entity.(*simulator.VirtualMachine); ok {
			all = append(all, s.view(vm))
		}
	}
	slices.SortFunc(all, func(a, b VM) int {
		if a.Path != b.Path {
			return strings.Compare(a.Path, b.Path)
		}
		if second := isSecond(a) - isSecond(b); second != 0 {
			return second // a primary comes before its secondary
		}

		return strings.Compare(a.ID, b.ID)
	})

	return all
}

func isSecond(vm VM) int {
	if vm.FaultTolerance != nil && vm.FaultTolerance.Role == "secondary" {
		return 1
	}

	return 0
}

// view returns a copy of a VM. The inventory must be locked.
func (s *inventoryView) view(vm *simulator.VirtualMachine) VM {
	var seen VM
	s.inventory.registry.WithLock(&simulator.Context{Map: s.inventory.registry}, vm, func() { seen = s.copyVM(vm) })
	seen.Path = s.inventory.inventoryPath(vmRef(seen.ID))
	if host := (types.ManagedObjectReference{Type: "HostSystem", Value: seen.HostID}); host.Value != "" {
		seen.ClusterID = s.inventory.owner(host).Value
	}
	seen.StoragePolicyID = s.profiles.of(vmRef(seen.ID), home)
	seen.CustomizationSpec, seen.Tags = s.specs.usedBy(seen.ID), s.tags.attachedTo(vmRef(seen.ID))

	return seen
}

func (s *inventoryView) copyVM(vm *simulator.VirtualMachine) VM {
	seen := VM{
		ID: vm.Self.Value, Name: literalName(vm.Name), PowerState: string(vm.Runtime.PowerState),
		ConnectionState: string(vm.Runtime.ConnectionState), Disks: map[string]Disk{},
	}
	seen.CustomAttributes = s.inventory.attributesOf(vm)
	seen.FaultTolerance, seen.Snapshots = s.copyFT(vm), copySnapshots(vm)
	if vm.Parent != nil {
		seen.FolderID = vm.Parent.Value
	}
	if vm.ResourcePool != nil {
		seen.ResourcePoolID = vm.ResourcePool.Value
	}
	if vm.Runtime.Host != nil {
		seen.HostID = vm.Runtime.Host.Value
	}
	if config := vm.Config; config != nil {
		seen.Template, seen.InstanceUUID, seen.BIOSUUID = config.Template, config.InstanceUuid, config.Uuid
		seen.Annotation, seen.TPM = config.Annotation, tpmSecrets(config.Hardware.Device)
		seen.CPUs, seen.MemoryMiB = int(config.Hardware.NumCPU), int64(config.Hardware.MemoryMB)
		seen.InstantCloneFrozen = isTrue(vm.Runtime.InstantCloneFrozen)
		seen.ExtraConfig = map[string]string{}
		for _, option := range config.ExtraConfig {
			if text, ok := option.GetOptionValue().Value.(string); ok {
				seen.ExtraConfig[option.GetOptionValue().Key] = text
			}
		}
		if config.CreateDate != nil {
			seen.CreatedAt = *config.CreateDate
		}
		seen.DatastoreID = s.inventory.datastoreOfPath(config.Files.VmPathName).Value
		for _, device := range config.Hardware.Device {
			if card, ok := device.(types.BaseVirtualEthernetCard); ok {
				network, _ := s.inventory.networkOf(card.GetVirtualEthernetCard().Backing)
				seen.NetworkIDs = append(seen.NetworkIDs, network.Value)
			}
		}
		for _, disk := range disksOf(vm) {
			its := copyDisk(disk)
			its.StoragePolicyID = s.profiles.of(vm.Self, disk.Key)
			seen.Disks[deviceKey(disk)] = its
		}
	}
	if guest := vm.Guest; guest != nil {
		seen.ToolsRunning = guest.ToolsRunningStatus == string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
		for _, net := range guest.Net {
			seen.GuestIPAddresses = append(seen.GuestIPAddresses, net.IpAddress...)
		}
	}

	return seen
}

func copyDisk(disk *types.VirtualDisk) Disk {
	seen := Disk{CapacityBytes: disk.CapacityInBytes, ControllerKey: disk.ControllerKey}
	setIfGiven(&seen.UnitNumber, disk.UnitNumber)
	if link := topLink(disk); link != nil {
		seen.Mode = link.DiskMode
		switch {
		case isTrue(link.ThinProvisioned):
			seen.Provisioning = "thin"
		case isTrue(link.EagerlyScrub):
			seen.Provisioning = "eager_zeroed"
		default:
			seen.Provisioning = "thick"
		}
	}
	if disk.DeviceInfo != nil {
		seen.Label = disk.DeviceInfo.GetDescription().Label
	}
	if link := topLink(disk); link != nil && link.Parent != nil {
		seen.ParentFile = link.Parent.FileName
	}
	if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		info := backing.GetVirtualDeviceFileBackingInfo()
		seen.File = info.FileName
		if info.Datastore != nil {
			seen.DatastoreID = info.Datastore.Value
		}
	}

	return seen
}

func disksOf(vm *simulator.VirtualMachine) []*types.VirtualDisk { return disksIn(vm.Config) }

func disksIn(config *types.VirtualMachineConfigInfo) []*types.VirtualDisk {
	var disks []*types.VirtualDisk
	for _, device := range config.Hardware.Device {
		if disk, ok := device.(*types.VirtualDisk); ok {
			disks = append(disks, disk)
		}
	}

	return disks
}

func deviceKey(device types.BaseVirtualDevice) string {
	return strconv.Itoa(int(device.GetVirtualDevice().Key))
}

// copyFT returns a copy of what a VM's pair is.
func (s *inventoryView) copyFT(vm *simulator.VirtualMachine) *FaultTolerance {
	seen := &FaultTolerance{State: string(vm.Runtime.FaultToleranceState), MetroHostGroup: vm.Config.MetroFtHostGroup}
	switch info := vm.Config.FtInfo.(type) {
	case *types.FaultTolerancePrimaryConfigInfo:
		seen.Role = "primary"
		if len(info.Secondaries) > 0 {
			seen.PartnerID = info.Secondaries[0].Value
		}
	case *types.FaultToleranceSecondaryConfigInfo:
		seen.Role, seen.PartnerID = "secondary", info.PrimaryVM.Value
	default:
		return nil
	}
	for _, file := range vm.LayoutEx.File {
		if isFTMetadata(file) {
			seen.MetadataDatastoreID = s.inventory.datastoreOfPath(file.Name).Value
		}
	}

	return seen
}
