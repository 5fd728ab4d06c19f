package vcenter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// taskInfo is a task as /api/cis/tasks shows it.
type taskInfo struct {
	Status     string          `json:"status"`
	Service    string          `json:"service"`
	Operation  string          `json:"operation"`
	Cancelable bool            `json:"cancelable"`
	Result     json.RawMessage `json:"result"`
	Error      vapiError       `json:"error"`
	StartTime  string          `json:"start_time"`
	EndTime    string          `json:"end_time"`
	User       string          `json:"user"`
	Progress   struct {
		Total     int `json:"total"`
		Completed int `json:"completed"`
	} `json:"progress"`
}

func (i taskInfo) done() bool { return i.Status == "SUCCEEDED" || i.Status == "FAILED" }

func (c *restClient) task(t *testing.T, id string) taskInfo {
	t.Helper()
	var info taskInfo
	c.get(t, "/api/cis/tasks/"+id, &info)

	return info
}

func (c *restClient) waitTask(t *testing.T, id string) taskInfo {
	t.Helper()
	info, err := c.waitTaskAsync(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}

	return info
}

// waitTaskAsync is waitTask for goroutines, which must not end a test.
func (c *restClient) waitTaskAsync(ctx context.Context, id string) (taskInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		got := c.do(ctx, http.MethodGet, "/api/cis/tasks/"+id, nil)
		if got.Status != http.StatusOK {
			return taskInfo{}, fmt.Errorf("task %s: %s", id, got)
		}
		var info taskInfo
		if err := json.Unmarshal(got.Body, &info); err != nil || info.done() {
			return info, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return taskInfo{}, ctx.Err()
		}
	}
}

// held starts a server with one clone of the given name that is held at 60 %.
func held(t *testing.T, name string) (*vcenter.Server, *restClient, string) {
	t.Helper()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	server.HoldTasks(cloneMethod)
	id := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": name})
	eventually(t, "the task is held at 60 %", func() bool {
		info := rest.task(t, id)

		return info.Status == "BLOCKED" && info.Progress.Total == 100 && info.Progress.Completed == 60
	})

	return server, rest, id
}

func TestBlackBoxTaskHeldAndReleased(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "held")
	info := rest.task(t, id)
	if !info.Cancelable || info.Service == "" || info.Operation == "" || info.StartTime == "" || info.EndTime != "" ||
		info.User == "" {
		t.Errorf("a running task: %+v", info)
	}
	if !slices.ContainsFunc(server.Tasks(), func(task vcenter.TaskInfo) bool { return task.ID == id && task.Percent == 60 }) {
		t.Errorf("Tasks() does not show it: %+v", server.Tasks())
	}
	server.ReleaseTasks()
	info = rest.waitTask(t, id)
	var result string
	if err := json.Unmarshal(info.Result, &result); err != nil || info.Status != "SUCCEEDED" {
		t.Fatalf("%+v: %v", info, err)
	}
	if result != mustVM(t, server, "held").ID || info.EndTime == "" || info.Cancelable {
		t.Errorf("result %s, info %+v", result, info)
	}
}

func TestBlackBoxTaskStates(t *testing.T) {
	t.Parallel()
	options := quick()
	options.TaskDuration = 2 * time.Second
	server := startServer(t, options)
	rest := loginREST(t, server)
	id := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "states"})
	if info := rest.task(t, id); info.Status != "PENDING" || info.Progress.Completed != 0 {
		t.Errorf("a task at its start: %+v", info)
	}
	eventually(t, "the task runs", func() bool {
		info := rest.task(t, id)

		return info.Status == "RUNNING" && info.Progress.Completed > 0
	})
	if info := rest.waitTask(t, id); info.Status != "SUCCEEDED" {
		t.Errorf("a task at its end: %+v", info)
	}
}

func TestBlackBoxTaskCancelLeavesNoVM(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "cancelled")
	before := vmNames(server)
	rest.do(t.Context(), http.MethodPost, "/api/cis/tasks/"+id+"?action=cancel", nil).wantStatus(t, http.StatusNoContent)
	info := rest.waitTask(t, id)
	if info.Status != "FAILED" || info.Error.ErrorType != "CANCELED" {
		t.Errorf("a cancelled task: %+v", info)
	}
	server.ReleaseTasks()
	if _, found := server.VM("cancelled"); found {
		t.Errorf("the cancelled clone left a VM; before %v", before)
	}
	// The name and everything else that the clone held is free again.
	rest.cloneNow(t, server, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "cancelled"})
}

func TestBlackBoxTaskIgnoresCancel(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "stubborn")
	server.IgnoreCancel(true)
	rest.do(t.Context(), http.MethodPost, "/api/cis/tasks/"+id+"?action=cancel", nil).wantStatus(t, http.StatusNoContent)
	if info := rest.task(t, id); info.Status != "BLOCKED" {
		t.Fatalf("the task did not go on: %+v", info)
	}
	server.ReleaseTasks()
	if info := rest.waitTask(t, id); info.Status != "SUCCEEDED" {
		t.Errorf("ended %+v", info)
	}
	mustVM(t, server, "stubborn")
}

func TestBlackBoxTaskForgotten(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "forgotten")
	server.ForgetTasks()
	rest.do(t.Context(), http.MethodGet, "/api/cis/tasks/"+id, nil).wantError(t, http.StatusNotFound, "NOT_FOUND")
	got := rest.do(t.Context(), http.MethodPost, "/api/cis/tasks?action=list", spec{"filter_spec": spec{"tasks": []string{id}}})
	if got.Status == http.StatusOK && string(got.Body) != "{}" && string(got.Body) != "{}\n" {
		t.Errorf("the list still knows the forgotten task: %s", got)
	}
	server.ReleaseTasks()
	eventually(t, "the work goes on unseen", func() bool {
		_, found := server.VM("forgotten")

		return found
	})
}

func TestBlackBoxTaskList(t *testing.T) {
	t.Parallel()
	server, rest, first := held(t, "first")
	second := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM1").ID, "name": "second"})
	third := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM1").ID, "name": "third"})

	list := func(body any) map[string]taskInfo {
		var infos map[string]taskInfo
		got := rest.do(t.Context(), http.MethodPost, "/api/cis/tasks?action=list", body)
		got.wantStatus(t, http.StatusOK)
		got.decode(t, &infos)

		return infos
	}
	infos := list(spec{"filter_spec": spec{"tasks": []string{first, second}}})
	if len(infos) != 2 || infos[first].Status != "BLOCKED" || infos[second].Status == "" {
		t.Errorf("listed %+v, want two tasks", infos)
	}
	infos = list(spec{"filter_spec": spec{"services": []string{rest.task(t, first).Service}, "status": []string{"RUNNING", "PENDING", "BLOCKED"}}})
	if len(infos) != 3 {
		t.Errorf("by service: %+v, want three", infos)
	}
	server.ReleaseTasks()
	for _, id := range []string{first, second, third} {
		rest.waitTask(t, id)
	}
	infos = list(spec{"filter_spec": spec{"tasks": []string{first, second, third}}})
	for id, info := range infos {
		if info.Status != "SUCCEEDED" || len(info.Result) == 0 {
			t.Errorf("task %s in the list: %+v", id, info)
		}
	}
	for _, body := range []any{nil, spec{}, spec{"filter_spec": spec{}}} {
		rest.do(t.Context(), http.MethodPost, "/api/cis/tasks?action=list", body).
			wantError(t, http.StatusBadRequest, "INVALID_ARGUMENT")
	}
	rest.do(t.Context(), http.MethodPost, "/api/cis/tasks/no-such?action=cancel", nil).
		wantError(t, http.StatusNotFound, "NOT_FOUND")
}

func TestBlackBoxTaskProgress(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 1, TaskDuration: 400 * time.Millisecond})
	rest := loginREST(t, server)
	began := time.Now()
	id := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "slow"})
	last, between := 0, 0
	eventually(t, "the task ends", func() bool {
		info := rest.task(t, id)
		if info.Progress.Completed < last {
			t.Errorf("progress went back from %d to %d", last, info.Progress.Completed)
		}
		if last = info.Progress.Completed; last > 0 && last < 100 {
			between++
		}

		return info.done()
	})
	if between == 0 {
		t.Error("the task was never seen between 0 and 100 %")
	}
	if took := time.Since(began); took < 350*time.Millisecond {
		t.Errorf("the task took %v, want its 400ms", took)
	}
}
