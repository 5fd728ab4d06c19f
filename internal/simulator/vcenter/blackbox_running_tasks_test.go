package vcenter_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxRunningTasks holds clones of two users: each user's own are counted, and the most stays when they have ended,
// failed or been cancelled.
func TestBlackBoxRunningTasks(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	server.AddUser("ci", "secret", clonePrivileges...)
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	admin, ci := loginREST(t, server), loginRESTAs(t, server, "ci", "secret")
	counts := func() map[string]vcenter.TaskCount {
		t.Helper()
		var told map[string]vcenter.TaskCount
		admin.get(t, "/_control/tasks/crowds", &told)
		if got := server.RunningTaskCounts(); !maps.Equal(told, got) {
			t.Errorf("the control endpoint told %v, the server %v", told, got)
		}

		return told
	}
	want := func(when string, want map[string]vcenter.TaskCount) {
		t.Helper()
		if got := counts(); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	want("before the first task", map[string]vcenter.TaskCount{})

	server.HoldTasks(cloneMethod)
	var tasks []string
	for i := range 3 {
		tasks = append(tasks, ci.startClone(t, spec{"source": source, "name": fmt.Sprintf("ci-%d", i)}))
	}
	tasks = append(tasks, admin.startClone(t, spec{"source": source, "name": "admin"}))
	want("while all are held", map[string]vcenter.TaskCount{"ci": {Running: 3, Most: 3}, server.Username(): {Running: 1, Most: 1}})

	ci.do(t.Context(), http.MethodPost, "/api/cis/tasks/"+tasks[0]+"?action=cancel", nil).wantStatus(t, http.StatusNoContent)
	admin.waitTask(t, tasks[0])
	want("after one was cancelled", map[string]vcenter.TaskCount{"ci": {Running: 2, Most: 3}, server.Username(): {Running: 1, Most: 1}})

	server.Inject(vcenter.Fault{Method: cloneMethod, Where: vcenter.FaultInTask, Code: "RESOURCE_BUSY"})
	server.ReleaseTasks()
	for _, id := range tasks {
		admin.waitTask(t, id)
	}
	want("at the end", map[string]vcenter.TaskCount{"ci": {Most: 3}, server.Username(): {Most: 1}})

	// Fewer at a time change nothing.
	ci.cloneNow(t, server, spec{"source": source, "name": "one more"})
	want("after one more", map[string]vcenter.TaskCount{"ci": {Most: 3}, server.Username(): {Most: 1}})
}
