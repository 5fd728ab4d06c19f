package vsphere

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// down is one way down the inventory tree, and the ways that go on from its end.
type down struct {
	name string
	kind string
	path string
	then []string
}

// The ways down, by name.
var (
	intoFolders = down{"folders", "Folder", "childEntity", []string{
		"folders", "vm", "host", "datastore", "network", "vapp", "hosts", "root",
	}}
	intoVMFolder      = down{"vm", "Datacenter", "vmFolder", []string{"folders"}}
	intoHostFolder    = down{"host", "Datacenter", "hostFolder", []string{"folders"}}
	intoStorageFolder = down{"datastore", "Datacenter", "datastoreFolder", []string{"folders"}}
	intoNetworkFolder = down{"network", "Datacenter", "networkFolder", []string{"folders"}}
	intoVApps         = down{"vapp", "VirtualApp", "vm", nil}
	intoHosts         = down{"hosts", "ComputeResource", "host", nil}
	intoRootPools     = down{"root", "ComputeResource", "resourcePool", []string{"pools"}}
	intoPools         = down{"pools", "ResourcePool", "resourcePool", []string{"pools"}}
	intoDatastores    = down{"datastore", "Datacenter", "datastore", nil}
	intoNetworks      = down{"network", "Datacenter", "network", nil}
)

// waysTo lists the ways that lead from the root folder to all objects of a kind, and to little else.
var waysTo = map[ObjectType][]down{
	TypeVirtualMachine: {intoFolders, intoVMFolder, intoVApps},
	TypeDatacenter:     {intoFolders},
	TypeFolder:         {intoFolders, intoVMFolder, intoHostFolder, intoStorageFolder, intoNetworkFolder},
	TypeResourcePool:   {intoFolders, intoHostFolder, intoRootPools, intoPools},
	TypeHost:           {intoFolders, intoHostFolder, intoHosts},
	TypeCluster:        {intoFolders, intoHostFolder},
	TypeDatastore:      {intoFolders, intoDatastores},
	TypeNetwork:        {intoFolders, intoNetworks},

	TypeDatastoreCluster:  {intoFolders, intoStorageFolder},
	TypeDistributedSwitch: {intoFolders, intoNetworkFolder},
}

// selections turns ways into traversals, each going on only by ways that are taken.
func selections(ways []down) []types.BaseSelectionSpec {
	taken := make(map[string]bool, len(ways))
	for _, way := range ways {
		taken[way.name] = true
	}
	specs := make([]types.BaseSelectionSpec, 0, len(ways))
	for _, way := range ways {
		spec := &types.TraversalSpec{
			SelectionSpec: types.SelectionSpec{Name: way.name}, Type: way.kind, Path: way.path,
		}
		for _, next := range way.then {
			if taken[next] {
				spec.SelectSet = append(spec.SelectSet, &types.SelectionSpec{Name: next})
			}
		}
		specs = append(specs, spec)
	}

	return specs
}

// walk reads the names of all objects of a kind in one call and returns those by the literal name.
func (c *Client) walk(ctx context.Context, kind ObjectType, name string) ([]types.ManagedObjectReference, error) {
	all, err := c.everything(ctx, kind, name, "name")
	if err != nil {
		return nil, err
	}
	var refs []types.ManagedObjectReference
	for _, p := range all {
		if conn.UnescapeName(conn.Get[string](p, "name")) == name {
			refs = append(refs, p.Ref)
		}
	}

	return refs, nil
}

// everything reads properties of all objects of a kind in one call, which errors say is about object.
func (c *Client) everything(ctx context.Context, kind ObjectType, object string, properties ...string) ([]conn.Properties, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	skip := true
	spec := types.PropertyFilterSpec{ObjectSet: []types.ObjectSpec{{
		Obj: content.RootFolder, Skip: &skip, SelectSet: selections(waysTo[kind]),
	}}}
	for _, vimType := range vimTypes[kind] {
		spec.PropSet = append(spec.PropSet, types.PropertySpec{Type: vimType, PathSet: properties})
	}

	return c.conn.Retrieve(ctx, object, spec)
}

// upwards are the ways from an object to everything above it.
func upwards() []types.BaseSelectionSpec {
	again := []types.BaseSelectionSpec{
		&types.SelectionSpec{Name: "parent"}, &types.SelectionSpec{Name: "vapp"}, &types.SelectionSpec{Name: "folder"},
	}
	up := func(name, kind, path string) types.BaseSelectionSpec {
		return &types.TraversalSpec{
			SelectionSpec: types.SelectionSpec{Name: name}, Type: kind, Path: path, SelectSet: again,
		}
	}

	return []types.BaseSelectionSpec{
		up("parent", "ManagedEntity", "parent"),
		up("vapp", machineType, "parentVApp"),
		up("folder", "VirtualApp", "parentFolder"),
	}
}

// readTree reads properties of objects and of everything above them, by id, in one call.
func (c *Client) readTree(
	ctx context.Context, refs []types.ManagedObjectReference, properties ...types.PropertySpec,
) (map[string]conn.Properties, error) {
	spec := types.PropertyFilterSpec{PropSet: properties}
	for _, ref := range refs {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: ref, SelectSet: upwards()})
	}
	all, err := c.conn.Retrieve(ctx, "", spec)
	if err != nil {
		return nil, err
	}
	tree := make(map[string]conn.Properties, len(all))
	for _, p := range all {
		tree[p.Ref.Value] = p
	}

	return tree, nil
}

// paths returns the inventory paths of objects by id, in one call. Names keep vim25's escapes.
func (c *Client) paths(ctx context.Context, refs []types.ManagedObjectReference) (map[string]string, error) {
	tree, err := c.readTree(ctx, refs, pathSpecs(nil)...)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]string, len(refs))
	for _, ref := range refs {
		if path := climb(tree, ref.Value); path != "" {
			paths[ref.Value] = path
		}
	}

	return paths, nil
}

// pathSpecs asks for what a path is made of, and for more properties of some types.
func pathSpecs(more []types.PropertySpec) []types.PropertySpec {
	specs := []types.PropertySpec{
		{Type: "ManagedEntity", PathSet: []string{"name", "parent"}},
		{Type: machineType, PathSet: []string{"name", "parent", "parentVApp"}},
		{Type: "VirtualApp", PathSet: []string{"name", "parent", "parentFolder"}},
	}
	for _, spec := range more {
		at := slices.IndexFunc(specs, func(known types.PropertySpec) bool { return known.Type == spec.Type })
		if at < 0 {
			specs = append(specs, spec)

			continue
		}
		for _, path := range spec.PathSet {
			if !slices.Contains(specs[at].PathSet, path) {
				specs[at].PathSet = append(specs[at].PathSet, path)
			}
		}
	}

	return specs
}

const deepestFolder = 128 // a path that is longer goes in a circle

// climb writes the path from the object up to the root folder, which has no name in it.
func climb(tree map[string]conn.Properties, id string) string {
	var names []string
	for range deepestFolder {
		p, known := tree[id]
		if !known {
			break
		}
		above := either(p.RefID("parentFolder"), either(p.RefID("parent"), p.RefID("parentVApp")))
		if above == "" {
			break // the root folder
		}
		names = append(names, conn.PathSegment(conn.Get[string](p, "name")))
		id = above
	}
	if len(names) == 0 {
		return ""
	}
	var path strings.Builder
	for _, name := range slices.Backward(names) {
		path.WriteString("/" + name)
	}

	return path.String()
}
