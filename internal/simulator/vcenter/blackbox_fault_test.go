package vcenter_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// statusOf is the HTTP status of each vAPI error_type.
var statusOf = map[string]int{
	"ALREADY_EXISTS": 400, "ALREADY_IN_DESIRED_STATE": 400, "CANCELED": 400, "CONCURRENT_CHANGE": 409, "ERROR": 500,
	"FEATURE_IN_USE": 400, "INTERNAL_SERVER_ERROR": 500, "INVALID_ARGUMENT": 400, "INVALID_ELEMENT_CONFIGURATION": 400,
	"INVALID_ELEMENT_TYPE": 400, "INVALID_REQUEST": 400, "NOT_ALLOWED_IN_CURRENT_STATE": 400, "NOT_FOUND": 404,
	"OPERATION_NOT_FOUND": 404, "RESOURCE_BUSY": 500, "RESOURCE_IN_USE": 400, "RESOURCE_INACCESSIBLE": 500,
	"SERVICE_UNAVAILABLE": 503, "TIMED_OUT": 504, "UNABLE_TO_ALLOCATE_RESOURCE": 500, "UNAUTHENTICATED": 401,
	"UNAUTHORIZED": 403, "UNEXPECTED_INPUT": 400, "UNSUPPORTED": 400, "UNVERIFIED_PEER": 400,
}

func TestBlackBoxFaultOfEveryType(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	body := spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "faulty"}
	for code, status := range statusOf {
		server.Inject(vcenter.Fault{Method: cloneMethod, Code: code, Message: "said " + code, Status: status})
		got := rest.do(t.Context(), http.MethodPost, cloneAsyncPath, body)
		got.wantError(t, status, code)
		var said vapiError
		got.decode(t, &said)
		if said.Messages[0].DefaultMessage != "said "+code {
			t.Errorf("%s: messages %+v", code, said.Messages)
		}
		server.Inject(vcenter.Fault{
			Method: cloneMethod, Code: code, Messages: []string{"outer", "inner"}, Where: vcenter.FaultInTask,
		})
		info := rest.waitTask(t, rest.startClone(t, body))
		if info.Status != "FAILED" || info.Error.ErrorType != code || len(info.Error.Messages) != 2 ||
			info.Error.Messages[1].DefaultMessage != "inner" {
			t.Errorf("in the task: %+v", info)
		}
	}
	if _, found := server.VM("faulty"); found {
		t.Error("a clone that failed left a VM")
	}
	rest.cloneNow(t, server, body)
}

func TestBlackBoxFaultSkipAndTimes(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	list := func() int { return rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).Status }
	statuses := func(calls int) (got []int) {
		for range calls {
			got = append(got, list())
		}

		return got
	}
	server.Inject(vcenter.Fault{Method: "GET /api/vcenter/vm", Code: "SERVICE_UNAVAILABLE", Skip: 1, Times: 2})
	if got := fmt.Sprint(statuses(4)); got != "[200 503 503 200]" {
		t.Errorf("skip 1, times 2: %s", got)
	}
	server.Inject(vcenter.Fault{Method: "GET /api/vcenter/vm", Code: "SERVICE_UNAVAILABLE", Times: -1})
	if got := fmt.Sprint(statuses(3)); got != "[503 503 503]" {
		t.Errorf("for ever: %s", got)
	}
	server.ClearFaults()
	if got := list(); got != http.StatusOK {
		t.Errorf("after ClearFaults: %d", got)
	}
	server.Inject(vcenter.Fault{Method: "GET /api/vcenter/vm", Status: http.StatusBadGateway})
	if got := rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil); got.Status != http.StatusBadGateway {
		t.Errorf("a gateway's error: %s", got)
	}
	server.Inject(vcenter.Fault{Method: "GET /api/vcenter/vm/{vm}", Code: "NOT_FOUND"})
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm/"+mustVM(t, server, "DC0_C0_RP0_VM0").ID, nil).
		wantError(t, http.StatusNotFound, "NOT_FOUND")
}

func TestBlackBoxFaultSOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	const name = "DC0_C0_RP0_VM0"
	vm := virtualMachine(t, server, client, name)
	powerOff := func() error {
		started, err := vm.PowerOff(t.Context())

		return finish(t, started, err)
	}
	for _, where := range []vcenter.FaultWhere{vcenter.FaultAtCall, vcenter.FaultInTask} {
		for _, code := range []string{"TaskInProgress", "InvalidState", "HostNotConnected", "NoPermission", "RuntimeFault"} {
			server.Inject(vcenter.Fault{Method: "PowerOffVM_Task", Code: code, Message: "said " + code, Where: where})
			wantFault(t, powerOff(), code)
			if got := mustVM(t, server, name).PowerState; got != "poweredOn" {
				t.Fatalf("%s: the failed power-off left the VM %s", code, got)
			}
		}
	}
	server.Inject(vcenter.Fault{Method: "RetrievePropertiesEx", Code: "NotAuthenticated"})
	_, err := vm.PowerState(t.Context())
	wantFault(t, err, "NotAuthenticated")
	if err := powerOff(); err != nil {
		t.Error(err)
	}
}

func TestBlackBoxDroppedConnections(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	server.Inject(vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropBefore})
	if got := rest.do(t.Context(), http.MethodPost, cloneAsyncPath, spec{"source": source, "name": "before"}); got.Err == nil {
		t.Errorf("dropped before: answered %s", got)
	}
	server.Inject(vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropAfter})
	if got := rest.do(t.Context(), http.MethodPost, cloneAsyncPath, spec{"source": source, "name": "after"}); got.Err == nil {
		t.Errorf("dropped after: answered %s", got)
	}
	eventually(t, "the clone whose answer was lost is there", func() bool {
		_, found := server.VM("after")

		return found
	})
	if _, found := server.VM("before"); found {
		t.Error("the clone that never began is there")
	}

	client := loginSOAP(t, server)
	const first, second = "DC0_C0_RP0_VM1", "DC0_C0_RP0_VM2"
	server.Inject(vcenter.Fault{Method: "PowerOffVM_Task", Drop: vcenter.DropBefore})
	if _, err := virtualMachine(t, server, client, first).PowerOff(t.Context()); err == nil {
		t.Error("dropped before: answered")
	}
	server.Inject(vcenter.Fault{Method: "PowerOffVM_Task", Drop: vcenter.DropAfter})
	if _, err := virtualMachine(t, server, client, second).PowerOff(t.Context()); err == nil {
		t.Error("dropped after: answered")
	}
	eventually(t, "the power-off whose answer was lost took place", func() bool {
		return mustVM(t, server, second).PowerState == "poweredOff"
	})
	if got := mustVM(t, server, first).PowerState; got != "poweredOn" {
		t.Errorf("the power-off that never began left the VM %s", got)
	}
}

func TestBlackBoxDelayAndLatency(t *testing.T) {
	t.Parallel()
	options := quick()
	options.Latency = 60 * time.Millisecond
	server := startServer(t, options)
	rest := loginREST(t, server)
	took := func() time.Duration {
		began := time.Now()
		rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantStatus(t, http.StatusOK)

		return time.Since(began)
	}
	if got := took(); got < options.Latency {
		t.Errorf("a request took %v, want the latency of %v at least", got, options.Latency)
	}
	server.Inject(vcenter.Fault{Method: "GET /api/vcenter/vm", Delay: 200 * time.Millisecond})
	if got := took(); got < 200*time.Millisecond {
		t.Errorf("a delayed request took %v", got)
	}
}

func TestBlackBoxRequestCounts(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	client := loginSOAP(t, server)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	server.ResetRequests()
	for range 3 {
		rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm/"+vm.ID, nil).wantStatus(t, http.StatusOK)
	}
	wantAlive(t, client)
	rest.startClone(t, spec{"source": vm.ID, "name": "counted"})
	got := server.Requests()
	want := map[string]int{"GET /api/vcenter/vm/{vm}": 3, "CurrentTime": 1, cloneMethod: 1}
	if got.Total != 5 {
		t.Errorf("total %d, want 5: %v", got.Total, got.ByMethod)
	}
	for method, count := range want {
		if got.ByMethod[method] != count {
			t.Errorf("%s: %d, want %d: %v", method, got.ByMethod[method], count, got.ByMethod)
		}
	}
	server.ResetRequests()
	if got := server.Requests(); got.Total != 0 {
		t.Errorf("after a reset: %+v", got)
	}
}
