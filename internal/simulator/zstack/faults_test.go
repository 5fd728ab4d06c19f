package zstack_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestFaultAtCall(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	causes := []zstacksim.FaultCause{{Code: "VM.1002", Message: "outer"}, {Code: "HOST.1001", Message: "root"}}
	wantChain := func(got failure) {
		t.Helper()
		if got.Details != "said" || got.Cause == nil || got.Cause.Code != "VM.1002" || got.Cause.Cause == nil ||
			got.Cause.Cause.Code != "HOST.1001" || got.Cause.Cause.Details != "root" || got.Cause.Cause.Cause != nil {
			t.Errorf("got %+v", got)
		}
	}
	fault := zstacksim.Fault{Code: "SYS.1006", Message: "said", Causes: causes}

	fault.Method = "QueryZone"
	server.Inject(fault)
	wantChain(c.do(http.MethodGet, "/v1/zones", nil).wantError(t, "SYS.1006"))

	fault.Method = "StopVmInstance"
	for _, where := range []zstacksim.FaultWhere{"", zstacksim.FaultAtCall, zstacksim.FaultInTask} {
		fault.Where = where
		server.Inject(fault)
		wantChain(c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)).wantError(t, "SYS.1006"))
		wantState(t, server, "golden", "Running") // neither Stopped nor left as Stopping
	}
	jobs := server.Jobs()
	if len(jobs) != 3 || jobs[2].Error != "SYS.1006" {
		t.Errorf("jobs %+v", jobs)
	}
}

func TestFaultOfStatus(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.Inject(zstacksim.Fault{Method: "StopVmInstance", Status: http.StatusBadGateway, RetryAfter: 1500 * time.Millisecond})
	got := c.do(http.MethodPut, actionsOf(t, server, "golden"), stop).wantStatus(t, http.StatusBadGateway)
	if got.header.Get("Content-Type") != "text/html" {
		t.Errorf("got %s: no proxy's page", got)
	}
	if after := got.header.Get("Retry-After"); after != "2" || server.Struck() != 1 {
		t.Errorf("after %d faults the answer says to try again after %q s", server.Struck(), after)
	}
	server.Inject(zstacksim.Fault{Method: "StopVmInstance", Status: http.StatusServiceUnavailable, Code: "SYS.1010"})
	c.do(http.MethodPut, actionsOf(t, server, "golden"), stop).wantError(t, "SYS.1010")
	if jobs := server.Jobs(); len(jobs) != 0 {
		t.Errorf("jobs %+v", jobs)
	}
	server.Inject(zstacksim.Fault{Method: zstacksim.QueryJob, Code: "SYS.1012"})
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	c.do(http.MethodGet, job, nil).wantError(t, "SYS.1012")
	c.end(job).wantStatus(t, http.StatusOK)
}

func TestFaultsInOrder(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	statuses := func(count int) string {
		var got []int
		for range count {
			got = append(got, c.do(http.MethodGet, "/v1/zones", nil).status)
		}

		return fmt.Sprint(got)
	}
	server.Inject(zstacksim.Fault{Method: "QueryZone", Status: 502, Skip: 1, Times: 2})
	server.Inject(zstacksim.Fault{Method: "QueryHost", Status: 502})
	if got := statuses(4); got != "[200 502 502 200]" {
		t.Errorf("skip 1, times 2: %s", got)
	}
	server.Inject(zstacksim.Fault{Status: 504, Times: -1})
	if got := statuses(3); got != "[504 504 504]" {
		t.Errorf("for ever, all methods: %s", got)
	}
	server.ClearFaults()
	if got := statuses(1); got != "[200]" {
		t.Errorf("after ClearFaults: %s", got)
	}
}

func TestFaultOfOneEntry(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	server.Inject(zstacksim.Fault{Method: "CloneVmInstance", Where: zstacksim.FaultInEntry, Name: "two", Code: "VM.1000", Message: "no"})
	var body struct {
		Result struct {
			NumberOfClonedVM int `json:"numberOfClonedVm"`
			Inventories      []struct {
				Error     *failure
				Inventory *struct{ Name string }
			}
		}
	}
	clone := object{"cloneVmInstance": object{"names": []string{"one", "two", "three"}}}
	c.end(c.start(http.MethodPut, actionsOf(t, server, "golden"), clone)).wantStatus(t, http.StatusOK).decode(t, &body)
	created := map[string]bool{}
	errors := []failure{}
	for _, entry := range body.Result.Inventories {
		if entry.Error != nil {
			errors = append(errors, *entry.Error)
		} else {
			created[entry.Inventory.Name] = true
		}
	}
	if body.Result.NumberOfClonedVM != 2 || !created["one"] || !created["three"] || len(created) != 2 || len(errors) != 1 ||
		errors[0].Code != "VM.1000" || errors[0].Details != "no" {
		t.Errorf("created %v, errors %+v", created, errors)
	}
	if jobs := server.Jobs(); len(jobs) != 1 || !reflect.DeepEqual(jobs[0].Made, []string{"one", "three"}) {
		t.Errorf("jobs %+v", jobs)
	}
	if _, found := server.VM("two"); found {
		t.Error("the clone that failed is there")
	}
}

func TestFaultDropsConnections(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	send := func(drop zstacksim.FaultDrop) {
		t.Helper()
		server.Inject(zstacksim.Fault{Method: "StopVmInstance", Drop: drop})
		got := c.do(http.MethodPut, actionsOf(t, server, "golden"), stop, "X-Job-UUID: "+jobUUID)
		if got.err == nil {
			t.Errorf("dropped %s: answered %s", drop, got)
		}
	}
	job := "/v1/api-jobs/" + jobUUID
	send(zstacksim.DropBefore)
	c.do(http.MethodGet, job, nil).wantStatus(t, http.StatusNotFound)
	wantState(t, server, "golden", "Running")
	send(zstacksim.DropAfter)
	c.end(job).wantStatus(t, http.StatusOK) // the job of the lost answer is found by its uuid
	wantState(t, server, "golden", "Stopped")
}

func TestLatencyAndDelay(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{Latency: 50 * time.Millisecond})
	c := logIn(t, server)
	took := func() time.Duration {
		began := time.Now()
		c.do(http.MethodGet, "/v1/zones", nil).wantStatus(t, http.StatusOK)

		return time.Since(began)
	}
	if got := took(); got < 50*time.Millisecond {
		t.Errorf("a request took %v", got)
	}
	server.Inject(zstacksim.Fault{Method: "QueryZone", Delay: 100 * time.Millisecond})
	if got := took(); got < 150*time.Millisecond {
		t.Errorf("a delayed request took %v", got)
	}
}

func TestRequestCounts(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	c.do(http.MethodGet, "/v1/zones/"+server.ID("zone", "zone-1"), nil)
	c.do(http.MethodGet, "/v1//zones?q=name=x", nil)
	c.do(http.MethodGet, "/v1/nonsense", nil)
	job := c.start(http.MethodPut, actionsOf(t, server, "golden"), stop)
	c.do(http.MethodGet, job, nil)
	c.do(http.MethodGet, "/_control/requests", nil)
	got := fmt.Sprint(server.Requests())
	want := fmt.Sprint(zstacksim.RequestCounts{Total: 6, Connections: 1, ByMethod: map[string]int{
		"LogInByAccount": 1, "QueryZone": 2, "GET /zstack/v1/nonsense": 1, "StopVmInstance": 1, "QueryApiJob": 1,
	}})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	server.ResetRequests()
	if got := server.Requests(); got.Total != 0 || len(got.ByMethod) != 0 {
		t.Errorf("after a reset: %+v", got)
	}
}
