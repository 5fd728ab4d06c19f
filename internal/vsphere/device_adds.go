package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// NewInterface is a virtual Ethernet card that a VM is to get.
type NewInterface struct {
	Type           string // as [NetworkInterface] spells it; one of [InterfaceTypes]
	NetworkID      string
	MACAddress     string // empty: vCenter chooses one
	Connected      *bool  // nil: as StartConnected
	StartConnected *bool  // nil: true
	UnitNumber     int32  // one of [VirtualMachine.FreeInterfaceUnits]: the card is found again by it
}

// NewDisk is a virtual disk that a VM is to get.
type NewDisk struct {
	CapacityBytes int64
	DatastoreID   string // empty: that of the VM's configuration files
	Provisioning  Provisioning
	Mode          string // "persistent", …; empty: persistent
	// StoragePolicyID is the storage policy of the file; empty: the datastore's default.
	StoragePolicyID string
	// Encrypted says that the disk is encrypted with the VM's key. Its storage policy must be one that encrypts. A disk that is not marked is
	// encrypted or not by its storage policy.
	Encrypted bool
	Slot      Slot // the disk is found again by it; a controller that the VM does not have is added
}

// Provisioning is how a disk takes its space.
type Provisioning string

// The ways to take space. Empty leaves it to the datastore.
const (
	Thin        Provisioning = "thin"         // as it is written to
	Thick       Provisioning = "thick"        // at once, zeroed as it is written to
	EagerZeroed Provisioning = "eager_zeroed" // at once, zeroed at once
)

// newCards make the cards that can be added, by type.
var newCards = map[string]func(card types.VirtualEthernetCard) types.BaseVirtualDevice{
	"vmxnet3": func(card types.VirtualEthernetCard) types.BaseVirtualDevice {
		return &types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: card}}
	},
	"e1000": func(card types.VirtualEthernetCard) types.BaseVirtualDevice {
		return &types.VirtualE1000{VirtualEthernetCard: card}
	},
	"e1000e": func(card types.VirtualEthernetCard) types.BaseVirtualDevice {
		return &types.VirtualE1000e{VirtualEthernetCard: card}
	},
	"pcnet32": func(card types.VirtualEthernetCard) types.BaseVirtualDevice {
		return &types.VirtualPCNet32{VirtualEthernetCard: card}
	},
}

// InterfaceTypes are the types of network interface that can be added, the usual one first. A card that is passed through (SR-IOV) needs
// a device of the host and can't.
func InterfaceTypes() []string { return []string{"vmxnet3", "e1000e", "e1000", "pcnet32"} }

// firstNewKey is the key of the first device that is added by a request. Keys of new devices are negative, and vCenter gives them others.
const firstNewKey = -101

// addedDevices returns the changes that add the devices. key is what disks are encrypted with that are to be.
func (c *Client) addedDevices(
	ctx context.Context, what httpapi.Call, present []types.BaseVirtualDevice, key *types.CryptoKeyId, spec ReconfigureSpec,
) ([]types.BaseVirtualDeviceConfigSpec, error) {
	var changes []types.BaseVirtualDeviceConfigSpec
	next := int32(firstNewKey)
	add := func(device types.BaseVirtualDevice) *types.VirtualDeviceConfigSpec {
		device.GetVirtualDevice().Key = next
		next--
		change := &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device}
		changes = append(changes, change)

		return change
	}
	for _, wanted := range spec.InterfacesToAdd {
		card, err := c.newCard(ctx, what, wanted)
		if err != nil {
			return nil, err
		}
		add(card)
	}
	controllers := storageControllers(present)
	for _, wanted := range spec.DisksToAdd {
		if _, there := controllers[wanted.Slot.Controller]; !there {
			controller, err := newController(what, wanted.Slot.Controller)
			if err != nil {
				return nil, err
			}
			controllers[wanted.Slot.Controller] = next
			add(controller)
		}
		disk, err := c.newDiskDevice(ctx, wanted)
		if err != nil {
			return nil, err
		}
		disk.ControllerKey = controllers[wanted.Slot.Controller]
		change := add(disk)
		change.FileOperation, change.Profile = types.VirtualDeviceConfigSpecFileOperationCreate, profiles(wanted.StoragePolicyID)
		if wanted.Encrypted && key != nil {
			change.Backing = &types.VirtualDeviceConfigSpecBackingSpec{Crypto: &types.CryptoSpecEncrypt{CryptoKeyId: *key}}
		}
	}

	return changes, nil
}

// newCard returns the card, without a key.
func (c *Client) newCard(ctx context.Context, what httpapi.Call, wanted NewInterface) (types.BaseVirtualDevice, error) {
	make, known := newCards[wanted.Type]
	if !known {
		failure := what.Error(apierr.InvalidArgument, codeNoDevice)
		failure.Arguments = []string{wanted.Type}

		return nil, failure
	}
	backing, err := load(ctx, c.backings, wanted.NetworkID)
	if err != nil {
		return nil, err
	}
	starts := wanted.StartConnected == nil || *wanted.StartConnected
	connected := starts
	if wanted.Connected != nil {
		connected = *wanted.Connected
	}
	unit := wanted.UnitNumber
	card := types.VirtualEthernetCard{VirtualDevice: types.VirtualDevice{
		ControllerKey: pciController, UnitNumber: &unit, Backing: backing,
		Connectable: &types.VirtualDeviceConnectInfo{AllowGuestControl: true, StartConnected: starts, Connected: connected},
	}}
	card.AddressType = string(types.VirtualEthernetCardMacTypeAssigned)
	if wanted.MACAddress != "" {
		card.AddressType, card.MacAddress = string(types.VirtualEthernetCardMacTypeManual), wanted.MACAddress
	}

	return make(card), nil
}

// newController returns the controller with the name, without a key.
func newController(what httpapi.Call, name string) (types.BaseVirtualDevice, error) {
	kind, bus, _ := KindOfController(name)
	controller := types.VirtualController{VirtualDevice: types.VirtualDevice{ControllerKey: pciController}, BusNumber: int32(bus)}
	switch kind {
	case "scsi":
		return &types.ParaVirtualSCSIController{VirtualSCSIController: types.VirtualSCSIController{
			VirtualController: controller, SharedBus: types.VirtualSCSISharingNoSharing,
		}}, nil
	case "nvme":
		return &types.VirtualNVMEController{VirtualController: controller}, nil
	case "sata":
		return &types.VirtualAHCIController{VirtualSATAController: types.VirtualSATAController{VirtualController: controller}}, nil
	default: // a VM has its IDE controllers from the start
		failure := what.Error(apierr.InvalidArgument, "MissingController")
		failure.Arguments = []string{name}

		return nil, failure
	}
}

// newDiskDevice returns the disk, without a key and a controller.
func (c *Client) newDiskDevice(ctx context.Context, wanted NewDisk) (*types.VirtualDisk, error) {
	unit := wanted.Slot.UnitNumber
	backing := flatBacking(wanted.Provisioning, wanted.Mode)
	if wanted.DatastoreID != "" {
		datastore, err := c.Object(ctx, TypeDatastore, wanted.DatastoreID)
		if err != nil {
			return nil, err
		}
		ref := objectRef(TypeDatastore, wanted.DatastoreID)
		backing.Datastore, backing.FileName = &ref, "["+datastore.Name+"]"
	}
	disk := &types.VirtualDisk{VirtualDevice: types.VirtualDevice{UnitNumber: &unit, Backing: backing}}
	setCapacity(disk, wanted.CapacityBytes)

	return disk, nil
}

// flatBacking returns the backing of a new disk file.
func flatBacking(provisioning Provisioning, mode string) *types.VirtualDiskFlatVer2BackingInfo {
	backing := &types.VirtualDiskFlatVer2BackingInfo{DiskMode: either(mode, string(types.VirtualDiskModePersistent))}
	switch provisioning {
	case Thin:
		backing.ThinProvisioned, backing.EagerlyScrub = new(true), new(false)
	case Thick:
		backing.ThinProvisioned, backing.EagerlyScrub = new(false), new(false)
	case EagerZeroed:
		backing.ThinProvisioned, backing.EagerlyScrub = new(false), new(true)
	}

	return backing
}

// setCapacity sets both capacities: vCenter takes a size of 0 in one for a mistake, and it refuses two that differ.
func setCapacity(disk *types.VirtualDisk, bytes int64) {
	disk.CapacityInBytes, disk.CapacityInKB = bytes, bytes/1024
}

// removedDevices returns the changes that remove the devices. The file of a disk stays unless it is to be deleted.
func removedDevices(
	what httpapi.Call, present []types.BaseVirtualDevice, spec ReconfigureSpec,
) ([]types.BaseVirtualDeviceConfigSpec, error) {
	var changes []types.BaseVirtualDeviceConfigSpec
	remove := func(device types.BaseVirtualDevice, file types.VirtualDeviceConfigSpecFileOperation) {
		changes = append(changes, &types.VirtualDeviceConfigSpec{
			Operation: types.VirtualDeviceConfigSpecOperationRemove, FileOperation: file, Device: device,
		})
	}
	for _, key := range slices.Sorted(slices.Values(spec.InterfacesToRemove)) {
		card, found := deviceBy[ethernetCard](present, key)
		if !found {
			return nil, noDevice(what, key)
		}
		remove(card, "")
	}
	for _, removal := range spec.DisksToRemove {
		disk, found := deviceBy[*types.VirtualDisk](present, removal.Key)
		if !found {
			return nil, noDevice(what, removal.Key)
		}
		file := types.VirtualDeviceConfigSpecFileOperation("")
		if removal.Delete {
			file = types.VirtualDeviceConfigSpecFileOperationDestroy
		}
		remove(disk, file)
	}

	return changes, nil
}
