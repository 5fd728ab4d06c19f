package vsphere

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// FindInstantClone looks for an instant clone whose answer or task was lost, as [Client.FindClone] does for a REST clone:
// the source's tasks are asked for first (recentTask) and the VM after them. Without a folder it is looked for in the
// [Client.RootVMFolder] of the source. A search takes two to five requests.
func (c *Client) FindInstantClone(ctx context.Context, search CloneSearch) (CloneFinding, error) {
	if search.FolderID == "" {
		var err error
		search.FolderID, err = c.RootVMFolder(ctx, search.SourceID)
		if err != nil && !apierr.Is(err, apierr.NotFound) {
			return CloneFinding{}, err
		}
	}

	return c.findByVimTask(ctx, search, instantCloneOp)
}

// findByVimTask looks for what a vim25 task on the source made.
func (c *Client) findByVimTask(ctx context.Context, search CloneSearch, op string) (CloneFinding, error) {
	asked := lostTask{id: search.TaskID, user: search.User, since: search.Since}
	if search.StorageDRS {
		asked.elsewhere = applyOp
	}
	lost, err := c.lostTasksOf(ctx, vmRef(search.SourceID), asked, op)
	if err != nil {
		return CloneFinding{}, err
	}
	finding := CloneFinding{TaskIDs: lost.running}
	if id, ok := clonedID(lost.result); ok {
		finding.VMID = id

		return c.confirm(ctx, search, finding)
	}

	return finding, c.addNamed(ctx, search, &finding)
}
