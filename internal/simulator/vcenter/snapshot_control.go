package vcenter

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Snapshot is one snapshot of a VM as it stands in the inventory.
type Snapshot struct {
	ID          string    `json:"id"`   // "snapshot-7"
	Name        string    `json:"name"` // literal
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
}

// SnapshotChange is a change of a snapshot by another administrator, unknown to the client. Nil parts stay.
type SnapshotChange struct {
	Name        *string `json:"name"` // literal
	Description *string `json:"description"`
}

// copySnapshots lists the snapshots of a VM, parents first.
func copySnapshots(vm *simulator.VirtualMachine) []Snapshot {
	tree, _ := snapshotTree(vm)
	var all []Snapshot
	for _, node := range flatten(tree) {
		all = append(all, Snapshot{
			ID: node.Snapshot.Value, Name: literalName(node.Name), Description: node.Description, CreatedAt: node.CreateTime,
		})
	}

	return all
}

// change changes a snapshot at once.
func (s *snapshotStore) change(id string, change SnapshotChange) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ref := refOf("VirtualMachineSnapshot", id)
	_, vm, p := s.inventory.snapshotOf(ref)
	if p != nil {
		return fmt.Errorf("change snapshot %s: %s", id, p.message())
	}
	tree, current := snapshotTree(vm)
	changed := mapNodes(tree, func(node types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		if node.Snapshot != ref {
			return node
		}
		if change.Name != nil {
			node.Name = s.spelled(escapeName(*change.Name))
		}
		setIfGiven(&node.Description, change.Description)

		return node
	})
	s.setSnapshots(s.inventory.newContext(administrator), vm, changed, current)

	return nil
}

// destroy removes a snapshot at once. Those below it move up.
func (s *snapshotStore) destroy(id string) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ref := refOf("VirtualMachineSnapshot", id)
	_, vm, p := s.inventory.snapshotOf(ref)
	if p != nil {
		return fmt.Errorf("destroy snapshot %s: %s", id, p.message())
	}
	cut := snapshotCut{removes: func(node types.VirtualMachineSnapshotTree) bool { return node.Snapshot == ref }}
	if p := s.cutSnapshots(s.inventory.newContext(administrator), vm, cut, nil); p != nil {
		return fmt.Errorf("destroy snapshot %s: %s", id, p.message())
	}

	return nil
}
