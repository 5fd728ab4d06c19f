package vsphere

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// Snapshot is one snapshot of a VM (VirtualMachineSnapshotTree).
type Snapshot struct {
	ID   string // "snapshot-7"
	VMID string
	Name string // as it is read in the vSphere Client
	// Escaped is the name with one level of vim25's escapes left, where it arrived with two: then the one or the other is literal, which vCenter
	// does not tell. Else it is empty.
	Escaped     string
	Description string
	// Path leads from the root of the tree to the snapshot, names separated by a slash. A slash or backslash in a name is
	// written with a backslash before it: "before\/after/second".
	Path        string
	escapedPath string // of names as in Escaped; empty where it is the same
	ParentID    string // empty for a root
	Depth       int    // 0 for a root
	Current     bool   // the VM's present state goes on from it
	CreatedAt   time.Time
	Quiesced    bool
	PowerState  PowerState // of the VM when it was taken; powered off for one without memory
}

// Named reports whether the snapshot has the name, which may be the one or the other where it arrived with two levels of escapes.
func (s Snapshot) Named(name string) bool {
	return s.Name == name || s.Escaped != "" && s.Escaped == name
}

// NameLike returns the known name where the snapshot may have it, else its name.
func (s Snapshot) NameLike(known string) string {
	if s.Named(known) {
		return known
	}

	return s.Name
}

// SnapshotTree is a VM's snapshots, with what identifies the VM.
type SnapshotTree struct {
	VMID            string
	VMName          string // literal
	InstanceUUID    string // config.instanceUuid
	ConnectionState string // runtime.connectionState
	NoConfig        bool   // as [VirtualMachine].NoConfig: whether there are snapshots is not known
	// Snapshots has a parent before its children, and siblings in the order they were taken.
	Snapshots []Snapshot
}

// VM returns what the tree tells of its VM.
func (t SnapshotTree) VM() *VirtualMachine {
	return &VirtualMachine{
		ID: t.VMID, Name: t.VMName, InstanceUUID: t.InstanceUUID, ConnectionState: t.ConnectionState, NoConfig: t.NoConfig,
	}
}

// SnapshotTree reads the VM's snapshots (snapshot, config.instanceUuid; RetrievePropertiesEx, one call for all VMs that are read
// within a few milliseconds). Errors are those of [Client.VirtualMachine].
func (c *Client) SnapshotTree(ctx context.Context, vmID string) (SnapshotTree, error) {
	tree, err := load(ctx, c.snapshots, vmID)
	tree.Snapshots = slices.Clone(tree.Snapshots)

	return tree, err
}

// Snapshots reads the VM's snapshots as [Client.SnapshotTree] does. A VM without any has an empty list; for a VM whose configuration can't
// be read it is an error of kind Unavailable.
func (c *Client) Snapshots(ctx context.Context, vmID string) ([]Snapshot, error) {
	tree, err := c.SnapshotTree(ctx, vmID)
	if err == nil && tree.NoConfig {
		failure := httpapi.Call{Op: conn.RetrieveOp, Object: vmID}.Error(apierr.Unavailable, "")
		failure.Messages = []string{"vCenter can't read the configuration of " + vmID + ", which is " + tree.ConnectionState}
		err = failure
	}

	return tree.Snapshots, err
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
		func(one Snapshot) bool { return one.escapedPath != "" && one.escapedPath == path },
		func(one Snapshot) bool { return one.Named(path) },
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

func (c *Client) readSnapshots(ctx context.Context, ids []string) (map[string]outcome[SnapshotTree], error) {
	return readVMs(ctx, c, ids, []string{"snapshot", instanceUUIDPath, connectionPath}, newSnapshotTree)
}

const connectionPath = "runtime.connectionState"

func newSnapshotTree(p conn.Properties) SnapshotTree {
	return SnapshotTree{
		VMID: p.Ref.Value, VMName: conn.UnescapeName(conn.Get[string](p, "name")), InstanceUUID: conn.Get[string](p, instanceUUIDPath),
		ConnectionState: connectionState(p), NoConfig: !hasConfig(p), Snapshots: newSnapshots(p),
	}
}

func connectionState(p conn.Properties) string {
	return string(conn.Get[types.VirtualMachineConnectionState](p, connectionPath))
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
		name, escaped := snapshotName(tree.Name)
		path, escapedPath := snapshotSegment(name), snapshotSegment(cmp.Or(escaped, name))
		if parent.ID != "" {
			path, escapedPath = parent.Path+"/"+path, cmp.Or(parent.escapedPath, parent.Path)+"/"+escapedPath
		}
		if escapedPath == path {
			escapedPath = ""
		}
		snapshot := Snapshot{
			ID: tree.Snapshot.Value, VMID: parent.VMID, Name: name, Escaped: escaped, Description: tree.Description,
			Path: path, escapedPath: escapedPath, ParentID: parent.ID, Depth: parent.Depth + 1, Current: tree.Snapshot.Value == current,
			CreatedAt: tree.CreateTime.UTC(), Quiesced: tree.Quiesced, PowerState: PowerState(tree.State),
		}
		all = flatten(append(all, snapshot), tree.ChildSnapshotList, snapshot, current)
	}

	return all
}

// snapshotName returns vim25's name of a snapshot as a person reads it. Names that were given in the vSphere Client can arrive with two levels of
// escapes; escaped is such a name with one of them. A name with one level may hold characters that vim25 escapes, and then was literal.
func snapshotName(vim string) (name, escaped string) {
	once := conn.UnescapeName(vim)
	if conn.EscapeName(conn.UnescapeName(once)) == once && strings.Contains(once, "%") {
		return conn.UnescapeName(once), once
	}

	return once, ""
}

var segmentEscapes = strings.NewReplacer(`\`, `\\`, "/", `\/`)

// snapshotSegment writes a literal name as one segment of a path.
func snapshotSegment(name string) string { return segmentEscapes.Replace(name) }
