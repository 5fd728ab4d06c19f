package zstack_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

const treesPath = "/v1/volume-snapshots/trees"

// leaf is a snapshot in a tree as the API shows it.
type leaf struct {
	Inventory struct {
		UUID, Name, ParentUUID, GroupUUID, TreeUUID string
		Distance                                    int
		Latest                                      bool
	}
	ParentUUID string
	Children   []leaf
}

// shape writes a tree as names: "a(b c(d))".
func (l leaf) shape() string {
	text := l.Inventory.Name
	for i, child := range l.Children {
		text += []string{"(", " "}[min(i, 1)] + child.shape()
	}
	if len(l.Children) > 0 {
		text += ")"
	}

	return text
}

// shapes returns the trees of a volume.
func (b *bench) shapes(volume string) []string {
	b.t.Helper()
	var all []string
	for _, tree := range read[struct {
		UUID, VolumeUUID string
		Current          bool
		Tree             leaf
	}](b, treesPath, "volumeUuid?="+volume) {
		all = append(all, tree.Tree.shape())
	}

	return all
}

// wantShapes asserts the trees of a volume, by age.
func (b *bench) wantShapes(volume string, want ...string) {
	b.t.Helper()
	if got := b.shapes(volume); !slices.Equal(got, want) {
		b.t.Errorf("the trees are %q, want %q", got, want)
	}
}

// single takes a snapshot of the data volume.
func (b *bench) single(name string) string {
	b.t.Helper()
	var body struct{ Inventory struct{ UUID string } }
	b.job(http.MethodPost, "/v1/volumes/"+dataOf(b)+"/volume-snapshots", object{"params": object{"name": name}}).
		wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Inventory.UUID
}

// TestSnapshotChain deletes in a chain with a branch: what was taken later on the same branch goes too, and a side branch stays.
func TestSnapshotChain(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	data := dataOf(b)
	a := b.single("a")
	second := b.single("b")
	b.single("c")
	b.wantShapes(data, "a(b(c))")
	deleteOne := func(uuid, query string) reply {
		return b.job(http.MethodDelete, "/v1/volume-snapshots/"+uuid+query, nil)
	}

	group := b.group("g", "golden", nil)
	b.wantShapes(data, "a(b(c(g)))")
	b.act(golden(b), "stopVmInstance", nil).wantStatus(t, http.StatusOK)
	deleteOne(second, "?scope=single&direction=auto").wantStatus(t, http.StatusOK) // 5.2.1 knows neither
	b.wantShapes(data, "a")
	left := read[bundle](b, groupsPath+"/"+group.UUID)
	if len(left) != 1 || !left[0].VolumeSnapshotRefs[1].SnapshotDeleted {
		t.Errorf("the group without its data volume's snapshot: %+v", left)
	}
	b.single("d")
	later := b.group("h", "golden", nil)
	b.outcomes(b.job(http.MethodPut, groupsPath+"/"+later.UUID+"/actions", object{"revertVmFromSnapshotGroup": object{}}))
	b.single("e")
	b.wantShapes(data, "a(d(h(e)))")
	deleteOne(a, "").wantStatus(t, http.StatusOK)
	b.wantShapes(data)
	if left := read[bundle](b, groupsPath+"/"+later.UUID); len(left) != 1 {
		t.Errorf("a group whose root volume has its snapshot is gone: %+v", left)
	}
	b.job(http.MethodDelete, groupsPath+"/"+group.UUID, nil).wantStatus(t, http.StatusOK)
	if left := b.server.SnapshotGroups(); len(left) != 0 {
		t.Errorf("a newer group outlives the snapshot of its root volume: %+v", left)
	}
}

// TestSnapshotScope deletes one snapshot of a chain alone, in a version that takes a scope.
func TestSnapshotScope(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{Version: "4.10.6"})
	data := dataOf(b)
	groups := []bundle{b.group("a", "golden", nil), b.group("b", "golden", nil), b.group("c", "golden", nil)}
	remove := func(i int, query string) {
		b.job(http.MethodDelete, groupsPath+"/"+groups[i].UUID+query, nil).wantStatus(t, http.StatusOK)
	}
	remove(1, "?scope=single&direction=auto")
	b.wantShapes(data, "a(c)")
	if names := b.server.SnapshotGroups(); len(names) != 2 {
		t.Errorf("%+v", names)
	}
	b.job(http.MethodDelete, groupsPath+"/"+groups[0].UUID+"?scope=both", nil).wantError(t, "SYS.1007")
	b.job(http.MethodDelete, groupsPath+"/"+groups[0].UUID+"?direction=up", nil).wantError(t, "SYS.1007")
	remove(0, "")
	b.wantShapes(data)
}

// TestSnapshotsAlone takes snapshots on a storage on which each stands alone.
func TestSnapshotsAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	must(t, b.server.SetStorageType(b.id("primary_storage", "storage-1"), "Ceph"))
	groups := []bundle{b.group("a", "golden", nil), b.group("b", "golden", nil)}
	b.wantShapes(dataOf(b), "a", "b")
	for _, one := range read[struct {
		ParentUUID string
		Latest     bool
	}](b, "/v1/volume-snapshots") {
		if one.ParentUUID != "" || !one.Latest {
			t.Errorf("%+v", one)
		}
	}
	b.job(http.MethodDelete, groupsPath+"/"+groups[0].UUID, nil).wantStatus(t, http.StatusOK)
	b.wantShapes(dataOf(b), "b")
}

// TestLongestChain begins a new tree after 64 snapshots.
func TestLongestChain(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	for i := range 65 {
		b.single(fmt.Sprint(i))
	}
	trees := read[struct {
		Current bool
		Tree    leaf
	}](b, treesPath, "volumeUuid?="+dataOf(b))
	if len(trees) != 2 || trees[0].Current || !trees[1].Current || trees[1].Tree.shape() != "64" {
		t.Errorf("%+v", trees)
	}
}

// TestReferencedSnapshot refuses to delete what another VM's volume was made from, also where it is a newer snapshot's.
func TestReferencedSnapshot(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	first, second := b.single("a"), b.single("b")
	must(t, b.server.ReferToSnapshot(second, b.vm("vm-0").RootVolumeUUID))
	for _, uuid := range []string{first, second} {
		b.job(http.MethodDelete, "/v1/volume-snapshots/"+uuid, nil).wantError(t, "SYS.1006")
	}
	b.wantShapes(dataOf(b), "a(b)")
	must(t, b.server.RemoveVM(b.id("vm", "vm-0")))
	b.job(http.MethodDelete, "/v1/volume-snapshots/"+first, nil).wantStatus(t, http.StatusOK)
	b.wantShapes(dataOf(b))
}

// TestVersion asks for the version, which needs no session.
func TestVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	var told struct{ Version string }
	b.do(http.MethodPut, "/v1/management-nodes/actions", object{"getVersion": object{}}).wantStatus(t, http.StatusOK).decode(t, &told)
	if told.Version != "5.2.1" {
		t.Errorf("%+v", told)
	}
}
