package vcenter

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// ownSpace returns the bytes that a disk takes on the datastore of its base: none where the base is another VM's.
func (s *storage) ownSpace(disk *types.VirtualDisk) (types.ManagedObjectReference, int64) {
	link, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	if link == nil {
		return refOf("Datastore", copyDisk(disk).DatastoreID), disk.CapacityInBytes
	}
	base := link
	for base.Parent != nil {
		base = base.Parent
	}
	if path.Dir(base.FileName) != path.Dir(link.FileName) && base != link {
		return s.inventory.datastoreOfPath(link.FileName), 0
	}

	return s.inventory.datastoreOfPath(base.FileName), disk.CapacityInBytes
}

// useSpace takes bytes from a datastore's free space, or gives them back when negative.
func (s *storage) useSpace(ctx *simulator.Context, id string, bytes int64) {
	ref := types.ManagedObjectReference{Type: "Datastore", Value: id}
	datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore)
	if !ok {
		return
	}
	free := datastore.Summary.FreeSpace - bytes
	s.setFreeSpace(ctx, datastore, free)
}

func (s *storage) setFreeSpace(ctx *simulator.Context, datastore *simulator.Datastore, free int64) {
	s.inventory.registry.WithLock(ctx, datastore, func() {
		datastore.Info.GetDatastoreInfo().FreeSpace = free
		ctx.Update(datastore, []types.PropertyChange{{Name: "summary.freeSpace", Val: free}})
	})
}

// refreshLayout updates the layout properties of a VM after its snapshots have changed.
func (s *storage) refreshLayout(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	var nodes []types.VirtualMachineSnapshotTree
	if vm.Snapshot != nil {
		nodes = flatten(vm.Snapshot.RootSnapshotList)
	}
	names := map[string]types.VirtualMachineSnapshotTree{}
	for _, node := range nodes {
		file := snapshotFile(vm, node.Id)
		names[file] = node
		if host := s.hostPath(file); host != "" && !s.taken(file) {
			_ = os.MkdirAll(filepath.Dir(host), 0o700)
			_ = os.WriteFile(host, nil, 0o600)
		}
	}
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.RefreshStorageInfo(ctx, nil)
		var layout []types.VirtualMachineFileLayoutSnapshotLayout
		var layoutEx []types.VirtualMachineFileLayoutExSnapshotLayout
		for _, file := range vm.LayoutEx.File {
			node, ok := names[file.Name]
			if !ok {
				continue
			}
			memory := int32(-1)
			if node.State != poweredOff {
				memory = file.Key
			}
			layout = append(layout, types.VirtualMachineFileLayoutSnapshotLayout{Key: node.Snapshot, SnapshotFile: []string{file.Name}})
			layoutEx = append(layoutEx, types.VirtualMachineFileLayoutExSnapshotLayout{
				Key: node.Snapshot, DataKey: file.Key, MemoryKey: memory, Disk: vm.LayoutEx.Disk,
			})
		}
		vm.Layout.Snapshot, vm.LayoutEx.Snapshot = layout, layoutEx
		ctx.Update(vm, []types.PropertyChange{{Name: "layoutEx.timestamp", Val: vm.LayoutEx.Timestamp}})
	})
}

// snapshotFile returns the datastore path of a snapshot's data.
func snapshotFile(vm *simulator.VirtualMachine, id int32) string {
	return fmt.Sprintf("%s-Snapshot%d.vmsn", strings.TrimSuffix(vm.Config.Files.VmPathName, ".vmx"), id)
}
