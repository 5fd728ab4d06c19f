package vcenter

import (
	"maps"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
)

// condition is a state of a VM that a test sets and no property shows.
type condition struct {
	busy          bool // a task of another client works on it
	quiesceFails  bool // the guest's file systems cannot be quiesced
	lostSnapshots bool // files of its snapshots are missing
	noConfig      bool // its configuration can't be read, as early in its creation
}

type conditionStore struct {
	mu    sync.Mutex
	byVM  map[types.ManagedObjectReference]condition
	lastN map[types.ManagedObjectReference]int32 // the last snapshot's number
}

func (s *conditionStore) of(vm types.ManagedObjectReference) condition {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.byVM[vm]
}

func (s *conditionStore) change(vm types.ManagedObjectReference, change func(*condition)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byVM == nil {
		s.byVM = map[types.ManagedObjectReference]condition{}
	}
	changed := s.byVM[vm]
	change(&changed)
	s.byVM[vm] = changed
}

// nextSnapshot returns the number of the next snapshot of a VM; no number is used twice.
func (s *conditionStore) nextSnapshot(vm types.ManagedObjectReference) int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastN == nil {
		s.lastN = map[types.ManagedObjectReference]int32{}
	}
	s.lastN[vm]++

	return s.lastN[vm]
}

// move gives VMs other references.
func (s *conditionStore) move(refs references) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byVM, s.lastN = moved(s.byVM, refs), moved(s.lastN, refs)
}

// moved returns what is known of objects under their new references.
func moved[V any](known map[types.ManagedObjectReference]V, refs references) map[types.ManagedObjectReference]V {
	return movedBy(known, refs, func(ref types.ManagedObjectReference) types.ManagedObjectReference { return ref })
}

// movedIDs is moved for what is known by the ids of VMs.
func movedIDs[V any](known map[string]V, refs references) map[string]V {
	return movedBy(known, refs, func(ref types.ManagedObjectReference) string { return ref.Value })
}

// movedBy is moved for what is known by the key that keyOf makes of a reference. A new reference may have been that of an object which is
// gone: what was known of that object is left out.
func movedBy[K comparable, V any](known map[K]V, refs references, keyOf func(types.ManagedObjectReference) K) map[K]V {
	all := make(map[K]V, len(known))
	maps.Copy(all, known)
	for from, to := range refs {
		delete(all, keyOf(from))
		delete(all, keyOf(to))
	}
	for from, to := range refs {
		if value, has := known[keyOf(from)]; has {
			all[keyOf(to)] = value
		}
	}

	return all
}

func (s *conditionStore) forget(vm types.ManagedObjectReference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byVM, vm)
	delete(s.lastN, vm)
}

// SnapshotCapabilities are parts of vim25's VirtualMachineCapability. Nil parts stay.
type SnapshotCapabilities struct {
	Snapshots         *bool `json:"snapshots"`
	Multiple          *bool `json:"multiple"`
	PoweredOff        *bool `json:"powered_off"`
	Memory            *bool `json:"memory"`
	Quiesced          *bool `json:"quiesced"`
	Revert            *bool `json:"revert"`
	DiskOnlySuspended *bool `json:"disk_only_suspended"`
}

// snapshotsSupported is what every VM of vCenter can do.
var snapshotsSupported = []types.PropertyChange{
	{Name: "capability.snapshotOperationsSupported", Val: true},
	{Name: "capability.multipleSnapshotsSupported", Val: true},
	{Name: "capability.snapshotConfigSupported", Val: true},
	{Name: "capability.poweredOffSnapshotsSupported", Val: true},
	{Name: "capability.memorySnapshotsSupported", Val: true},
	{Name: "capability.revertToSnapshotSupported", Val: true},
	{Name: "capability.quiescedSnapshotsSupported", Val: true},
	{Name: "capability.diskOnlySnapshotOnSuspendedVMSupported", Val: false},
	{Name: "runtime.instantCloneFrozen", Val: false},
}

func setIfGiven[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

func (c *SnapshotCapabilities) changes() []types.PropertyChange {
	if c == nil {
		return nil
	}
	var changes []types.PropertyChange
	for name, value := range map[string]*bool{
		"snapshotOperationsSupported": c.Snapshots, "multipleSnapshotsSupported": c.Multiple,
		"poweredOffSnapshotsSupported": c.PoweredOff, "memorySnapshotsSupported": c.Memory,
		"quiescedSnapshotsSupported": c.Quiesced, "revertToSnapshotSupported": c.Revert,
		"diskOnlySnapshotOnSuspendedVMSupported": c.DiskOnlySuspended,
	} {
		if value != nil {
			changes = append(changes, types.PropertyChange{Name: "capability." + name, Val: *value})
		}
	}

	return changes
}
