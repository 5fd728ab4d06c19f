package wait

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	cisTasksPath = "/api/cis/tasks"
	listOp       = "POST " + cisTasksPath + "?action=list"
	cisChunk     = 1000 // tasks that one list call may name
)

// CISTask is what vCenter tells of a REST task (cis.task.Info).
type CISTask struct {
	Status     string          `json:"status"`
	Cancelable bool            `json:"cancelable"`
	Operation  string          `json:"operation"`
	Service    string          `json:"service"`
	Target     *CISTarget      `json:"target"`
	Progress   *CISProgress    `json:"progress"`
	Result     json.RawMessage `json:"result"`
	Error      *conn.VAPIError `json:"error"`
	User       string          `json:"user"`
	StartTime  time.Time       `json:"start_time"`
	EndTime    time.Time       `json:"end_time"`
}

// CISTarget is the object that a task works on.
type CISTarget struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// CISProgress is how far a task is.
type CISProgress struct {
	Total     int64             `json:"total"`
	Completed int64             `json:"completed"`
	Message   *conn.VAPIMessage `json:"message"`
}

// State maps the status. BLOCKED waits for an answer from outside and is no end; an unknown status is none either.
func (t CISTask) State() task.State {
	switch t.Status {
	case "PENDING":
		return task.StateQueued
	case "SUCCEEDED":
		return task.StateSucceeded
	case "FAILED":
		if t.Error != nil && t.Error.Code() == "CANCELED" {
			return task.StateCancelled
		}

		return task.StateFailed
	default:
		return task.StateRunning
	}
}

func (t CISTask) percent() int {
	if t.Progress == nil || t.Progress.Total <= 0 {
		return -1
	}

	return int(min(100, max(0, t.Progress.Completed*100/t.Progress.Total)))
}

func (t CISTask) note() string {
	if t.Progress == nil || t.Progress.Message == nil {
		return ""
	}

	return t.Progress.Message.Text()
}

// ResultID returns the id that the task made, once it succeeded: a result may be there before.
func (t CISTask) ResultID() string {
	var id string
	if t.State() != task.StateSucceeded || json.Unmarshal(t.Result, &id) != nil {
		return ""
	}

	return id
}

// cisHandle is a REST task in flight that makes an object; its result is the object's id.
type cisHandle struct {
	tasks *Tasks
	id    string
	what  httpapi.Call // the call that started the task, for errors; without an object for a handle made from the id alone
	pace  *poll.Pace

	mu   sync.Mutex
	last *CISTask // what Next told last
}

// StartedCIS returns the handle of a task that this process has just started.
func (t *Tasks) StartedCIS(id string, what httpapi.Call) task.Handle[string] {
	t.addOwn(id)

	return &cisHandle{tasks: t, id: id, what: what, pace: t.paces.Started(what.Op)}
}

// ResumeCIS returns the handle of a task that this or another process started. Nothing is asked until its Next.
func (t *Tasks) ResumeCIS(id string, what httpapi.Call) task.Handle[string] {
	return &cisHandle{tasks: t, id: id, what: what, pace: poll.NewPace(resumedLook)}
}

// ID returns the id of the CIS task.
func (h *cisHandle) ID() string { return h.id }

// Next blocks until the task's state, progress or note changes (POST /api/cis/tasks?action=list, shared by all tasks in
// flight). Its error is of kind NotFound when vCenter does not know the task (any more).
func (h *cisHandle) Next(ctx context.Context) (task.Update[string], error) {
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	if last == nil || !last.State().Done() {
		info, err := h.tasks.cis.next(ctx, h.id, h.pace, last)
		if err != nil {
			return task.Update[string]{}, awaitError(ctx, httpapi.Call{Op: listOp, Object: h.id}, err)
		}
		h.mu.Lock()
		h.last, last = &info, &info
		h.mu.Unlock()
	}

	return h.update(*last), nil
}

func (h *cisHandle) update(info CISTask) task.Update[string] {
	update := task.Update[string]{State: info.State(), Percent: info.percent(), Note: info.note()}
	switch update.State {
	case task.StateSucceeded:
		if update.Result = info.ResultID(); update.Result == "" {
			// A clone that succeeded made a VM: without its id the task is not understood, and the VM must be looked for.
			failure := h.failure(apierr.CodeMalformedAnswer)
			failure.AnswerLost = true
			update.State, update.Err = task.StateFailed, failure
		}
	case task.StateFailed, task.StateCancelled:
		failure := h.failure("")
		if info.Error != nil {
			info.Error.Fill(failure)
		}
		update.Err = failure
	case task.StateQueued, task.StateRunning:
	}

	return update
}

func (h *cisHandle) failure(code string) *apierr.Error {
	failure := h.what.Error(apierr.Internal, code)
	failure.TaskID = h.id

	return failure
}

// Cancel asks vCenter to cancel the task (POST /api/cis/tasks/{task}?action=cancel). A task that is over, unknown or not to
// be cancelled is no error: what becomes of it shows in Next.
func (h *cisHandle) Cancel(ctx context.Context) error {
	err := h.tasks.conn.REST(ctx, conn.Request{
		Call:   httpapi.Call{Op: "POST /api/cis/tasks/{task}?action=cancel", Object: h.id},
		Method: http.MethodPost, Path: cisTasksPath + "/" + h.id, Query: url.Values{"action": {"cancel"}},
	})
	if apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.InvalidArgument, apierr.Unsupported) {
		return nil
	}

	return err
}
