package vsphere

import (
	"context"
	"slices"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// SecondarySearch describes a secondary whose answer or task was lost.
type SecondarySearch struct {
	PrimaryID string
	Since     time.Time // when the request began, by vCenter's clock; zero where that is not known
	User      string    // the account that sent the request, as vCenter spells it; empty where that is not known
	TaskID    string    // the task where it is known
}

// SecondaryFinding is what vCenter knows of a lost secondary. That there is neither a secondary nor a running task is no
// proof that none was created and none will be.
type SecondaryFinding struct {
	SecondaryID string // the secondary that the primary has now, where there is evidence
	// Candidate is the secondary that the primary has now, where nothing proves whose it is.
	Candidate *Candidate
	TaskIDs   []string // tasks that still create one and this process does not wait for
}

// FindSecondary looks for a secondary whose answer or task was lost: the primary's tasks are asked for first and its pair
// after them. A secondary that another user or an earlier request made is not found. The error is of kind NotFound when the primary is
// gone.
func (c *Client) FindSecondary(ctx context.Context, search SecondarySearch) (SecondaryFinding, error) {
	lost, err := c.lostTasksOf(ctx, vmRef(search.PrimaryID), lostTask{id: search.TaskID, user: search.User, since: search.Since},
		createSecondaryExOp, createSecondaryOp)
	if err != nil {
		return SecondaryFinding{}, err
	}
	finding := SecondaryFinding{TaskIDs: lost.running}
	pair, err := c.FaultTolerance(ctx, search.PrimaryID)
	if err != nil || pair.Role != RolePrimary || pair.SecondaryID == "" {
		return finding, err
	}
	history, err := c.secondaryTasks(ctx, search.PrimaryID, lost.known)
	if err != nil {
		return finding, err
	}
	switch whoseSecondary(search, pair.SecondaryID, history) {
	case ours:
		finding.SecondaryID = pair.SecondaryID
	case unproved:
		finding.Candidate = &Candidate{ID: pair.SecondaryID, Origin: makerOf(pair.SecondaryID, history)}
	case foreign:
	}

	return finding, nil
}

// SecondaryOrigin says when, and by which account, the secondary was made that a primary has now. It is empty where vCenter has forgotten that.
func (c *Client) SecondaryOrigin(ctx context.Context, primaryID, secondaryID string) (Origin, error) {
	lost, err := c.lostTasksOf(ctx, vmRef(primaryID), lostTask{}, createSecondaryExOp, createSecondaryOp)
	if err != nil {
		return Origin{}, err
	}
	history, err := c.secondaryTasks(ctx, primaryID, lost.known)

	return makerOf(secondaryID, history), err
}

// secondaryTask is a task that created a secondary of a primary, or was to.
type secondaryTask struct {
	id     string
	user   string
	queued time.Time
	made   string // its result; empty where vCenter does not tell
}

// secondaryTasks returns the tasks that created secondaries of a primary, the latest last: those that vCenter still lists, and from its
// events (TaskEvent) those that it does not.
func (c *Client) secondaryTasks(ctx context.Context, primaryID string, known []vimTask) ([]secondaryTask, error) {
	var history []secondaryTask
	for _, each := range known {
		if each.runs(createSecondaryExOp) || each.runs(createSecondaryOp) {
			made, _ := secondaryResult(each.result)
			history = append(history, secondaryTask{each.id, each.user, each.queued, made.SecondaryID})
		}
	}
	err := c.eventsOf(ctx, primaryID, []string{"TaskEvent"}, func(event types.BaseEvent) {
		task, ok := event.(*types.TaskEvent)
		if !ok || slices.ContainsFunc(history, func(other secondaryTask) bool { return other.id == task.Info.Key }) {
			return
		}
		about := vimTask{names: namesOf(task.Info)}
		if about.runs(createSecondaryExOp) || about.runs(createSecondaryOp) {
			history = append(history, secondaryTask{
				id: task.Info.Key, user: event.GetEvent().UserName, queued: event.GetEvent().CreatedTime,
			})
		}
	})
	slices.SortStableFunc(history, func(a, b secondaryTask) int { return a.queued.Compare(b.queued) })

	return history, err
}

// makerOf returns the origin of a secondary: the task that results in it, else the last one.
func makerOf(secondaryID string, history []secondaryTask) Origin {
	if len(history) == 0 {
		return Origin{}
	}
	maker := history[len(history)-1]
	if i := slices.IndexFunc(history, func(t secondaryTask) bool { return t.made == secondaryID }); i >= 0 {
		maker = history[i]
	}

	return Origin{User: maker.user, CreatedAt: maker.queued.UTC()}
}
