package vsphere

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// vimTask is what vCenter remembers of a vim25 task.
type vimTask struct {
	id     string
	names  []string // of its method, as the methods' list and as the task's description have them
	entity string   // the object it works on
	state  types.TaskInfoState
	result any
	user   string    // the account that asked for it; empty where vCenter does not tell
	queued time.Time // when
}

func (t vimTask) running() bool {
	return t.state == types.TaskInfoStateQueued || t.state == types.TaskInfoStateRunning
}

// runs reports whether the task is of the method: "CreateSecondaryVMEx_Task", whose description may say
// "VirtualMachine.createSecondaryEx".
func (t vimTask) runs(op string) bool {
	return slices.ContainsFunc(t.names, func(name string) bool { return strings.EqualFold(plainMethod(name), plainMethod(op)) })
}

// plainMethod is the part of a method's name that all its spellings share.
func plainMethod(name string) string {
	return strings.Replace(strings.TrimSuffix(name, "_Task"), "VM", "", 1)
}

// tasksOf returns the tasks that vCenter remembers of an object (recentTask, and TaskManager.recentTask for those that the
// object does not list yet), the one with the id in asked, and those of the method asked.elsewhere. It is one RetrievePropertiesEx.
func (c *Client) tasksOf(ctx context.Context, object types.ManagedObjectReference, asked lostTask) ([]vimTask, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	recent := func(kind string) []types.BaseSelectionSpec {
		return []types.BaseSelectionSpec{&types.TraversalSpec{Type: kind, Path: "recentTask"}}
	}
	spec := types.PropertyFilterSpec{
		PropSet:   []types.PropertySpec{{Type: "Task", PathSet: []string{"info"}}},
		ObjectSet: []types.ObjectSpec{{Obj: object, SelectSet: recent(object.Type)}},
	}
	if manager := content.TaskManager; manager != nil {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: *manager, SelectSet: recent(manager.Type)})
	}
	if asked.id != "" {
		ref := types.ManagedObjectReference{Type: "Task", Value: asked.id}
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: ref})
	}
	all, err := c.conn.Retrieve(ctx, object.Value, spec)
	if err != nil {
		return nil, err
	}
	var tasks []vimTask
	for _, p := range all {
		if p.Ref.Type != "Task" {
			continue
		}
		found := newVimTask(p)
		seen := slices.ContainsFunc(tasks, func(t vimTask) bool { return t.id == found.id })
		if !seen && (found.entity == object.Value || found.id == asked.id || asked.runsElsewhere(found)) {
			tasks = append(tasks, found)
		}
	}

	return tasks, nil
}

func newVimTask(p conn.Properties) vimTask {
	info := conn.Get[types.TaskInfo](p, "info")
	found := vimTask{id: p.Ref.Value, state: info.State, result: info.Result, queued: info.QueueTime}
	if reason, ok := info.Reason.(*types.TaskReasonUser); ok {
		found.user = reason.UserName
	}
	if info.Entity != nil {
		found.entity = info.Entity.Value
	}
	found.names = namesOf(info)

	return found
}

// namesOf returns the names of a task's method.
func namesOf(info types.TaskInfo) []string {
	_, described, _ := strings.Cut(info.DescriptionId, ".")

	return []string{info.Name, described}
}

// lostTask is the request whose answer was lost.
type lostTask struct {
	id    string // of its task, where it is known
	user  string
	since time.Time // when it went out
	// elsewhere is a method that may have carried the request out, and whose tasks vCenter does not list with the request's object; empty for
	// none.
	elsewhere string
}

// runsElsewhere reports whether a task is of the method whose tasks are of other objects.
func (l lostTask) runsElsewhere(other vimTask) bool {
	return l.elsewhere != "" && other.runs(l.elsewhere)
}

// excludes reports whether a running task is proved not to be that of the request.
func (l lostTask) excludes(other vimTask) bool {
	return differ(other.user, l.user) || !other.queued.IsZero() && other.queued.Before(since(l.since))
}

// lostTasks is what is known of the tasks of a request whose answer was lost.
type lostTasks struct {
	running []string // tasks that may be the lost one
	result  any      // of the task that was asked for by its id, once it has ended
	known   []vimTask
}

// lostTasksOf returns the tasks of a method on an object that still run and this process does not wait for, and what
// became of the task by an id where it is given.
func (c *Client) lostTasksOf(
	ctx context.Context, object types.ManagedObjectReference, asked lostTask, ops ...string,
) (lostTasks, error) {
	var lost lostTasks
	tasks, err := c.tasksOf(ctx, object, asked)
	if err != nil {
		return lost, err
	}
	lost.known = tasks
	for _, known := range tasks {
		switch {
		case known.id == asked.id && !known.running():
			if known.state == types.TaskInfoStateSuccess {
				lost.result = known.result
			}
		case known.id == asked.id:
			lost.running = append(lost.running, known.id)
		case known.running() && (slices.ContainsFunc(ops, known.runs) || asked.runsElsewhere(known)) &&
			!c.tasks.Own(known.id) && !c.tasks.Awaited(known.id) && !asked.excludes(known):
			lost.running = append(lost.running, known.id)
		}
	}
	slices.Sort(lost.running)

	return lost, nil
}
