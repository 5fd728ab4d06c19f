package vsphere

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// LinkedClone is a VM some of whose disks stand on files of another VM, its source: a linked clone or an instant clone.
type LinkedClone struct {
	VMID string
	Name string // literal
	// SnapshotID is the snapshot of the source whose files the disks stand on; empty where that was removed, or never was: an instant clone
	// stands on files that no snapshot keeps.
	SnapshotID string
	// Below are all snapshots of the source whose files the disks need: SnapshotID and those before it.
	Below []string
	Disks []string // keys of the disks, sorted
}

// LinkedClones returns the VMs whose disks stand on files of a VM or of its snapshots, by their name and id. It reads the disks of every VM
// on the datastores of the source (RetrievePropertiesEx, one call for all sources that are asked for within a few milliseconds). VMs that
// the user may not see are left out. Errors are those of [Client.VirtualMachine], and of kind Unavailable for a VM whose configuration can't be
// read.
func (c *Client) LinkedClones(ctx context.Context, sourceID string) ([]LinkedClone, error) {
	clones, err := load(ctx, c.linked, sourceID)

	return slices.Clone(clones), err
}

// linkedSpec reads VMs with their snapshots, and every VM on their datastores.
func linkedSpec(sourceIDs []string) types.PropertyFilterSpec {
	children := &types.SelectionSpec{Name: "children"}
	below := []types.BaseSelectionSpec{
		&types.TraversalSpec{Type: machineType, Path: "datastore", SelectSet: []types.BaseSelectionSpec{
			&types.TraversalSpec{Type: "Datastore", Path: "vm"},
		}},
		&types.TraversalSpec{Type: machineType, Path: "rootSnapshot", SelectSet: []types.BaseSelectionSpec{children}},
		&types.TraversalSpec{
			SelectionSpec: *children, Type: "VirtualMachineSnapshot", Path: "childSnapshot", SelectSet: []types.BaseSelectionSpec{children},
		},
	}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: machineType, PathSet: []string{"name", vmPathName, devicesPath}},
		{Type: "VirtualMachineSnapshot", PathSet: []string{"vm", devicesPath}},
	}}
	for _, id := range sourceIDs {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: vmRef(id), SelectSet: below})
	}

	return spec
}

func (c *Client) readLinkedClones(ctx context.Context, sourceIDs []string) (map[string]outcome[[]LinkedClone], error) {
	all, err := c.conn.Retrieve(ctx, "", linkedSpec(sourceIDs))
	if err != nil {
		return nil, err
	}
	found := make(map[string]outcome[[]LinkedClone], len(sourceIDs))
	for _, p := range all {
		if !slices.Contains(sourceIDs, p.Ref.Value) {
			continue
		}
		if err := p.Denied(); err != nil {
			found[p.Ref.Value] = outcome[[]LinkedClone]{err: err}

			continue
		}
		if !hasConfig(p) {
			failure := httpapi.Call{Op: conn.RetrieveOp, Object: p.Ref.Value}.Error(apierr.InvalidState, "")
			failure.Messages = []string{"vCenter can't read the configuration of " + p.Ref.Value}
			found[p.Ref.Value] = outcome[[]LinkedClone]{err: failure}

			continue
		}
		found[p.Ref.Value] = outcome[[]LinkedClone]{value: newBases(p, all).linkedClones(all)}
	}

	return found, nil
}

// bases are the files of one VM that disks of others may stand on.
type bases struct {
	ownerID  string
	files    map[string]bool
	snapshot map[string][]string // by file: the snapshots that keep it
}

// newBases finds the files of a VM, among which those of its snapshots are.
func newBases(owner conn.Properties, all []conn.Properties) bases {
	found := bases{ownerID: owner.Ref.Value, files: map[string]bool{}, snapshot: map[string][]string{}}
	own := ownDirectories(owner)
	add := func(device types.BaseVirtualDevice, keeperID string) {
		for i, file := range diskFiles(device) {
			if !own[directory(file)] {
				break // of the VM that this one is a linked clone of
			}
			found.files[file] = true
			if i == 0 && keeperID != "" {
				found.snapshot[file] = append(found.snapshot[file], keeperID)
			}
		}
	}
	for _, device := range devicesOf(owner) {
		add(device, "")
	}
	for _, p := range all {
		if p.Ref.Type == "VirtualMachineSnapshot" && p.RefID("vm") == found.ownerID {
			for _, device := range devicesOf(p) {
				add(device, p.Ref.Value)
			}
		}
	}

	return found
}

// linkedClones returns the VMs among all whose disks stand on the files.
func (b bases) linkedClones(all []conn.Properties) []LinkedClone {
	var clones []LinkedClone
	for _, p := range all {
		if p.Ref.Type != machineType || p.Ref.Value == b.ownerID || p.Denied() != nil {
			continue
		}
		clone := LinkedClone{VMID: p.Ref.Value, Name: conn.UnescapeName(conn.Get[string](p, "name"))}
		for _, device := range devicesOf(p) {
			b.add(&clone, device)
		}
		if len(clone.Disks) > 0 {
			slices.Sort(clone.Disks)
			clones = append(clones, clone)
		}
	}
	slices.SortFunc(clones, func(a, b LinkedClone) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.VMID, b.VMID)) })

	return clones
}

// add notes a disk that stands on one of the files.
func (b bases) add(clone *LinkedClone, device types.BaseVirtualDevice) {
	stands := false
	for _, file := range diskFiles(device) {
		if !b.files[file] {
			continue
		}
		stands = true
		for _, keeper := range b.snapshot[file] {
			if clone.SnapshotID == "" {
				clone.SnapshotID = keeper
			}
			if !slices.Contains(clone.Below, keeper) {
				clone.Below = append(clone.Below, keeper)
			}
		}
	}
	if stands {
		clone.Disks = append(clone.Disks, strconv.Itoa(int(device.GetVirtualDevice().Key)))
	}
}
