package vsphere

import (
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// DiskEdit is a change to a virtual disk. Zero parts stay as they are.
type DiskEdit struct {
	CapacityBytes int64  // no less than it is
	Mode          string // "persistent", "independent_persistent" or "independent_nonpersistent"

	StoragePolicyID string
}

// DiskRemoval takes a disk out of a VM.
type DiskRemoval struct {
	Key    string
	Delete bool // deletes the disk's file
}

// editedDisks returns the changes that edit disks, which carry the disk whole.
func editedDisks(
	what httpapi.Call, present []types.BaseVirtualDevice, edits map[string]DiskEdit,
) ([]types.BaseVirtualDeviceConfigSpec, error) {
	var changes []types.BaseVirtualDeviceConfigSpec
	for _, key := range slices.Sorted(maps.Keys(edits)) {
		disk, found := deviceBy[*types.VirtualDisk](present, key)
		if !found {
			return nil, noDevice(what, key)
		}
		edit := edits[key]
		capacity := capacityOf(disk)
		if edit.CapacityBytes != 0 {
			capacity = edit.CapacityBytes
		}
		setCapacity(disk, capacity)
		if edit.Mode != "" {
			disk.Backing = withMode(disk.Backing, edit.Mode)
		}
		changes = append(changes, &types.VirtualDeviceConfigSpec{
			Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: disk, Profile: profiles(edit.StoragePolicyID),
		})
	}

	return changes, nil
}

// withMode returns a copy of the backing of a disk with another mode.
func withMode(backing types.BaseVirtualDeviceBackingInfo, mode string) types.BaseVirtualDeviceBackingInfo {
	switch present := backing.(type) {
	case *types.VirtualDiskFlatVer2BackingInfo:
		changed := *present
		changed.DiskMode = mode

		return &changed
	case *types.VirtualDiskSeSparseBackingInfo:
		changed := *present
		changed.DiskMode = mode

		return &changed
	case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
		changed := *present
		changed.DiskMode = mode

		return &changed
	default:
		return backing
	}
}

func capacityOf(disk *types.VirtualDisk) int64 {
	if disk.CapacityInBytes == 0 {
		return disk.CapacityInKB * 1024 // all that servers before 5.5 tell
	}

	return disk.CapacityInBytes
}

// diskBacking fills in what a disk's backing tells.
func (d *Disk) diskBacking(backing types.BaseVirtualDeviceBackingInfo) {
	if file, ok := backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		if datastore := file.GetVirtualDeviceFileBackingInfo().Datastore; datastore != nil {
			d.DatastoreID = datastore.Value
		}
	}
	switch present := backing.(type) {
	case *types.VirtualDiskFlatVer2BackingInfo:
		d.Mode, d.UUID, d.Provisioning = present.DiskMode, present.Uuid, string(provisioningOf(present))
		if present.Parent != nil {
			d.Parent = present.Parent.FileName
		}
	case *types.VirtualDiskSeSparseBackingInfo:
		d.Mode, d.UUID, d.Provisioning = present.DiskMode, present.Uuid, string(Thin)
		if present.Parent != nil {
			d.Parent = present.Parent.FileName
		}
	case *types.VirtualDiskSparseVer2BackingInfo:
		d.Mode, d.UUID, d.Provisioning = present.DiskMode, present.Uuid, string(Thin)
		if present.Parent != nil {
			d.Parent = present.Parent.FileName
		}
	case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
		d.Mode, d.UUID = present.DiskMode, present.Uuid
		if present.Parent != nil {
			d.Parent = present.Parent.FileName
		}
	}
}

func provisioningOf(backing *types.VirtualDiskFlatVer2BackingInfo) Provisioning {
	switch {
	case backing.ThinProvisioned != nil && *backing.ThinProvisioned:
		return Thin
	case backing.EagerlyScrub != nil && *backing.EagerlyScrub:
		return EagerZeroed
	default:
		return Thick
	}
}
