package zstack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestIntegration_expiredSession meets a session that ended at a read and, as a failed job, at a change.
func TestIntegration_expiredSession(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	golden := server.ID("vm", "golden")
	if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
		t.Fatal(err)
	}
	server.ExpireSessions()
	if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
		t.Errorf("a read: %v", err)
	}
	server.ExpireSessions()
	handle, err := client.Clone(t.Context(), goldenSpec(server, "web"))
	if err != nil {
		t.Fatal(err)
	}
	first := handle.ID()
	if vm := finish(t, handle, nil); vm.Name != "web" || handle.ID() == first {
		t.Errorf("made %+v by job %s, after %s", vm, handle.ID(), first)
	}
	if logins := server.Requests().ByMethod["LogInByAccount"]; logins != 3 {
		t.Errorf("%d logins", logins)
	}
}

// TestIntegration_sessions logs in once for all callers and out at the end. How many reads share a call depends on the machine here;
// see TestReads_shared.
func TestIntegration_sessions(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client, err := zstack.New(accountOf(server))
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := range 15 {
		callers.Go(func() {
			found, err := client.VirtualMachinesNamed(t.Context(), fmt.Sprintf("vm-%d", i))
			if err != nil || len(found) != 1 {
				t.Errorf("vm-%d: %+v, %v", i, found, err)
			}
		})
	}
	callers.Wait()
	counts := server.Requests().ByMethod
	if len(server.Sessions()) != 1 || counts["LogInByAccount"] != 1 || counts["QueryVmInstance"] > 10 {
		t.Errorf("%d sessions, %v", len(server.Sessions()), counts)
	}
	if err := client.Close(t.Context()); err != nil || len(server.Sessions()) != 0 {
		t.Errorf("after Close: %d sessions, %v", len(server.Sessions()), err)
	}
	if _, err := client.VirtualMachinesNamed(t.Context(), "vm-1"); !apierr.Is(err, apierr.Cancelled) {
		t.Errorf("after Close: %v", err)
	}
}

func TestIntegration_credentials(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	for name, tt := range map[string]struct {
		change func(*zstack.Config)
		key    bool
		code   string
	}{
		"password":    {func(c *zstack.Config) { c.Password = "wrong" }, false, "ID.1000"},
		"secret":      {func(c *zstack.Config) { c.AccessKeySecret = "wrong" }, true, apierr.CodeAccessKeyRefused},
		"time zone":   {func(c *zstack.Config) { c.TimeZone = "Asia/Shanghai" }, true, apierr.CodeAccessKeyRefused},
		"certificate": {func(c *zstack.Config) { c.CACertificate = "" }, false, apierr.CodeUntrustedCertificate},
	} {
		config := accountOf(server)
		if tt.key {
			config = keyOf(server)
		}
		tt.change(&config)
		client := connect(t, config)
		for range 2 {
			_, err := client.VirtualMachinesNamed(t.Context(), "golden")
			failure, ok := errors.AsType[*apierr.Error](err)
			if !ok || failure.Kind != apierr.Unauthenticated || failure.Code != tt.code || failure.Object != server.Endpoint() {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if logins := server.Requests().ByMethod["LogInByAccount"]; logins != 1 {
		t.Errorf("a wrong password was sent %d times", logins)
	}
}

// TestIntegration_jobs meets what may become of a job: purged, immortal, another process's.
func TestIntegration_jobs(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, zstacksim.Options{})
	client := connect(t, accountOf(server))
	handle, err := client.Clone(t.Context(), goldenSpec(server, "web"))
	vm := finish(t, handle, err)
	resumed := client.CloneJob(handle.ID(), "web")
	if again, err := task.Wait(t.Context(), resumed); err != nil || again.UUID != vm.UUID {
		t.Errorf("resumed: %+v, %v", again, err)
	}
	other := client.CloneJob(handle.ID(), "another")
	if _, err := task.Wait(t.Context(), other); err == nil || apierr.IsAnswerLost(err) {
		t.Errorf("a name that the job did not make: %v", err)
	}
	server.PurgeJobs()
	if _, err := task.Wait(t.Context(), client.CloneJob(handle.ID(), "web")); !errors.Is(err, task.ErrUnknown) {
		t.Errorf("purged: %v", err)
	}
	server.HoldJobs("StopVmInstance")
	stop, err := client.StopVM(t.Context(), vm.UUID, zstack.StopCold)
	if err != nil {
		t.Fatal(err)
	}
	if update, err := stop.Next(t.Context()); err != nil || update.State != task.StateRunning {
		t.Fatalf("held: %+v, %v", update, err)
	}
	server.LoseJobs(false)
	bounded, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = task.Wait(bounded, stop)
	if !errors.Is(err, task.ErrUnfinished) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("immortal: %v", err)
	}
	server.ReleaseJobs()
}

// A logout that meets trouble is sent again: a session that is left behind counts against ZStack's limit for two hours.
func TestIntegration_logoutAgain(t *testing.T) {
	t.Parallel()
	faults := map[string]zstacksim.Fault{
		"dropped before":   {Drop: zstacksim.DropBefore},
		"dropped after":    {Drop: zstacksim.DropAfter},
		"gateway":          {Status: http.StatusBadGateway},
		"unavailable":      {Status: http.StatusServiceUnavailable},
		"gateway timeout":  {Status: http.StatusGatewayTimeout},
		"too many at once": {Status: http.StatusTooManyRequests},
		"refused":          {Code: "VM.1005"},
		"denied":           {Code: "ID.1002"},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, zstacksim.Options{})
			client, err := zstack.New(accountOf(server))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.VirtualMachinesNamed(t.Context(), "golden"); err != nil {
				t.Fatal(err)
			}
			fault.Method = "LogOut"
			server.Inject(fault)
			if err := client.Close(t.Context()); err != nil {
				t.Errorf("Close: %v", err)
			}
			if left := len(server.Sessions()); left > 0 || server.Struck() != 1 {
				t.Errorf("%d sessions are left after %d faults", left, server.Struck())
			}
		})
	}
}
