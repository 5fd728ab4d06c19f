package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// RootVMFolder returns the folder that holds all VMs of the VM's datacenter (Datacenter.vmFolder; RetrievePropertiesEx, one
// call for all that are read within a few milliseconds). An instant clone without a folder goes there. Errors are those of
// [Client.VirtualMachine].
func (c *Client) RootVMFolder(ctx context.Context, vmID string) (string, error) {
	return c.rootFolders.Load(ctx, vmID)
}

func (c *Client) readRootFolders(ctx context.Context, ids []string) (map[string]string, error) {
	tree, err := c.readTree(ctx, vmRefs(ids),
		types.PropertySpec{Type: "ManagedEntity", PathSet: []string{"parent"}},
		types.PropertySpec{Type: "VirtualMachine", PathSet: []string{"parent", "parentVApp"}},
		types.PropertySpec{Type: "VirtualApp", PathSet: []string{"parent", "parentFolder"}},
		types.PropertySpec{Type: "Datacenter", PathSet: []string{"parent", "vmFolder"}},
	)
	if err != nil {
		return nil, err
	}
	folders := make(map[string]string, len(ids))
	for _, id := range ids {
		if folder := rootFolder(tree, id); folder != "" {
			folders[id] = folder
		}
	}

	return folders, nil
}

// rootFolder climbs to the datacenter.
func rootFolder(tree map[string]conn.Properties, id string) string {
	for range deepestFolder {
		p, known := tree[id]
		if folder := p.RefID("vmFolder"); !known || folder != "" {
			return folder
		}
		id = either(p.RefID("parentFolder"), either(p.RefID("parent"), p.RefID("parentVApp")))
	}

	return ""
}
