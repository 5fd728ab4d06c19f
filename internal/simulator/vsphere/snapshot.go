package vsphere

import (
	"os"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planCreateSnapshot is CreateSnapshot_Task and CreateSnapshotEx_Task: govmomi's, on a snapshot list that it can extend.
func planCreateSnapshot(s *Server, c *call) (taskPlan, *problem) {
	vm, ok := s.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.checkConnected(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.vm(c.this)
		if !ok {
			return nil, notFound(c.this)
		}
		if snapshots := vm.Snapshot; snapshots != nil && snapshots.CurrentSnapshot != nil &&
			s.registry.Get(*snapshots.CurrentSnapshot) == nil {
			// govmomi leaves a current snapshot that was removed, and trips over it.
			s.registry.WithLock(ctx, vm, func() { vm.Snapshot.CurrentSnapshot = nil })
		}
		_, result, p := s.invoke(ctx, c.this, c.method, c.body)

		return result, p
	}}, nil
}

// planRemoveSnapshot is RemoveSnapshot_Task, done here because govmomi's ends the process when the snapshot is gone,
// current and without a parent, or has lost its VM.
func planRemoveSnapshot(s *Server, c *call) (taskPlan, *problem) {
	children := bodyOf[types.RemoveSnapshot_Task](c).RemoveChildren

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		return nil, s.removeSnapshot(ctx, c.this, children)
	}}, nil
}

func (s *Server) removeSnapshot(ctx *simulator.Context, ref types.ManagedObjectReference, children bool) *problem {
	snapshot, ok := s.registry.Get(ref).(*simulator.VirtualMachineSnapshot)
	if !ok {
		return notFound(ref)
	}
	vm, ok := s.vm(snapshot.Vm)
	if !ok || vm.Snapshot == nil {
		return notFound(snapshot.Vm)
	}
	cut := snapshotCut{target: ref, children: children}
	roots := cut.from(vm.Snapshot.RootSnapshotList, nil)

	var tree *types.VirtualMachineSnapshotInfo
	var refs []types.ManagedObjectReference
	if len(roots) > 0 {
		tree = &types.VirtualMachineSnapshotInfo{RootSnapshotList: roots, CurrentSnapshot: vm.Snapshot.CurrentSnapshot}
		for _, root := range roots {
			refs = append(refs, root.Snapshot)
		}
		if current := tree.CurrentSnapshot; current != nil && cut.removes(*current) {
			tree.CurrentSnapshot = cut.parent
		}
	}
	s.registry.WithLock(ctx, vm, func() {
		s.removeSnapshotFiles(vm, cut.removes)
		vm.Snapshot, vm.RootSnapshot = tree, refs
		changes := []types.PropertyChange{{Name: "rootSnapshot", Val: refs}}
		if tree != nil {
			changes = append(changes, types.PropertyChange{Name: "snapshot", Val: *tree})
		} else {
			changes = append(changes, types.PropertyChange{Name: "snapshot", Val: nil})
		}
		ctx.Update(vm, changes)
	})
	for _, gone := range cut.gone {
		s.registry.Remove(ctx, gone)
	}
	for _, kept := range cut.adopted {
		s.reparent(ctx, kept, cut.parent)
	}

	return nil
}

// removeSnapshotFiles deletes the files of the snapshots that are gone, and what the VM's layout says of them.
func (s *Server) removeSnapshotFiles(vm *simulator.VirtualMachine, gone func(types.ManagedObjectReference) bool) {
	keys := map[int32]bool{}
	for _, layout := range vm.LayoutEx.Snapshot {
		if gone(layout.Key) {
			keys[layout.DataKey] = true
		}
	}
	for _, file := range vm.LayoutEx.File {
		if keys[file.Key] {
			_ = os.Remove(s.hostPath(file.Name))
		}
	}
	vm.LayoutEx.File = slices.DeleteFunc(vm.LayoutEx.File, func(file types.VirtualMachineFileLayoutExFileInfo) bool {
		return keys[file.Key]
	})
	vm.LayoutEx.Snapshot = slices.DeleteFunc(vm.LayoutEx.Snapshot,
		func(layout types.VirtualMachineFileLayoutExSnapshotLayout) bool { return gone(layout.Key) })
	vm.Layout.Snapshot = slices.DeleteFunc(vm.Layout.Snapshot,
		func(layout types.VirtualMachineFileLayoutSnapshotLayout) bool { return gone(layout.Key) })
}

// reparent tells nothing more than that a snapshot's children changed: their parent is only in the tree.
func (s *Server) reparent(ctx *simulator.Context, ref types.ManagedObjectReference, parent *types.ManagedObjectReference) {
	if parent == nil {
		return
	}
	if above, ok := s.registry.Get(*parent).(*simulator.VirtualMachineSnapshot); ok {
		s.registry.AddReference(ctx, above, &above.ChildSnapshot, ref)
	}
}

// snapshotCut takes one snapshot out of a tree, with or without what is below it.
type snapshotCut struct {
	target   types.ManagedObjectReference
	children bool
	parent   *types.ManagedObjectReference // of the snapshot that was taken out
	gone     []types.ManagedObjectReference
	adopted  []types.ManagedObjectReference // children that moved up to the parent
}

func (c *snapshotCut) from(
	tree []types.VirtualMachineSnapshotTree, parent *types.ManagedObjectReference,
) []types.VirtualMachineSnapshotTree {
	var kept []types.VirtualMachineSnapshotTree
	for _, node := range tree {
		if node.Snapshot != c.target {
			node.ChildSnapshotList = c.from(node.ChildSnapshotList, new(node.Snapshot))
			kept = append(kept, node)

			continue
		}
		c.parent = parent
		c.gone = append(c.gone, node.Snapshot)
		if c.children {
			c.collect(node.ChildSnapshotList)

			continue
		}
		for _, child := range node.ChildSnapshotList {
			c.adopted = append(c.adopted, child.Snapshot)
		}
		kept = append(kept, node.ChildSnapshotList...)
	}

	return kept
}

func (c *snapshotCut) collect(tree []types.VirtualMachineSnapshotTree) {
	for _, node := range tree {
		c.gone = append(c.gone, node.Snapshot)
		c.collect(node.ChildSnapshotList)
	}
}

func (c *snapshotCut) removes(ref types.ManagedObjectReference) bool {
	return slices.Contains(c.gone, ref)
}
