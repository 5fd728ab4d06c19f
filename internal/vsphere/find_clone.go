package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

// FindClone looks for a clone whose answer or task was lost. The tasks are asked for first and the VM after them: a clone
// that ends in between is then seen as a VM. With TaskID, what the task itself says counts, as long as vCenter remembers it. A VM of
// that name is the clone only where there is evidence; see [CloneFinding]. A search takes two to seven requests.
func (c *Client) FindClone(ctx context.Context, search CloneSearch) (CloneFinding, error) {
	byREST, err := c.ClonesByREST(ctx)
	if err != nil {
		return CloneFinding{}, err
	}
	if search.RequestUUID != "" || !byREST {
		return c.findByVimTask(ctx, search, cloneTaskOp)
	}

	return c.findByCISTask(ctx, search)
}

// findByCISTask is [Client.FindClone] for a clone that REST has begun.
func (c *Client) findByCISTask(ctx context.Context, search CloneSearch) (CloneFinding, error) {
	var finding CloneFinding
	if search.TaskID != "" {
		known, err := c.tasks.ListCIS(ctx, []string{search.TaskID})
		if err != nil {
			return finding, err
		}
		if info, ok := known[search.TaskID]; ok {
			if finding.VMID = info.ResultID(); finding.VMID != "" {
				return c.confirm(ctx, search, finding)
			}
			if !info.State().Done() {
				finding.TaskIDs = append(finding.TaskIDs, search.TaskID)
			}
		}
	}
	running, err := c.tasks.RunningClones(ctx)
	if err != nil {
		return finding, err
	}
	for _, id := range slices.Sorted(maps.Keys(running)) {
		if id == search.TaskID || c.tasks.Own(id) || c.tasks.Awaited(id) {
			continue
		}
		other, err := c.anotherClone(ctx, running[id], search)
		if err != nil {
			return finding, err
		}
		if !other {
			finding.TaskIDs = append(finding.TaskIDs, id)
		}
	}

	return finding, c.addNamed(ctx, search, &finding)
}

// anotherClone reports whether a running clone is proved not to be the lost one: by its user, its time, or its target, which may be
// the source, the new VM, or absent.
func (c *Client) anotherClone(ctx context.Context, running wait.CISTask, search CloneSearch) (bool, error) {
	switch {
	case differ(running.User, search.User), !running.StartTime.IsZero() && running.StartTime.Before(since(search.Since)):
		return true, nil
	case running.Target == nil || running.Target.ID == "" || running.Target.ID == search.SourceID:
		return false, nil
	}
	target, err := c.VirtualMachine(ctx, running.Target.ID)
	switch {
	case apierr.Is(err, apierr.NotFound, apierr.Denied):
		return false, nil
	case err != nil:
		return false, err
	case target.NoConfig || target.CreatedAt.IsZero(): // a new VM is like that at first
		return false, nil
	default: // the source of another clone, or another new VM
		return target.CreatedAt.Before(since(search.Since)) || target.Name != search.Name, nil
	}
}

// confirm drops a VM that the task made, and that its id does not name by now. It may have another id: then it is found by its name.
func (c *Client) confirm(ctx context.Context, search CloneSearch, finding CloneFinding) (CloneFinding, error) {
	_, err := c.VirtualMachine(ctx, finding.VMID)
	if !apierr.Is(err, apierr.NotFound) {
		return finding, err
	}
	finding.VMID = ""

	return finding, c.addNamed(ctx, search, &finding)
}

// addNamed adds the VM by the clone's name in its folder, if it can be the clone.
func (c *Client) addNamed(ctx context.Context, search CloneSearch, finding *CloneFinding) error {
	folderID := search.FolderID
	if folderID == "" {
		source, err := c.VirtualMachine(ctx, search.SourceID)
		switch {
		case apierr.Is(err, apierr.NotFound): // its folder is not to be learned: look everywhere
		case err != nil:
			return err
		default:
			folderID = source.Placement.FolderID
		}
	}
	named, err := c.listVMs(ctx, folderID, []string{search.Name})
	if err != nil {
		return err
	}
	for _, found := range named {
		if found.Name != search.Name || found.VM == search.SourceID {
			continue
		}
		seen, err := c.sight(ctx, found.VM, search)
		if apierr.Is(err, apierr.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		switch whose(search, seen) {
		case ours:
			finding.VMID, finding.Candidate = found.VM, nil

			return nil
		case unproved:
			finding.Candidate = &Candidate{ID: found.VM, Name: found.Name, Origin: seen.origin}
			if finding.Candidate.CreatedAt.IsZero() {
				finding.Candidate.CreatedAt = seen.created
			}
		case foreign:
		}
	}

	return nil
}

// sight asks vCenter for what tells whose a VM is.
func (c *Client) sight(ctx context.Context, id string, search CloneSearch) (sighting, error) {
	vm, err := c.VirtualMachineWith(ctx, id, Extras{Settings: true})
	if err != nil {
		return sighting{}, err
	}
	seen := sighting{configured: !vm.NoConfig, created: vm.CreatedAt}
	if stamp, ok := stampIn(vm.ExtraConfig); ok {
		seen.stamp = &stamp
	}
	if seen.origin, err = c.Origin(ctx, id); err != nil || search.RequestUUID != "" || search.TaskID == "" {
		return seen, err
	}
	seen.begun, err = c.clonesBegun(ctx, search)

	return seen, err
}

// clonesBegun counts the clones of the name that began on the source since the request went out.
func (c *Client) clonesBegun(ctx context.Context, search CloneSearch) (int, error) {
	count := 0
	err := c.eventsOf(ctx, search.SourceID, []string{"VmBeingClonedEvent", "VmBeingClonedNoFolderEvent"}, func(event types.BaseEvent) {
		var name string
		switch begun := event.(type) {
		case *types.VmBeingClonedEvent:
			name = begun.DestName
		case *types.VmBeingClonedNoFolderEvent:
			name = begun.DestName
		}
		if conn.UnescapeName(name) == search.Name && !event.GetEvent().CreatedTime.Before(since(search.Since)) {
			count++
		}
	})

	return count, err
}
