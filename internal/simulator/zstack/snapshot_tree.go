package zstack

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// storageKind is a primary storage's type.
type storageKind string

// The types of primary storages that the simulator tells apart.
const (
	storageNFS  storageKind = "NFS"
	storageCeph storageKind = "Ceph"
)

// chains reports whether the snapshots of a volume on the storage depend on one another: on files they do, while on Ceph and the like
// each stands alone.
func (k storageKind) chains() bool {
	return k != storageCeph && k != "ZBS" && k != "Expon" && k != "XInfini"
}

// longestChain is the distance of the last snapshot of a tree: the next one begins a new tree.
const longestChain = 64

// create adds a snapshot at the end of its volume's chain. It takes as many bytes as the volume has in use.
func (s *snapshotStore) create(of *volume, uuid, name, description string) *snapshot {
	created := &snapshot{
		resource: s.clock.newResource(name), volume: of, storage: of.storage, size: of.actual, distance: 1, parent: of.tip(),
	}
	created.uuid, created.description = uuid, description
	if created.parent != nil {
		created.distance = created.parent.distance + 1
		created.join(of.tree)
	} else {
		s.beginTree(created)
	}
	created.becomeLatest()

	return s.add(created)
}

// beginTree makes a snapshot the first of a new tree.
func (s *snapshotStore) beginTree(first *snapshot) {
	first.parent = nil
	first.join(s.trees.add(&snapshotTree{resource: s.clock.newResource(""), volume: first.volume}))
}

func (one *snapshot) join(tree *snapshotTree) {
	one.tree = tree
	tree.members = append(tree.members, one)
}

// tip returns the snapshot that the volume's next one depends on; nil where the next one begins a tree.
func (v *volume) tip() *snapshot {
	if v.tree == nil {
		return nil
	}
	for _, one := range v.tree.members {
		if one.latest && one.distance < longestChain {
			return one
		}
	}

	return nil
}

// becomeLatest makes a snapshot the one that the volume's next one depends on.
func (one *snapshot) becomeLatest() {
	of := one.volume
	if one.storage.kind.chains() {
		if of.tree != nil {
			of.tree.current = false
		}
		of.tree = one.tree
		for _, other := range one.tree.members {
			other.latest = false
		}
	}
	one.latest, one.tree.current = true, true
}

// children returns the snapshots that directly depend on one.
func (one *snapshot) children() []*snapshot {
	var found []*snapshot
	for _, other := range one.tree.members {
		if other.parent == one {
			found = append(found, other)
		}
	}

	return found
}

// branch returns a snapshot and all that depend on it, those that depend on others first.
func (one *snapshot) branch() []*snapshot {
	var all []*snapshot
	for _, child := range one.children() {
		all = append(all, child.branch()...)
	}

	return append(all, one)
}

// leaveTree takes a snapshot out of its chain: what depends on it depends on its parent then. Where it was the first of its tree, each
// branch but the oldest becomes a tree of its own.
func (s *snapshotStore) leaveTree(one *snapshot) {
	tree := one.tree
	for i, child := range one.children() {
		moved := child.branch()
		for _, each := range moved {
			each.distance--
		}
		child.parent = one.parent
		if one.parent == nil && i > 0 {
			s.split(child, moved)
		}
	}
	if one.latest && one.parent != nil {
		one.parent.becomeLatest()
	}
	tree.members = slices.DeleteFunc(tree.members, func(other *snapshot) bool { return other == one })
	if len(tree.members) == 0 {
		if one.volume.tree == tree {
			one.volume.tree = nil
		}
		s.trees.remove(tree)
	}
}

// split moves a branch into a tree of its own.
func (s *snapshotStore) split(first *snapshot, branch []*snapshot) {
	old := first.tree
	old.members = slices.DeleteFunc(old.members, func(other *snapshot) bool { return slices.Contains(branch, other) })
	s.beginTree(first)
	for _, each := range branch {
		if each != first {
			each.join(first.tree)
		}
		if each.latest && old.current {
			each.volume.tree, old.current, first.tree.current = first.tree, false, true
		}
	}
}

// The scopes of a deletion, in the versions that take one.
const (
	scopeChain  = "chain" // with all snapshots that depend on it
	scopeSingle = "single"
	scopeAuto   = "auto" // acts as single
)

// takesScope reports whether a version takes scope and direction: the parameters came with 4.10.6, and 5.2.1 does not have them.
func takesScope(version string) bool {
	patch, isLine := strings.CutPrefix(version, "4.10.")
	number, err := strconv.Atoi(patch)

	return isLine && err == nil && number >= 6
}

// scope reads the query parameters of a deletion. A version that does not know them ignores them, as it does any other.
func (s *snapshotStore) scope(c *call) (string, *errorCode) {
	if failure := c.checkDeleteMode(); failure != nil {
		return "", failure
	}
	if !s.scopes {
		return scopeChain, nil
	}
	for name, valid := range map[string][]string{"scope": {"", scopeSingle, scopeChain, scopeAuto}, "direction": {"", "pull", "commit", "auto"}} {
		if value := c.query.Get(name); !slices.Contains(valid, value) {
			return "", newError(codeInvalidArgument, "field[%s] cannot be %q, valid values are %v", name, value, valid[1:])
		}
	}

	return cmp.Or(c.query.Get("scope"), scopeChain), nil
}

// delete deletes a snapshot, with all that depend on it unless the scope is another one. Where a volume of another VM reads from one of
// them, none is deleted.
func (s *snapshotStore) delete(one *snapshot, scope string) *errorCode {
	doomed := []*snapshot{one}
	if scope == scopeChain {
		doomed = one.branch()
	}
	var references []string
	for _, each := range doomed {
		for _, volume := range each.references {
			if s.volumes.has(volume) {
				references = append(references, volume.uuid)
			}
		}
	}
	if len(references) > 0 {
		return newError(codeOperationFailed, "snapshot or its desendant has reference volume[uuids:%s]", references)
	}
	for _, each := range doomed {
		if each.stuck {
			return stuckSnapshot(each)
		}
		s.remove(each)
	}

	return nil
}

// treeRecord shows a tree with its snapshots.
func treeRecord(t *snapshotTree) record {
	shown := record{"volumeUuid": t.volume.uuid, "current": t.current, "status": "Completed"}
	for _, one := range t.members {
		if one.parent == nil {
			shown["tree"] = leafRecord(one)

			break
		}
	}

	return t.show(shown)
}

func leafRecord(one *snapshot) record {
	children := []record{}
	for _, child := range one.children() {
		children = append(children, leafRecord(child))
	}

	return compact(record{"inventory": snapshotRecord(one), "parentUuid": uuidOf(one.parent), "children": children})
}
