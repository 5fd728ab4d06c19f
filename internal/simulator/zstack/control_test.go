package zstack_test

import (
	"net/http"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestControlEndpoint runs the methods of a Server over HTTP.
func TestControlEndpoint(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	control := anonymous(t, server)
	ok := func(method, path string, body any) reply {
		t.Helper()
		got := control.do(method, "/_control/"+path, body)
		if got.err != nil || got.status/100 != 2 {
			t.Fatalf("%s %s: %s", method, path, got)
		}

		return got
	}
	ok(http.MethodDelete, "requests", nil)
	ok(http.MethodPost, "faults", object{
		"method": "QueryZone", "code": "SYS.1006", "message": "said", "causes": []object{{"code": "HOST.1001", "message": "root"}},
		"times": -1, "delay": "1ms",
	})
	if got := c.do(http.MethodGet, "/v1/zones", nil).wantError(t, "SYS.1006"); got.Cause.Code != "HOST.1001" {
		t.Errorf("got %+v", got)
	}
	ok(http.MethodDelete, "faults", nil)
	c.do(http.MethodGet, "/v1/zones", nil).wantStatus(t, http.StatusOK)
	var counts zstacksim.RequestCounts
	ok(http.MethodGet, "requests", nil).decode(t, &counts)
	if counts.Total != 2 || counts.ByMethod["QueryZone"] != 2 {
		t.Errorf("counts %+v", counts)
	}

	ok(http.MethodPost, "tasks/hold", object{"method": "StopVmInstance"})
	held := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	var jobs []zstacksim.JobInfo
	eventually(t, "the job is held", func() bool {
		ok(http.MethodGet, "tasks", nil).decode(t, &jobs)

		return len(jobs) == 1 && jobs[0].Held && strings.HasSuffix(held, jobs[0].ID)
	})
	ok(http.MethodPost, "tasks/release", nil)
	c.end(held).wantStatus(t, http.StatusOK)
	ok(http.MethodPost, "tasks/hold", nil)
	lost := c.start(http.MethodPut, actionsOf(t, server, "golden"), boot)
	ok(http.MethodPost, "tasks/lose", object{"with_effect": true})
	eventually(t, "golden runs", func() bool {
		vm, _ := server.VM("golden")

		return vm.State == "Running"
	})
	c.do(http.MethodGet, lost, nil).wantStatus(t, http.StatusAccepted)
	ok(http.MethodPost, "tasks/forget", nil)
	c.do(http.MethodGet, held, nil).wantStatus(t, http.StatusNotFound)

	var sessions []zstacksim.SessionInfo
	ok(http.MethodGet, "sessions", nil).decode(t, &sessions)
	if len(sessions) != 1 || sessions[0].UUID != c.session || sessions[0].User != "admin" {
		t.Errorf("sessions %+v", sessions)
	}
	ok(http.MethodPost, "sessions/expire", nil)
	c.do(http.MethodGet, "/v1/zones", nil).wantError(t, "ID.1001")
	ok(http.MethodGet, "sessions", nil).wantText(t, http.StatusOK, "[]")
	ok(http.MethodGet, "id?type=zone&name=zone-1", nil).wantText(t, http.StatusOK, `{"id":"`+server.ID("zone", "zone-1")+`"}`)
}

func TestControlRefusals(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := anonymous(t, server)
	for _, fault := range []object{
		{"no_such_field": 1},
		{"delay": "soon"},
		{"delay": 5},
		{"where": "nowhere"},
		{"drop": "during"},
		{"where": "task"},
		{"where": "entry"},
		{"name": "one", "code": "SYS.1000"},
		{"code": "InvalidName"},
	} {
		if got := c.do(http.MethodPost, "/_control/faults", fault); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"error":`) {
			t.Errorf("fault %v: %s", fault, got)
		}
	}
	c.do(http.MethodGet, "/_control/nonsense", nil).wantStatus(t, http.StatusNotFound)
	if got := c.do(http.MethodPut, "/v1/accounts/login", loginBody(server.AccountName(), server.Password())); got.status != http.StatusOK {
		t.Errorf("a refused fault acts: %s", got)
	}
}
