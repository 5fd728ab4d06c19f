package vcenter

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// A disk with snapshots is a chain of files: the one that is written, its parent, and so on down to the base. Each
// snapshot holds the chain as it was; an instant clone's chain ends in its source's.

type diskLink = types.VirtualDiskFlatVer2BackingInfo

var deltaName = regexp.MustCompile(`(-\d{6})?\.vmdk$`)

// diskChains are the chains of a VM and of its snapshots.
type diskChains struct {
	vm        []types.BaseVirtualDevice
	snapshots map[*simulator.VirtualMachineSnapshot][]types.BaseVirtualDevice
}

// topLink returns the file of a disk that is written to; nil for a disk of another kind.
func topLink(device types.BaseVirtualDevice) *diskLink {
	disk, ok := device.(*types.VirtualDisk)
	if !ok {
		return nil
	}
	link, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)

	return link
}

// isIndependent reports whether snapshots leave a disk out.
func isIndependent(link *diskLink) bool { return strings.HasPrefix(link.DiskMode, "independent") }

// deltaOf creates a file for the changes on top of another, and returns its path.
func (s *storage) deltaOf(file string) string {
	for i := 1; ; i++ {
		delta := deltaName.ReplaceAllString(file, fmt.Sprintf("-%06d.vmdk", i))
		if delta == file || s.taken(delta) {
			continue
		}
		copySmall(s.hostPath(file), s.hostPath(delta))

		return delta
	}
}

// growDisks puts a new file on top of every disk that takes part in snapshots. The devices are the caller's own.
func (s *storage) growDisks(devices []types.BaseVirtualDevice) {
	for _, device := range devices {
		link := topLink(device)
		if link == nil || isIndependent(link) {
			continue
		}
		delta := *link
		delta.FileName, delta.Parent = s.deltaOf(link.FileName), link
		device.GetVirtualDevice().Backing = &delta
	}
}

// each calls visit for every link of every chain; child is nil for a link that is on top.
func (c *diskChains) each(visit func(link, child *diskLink)) {
	for _, devices := range append(slices.Collect(maps.Values(c.snapshots)), c.vm) {
		for _, device := range devices {
			var child *diskLink
			for link := topLink(device); link != nil; link = link.Parent {
				visit(link, child)
				child = link
			}
		}
	}
}

func (c *diskChains) files() map[string]bool {
	files := map[string]bool{}
	c.each(func(link, _ *diskLink) { files[link.FileName] = true })

	return files
}

// merge merges files that are not needed by themselves any more with the one that is written on top of them: those that
// are no snapshot's and not the VM's own top, and that one other file stands on. Files of other VMs stay as they are.
func (c *diskChains) merge(foreign map[string]bool) {
	for {
		child, parent, found := c.mergeable(foreign)
		if !found {
			return
		}
		c.each(func(link, _ *diskLink) {
			if link.FileName == child && link.Parent != nil {
				link.FileName, link.Parent = parent, link.Parent.Parent
			}
		})
	}
}

// mergeable finds a file and its parent that merge would make one.
func (c *diskChains) mergeable(foreign map[string]bool) (child, parent string, found bool) {
	tops := map[string]bool{}
	children := map[string]map[string]bool{}
	c.each(func(link, child *diskLink) {
		if child == nil {
			tops[link.FileName] = true

			return
		}
		if children[link.FileName] == nil {
			children[link.FileName] = map[string]bool{}
		}
		children[link.FileName][child.FileName] = true
	})
	for _, parent := range slices.Sorted(maps.Keys(children)) {
		above := slices.Sorted(maps.Keys(children[parent]))
		if len(above) == 1 && !tops[parent] && !foreign[parent] && !foreign[above[0]] && path.Dir(parent) == path.Dir(above[0]) {
			return above[0], parent, true
		}
	}

	return "", "", false
}

// chainsOf copies the chains of a VM and its snapshots.
func (s *storage) chainsOf(vm *simulator.VirtualMachine) (*diskChains, *problem) {
	chains := &diskChains{snapshots: map[*simulator.VirtualMachineSnapshot][]types.BaseVirtualDevice{}}
	var p *problem
	if chains.vm, p = copyDevices(vm.Config.Hardware.Device); p != nil {
		return nil, p
	}
	for _, ref := range s.inventory.snapshotsOf(vm.Self) {
		snapshot, ok := s.inventory.registry.Get(ref).(*simulator.VirtualMachineSnapshot)
		if !ok {
			continue
		}
		if chains.snapshots[snapshot], p = copyDevices(snapshot.Config.Hardware.Device); p != nil {
			return nil, p
		}
	}

	return chains, nil
}

// foreignFiles returns the files in the chains of all VMs but one.
func (s *storage) foreignFiles(but types.ManagedObjectReference) map[string]bool {
	files := map[string]bool{}
	for _, entity := range s.inventory.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok || vm.Self == but {
			continue
		}
		for _, device := range vm.Config.Hardware.Device {
			for link := topLink(device); link != nil; link = link.Parent {
				files[link.FileName] = true
			}
		}
	}

	return files
}

// storeChains gives a VM and its snapshots their chains, and deletes the files that are in none of them any more.
func (s *storage) storeChains(ctx *simulator.Context, vm *simulator.VirtualMachine, chains *diskChains, before map[string]bool) {
	for snapshot, devices := range chains.snapshots {
		s.inventory.registry.WithLock(ctx, snapshot, func() { snapshot.Config.Hardware.Device = devices })
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: chains.vm}})
	after, foreign := chains.files(), s.foreignFiles(vm.Self)
	for file := range before {
		if !after[file] && !foreign[file] {
			s.deleteFile(file)
		}
	}
	s.refreshLayout(ctx, vm)
}

// moveChain puts the files of a disk on another datastore, and records in moved where each of them is now. Files of
// another VM stay: the disk gets a copy.
func (s *storage) moveChain(disk *types.VirtualDisk, target types.ManagedObjectReference, moved map[string]*diskLink) {
	link := topLink(disk)
	if link == nil {
		if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
			info := backing.GetVirtualDeviceFileBackingInfo()
			info.FileName, info.Datastore = s.moveFile(info.FileName, target), &target
		}

		return
	}
	home := path.Dir(link.FileName)
	for ; link != nil; link = link.Parent {
		if link.Parent != nil && path.Dir(link.Parent.FileName) != home {
			link.Parent = nil
		}
		was := link.FileName
		link.FileName, link.Datastore = s.moveFile(was, target), &target
		moved[was] = link
	}
}

// moveSnapshotDisks updates the paths in the snapshots of a VM.
func (s *storage) moveSnapshotDisks(ctx *simulator.Context, vm *simulator.VirtualMachine, moved map[string]*diskLink) {
	for _, ref := range s.inventory.snapshotsOf(vm.Self) {
		snapshot, ok := s.inventory.registry.Get(ref).(*simulator.VirtualMachineSnapshot)
		if !ok {
			continue
		}
		devices, p := copyDevices(snapshot.Config.Hardware.Device)
		if p != nil {
			continue
		}
		for _, device := range devices {
			for link := topLink(device); link != nil; link = link.Parent {
				if now, ok := moved[link.FileName]; ok {
					link.FileName, link.Datastore = now.FileName, now.Datastore
					if now.Parent == nil {
						link.Parent = nil
					}
				}
			}
		}
		s.inventory.registry.WithLock(ctx, snapshot, func() { snapshot.Config.Hardware.Device = devices })
	}
}
