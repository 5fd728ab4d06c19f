package vsphere

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

const (
	cisTasksPath = "/api/cis/tasks"
	cisChunk     = 1000 // tasks that one list call may name
)

// cisTask is what vCenter tells of a REST task (cis.task.Info).
type cisTask struct {
	Status     string          `json:"status"`
	Cancelable bool            `json:"cancelable"`
	Operation  string          `json:"operation"`
	Service    string          `json:"service"`
	Target     *cisTarget      `json:"target"`
	Progress   *cisProgress    `json:"progress"`
	Result     json.RawMessage `json:"result"`
	Error      *vapiError      `json:"error"`
	StartTime  time.Time       `json:"start_time"`
	EndTime    time.Time       `json:"end_time"`
}

type cisTarget struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type cisProgress struct {
	Total     int64        `json:"total"`
	Completed int64        `json:"completed"`
	Message   *vapiMessage `json:"message"`
}

// state maps the status. BLOCKED waits for somebody and is no end; a status we do not know is none either.
func (t cisTask) state() task.State {
	switch t.Status {
	case "PENDING":
		return task.StateQueued
	case "SUCCEEDED":
		return task.StateSucceeded
	case "FAILED":
		if t.Error != nil && t.Error.normalized().ErrorType == "CANCELED" {
			return task.StateCancelled
		}

		return task.StateFailed
	default:
		return task.StateRunning
	}
}

func (t cisTask) percent() int {
	if t.Progress == nil || t.Progress.Total <= 0 {
		return -1
	}

	return int(min(100, max(0, t.Progress.Completed*100/t.Progress.Total)))
}

func (t cisTask) note() string {
	if t.Progress == nil || t.Progress.Message == nil {
		return ""
	}

	return t.Progress.Message.text()
}

// resultID returns the id that the task made, once it succeeded: a result may be there before.
func (t cisTask) resultID() string {
	var id string
	if t.state() != task.StateSucceeded || json.Unmarshal(t.Result, &id) != nil {
		return ""
	}

	return id
}

// cloneHandle is a REST clone in flight; its result is the VM's id.
type cloneHandle struct {
	client *Client
	id     string
	object string // what the clone was started on, for errors; empty for a handle made from the id alone
	pace   *poll.Pace

	mu   sync.Mutex
	last *cisTask // what Next told last
}

// CloneTask returns the handle of a clone that this or another process started. Nothing is asked until its Next.
func (c *Client) CloneTask(id string) task.Handle[string] {
	return &cloneHandle{client: c, id: id, pace: poll.NewPace(gatherTasks)}
}

// ID returns the id of the CIS task.
func (h *cloneHandle) ID() string { return h.id }

// Next blocks until the task's state, progress or note changes (POST /api/cis/tasks?action=list, shared by all tasks in
// flight). Its error is of kind NotFound when vCenter does not know the task (any more).
func (h *cloneHandle) Next(ctx context.Context) (task.Update[string], error) {
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	if last == nil || !last.state().Done() {
		info, err := h.client.tasks.next(ctx, h.id, h.pace, last)
		if err != nil {
			return task.Update[string]{}, h.nextError(ctx, err)
		}
		h.mu.Lock()
		h.last, last = &info, &info
		h.mu.Unlock()
	}

	return h.update(*last), nil
}

func (h *cloneHandle) nextError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: h.id}.Interrupted(ctx, nil)
	}

	return err
}

func (h *cloneHandle) update(info cisTask) task.Update[string] {
	update := task.Update[string]{State: info.state(), Percent: info.percent(), Note: info.note()}
	switch update.State {
	case task.StateSucceeded:
		if update.Result = info.resultID(); update.Result == "" {
			// A clone that succeeded made a VM: without its id the task is not understood, and the VM must be looked for.
			failure := h.failure(apierr.Internal, apierr.CodeMalformedAnswer)
			failure.AnswerLost = true
			update.State, update.Err = task.StateFailed, failure
		}
	case task.StateFailed, task.StateCancelled:
		failure := h.failure(apierr.Internal, "")
		if info.Error != nil {
			info.Error.fill(failure)
		}
		update.Err = failure
	case task.StateQueued, task.StateRunning:
	}

	return update
}

func (h *cloneHandle) failure(kind apierr.Kind, code string) *apierr.Error {
	return &apierr.Error{Kind: kind, Op: cloneOp, Object: h.object, Code: code, TaskID: h.id}
}

// Cancel asks vCenter to cancel the task (POST /api/cis/tasks/{task}?action=cancel). A task that is over, unknown or not to
// be cancelled is no error: what becomes of it shows in Next.
func (h *cloneHandle) Cancel(ctx context.Context) error {
	err := h.client.rest(ctx, restRequest{
		Call:   httpapi.Call{Op: "POST /api/cis/tasks/{task}?action=cancel", Object: h.id},
		method: http.MethodPost, path: cisTasksPath + "/" + h.id, query: map[string][]string{"action": {"cancel"}},
	})
	if apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.InvalidArgument, apierr.Unsupported) {
		return nil
	}

	return err
}

// listTasks asks for many tasks at once. A task that vCenter does not know is absent from the answer.
func (s *session) listTasks(ctx context.Context, ids []string) (map[string]cisTask, error) {
	found := make(map[string]cisTask, len(ids))
	err := s.rest(ctx, restRequest{
		Call:   httpapi.Call{Op: "POST " + cisTasksPath + "?action=list"},
		method: http.MethodPost, path: cisTasksPath, query: map[string][]string{"action": {"list"}},
		in: map[string]any{"filter_spec": map[string]any{"tasks": ids}}, out: &found,
	})
	if apierr.Is(err, apierr.NotFound) {
		// One unknown task may fail the call for all: halve it until the culprit is alone.
		return s.listHalves(ctx, ids)
	}

	return found, err
}

func (s *session) listHalves(ctx context.Context, ids []string) (map[string]cisTask, error) {
	if len(ids) <= 1 {
		return nil, nil //nolint:nilnil // the one task is unknown: an empty answer
	}
	found, err := s.listTasks(ctx, ids[:len(ids)/2])
	if err != nil {
		return nil, err
	}
	others, err := s.listTasks(ctx, ids[len(ids)/2:])
	if err != nil {
		return nil, err
	}
	all := make(map[string]cisTask, len(ids))
	for _, half := range []map[string]cisTask{found, others} {
		maps.Copy(all, half)
	}

	return all, nil
}

// runningClones returns the clones of a source that have not ended, whoever started them, by task id. It asks by service
// because a lost answer leaves no id to ask for.
func (s *session) runningClones(ctx context.Context, sourceID string) (map[string]cisTask, error) {
	found := make(map[string]cisTask)
	err := s.rest(ctx, restRequest{
		Call:   httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: sourceID},
		method: http.MethodPost, path: cisTasksPath, query: map[string][]string{"action": {"list"}},
		in: map[string]any{"filter_spec": map[string]any{
			"services": []string{"com.vmware.vcenter.VM"}, "status": []string{"PENDING", "RUNNING", "BLOCKED"},
		}},
		out: &found,
	})
	if err != nil {
		return nil, err
	}
	for id, info := range found {
		ours := info.Target != nil && info.Target.ID == sourceID && strings.HasPrefix(info.Operation, "clone")
		if !ours || info.state().Done() {
			delete(found, id)
		}
	}

	return found, nil
}
