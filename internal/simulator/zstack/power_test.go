package zstack_test

import (
	"net/http"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestPower changes the state of golden, reads it while the job runs, and lets the job fail once before its effect.
func TestPower(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method, key            string
		params                 object
		from, transitional, to string
		hostBefore, hostThen   bool
	}{
		{"StopVmInstance", "stopVmInstance", object{"type": "grace"}, "Running", "Stopping", "Stopped", true, false},
		{"StopVmInstance", "stopVmInstance", object{"type": "cold"}, "Paused", "Stopping", "Stopped", true, false},
		{"StopVmInstance", "stopVmInstance", nil, "Unknown", "Stopping", "Stopped", true, false},
		{"StopVmInstance", "stopVmInstance", nil, "Stopped", "Stopped", "Stopped", false, false},
		{"StartVmInstance", "startVmInstance", nil, "Stopped", "Starting", "Running", false, true},
		{"StartVmInstance", "startVmInstance", nil, "Crashed", "Starting", "Running", true, true},
		{"StartVmInstance", "startVmInstance", nil, "Running", "Running", "Running", true, true},
		{"RebootVmInstance", "rebootVmInstance", nil, "Running", "Rebooting", "Running", true, true},
		{"PauseVmInstance", "pauseVmInstance", nil, "Running", "Pausing", "Paused", true, true},
		{"ResumeVmInstance", "resumeVmInstance", nil, "Paused", "Resuming", "Running", true, true},
		{"RecoverVmInstance", "recoverVmInstance", nil, "Destroyed", "Destroyed", "Stopped", false, false},
	} {
		t.Run(test.method+" "+test.from, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{})
			uuid := inState(test.from)(b)
			host := b.get(uuid).LastHostUUID
			body := object{test.key: orEmpty(test.params)}

			b.server.HoldJobs(test.method)
			job := b.start(http.MethodPut, clonePath(uuid), body)
			b.wantState(uuid, test.transitional)
			b.server.Inject(zstacksim.Fault{Method: test.method, Where: zstacksim.FaultInTask, Code: "SYS.1006"})
			b.server.ReleaseJobs()
			b.end(job).wantError(t, "SYS.1006")
			if got := b.get(uuid); got.State != test.from || test.from != "Crashed" && (got.HostUUID != "") != test.hostBefore {
				t.Errorf("after a job without effect: %+v", got)
			}

			b.job(http.MethodPut, clonePath(uuid), body).wantStatus(t, http.StatusOK)
			got := b.get(uuid)
			if got.State != test.to || (got.HostUUID != "") != test.hostThen || got.HostUUID == "" && got.LastHostUUID == "" {
				t.Errorf("%+v", got)
			}
			if host != "" && got.HostUUID != "" && got.HostUUID != host {
				t.Errorf("it was on %s and starts on %s", host, got.HostUUID)
			}
		})
	}
}

// TestPowerAnswer reads the results of the actions.
func TestPowerAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	for _, step := range []struct{ key, state string }{
		{"pauseVmInstance", "Paused"},
		{"resumeVmInstance", "Running"},
		{"rebootVmInstance", "Running"},
		{"stopVmInstance", "Stopped"},
		{"startVmInstance", "Running"},
	} {
		var body struct{ Inventory machine }
		b.act(uuid, step.key, nil).wantStatus(t, http.StatusOK).decode(t, &body)
		if body.Inventory.UUID != uuid || body.Inventory.State != step.state {
			t.Errorf("%s: %+v", step.key, body.Inventory)
		}
	}
}

func TestStartPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := stoppedVM(b)
	host := b.id("host", "host-6")
	// A host overrides a cluster.
	b.act(uuid, "startVmInstance", object{"hostUuid": host, "clusterUuid": b.id("cluster", "cluster-1")}).wantStatus(t, http.StatusOK)
	if got := b.get(uuid); got.HostUUID != host || got.ClusterUUID != b.id("cluster", "cluster-2") {
		t.Errorf("%+v", got)
	}
	b.act(uuid, "stopVmInstance", nil).wantStatus(t, http.StatusOK)
	b.act(uuid, "startVmInstance", object{"clusterUuid": b.id("cluster", "cluster-1")}).wantStatus(t, http.StatusOK)
	if got := b.get(uuid); got.LastHostUUID != host || got.ClusterUUID != b.id("cluster", "cluster-1") {
		t.Errorf("%+v", got)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	b.act(uuid, "updateVmInstance", object{"name": long(255), "description": long(2048)}).wantStatus(t, http.StatusOK)
	if got := b.get(uuid); got.Name != long(255) || got.Description != long(2048) {
		t.Errorf("%+v", got)
	}
	b.act(uuid, "updateVmInstance", object{"description": ""}).wantStatus(t, http.StatusOK)
	if got := b.get(uuid); got.Name != long(255) || got.Description != "" {
		t.Errorf("%+v", got)
	}
	stopped := stoppedVM(b)
	b.act(stopped, "updateVmInstance", object{"cpuNum": 4, "memorySize": 8 << 30}).wantStatus(t, http.StatusOK)
	if got := b.get(stopped); got.CPUNum != 4 || got.MemorySize != 8<<30 || got.Name != "golden-stopped" {
		t.Errorf("%+v", got)
	}
}

// TestUpdateOvertaken starts a VM whose CPUs are about to change.
func TestUpdateOvertaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := stoppedVM(b)
	b.server.HoldJobs("UpdateVmInstance")
	job := b.start(http.MethodPut, clonePath(uuid), object{"updateVmInstance": object{"cpuNum": 4}})
	b.act(uuid, "startVmInstance", nil).wantStatus(t, http.StatusOK)
	b.server.ReleaseJobs()
	b.end(job).wantError(t, "SYS.1007")
}

// TestChangedMeanwhile changes a VM behind the back of a job.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(b *bench, uuid string) error
		cause  string
	}{
		{"stopped", func(b *bench, uuid string) error {
			return b.server.ChangeVM(uuid, zstacksim.Change{State: new("Stopped")})
		}, "VM.1010"},
		{"removed", func(b *bench, uuid string) error { return b.server.RemoveVM(uuid) }, "SYS.1003"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{})
			uuid := golden(b)
			b.server.HoldJobs("RebootVmInstance")
			job := b.start(http.MethodPut, clonePath(uuid), object{"rebootVmInstance": object{}})
			must(t, test.change(b, uuid))
			b.server.ReleaseJobs()
			if got := b.end(job).wantError(t, "VM.1003"); got.Cause == nil || got.Cause.Code != test.cause {
				t.Errorf("%+v", got)
			}
		})
	}
}
