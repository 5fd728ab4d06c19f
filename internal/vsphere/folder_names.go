package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// folderName is what the batch of [Client.NamedIn] reads by.
type folderName struct {
	folderID string
	name     string
}

// NamedIn returns what has that literal name in a VM folder: a VM, a template, a folder or a vApp, which share one set of names. It is one, or
// none. All that ask within a few milliseconds share one RetrievePropertiesEx, which reads the names of each of their folders: GET
// /api/vcenter/vm would tell of VMs only. The secondary of a fault tolerant pair is left out, since it has its primary's name.
func (c *Client) NamedIn(ctx context.Context, folderID, name string) ([]Object, error) {
	return c.names.Load(ctx, folderName{folderID, name})
}

func (c *Client) readNames(ctx context.Context, keys []folderName) (map[folderName][]Object, error) {
	skip, read := true, map[string]bool{}
	spec := types.PropertyFilterSpec{PropSet: []types.PropertySpec{
		{Type: machineType, PathSet: []string{"name", "parent", "config.template", pairInfoPath}},
		{Type: "Folder", PathSet: []string{"name", "parent"}},
		{Type: "VirtualApp", PathSet: []string{"name", "parentFolder"}},
	}}
	found := make(map[folderName][]Object, len(keys))
	for _, key := range keys {
		found[key] = nil
		if read[key.folderID] || key.folderID == "" {
			continue
		}
		read[key.folderID] = true
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{
			Obj: types.ManagedObjectReference{Type: "Folder", Value: key.folderID}, Skip: &skip,
			SelectSet: []types.BaseSelectionSpec{&types.TraversalSpec{Type: "Folder", Path: "childEntity"}},
		})
	}
	if len(spec.ObjectSet) == 0 {
		return found, nil
	}
	all, err := c.conn.Retrieve(ctx, spec.ObjectSet[0].Obj.Value, spec)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		object := namedObject(p)
		key := folderName{object.ParentID, object.Name}
		if _, wanted := found[key]; wanted && pairRole(p) != RoleSecondary {
			found[key] = append(found[key], object)
		}
	}

	return found, nil
}

// namedObject is a child of a VM folder.
func namedObject(p conn.Properties) Object {
	object := Object{
		Type: TypeVirtualMachine, ID: p.Ref.Value, Name: conn.UnescapeName(conn.Get[string](p, "name")),
		ParentID: either(p.RefID("parentFolder"), p.RefID("parent")), Template: conn.Get[bool](p, "config.template"), Accessible: true,
	}
	switch p.Ref.Type {
	case "Folder":
		object.Type = TypeFolder
	case "VirtualApp":
		object.Type = TypeVApp
	}

	return object
}
