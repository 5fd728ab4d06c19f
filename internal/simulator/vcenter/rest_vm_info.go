package vcenter

import (
	"net/http"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// vmInfo is GET /api/vcenter/vm/{vm} (Vcenter_VM_Info).
type vmInfo struct {
	Name          string                    `json:"name"`
	Identity      vmIdentity                `json:"identity"`
	GuestOS       string                    `json:"guest_OS"`
	PowerState    string                    `json:"power_state"`
	InstantFrozen bool                      `json:"instant_clone_frozen"`
	CPU           vmCPU                     `json:"cpu"`
	Memory        vmMemory                  `json:"memory"`
	Hardware      vmHardware                `json:"hardware"`
	Boot          vmBoot                    `json:"boot"`
	BootDevices   []any                     `json:"boot_devices"`
	Disks         map[string]vmDisk         `json:"disks"`
	NICs          map[string]vmNIC          `json:"nics"`
	SCSIAdapters  map[string]vmSCSIAdapter  `json:"scsi_adapters"`
	SATAAdapters  map[string]vmAdapter      `json:"sata_adapters"`
	NVMeAdapters  map[string]vmAdapter      `json:"nvme_adapters"`
	CDROMs        map[string]map[string]any `json:"cdroms"`
	Floppies      map[string]map[string]any `json:"floppies"`
	ParallelPorts map[string]map[string]any `json:"parallel_ports"`
	SerialPorts   map[string]map[string]any `json:"serial_ports"`
}

type vmIdentity struct {
	Name         string `json:"name"`
	BIOSUUID     string `json:"bios_uuid"`
	InstanceUUID string `json:"instance_uuid"`
}

type vmCPU struct {
	Count            int32 `json:"count"`
	CoresPerSocket   int32 `json:"cores_per_socket"`
	HotAddEnabled    bool  `json:"hot_add_enabled"`
	HotRemoveEnabled bool  `json:"hot_remove_enabled"`
}

type vmMemory struct {
	SizeMiB       int32 `json:"size_MiB"`
	HotAddEnabled bool  `json:"hot_add_enabled"`
}

type vmHardware struct {
	Version       string `json:"version"`
	UpgradePolicy string `json:"upgrade_policy"`
	UpgradeStatus string `json:"upgrade_status"`
}

type vmBoot struct {
	Type           string `json:"type"`
	Delay          int64  `json:"delay"`
	Retry          bool   `json:"retry"`
	RetryDelay     int64  `json:"retry_delay"`
	EnterSetupMode bool   `json:"enter_setup_mode"`
}

type vmDisk struct {
	Label    string        `json:"label"`
	Type     string        `json:"type"`
	Capacity int64         `json:"capacity"`
	SCSI     *vmUnit       `json:"scsi,omitempty"`
	SATA     *vmUnit       `json:"sata,omitempty"`
	NVMe     *vmUnit       `json:"nvme,omitempty"`
	Backing  vmDiskBacking `json:"backing"`
}

type vmUnit struct {
	Bus  int32 `json:"bus"`
	Unit int32 `json:"unit"`
}

type vmDiskBacking struct {
	Type     string `json:"type"`
	VMDKFile string `json:"vmdk_file"`
}

type vmNIC struct {
	Label                   string       `json:"label"`
	Type                    string       `json:"type"`
	MACAddress              string       `json:"mac_address"`
	MACType                 string       `json:"mac_type"`
	PCISlotNumber           int32        `json:"pci_slot_number"`
	WakeOnLANEnabled        bool         `json:"wake_on_lan_enabled"`
	UPTCompatibilityEnabled bool         `json:"upt_compatibility_enabled"`
	StartConnected          bool         `json:"start_connected"`
	AllowGuestControl       bool         `json:"allow_guest_control"`
	State                   string       `json:"state"`
	Backing                 vmNICBacking `json:"backing"`
}

type vmNICBacking struct {
	Type            string `json:"type"`
	Network         string `json:"network,omitempty"`
	NetworkName     string `json:"network_name,omitempty"`
	DistributedUUID string `json:"distributed_switch_uuid,omitempty"`
}

type vmSCSIAdapter struct {
	Label   string         `json:"label"`
	Type    string         `json:"type"`
	SCSI    map[string]any `json:"scsi"`
	Sharing string         `json:"sharing"`
}

// vmAdapter is a controller of SATA or NVMe disks. NVMe ones have no type.
type vmAdapter struct {
	Label string `json:"label"`
	Type  string `json:"type,omitempty"`
	Bus   int32  `json:"bus"`
}

// getVM answers GET /api/vcenter/vm/{vm}.
func (s *restAPI) getVM(c *restCall) (int, any, *problem) {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	vm, p := s.findVM(c)
	if p != nil {
		return 0, nil, p
	}
	if !s.conditions.hasConfig(vm) {
		return 0, nil, &problem{errorType: errorResourceInaccessible, messages: []string{"The virtual machine's configuration can't be read."}}
	}
	var info vmInfo
	s.inventory.registry.WithLock(c.ctx, vm, func() { info = describe(vm) })

	return http.StatusOK, info, nil
}

func describe(vm *simulator.VirtualMachine) vmInfo {
	name, config := literalName(vm.Name), vm.Config
	none := map[string]map[string]any{}
	info := vmInfo{
		Name:        name,
		Identity:    vmIdentity{Name: name, BIOSUUID: config.Uuid, InstanceUUID: config.InstanceUuid},
		GuestOS:     guestOS(config.GuestId),
		PowerState:  powerWords[string(vm.Runtime.PowerState)],
		CPU:         vmCPU{Count: config.Hardware.NumCPU, CoresPerSocket: 1},
		Memory:      vmMemory{SizeMiB: config.Hardware.MemoryMB},
		Hardware:    vmHardware{Version: hardwareVersion(config.Version), UpgradePolicy: "NEVER", UpgradeStatus: "NONE"},
		Boot:        vmBoot{Type: strings.ToUpper(config.Firmware), RetryDelay: 10000},
		BootDevices: []any{}, Disks: map[string]vmDisk{}, NICs: map[string]vmNIC{},
		SCSIAdapters: map[string]vmSCSIAdapter{}, SATAAdapters: map[string]vmAdapter{}, NVMeAdapters: map[string]vmAdapter{},
		CDROMs: none, Floppies: none, ParallelPorts: none, SerialPorts: none,
	}
	if vm.Runtime.InstantCloneFrozen != nil {
		info.InstantFrozen = *vm.Runtime.InstantCloneFrozen
	}
	for _, device := range config.Hardware.Device {
		switch x := device.(type) {
		case *types.VirtualDisk:
			info.Disks[deviceKey(device)] = describeDisk(x, deviceOf(config.Hardware.Device, x.ControllerKey))
		case types.BaseVirtualEthernetCard:
			info.NICs[deviceKey(device)] = describeNIC(device, x.GetVirtualEthernetCard())
		case types.BaseVirtualSATAController:
			info.SATAAdapters[deviceKey(device)] = describeAdapter(x.GetVirtualSATAController().VirtualController, "AHCI")
		case *types.VirtualNVMEController:
			info.NVMeAdapters[deviceKey(device)] = describeAdapter(x.VirtualController, "")
		case types.BaseVirtualSCSIController:
			info.SCSIAdapters[deviceKey(device)] = vmSCSIAdapter{
				Label: labelOf(device), Type: "PVSCSI", SCSI: map[string]any{"bus": 0, "unit": 7}, Sharing: "NONE",
			}
		}
	}

	return info
}

func describeAdapter(controller types.VirtualController, kind string) vmAdapter {
	return vmAdapter{Label: labelOf(&controller), Type: kind, Bus: controller.BusNumber}
}

func describeDisk(disk *types.VirtualDisk, controller types.BaseVirtualDevice) vmDisk {
	seen := vmDisk{Label: labelOf(disk), Type: "SCSI", Capacity: disk.CapacityInBytes}
	unit := &vmUnit{}
	if on, ok := controller.(types.BaseVirtualController); ok {
		unit.Bus = on.GetVirtualController().BusNumber
	}
	if disk.UnitNumber != nil {
		unit.Unit = *disk.UnitNumber
	}
	switch controller.(type) {
	case types.BaseVirtualSATAController:
		seen.Type, seen.SATA = "SATA", unit
	case *types.VirtualNVMEController:
		seen.Type, seen.NVMe = "NVME", unit
	default:
		seen.SCSI = unit
	}
	seen.Backing.Type = "VMDK_FILE"
	if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		seen.Backing.VMDKFile = backing.GetVirtualDeviceFileBackingInfo().FileName
	}

	return seen
}

// nicTypes are REST's names of network interface types.
var nicTypes = map[string]string{
	"VirtualVmxnet3": "VMXNET3", "VirtualVmxnet2": "VMXNET2", "VirtualE1000": "E1000", "VirtualE1000e": "E1000E",
	"VirtualPCNet32": "PCNET32", "VirtualSriovEthernetCard": "SRIOV",
}

func describeNIC(device types.BaseVirtualDevice, card *types.VirtualEthernetCard) vmNIC {
	seen := vmNIC{
		Label: labelOf(device), Type: nicTypes[typeOf(device)], MACAddress: card.MacAddress,
		MACType: strings.ToUpper(card.AddressType), State: "NOT_CONNECTED", PCISlotNumber: 160,
	}
	if connectable := card.Connectable; connectable != nil {
		seen.StartConnected, seen.AllowGuestControl = connectable.StartConnected, connectable.AllowGuestControl
		if connectable.Connected {
			seen.State = "CONNECTED"
		}
	}
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		seen.Backing = vmNICBacking{
			Type: "DISTRIBUTED_PORTGROUP", Network: backing.Port.PortgroupKey, DistributedUUID: backing.Port.SwitchUuid,
		}
	case *types.VirtualEthernetCardNetworkBackingInfo:
		seen.Backing = vmNICBacking{Type: "STANDARD_PORTGROUP", NetworkName: backing.DeviceName}
		if backing.Network != nil {
			seen.Backing.Network = backing.Network.Value
		}
	}

	return seen
}

func labelOf(device types.BaseVirtualDevice) string {
	if info := device.GetVirtualDevice().DeviceInfo; info != nil {
		return info.GetDescription().Label
	}

	return ""
}

// guestOS turns vim25's guest id ("ubuntu64Guest") into REST's ("UBUNTU_64").
func guestOS(id string) string {
	bare := strings.TrimSuffix(id, "Guest")
	if os, ok := strings.CutSuffix(bare, "64"); ok {
		return strings.ToUpper(os) + "_64"
	}

	return strings.ToUpper(bare)
}

// hardwareVersion turns "vmx-13" into "VMX_13".
func hardwareVersion(version string) string {
	return strings.ToUpper(strings.ReplaceAll(version, "-", "_"))
}
