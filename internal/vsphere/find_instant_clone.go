package vsphere

import (
	"context"
)

// FindInstantClone looks for an instant clone whose answer or task was lost, as [Client.FindClone] does for a REST clone:
// the source's tasks are asked for first (recentTask) and the VM after them. A search takes two to five requests.
func (c *Client) FindInstantClone(ctx context.Context, search CloneSearch) (CloneFinding, error) {
	lost, err := c.lostTasksOf(ctx, vmRef(search.SourceID), search.TaskID, instantCloneOp)
	if err != nil {
		return CloneFinding{}, err
	}
	finding := CloneFinding{TaskIDs: lost.running}
	if id, ok := referenceID(lost.result); ok {
		finding.VMID = id

		return c.confirm(ctx, finding)
	}
	finding.VMID, err = c.cloneNamed(ctx, search)

	return finding, err
}
