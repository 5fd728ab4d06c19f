package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

type snapshotNodes = []types.VirtualMachineSnapshotTree

// snapshotTree returns the tree and the current snapshot of a VM; both may be nil.
func snapshotTree(vm *simulator.VirtualMachine) (snapshotNodes, *types.ManagedObjectReference) {
	if vm.Snapshot == nil {
		return nil, nil
	}

	return vm.Snapshot.RootSnapshotList, vm.Snapshot.CurrentSnapshot
}

// flatten lists a tree, parents first.
func flatten(tree snapshotNodes) snapshotNodes {
	var all snapshotNodes
	for _, node := range tree {
		all = append(all, node)
		all = append(all, flatten(node.ChildSnapshotList)...)
	}

	return all
}

// findNode finds a snapshot in a tree.
func findNode(tree snapshotNodes, ref types.ManagedObjectReference) (types.VirtualMachineSnapshotTree, bool) {
	all := flatten(tree)
	i := slices.IndexFunc(all, func(node types.VirtualMachineSnapshotTree) bool { return node.Snapshot == ref })
	if i < 0 {
		return types.VirtualMachineSnapshotTree{}, false
	}

	return all[i], true
}

// depthOf returns how many snapshots stand above a snapshot, with itself; 0 without one.
func depthOf(tree snapshotNodes, ref *types.ManagedObjectReference) int {
	if ref == nil {
		return 0
	}
	for _, node := range tree {
		if node.Snapshot == *ref {
			return 1
		}
		if below := depthOf(node.ChildSnapshotList, ref); below > 0 {
			return below + 1
		}
	}

	return 0
}

// withChild returns a tree with one more snapshot below parent, or at the root without one. The old tree does not
// change.
func withChild(tree snapshotNodes, parent *types.ManagedObjectReference, child types.VirtualMachineSnapshotTree) snapshotNodes {
	if parent == nil {
		return append(slices.Clone(tree), child)
	}

	return mapNodes(tree, func(node types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		if node.Snapshot == *parent {
			node.ChildSnapshotList = append(slices.Clone(node.ChildSnapshotList), child)
		}

		return node
	})
}

// mapNodes returns a tree with changed nodes; children are changed first.
func mapNodes(
	tree snapshotNodes, change func(types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree,
) snapshotNodes {
	var mapped snapshotNodes
	for _, node := range tree {
		node.ChildSnapshotList = mapNodes(node.ChildSnapshotList, change)
		mapped = append(mapped, change(node))
	}

	return mapped
}

// setSnapshots sets the tree and the current snapshot of a VM, and publishes both.
func (s *snapshotStore) setSnapshots(
	ctx *simulator.Context, vm *simulator.VirtualMachine, tree snapshotNodes, current *types.ManagedObjectReference,
) {
	var refs []types.ManagedObjectReference
	for _, root := range tree {
		refs = append(refs, root.Snapshot)
	}
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.Snapshot, vm.RootSnapshot = nil, refs
		changes := []types.PropertyChange{{Name: "rootSnapshot", Val: refs}, {Name: "snapshot", Val: nil}}
		if len(tree) > 0 {
			info := types.VirtualMachineSnapshotInfo{RootSnapshotList: tree, CurrentSnapshot: current}
			vm.Snapshot = &info
			changes[1].Val = info
		}
		ctx.Update(vm, changes)
	})
	for _, node := range flatten(tree) {
		snapshot, ok := s.inventory.registry.Get(node.Snapshot).(*simulator.VirtualMachineSnapshot)
		if !ok {
			continue
		}
		var children []types.ManagedObjectReference
		for _, child := range node.ChildSnapshotList {
			children = append(children, child.Snapshot)
		}
		if !slices.Equal(children, snapshot.ChildSnapshot) {
			s.inventory.registry.AtomicUpdate(ctx, snapshot, []types.PropertyChange{{Name: "childSnapshot", Val: children}})
		}
	}
}

// snapshotCut takes snapshots out of a tree.
type snapshotCut struct {
	removes func(types.VirtualMachineSnapshotTree) bool
	below   bool // what is below a snapshot that is taken out goes with it
	gone    []types.ManagedObjectReference
	// heir of the snapshots that are gone: the nearest one above that stays.
	heir map[types.ManagedObjectReference]*types.ManagedObjectReference
}

// from returns what is left of a tree; parent is above it.
func (c *snapshotCut) from(tree snapshotNodes, parent *types.ManagedObjectReference) snapshotNodes {
	var kept snapshotNodes
	for _, node := range tree {
		if !c.removes(node) {
			node.ChildSnapshotList = c.from(node.ChildSnapshotList, new(node.Snapshot))
			kept = append(kept, node)

			continue
		}
		c.take(node, parent)
		if c.below {
			for _, child := range flatten(node.ChildSnapshotList) {
				c.take(child, parent)
			}

			continue
		}
		kept = append(kept, c.from(node.ChildSnapshotList, parent)...)
	}

	return kept
}

func (c *snapshotCut) take(node types.VirtualMachineSnapshotTree, heir *types.ManagedObjectReference) {
	if c.heir == nil {
		c.heir = map[types.ManagedObjectReference]*types.ManagedObjectReference{}
	}
	c.gone = append(c.gone, node.Snapshot)
	c.heir[node.Snapshot] = heir
}
