package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// DatacenterOf returns the datacenter that an object is in (RetrievePropertiesEx of the object and all above it, one call for all that are
// read within a few milliseconds). It is empty where the object is in none, or in one that the user may not see.
func (c *Client) DatacenterOf(ctx context.Context, kind ObjectType, id string) (string, error) {
	return c.datacenters.Load(ctx, objectKey{kind, id})
}

func (c *Client) readDatacenters(ctx context.Context, keys []objectKey) (map[objectKey]string, error) {
	refs := make([]types.ManagedObjectReference, 0, len(keys))
	for _, key := range keys {
		refs = append(refs, objectRef(key.kind, key.id))
	}
	tree, err := c.readAbove(ctx, refs)
	if err != nil {
		return nil, err
	}
	found := make(map[objectKey]string, len(keys))
	for _, key := range keys {
		if _, exists := tree[key.id]; exists {
			found[key] = datacenterAbove(tree, key.id).Ref.Value
		}
	}

	return found, nil
}

// readAbove reads objects and all above them, with the root VM folders of their datacenters.
func (c *Client) readAbove(ctx context.Context, refs []types.ManagedObjectReference) (map[string]conn.Properties, error) {
	return c.readTree(ctx, refs,
		types.PropertySpec{Type: "ManagedEntity", PathSet: []string{"parent"}},
		types.PropertySpec{Type: machineType, PathSet: []string{"parent", "parentVApp"}},
		types.PropertySpec{Type: "VirtualApp", PathSet: []string{"parent", "parentFolder"}},
		types.PropertySpec{Type: "Datacenter", PathSet: []string{"parent", "vmFolder"}},
	)
}

// datacenterAbove climbs to the datacenter of an object. It is the zero value where there is none.
func datacenterAbove(tree map[string]conn.Properties, id string) conn.Properties {
	for range deepestFolder {
		p, known := tree[id]
		if !known || p.Ref.Type == "Datacenter" {
			return p
		}
		id = either(p.RefID("parentFolder"), either(p.RefID("parent"), p.RefID("parentVApp")))
	}

	return conn.Properties{}
}
