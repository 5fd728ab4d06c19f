package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestSnapshotCut(t *testing.T) {
	t.Parallel()
	node := func(id string, children ...types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		return types.VirtualMachineSnapshotTree{
			Snapshot: types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: id}, ChildSnapshotList: children,
		}
	}
	tree := []types.VirtualMachineSnapshotTree{node("a", node("b", node("c")), node("d"))}
	target := tree[0].ChildSnapshotList[0].Snapshot
	only := func(ref types.ManagedObjectReference) func(types.VirtualMachineSnapshotTree) bool {
		return func(node types.VirtualMachineSnapshotTree) bool { return node.Snapshot == ref }
	}

	alone := snapshotCut{removes: only(target)}
	if kept := alone.from(tree, nil); len(kept) != 1 || len(kept[0].ChildSnapshotList) != 2 || len(alone.gone) != 1 ||
		alone.heir[target].Value != "a" || kept[0].ChildSnapshotList[0].Snapshot.Value != "c" {
		t.Errorf("alone: kept %+v, cut %+v", kept, alone)
	}
	below := snapshotCut{removes: only(target), below: true}
	if kept := below.from(tree, nil); len(kept[0].ChildSnapshotList) != 1 || len(below.gone) != 2 ||
		kept[0].ChildSnapshotList[0].Snapshot.Value != "d" {
		t.Errorf("with children: kept %+v, cut %+v", kept, below)
	}
	root := snapshotCut{removes: only(tree[0].Snapshot)}
	if kept := root.from(tree, nil); len(kept) != 2 || root.heir[tree[0].Snapshot] != nil {
		t.Errorf("the root: kept %+v, cut %+v", kept, root)
	}
	all := snapshotCut{removes: func(types.VirtualMachineSnapshotTree) bool { return true }}
	if kept := all.from(tree, nil); kept != nil || len(all.gone) != 4 || all.heir[target] != nil {
		t.Errorf("all: kept %+v, cut %+v", kept, all)
	}
	if len(tree[0].ChildSnapshotList) != 2 || len(flatten(tree)) != 4 {
		t.Errorf("the old tree changed: %+v", tree)
	}
}
