package vsphere

import (
	"context"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/wait"
)

// SnapshotSearch describes a snapshot whose answer or task was lost.
type SnapshotSearch struct {
	VMID        string
	Name        string    // literal
	Description string    // empty: any, since vCenter makes one up for a snapshot without
	Since       time.Time // when the request began, by vCenter's clock
	User        string    // the account that sent the request, as vCenter spells it; empty where that is not known
	TaskID      string    // the snapshot's task where it is known
}

// SnapshotFinding is what vCenter knows of a lost snapshot. That there is neither a snapshot nor a running task is no
// proof that none was created and none will be.
type SnapshotFinding struct {
	SnapshotID string // the snapshot, where there is evidence
	// Candidate is a snapshot by that name and description, taken since the request began, of which nothing proves whose it is.
	Candidate *Candidate
	TaskIDs   []string // snapshots of that VM that are still being taken and this process does not wait for
}

// FindSnapshot looks for a snapshot whose answer or task was lost: the VM's tasks are asked for first and its snapshots
// after them. A snapshot that this process was told of is not taken for the lost one. The error is of kind NotFound when
// the VM is gone.
func (c *Client) FindSnapshot(ctx context.Context, search SnapshotSearch) (SnapshotFinding, error) {
	lost, err := c.lostTasksOf(ctx, vmRef(search.VMID), lostTask{id: search.TaskID, user: search.User, since: search.Since}, createSnapshotOp, "CreateSnapshot_Task")
	if err != nil {
		return SnapshotFinding{}, err
	}
	finding := SnapshotFinding{TaskIDs: lost.running}
	all, err := c.Snapshots(ctx, search.VMID)
	if err != nil {
		return finding, err
	}
	made, told := wait.ReferenceID(lost.result)
	var possible []Snapshot
	for _, snapshot := range all {
		switch {
		case told && snapshot.ID == made:
			finding.SnapshotID = snapshot.ID
		case !told && c.madeAs(snapshot, search):
			possible = append(possible, snapshot)
		}
	}
	if len(possible) == 0 {
		return finding, nil
	}
	history, err := c.snapshotTasks(ctx, search)
	if err != nil {
		return finding, err
	}
	last := possible[len(possible)-1]
	switch whose := whoseSnapshot(search, history); {
	case whose == ours && len(possible) == 1:
		finding.SnapshotID = last.ID
	case whose != foreign:
		finding.Candidate = &Candidate{ID: last.ID, Name: last.NameLike(search.Name), Origin: Origin{CreatedAt: last.CreatedAt}}
		if len(history) > 0 {
			finding.Candidate.User = history[len(history)-1].user
		}
	}

	return finding, nil
}

// snapshotTasks returns the tasks that took snapshots of the VM since the request went out, from vCenter's events (TaskEvent).
func (c *Client) snapshotTasks(ctx context.Context, search SnapshotSearch) ([]snapshotTask, error) {
	var history []snapshotTask
	err := c.eventsOf(ctx, search.VMID, []string{"TaskEvent"}, func(event types.BaseEvent) {
		task, ok := event.(*types.TaskEvent)
		if !ok || event.GetEvent().CreatedTime.Before(since(search.Since)) {
			return
		}
		about := vimTask{names: namesOf(task.Info)}
		if about.runs(createSnapshotOp) || about.runs("CreateSnapshot_Task") {
			history = append(history, snapshotTask{id: task.Info.Key, user: event.GetEvent().UserName})
		}
	})

	return history, err
}

// madeAs reports whether a snapshot can be the one that is searched for.
func (c *Client) madeAs(snapshot Snapshot, search SnapshotSearch) bool {
	described := search.Description == "" || snapshot.Description == search.Description

	return snapshot.Named(search.Name) && described &&
		!snapshot.CreatedAt.Before(since(search.Since)) && !c.tasks.Own(snapshot.ID)
}
