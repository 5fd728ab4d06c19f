package vsphere

import (
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// A virtual disk is a chain of files: the one that is written to, its parent, and so on. A snapshot keeps the file that was written to when
// it was taken, and the VM goes on in a new file on top. A linked clone's chain ends in files of its source.

// diskFiles returns the files of a disk, the one that is written to first (device.backing.fileName and those of its parents); none for a
// device that is no disk.
func diskFiles(device types.BaseVirtualDevice) []string {
	disk, ok := device.(*types.VirtualDisk)
	if !ok {
		return nil
	}
	var files []string
	for backing := disk.Backing; backing != nil; backing = parentBacking(backing) {
		if file, ok := backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
			files = append(files, file.GetVirtualDeviceFileBackingInfo().FileName)
		}
	}

	return files
}

// parentBacking returns what a disk's file stands on, nil where it stands on nothing.
func parentBacking(backing types.BaseVirtualDeviceBackingInfo) types.BaseVirtualDeviceBackingInfo {
	switch backing := backing.(type) {
	case *types.VirtualDiskFlatVer2BackingInfo:
		return orNoBacking(backing.Parent)
	case *types.VirtualDiskSeSparseBackingInfo:
		return orNoBacking(backing.Parent)
	case *types.VirtualDiskSparseVer2BackingInfo:
		return orNoBacking(backing.Parent)
	case *types.VirtualDiskFlatVer1BackingInfo:
		return orNoBacking(backing.Parent)
	case *types.VirtualDiskSparseVer1BackingInfo:
		return orNoBacking(backing.Parent)
	case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
		return orNoBacking(backing.Parent)
	default:
		return nil
	}
}

// orNoBacking returns a parent as a backing, without a pointer to nothing in it.
func orNoBacking[T any, P interface {
	*T
	types.BaseVirtualDeviceBackingInfo
}](parent P) types.BaseVirtualDeviceBackingInfo {
	if parent == nil {
		return nil
	}

	return parent
}

// directory returns the directory of a file on a datastore: "[LocalDS_0] web" for "[LocalDS_0] web/web.vmdk".
func directory(file string) string {
	end := strings.LastIndexByte(file, '/')
	if end < 0 {
		return file
	}

	return file[:end]
}

// ownDirectories are where a VM's own files are: those of its configuration and those that its disks are written to.
func ownDirectories(p conn.Properties) map[string]bool {
	own := map[string]bool{directory(conn.Get[string](p, vmPathName)): true}
	for _, device := range devicesOf(p) {
		if files := diskFiles(device); len(files) > 0 {
			own[directory(files[0])] = true
		}
	}

	return own
}

func devicesOf(p conn.Properties) []types.BaseVirtualDevice {
	return conn.Get[types.ArrayOfVirtualDevice](p, devicesPath).VirtualDevice
}

// addChains adds what the chains of the VM's disks tell: whether they are linked to those of another VM, and whether those of others may be
// linked to them.
func (vm *VirtualMachine) addChains(p conn.Properties) {
	own := ownDirectories(p)
	for _, device := range vm.devices {
		files := diskFiles(device)
		for _, below := range files[min(1, len(files)):] {
			if own[directory(below)] {
				vm.KeepsBases = true
			} else {
				vm.Linked = true
			}
		}
		if _, ok := device.(*types.VirtualTPM); ok {
			vm.VirtualTPM = true
		}
	}
	vm.KeepsBases = vm.KeepsBases || vm.CurrentSnapshotID != "" || vm.InstantCloneFrozen
}
