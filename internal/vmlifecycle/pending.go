package vmlifecycle

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// search says how to look for a VM in the making, by vCenter's task and by what vCenter has made since then.
func (m *Machines) search(search vsphere.CloneSearch) lifecycle.Search[string] {
	return lifecycle.Search[string]{
		Logger: m.Logger,
		Task:   m.Task,
		Find: func(ctx context.Context, taskID string) (lifecycle.Finding[string], error) {
			search.TaskID = taskID
			finding, err := m.Find(ctx, search)

			return lifecycle.Finding[string]{
				Found: finding.VMID != "", Result: finding.VMID, TaskIDs: finding.TaskIDs,
			}, err
		},
		Own:  m.Session.Own,
		Take: func(vmID string) bool { return m.Session.claims.Take(vmID, owner(search)) },
		// A failed task may have left a VM that is not powered on or not customized, which a cancelled one does not.
		Leaves: func(err error) bool { return !apierr.Is(err, apierr.Cancelled, apierr.AlreadyExists) },
	}
}

// owner names the VM that a search is for.
func owner(search vsphere.CloneSearch) string {
	return search.Name + " since " + search.Since.Format(time.RFC3339Nano)
}

// resolve finds out what became of a pending VM. With wait it sees a running task through, as long as ctx lasts.
func (l *Life[M]) resolve(ctx context.Context, store lifecycle.Private, state M, wait bool) lifecycle.Resolution[string] {
	stored, ok := loadPending(ctx, store)
	search := l.search(stored)
	if !ok {
		find := l.search(l.Search(ctx, state)).Find
		search.Find = func(ctx context.Context, taskID string) (lifecycle.Finding[string], error) {
			found, err := find(ctx, taskID)

			return lifecycle.FindNothing(found, "VM "+found.Result, err)
		}
	}

	return search.Resolve(ctx, state.Common().PendingTaskID.ValueString(), wait)
}
