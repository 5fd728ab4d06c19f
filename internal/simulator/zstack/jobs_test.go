package zstack_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

const jobUUID = "20debd9bc9594d70b1ec81d7d31b29cc"

// actionsOf is the path of the actions on a VM.
func actionsOf(t *testing.T, server *zstacksim.Server, name string) string {
	t.Helper()
	vm, found := server.VM(name)
	if !found {
		t.Fatalf("there is no VM %s", name)
	}

	return "/v1/vm-instances/" + vm.UUID + "/actions"
}

// wantState asserts the state of a VM.
func wantState(t *testing.T, server *zstacksim.Server, name, state string) {
	t.Helper()
	if vm, _ := server.VM(name); vm.State != state {
		t.Errorf("%s is %q, want %s", name, vm.State, state)
	}
}

// theJob returns the only job of a server.
func theJob(t *testing.T, server *zstacksim.Server) zstacksim.JobInfo {
	t.Helper()
	jobs := server.Jobs()
	if len(jobs) != 1 {
		t.Fatalf("jobs %+v", jobs)
	}

	return jobs[0]
}

var (
	stop = object{"stopVmInstance": object{"type": "grace"}}
	boot = object{"startVmInstance": object{}}
)

func TestJobOfOurOwnUUID(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	actions := actionsOf(t, server, "golden")
	job := "/v1/api-jobs/" + jobUUID
	c.do(http.MethodGet, job, nil).wantText(t, http.StatusNotFound, "the job has been expired")
	got := c.start(http.MethodPut, actions, stop, "X-Job-UUID: "+jobUUID, "X-API-Timeout: 600", "X-Web-Hook: http://127.0.0.1:1/")
	if got != job {
		t.Errorf("started %s", got)
	}
	anonymous(t, server).end(job).wantStatus(t, http.StatusOK) // asking needs no session
	c.do(http.MethodGet, "//v1//api-jobs//"+jobUUID, nil).wantStatus(t, http.StatusOK)
	wantState(t, server, "golden", "Stopped")

	// The same uuid again has no effect, in any call.
	c.do(http.MethodPut, actions, boot, "X-Job-UUID: "+jobUUID).wantText(t, http.StatusBadRequest, "Duplicate job uuid["+jobUUID+"]")
	c.do(http.MethodDelete, strings.TrimSuffix(actions, "/actions"), nil, "X-Job-UUID: "+jobUUID).
		wantText(t, http.StatusBadRequest, "Duplicate job uuid["+jobUUID+"]")
	wantState(t, server, "golden", "Stopped")
	// Reads have no job, and ignore a job uuid.
	c.do(http.MethodGet, "/v1/zones", nil, "X-Job-UUID: "+jobUUID).wantStatus(t, http.StatusOK)
	info := theJob(t, server)
	want := zstacksim.JobInfo{ID: jobUUID, Method: "StopVmInstance", State: zstacksim.JobDone, ResourceUUID: info.ResourceUUID}
	if !reflect.DeepEqual(info, want) || !strings.Contains(actions, info.ResourceUUID) {
		t.Errorf("got %+v, want %+v", info, want)
	}
}

func TestJobFailsOfItsArguments(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{TaskDuration: time.Hour}) // such an error comes at once
	c := logIn(t, server)
	nobody := "/v1/vm-instances/" + strings.Repeat("0", 32) + "/actions"
	c.end(c.start(http.MethodPut, nobody, stop)).wantError(t, "SYS.1003")
	c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), object{"stopVmInstance": object{"type": 7}})).wantError(t, "SYS.1007")
	c.end(c.start(http.MethodPost, "/v1/volume-snapshots/group", object{"params": object{"resourceUuid": "mine"}})).wantError(t, "SYS.1007")
}

func TestJobRunsForItsTime(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{TaskDuration: 100 * time.Millisecond})
	c := logIn(t, server)
	began := time.Now()
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	wantState(t, server, "golden", "Stopping")
	c.end(job).wantStatus(t, http.StatusOK)
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("the job took %v", took)
	}
}

func TestJobHeldAndReleased(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.HoldJobs("StopVmInstance")
	c.end(c.start(http.MethodPut, actionsOf(t, server, "golden-stopped"), boot)).wantStatus(t, http.StatusOK) // another method
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	eventually(t, "the job is held", func() bool { return server.Jobs()[1].Held })
	c.do(http.MethodGet, job, nil).wantText(t, http.StatusAccepted, "{}")
	wantState(t, server, "golden", "Stopping")
	server.ReleaseJobs()
	c.end(job).wantStatus(t, http.StatusOK)
	wantState(t, server, "golden", "Stopped")
	c.end(c.start(http.MethodPut, actionsOf(t, server, "golden-stopped"), stop)).wantStatus(t, http.StatusOK)
}

// TestJobLost shows the jobs that a restart of the management node leaves at 202 forever.
func TestJobLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		withEffect bool
		state      string
	}{
		"with its effect": {true, "Stopped"}, "without its effect": {false, "Running"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startFront(t, zstacksim.Options{})
			c := logIn(t, server)
			server.HoldJobs("")
			job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
			eventually(t, "the job is held", func() bool { return theJob(t, server).Held })
			server.LoseJobs(test.withEffect)
			eventually(t, "golden is "+test.state, func() bool {
				vm, _ := server.VM("golden")

				return vm.State == test.state
			})
			server.ReleaseJobs() // has no effect
			c.do(http.MethodGet, job, nil).wantText(t, http.StatusAccepted, "{}")
			if info := theJob(t, server); !info.Lost || info.State != zstacksim.JobProcessing || info.Held {
				t.Errorf("got %+v", info)
			}
			// The lost job does not block other jobs.
			action := map[bool]object{true: boot, false: stop}[test.withEffect]
			c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), action)).wantStatus(t, http.StatusOK)
		})
	}
}

func TestJobPurged(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.HoldJobs("")
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop, "X-Job-UUID: "+jobUUID)
	server.PurgeJobs()
	c.do(http.MethodGet, job, nil).wantText(t, http.StatusNotFound, "the job has been expired")
	server.ReleaseJobs()
	eventually(t, "its work is done", func() bool {
		vm, _ := server.VM("golden")

		return vm.State == "Stopped"
	})
	// The uuid is free again.
	c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), boot, "X-Job-UUID: "+jobUUID)).wantStatus(t, http.StatusOK)
	jobs := server.Jobs()
	if len(jobs) != 2 || !jobs[0].Purged || jobs[1].Purged || jobs[0].ID != jobs[1].ID {
		t.Errorf("jobs %+v", jobs)
	}
}

// TestJobTimesOut checks that a job that timed out takes effect nonetheless.
func TestJobTimesOut(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.HoldJobs("")
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop, "X-API-Timeout: 1")
	c.end(job).wantError(t, "SYS.1001")
	wantState(t, server, "golden", "Stopping")
	server.ReleaseJobs()
	eventually(t, "its work is done", func() bool {
		vm, _ := server.VM("golden")

		return vm.State == "Stopped"
	})
	c.do(http.MethodGet, job, nil).wantError(t, "SYS.1001")
}

// TestJobsTimedOut times out all running jobs: finished ones keep their result.
func TestJobsTimedOut(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	ended := c.start(http.MethodPut, actionsOf(t, server, "golden-stopped"), boot)
	c.end(ended).wantStatus(t, http.StatusOK)
	server.HoldJobs("")
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	server.TimeOutJobs()
	c.end(job).wantError(t, "SYS.1001")
	c.end(ended).wantStatus(t, http.StatusOK)
	wantState(t, server, "golden", "Stopping")
	server.ReleaseJobs()
	eventually(t, "its work is done", func() bool {
		vm, _ := server.VM("golden")

		return vm.State == "Stopped"
	})
	c.do(http.MethodGet, job, nil).wantError(t, "SYS.1001")
}

func TestServerEndsWithJobs(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{TaskDuration: time.Hour})
	c := logIn(t, server)
	c.start(http.MethodPut, actionsOf(t, server, "golden"), stop, "X-API-Timeout: 600")
	server.Close()
	server.Close() // a second Close has no effect
	if got := c.do(http.MethodGet, "/v1/zones", nil); got.err == nil {
		t.Errorf("a closed server answered %s", got)
	}
}
