package vsphere

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// clockSkew is how much earlier than the request a VM may seem to have been made: the request's time is known to the
// second only.
const clockSkew = 5 * time.Second

// FindClone looks for a clone whose answer or task was lost. The tasks are asked for first and the VM after them: a clone
// that ends in between is then seen as a VM. With TaskID, what the task itself says counts, as long as vCenter remembers it.
// A search takes two to five requests.
func (c *Client) FindClone(ctx context.Context, search CloneSearch) (CloneFinding, error) {
	if search.RequestUUID != "" {
		return c.findByVimTask(ctx, search, cloneTaskOp)
	}
	var finding CloneFinding
	if search.TaskID != "" {
		known, err := c.tasks.ListCIS(ctx, []string{search.TaskID})
		if err != nil {
			return finding, err
		}
		if info, ok := known[search.TaskID]; ok {
			if finding.VMID = info.ResultID(); finding.VMID != "" {
				return c.confirm(ctx, finding)
			}
			if !info.State().Done() {
				finding.TaskIDs = append(finding.TaskIDs, search.TaskID)
			}
		}
	}
	running, err := c.tasks.RunningClones(ctx, search.SourceID)
	if err != nil {
		return finding, err
	}
	for _, id := range slices.Sorted(maps.Keys(running)) {
		if id != search.TaskID && !c.tasks.Own(id) && !c.tasks.Awaited(id) {
			finding.TaskIDs = append(finding.TaskIDs, id)
		}
	}
	finding.VMID, err = c.cloneNamed(ctx, search)

	return finding, err
}

// confirm drops a VM that the task made and that is gone by now.
func (c *Client) confirm(ctx context.Context, finding CloneFinding) (CloneFinding, error) {
	if _, err := c.VirtualMachine(ctx, finding.VMID); apierr.Is(err, apierr.NotFound) {
		finding.VMID = ""
	} else if err != nil {
		return finding, err
	}

	return finding, nil
}

// cloneNamed returns the VM by the clone's name in its folder, if it was made since the request began.
func (c *Client) cloneNamed(ctx context.Context, search CloneSearch) (string, error) {
	folderID := search.FolderID
	if folderID == "" {
		source, err := c.VirtualMachine(ctx, search.SourceID)
		switch {
		case apierr.Is(err, apierr.NotFound): // its folder is not to be learned: look everywhere
		case err != nil:
			return "", err
		default:
			folderID = source.Placement.FolderID
		}
	}
	candidates, err := c.listVMs(ctx, folderID, []string{search.Name})
	if err != nil {
		return "", err
	}
	for _, candidate := range candidates {
		if candidate.Name != search.Name || candidate.VM == search.SourceID {
			continue
		}
		made, err := c.madeSince(ctx, candidate.VM, search)
		if err != nil {
			return "", err
		}
		if made {
			return candidate.VM, nil
		}
	}

	return "", nil
}

// madeSince reports whether a VM was made since the search's time: by its creation date, and by vCenter's events where
// there is none.
func (c *Client) madeSince(ctx context.Context, id string, search CloneSearch) (bool, error) {
	vm, err := c.VirtualMachine(ctx, id)
	if apierr.Is(err, apierr.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	created := vm.CreatedAt
	if created.IsZero() {
		origin, err := c.Origin(ctx, id)
		if err != nil {
			return false, err
		}
		if origin.SourceID != search.SourceID {
			return false, nil
		}
		created = origin.CreatedAt
	}

	return !created.Before(search.Since.Add(-clockSkew)), nil
}
