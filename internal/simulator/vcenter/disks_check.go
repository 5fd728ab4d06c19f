package vcenter

import (
	"github.com/vmware/govmomi/vim25/types"
)

// addDisk refuses a disk that cannot be created, or attached, as the change describes it.
func (w *deviceWalk) addDisk(disk *types.VirtualDisk, files types.VirtualDeviceConfigSpecFileOperation) *problem {
	if p := w.checkSlot(disk, nil); p != nil {
		return p
	}
	if p := w.checkHotPlug(disk); p != nil {
		return p
	}
	backing, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	if !ok {
		return nil // govmomi knows which other kinds there are
	}
	if !isDiskMode(backing.DiskMode) {
		return w.refuse(&types.InvalidDeviceBacking{}, "backing.diskMode", "There is no mode %q of a disk.", backing.DiskMode)
	}
	if isTrue(backing.ThinProvisioned) && isTrue(backing.EagerlyScrub) {
		return w.refuse(&types.InvalidDeviceBacking{}, "backing.thinProvisioned", "A thin disk is not zeroed in advance.")
	}
	datastore := w.storage.diskDatastore(w.vm.Config, disk)
	if datastore.Value == "" {
		return explained(&types.InvalidDatastorePath{DatastorePath: backing.FileName}, errorInvalidArgument,
			"Invalid datastore path '"+backing.FileName+"'.", "There is no such datastore.")
	}
	if files == "" {
		if !w.storage.taken(backing.FileName) {
			return explained(&types.FileNotFound{FileFault: types.FileFault{File: backing.FileName}}, errorNotFound,
				"File "+backing.FileName+" was not found", "A disk that is not created has a file.")
		}

		return nil
	}
	if hasPath(backing.FileName) && w.storage.taken(backing.FileName) {
		return explained(&types.FileAlreadyExists{FileFault: types.FileFault{File: backing.FileName}}, errorAlreadyExists,
			"Cannot complete the operation because the file or folder "+backing.FileName+" already exists", "The disk is a new one.")
	}
	bytes := disk.CapacityInBytes
	if bytes == 0 {
		bytes = disk.CapacityInKB << 10
	}
	if bytes <= 0 || disk.CapacityInKB != 0 && disk.CapacityInKB<<10 != bytes {
		return w.refuse(&types.InvalidDeviceSpec{}, "capacityInBytes", "The sizes are %d bytes and %d KiB.",
			disk.CapacityInBytes, disk.CapacityInKB)
	}
	w.space[datastore] += bytes

	return nil
}

// editDisk refuses edits of a disk.
func (w *deviceWalk) editDisk(has, wanted *types.VirtualDisk) *problem {
	moved := *has
	setUnlessZero(&moved.ControllerKey, wanted.ControllerKey)
	setUnlessZero(&moved.UnitNumber, wanted.UnitNumber)
	if moved.ControllerKey != has.ControllerKey || differs(has.UnitNumber, moved.UnitNumber) {
		if !w.off {
			return w.needsOff()
		}
		if p := w.checkSlot(&moved, has); p != nil {
			return p
		}
		for i, device := range w.devices {
			if device == types.BaseVirtualDevice(has) {
				w.devices[i] = &moved
			}
		}
	}
	if p := w.checkBacking(topLink(has), topLink(wanted)); p != nil {
		return p
	}

	return w.checkCapacity(has, wanted)
}

// checkBacking refuses another disk mode while the VM has snapshots or is on. Except in a clone, it refuses another file or provisioning.
func (w *deviceWalk) checkBacking(has, wanted *diskLink) *problem {
	if has == nil || wanted == nil {
		return nil
	}
	thin, eager := wanted.ThinProvisioned, wanted.EagerlyScrub
	switch {
	case wanted.DiskMode == "" || wanted.DiskMode == has.DiskMode:
	case !isDiskMode(wanted.DiskMode):
		return w.refuse(&types.InvalidDeviceBacking{}, "backing.diskMode", "There is no mode %q of a disk.", wanted.DiskMode)
	case w.snapshots:
		return w.refuse(&types.DisallowedDiskModeChange{}, "backing.diskMode", "The virtual machine has snapshots.")
	case !w.off:
		return w.needsOff()
	}
	if w.clone {
		return nil // the caller describes the source's disk, whose file is another one
	}
	if differsFlag(has.ThinProvisioned, thin) || differsFlag(has.EagerlyScrub, eager) {
		return w.refuse(&types.InvalidDeviceBacking{}, "backing.thinProvisioned", "A disk is provisioned when it is created.")
	}
	if hasPath(wanted.FileName) && wanted.FileName != has.FileName {
		return w.refuse(&types.InvalidDeviceBacking{}, "backing.fileName", "The file of a disk cannot be changed.")
	}

	return nil
}

// checkCapacity refuses to shrink a disk and to grow a linked disk. While the VM is on, only a persistent disk without snapshots can grow.
func (w *deviceWalk) checkCapacity(has, wanted *types.VirtualDisk) *problem {
	size := wantedCapacity(has, wanted)
	both := wanted.CapacityInBytes != has.CapacityInBytes && wanted.CapacityInBytes != 0 && wanted.CapacityInKB != has.CapacityInKB
	refused := &types.InvalidDeviceOperation{BadOp: types.VirtualDeviceConfigSpecOperationEdit}
	link := topLink(has)
	switch {
	case both && wanted.CapacityInKB<<10 != wanted.CapacityInBytes:
		return w.refuse(refused, "capacityInKB", "The sizes are %d bytes and %d KiB.", wanted.CapacityInBytes, wanted.CapacityInKB)
	case size < has.CapacityInBytes:
		return w.refuse(refused, "capacityInBytes", "A disk of %d bytes cannot shrink to %d.", has.CapacityInBytes, size)
	case size == has.CapacityInBytes:
		return nil
	case link == nil || link.Parent != nil:
		return w.refuse(refused, "capacityInBytes", "The disk stands on another one, and cannot grow.")
	case w.off:
	case link.DiskMode != string(types.VirtualDiskModePersistent) || w.snapshots:
		return w.needsOff()
	default:
		if p := w.checkHotPlug(has); p != nil {
			return p
		}
	}
	w.space[w.storage.diskDatastore(w.vm.Config, has)] += size - has.CapacityInBytes

	return nil
}
