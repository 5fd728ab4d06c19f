package vcenter

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// hasPath reports whether a datastore path names a file, and not a datastore alone.
func hasPath(name string) bool {
	var parsed object.DatastorePath

	return parsed.FromString(name) && parsed.Path != ""
}

// diskDatastore returns the datastore of a disk: the one that its backing names, else the one of the VM's files.
func (s *storage) diskDatastore(config *types.VirtualMachineConfigInfo, disk *types.VirtualDisk) types.ManagedObjectReference {
	if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		info := backing.GetVirtualDeviceFileBackingInfo()
		var parsed object.DatastorePath
		if parsed.FromString(info.FileName) && parsed.Datastore != "" {
			return s.inventory.datastoreOfPath(info.FileName)
		}
		if info.Datastore != nil {
			return *info.Datastore
		}
	}

	return s.inventory.datastoreOfPath(config.Files.VmPathName)
}

// wantedCapacity returns the size in bytes that the edit of a disk asks for. A client may send the disk as it read it, and change only one
// of CapacityInBytes and CapacityInKB: if the bytes are unset or unchanged, the KiB count. 0 KiB is a size, and always counts.
func wantedCapacity(has, wanted *types.VirtualDisk) int64 {
	if wanted.CapacityInBytes == 0 || wanted.CapacityInBytes == has.CapacityInBytes || wanted.CapacityInKB == 0 {
		return wanted.CapacityInKB << 10
	}

	return wanted.CapacityInBytes
}

// placeDisk chooses the file of a new disk, unless the caller has named it: the first unused name in the VM's folder, or in the folder of
// the same path on the disk's own datastore. planned holds the files of disks that the same request adds.
func (s *storage) placeDisk(vm *simulator.VirtualMachine, disk *types.VirtualDisk, planned map[string]bool) {
	backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
	if !ok {
		return
	}
	info := backing.GetVirtualDeviceFileBackingInfo()
	if !hasPath(info.FileName) {
		var home object.DatastorePath
		home.FromString(vm.Config.Files.VmPathName)
		datastore := s.inventory.entityName(s.diskDatastore(vm.Config, disk))
		bare := fmt.Sprintf("[%s] %s/%s", datastore, path.Dir(home.Path), fileName(literalName(vm.Name)))
		info.FileName = bare + ".vmdk"
		for i := 1; s.taken(info.FileName) || planned[info.FileName]; i++ {
			info.FileName = fmt.Sprintf("%s_%d.vmdk", bare, i)
		}
	}
	planned[info.FileName], info.Datastore = true, nil
	_ = os.MkdirAll(filepath.Dir(s.hostPath(info.FileName)), 0o700)
}

// editDisk applies an edit to a disk. A disk that grows takes space on its datastore, and govmomi writes the new size into its file.
func (s *reconfigurer) editDisk(ctx *simulator.Context, vm *simulator.VirtualMachine, disk, wanted *types.VirtualDisk) *problem {
	setUnlessZero(&disk.ControllerKey, wanted.ControllerKey)
	setUnlessZero(&disk.UnitNumber, wanted.UnitNumber)
	if link, change := topLink(disk), topLink(wanted); link != nil && change != nil {
		setUnlessZero(&link.DiskMode, change.DiskMode)
		setUnlessZero(&link.Sharing, change.Sharing)
		setUnlessZero(&link.WriteThrough, change.WriteThrough)
	}
	setUnlessZero(&disk.StorageIOAllocation, wanted.StorageIOAllocation)
	size := wantedCapacity(disk, wanted)
	if size == disk.CapacityInBytes {
		return nil
	}
	s.storage.useSpace(ctx, s.storage.diskDatastore(vm.Config, disk).Value, size-disk.CapacityInBytes)
	disk.CapacityInBytes, disk.CapacityInKB = size, size>>10
	if disk.DeviceInfo != nil {
		disk.DeviceInfo.GetDescription().Summary = fmt.Sprintf("%d KB", disk.CapacityInKB)
	}
	manager, datacenter := *s.inventory.model.ServiceContent.VirtualDiskManager, s.inventory.datacenter(vm.Self)
	_, _, p := s.stock.invoke(ctx, manager, "ExtendVirtualDisk_Task", &types.ExtendVirtualDisk_Task{
		This: manager, Name: topLink(disk).FileName, Datacenter: &datacenter, NewCapacityKb: disk.CapacityInKB,
	})

	return p
}

// returnLinkedSpace corrects the free space of datastores after disks were removed: govmomi frees the capacity of every removed disk, but
// a linked disk took no space of its own.
func (s *reconfigurer) returnLinkedSpace(ctx *simulator.Context, changes []types.BaseVirtualDeviceConfigSpec) {
	for _, base := range changes {
		change := base.GetVirtualDeviceConfigSpec()
		disk, ok := change.Device.(*types.VirtualDisk)
		if !ok || change.Operation != types.VirtualDeviceConfigSpecOperationRemove ||
			change.FileOperation != types.VirtualDeviceConfigSpecFileOperationDestroy {
			continue
		}
		if datastore, own := s.storage.ownSpace(disk); own == 0 {
			s.storage.useSpace(ctx, datastore.Value, disk.CapacityInBytes)
		}
	}
}

// finishDevices applies the edits of disks and restores the order of the devices. order holds the keys from before the change; new devices
// come last.
func (s *reconfigurer) finishDevices(
	ctx *simulator.Context, vm *simulator.VirtualMachine, edits []*types.VirtualDisk, order []int32,
) *problem {
	devices, p := copyDevices(vm.Config.Hardware.Device)
	if p != nil {
		return p
	}
	for _, edit := range edits {
		if disk, ok := deviceOf(devices, edit.Key).(*types.VirtualDisk); ok {
			if p := s.editDisk(ctx, vm, disk, edit); p != nil {
				return p
			}
		}
	}
	place := func(device types.BaseVirtualDevice) int {
		if i := slices.Index(order, device.GetVirtualDevice().Key); i >= 0 {
			return i
		}

		return len(order)
	}
	slices.SortStableFunc(devices, func(a, b types.BaseVirtualDevice) int { return place(a) - place(b) })
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
	s.storage.refreshLayout(ctx, vm)

	return nil
}
