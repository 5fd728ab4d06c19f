package vsphere

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// Snapshot is one snapshot of a VM (VirtualMachineSnapshotTree).
type Snapshot struct {
	ID          string // "snapshot-7"
	VMID        string
	Name        string // literal
	Description string
	// Path leads from the root of the tree to the snapshot, names separated by a slash. A slash or backslash in a name is
	// written with a backslash before it: "before\/after/second".
	Path       string
	ParentID   string // empty for a root
	Depth      int    // 0 for a root
	Current    bool   // the VM's present state goes on from it
	CreatedAt  time.Time
	Quiesced   bool
	PowerState PowerState // of the VM when it was taken; powered off for one without memory
}

// Snapshots reads the VM's snapshots (snapshot; RetrievePropertiesEx, one call for all VMs that are read within a few
// milliseconds). A parent comes before its children, and siblings in the order they were taken. A VM without any has an
// empty list; errors are those of [Client.VirtualMachine].
func (c *Client) Snapshots(ctx context.Context, vmID string) ([]Snapshot, error) {
	shared, err := load(ctx, c.snapshots, vmID)

	return slices.Clone(shared), err
}

// SnapshotsAt returns the VM's snapshots at a path as [Snapshot].Path has it. There may be several, since siblings may
// share a name. A path of one segment also finds snapshots by their name alone, wherever they are in the tree, unless a
// root has it.
func (c *Client) SnapshotsAt(ctx context.Context, vmID, path string) ([]Snapshot, error) {
	all, err := c.Snapshots(ctx, vmID)
	if err != nil {
		return nil, err
	}

	return snapshotsAt(all, path), nil
}

// snapshotsAt prefers the exact path, then names: a path that was written without escapes is the literal name.
func snapshotsAt(all []Snapshot, path string) []Snapshot {
	for _, matches := range []func(Snapshot) bool{
		func(one Snapshot) bool { return one.Path == path },
		func(one Snapshot) bool { return one.Name == path },
	} {
		var found []Snapshot
		for _, snapshot := range all {
			if matches(snapshot) {
				found = append(found, snapshot)
			}
		}
		if len(found) > 0 {
			return found
		}
	}

	return nil
}

func (c *Client) readSnapshots(ctx context.Context, ids []string) (map[string]outcome[[]Snapshot], error) {
	return readVMs(ctx, c, ids, []string{"snapshot"}, newSnapshots)
}

func newSnapshots(p conn.Properties) []Snapshot {
	info := conn.Get[types.VirtualMachineSnapshotInfo](p, "snapshot")
	current := ""
	if info.CurrentSnapshot != nil {
		current = info.CurrentSnapshot.Value
	}

	return flatten(nil, info.RootSnapshotList, Snapshot{VMID: p.Ref.Value, Depth: -1}, current)
}

// flatten appends the trees below a parent, each before its own children.
func flatten(all []Snapshot, trees []types.VirtualMachineSnapshotTree, parent Snapshot, current string) []Snapshot {
	for _, tree := range trees {
		name := conn.UnescapeName(tree.Name)
		path := snapshotSegment(name)
		if parent.ID != "" {
			path = parent.Path + "/" + path
		}
		snapshot := Snapshot{
			ID: tree.Snapshot.Value, VMID: parent.VMID, Name: name, Description: tree.Description, Path: path,
			ParentID: parent.ID, Depth: parent.Depth + 1, Current: tree.Snapshot.Value == current,
			CreatedAt: tree.CreateTime.UTC(), Quiesced: tree.Quiesced, PowerState: PowerState(tree.State),
		}
		all = flatten(append(all, snapshot), tree.ChildSnapshotList, snapshot, current)
	}

	return all
}

var segmentEscapes = strings.NewReplacer(`\`, `\\`, "/", `\/`)

// snapshotSegment writes a literal name as one segment of a path.
func snapshotSegment(name string) string { return segmentEscapes.Replace(name) }
