package vsphere

import "context"

// RootVMFolder returns the folder that holds all VMs of the VM's datacenter (Datacenter.vmFolder; RetrievePropertiesEx, one
// call for all that are read within a few milliseconds). An instant clone without a folder goes there. Errors are those of
// [Client.VirtualMachine].
func (c *Client) RootVMFolder(ctx context.Context, vmID string) (string, error) {
	return c.rootFolders.Load(ctx, vmID)
}

func (c *Client) readRootFolders(ctx context.Context, ids []string) (map[string]string, error) {
	tree, err := c.readAbove(ctx, vmRefs(ids))
	if err != nil {
		return nil, err
	}
	folders := make(map[string]string, len(ids))
	for _, id := range ids {
		if folder := datacenterAbove(tree, id).RefID("vmFolder"); folder != "" {
			folders[id] = folder
		}
	}

	return folders, nil
}
