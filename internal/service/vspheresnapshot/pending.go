package vspheresnapshot

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// search says how to look for a snapshot in the making, by vCenter's task and by the VM's snapshots. A VM that is gone has
// none.
func (r *snapshotResource) search(search vsphere.SnapshotSearch) lifecycle.Search[string] {
	return lifecycle.Search[string]{
		Logger: r.logger,
		Task:   r.client.SnapshotTask,
		Find: func(ctx context.Context, taskID string) (lifecycle.Finding[string], error) {
			search.TaskID = taskID
			finding, err := r.client.FindSnapshot(ctx, search)
			if apierr.Is(err, apierr.NotFound) {
				return lifecycle.Finding[string]{}, nil
			}

			return lifecycle.Finding[string]{
				Found: finding.SnapshotID != "", Result: finding.SnapshotID, TaskIDs: finding.TaskIDs,
			}, err
		},
	}
}

// resolve finds out what became of a pending snapshot. With wait it sees a running task through, as long as ctx lasts.
func (r *snapshotResource) resolve(
	ctx context.Context, store lifecycle.Private, state *model, wait bool,
) lifecycle.Resolution[string] {
	stored, ok := loadPending(ctx, store)
	search := r.search(stored)
	if !ok {
		find := r.search(vsphere.SnapshotSearch{
			VMID: state.VMID.ValueString(), Name: state.Name.ValueString(), Description: state.Description.ValueString(),
		}).Find
		search.Find = func(ctx context.Context, taskID string) (lifecycle.Finding[string], error) {
			found, err := find(ctx, taskID)

			return lifecycle.FindNothing(found, "snapshot "+found.Result, err)
		}
	}

	return search.Resolve(ctx, state.PendingTaskID.ValueString(), wait)
}
