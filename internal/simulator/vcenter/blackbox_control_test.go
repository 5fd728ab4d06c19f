package vcenter_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The control endpoint does over HTTP what the methods of a Server do in process.

func TestBlackBoxControlFaultsAndRequests(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	ok := func(method, path string, body any) reply {
		got := rest.do(t.Context(), method, path, body)
		if got.Err != nil || got.Status/100 != 2 {
			t.Fatalf("%s %s: %s", method, path, got)
		}

		return got
	}
	ok(http.MethodDelete, "/_control/requests", nil)
	ok(http.MethodPost, "/_control/faults", spec{
		"method": "GET /api/vcenter/vm", "code": "RESOURCE_BUSY", "message": "try again", "times": -1,
	})
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).
		wantError(t, http.StatusInternalServerError, "RESOURCE_BUSY")
	ok(http.MethodDelete, "/_control/faults", nil)
	ok(http.MethodGet, "/api/vcenter/vm", nil)
	var counts struct {
		Total    int            `json:"total"`
		ByMethod map[string]int `json:"by_method"`
	}
	ok(http.MethodGet, "/_control/requests", nil).decode(t, &counts)
	if counts.Total != 2 || counts.ByMethod["GET /api/vcenter/vm"] != 2 {
		t.Errorf("counts %+v: want 2, without those to the control endpoint", counts)
	}
	for _, fault := range []spec{{"method": "PowerOnVM_Task", "code": "NoSuchFault"}, {"no_such_field": 1}, {"delay": "x"}} {
		if got := rest.do(t.Context(), http.MethodPost, "/_control/faults", fault); got.Status != http.StatusBadRequest {
			t.Errorf("fault %v: %s, want a refusal", fault, got)
		}
	}
	// More than once, as Go's client sends a lost GET again.
	ok(http.MethodPost, "/_control/faults", spec{"method": "GET /api/vcenter/vm", "drop": "before", "times": -1})
	if got := rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil); got.Err == nil {
		t.Errorf("a dropped connection answered %s", got)
	}
}

func TestBlackBoxControlTasksAndVMs(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	ok := func(method, path string, body any) reply {
		got := rest.do(t.Context(), method, path, body)
		if got.Err != nil || got.Status/100 != 2 {
			t.Fatalf("%s %s: %s", method, path, got)
		}

		return got
	}
	ok(http.MethodPost, "/_control/tasks/hold", spec{"method": cloneMethod})
	ok(http.MethodPost, "/_control/tasks/ignore-cancel", spec{"ignore": true})
	id := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "controlled"})
	eventually(t, "the held task is in the list", func() bool {
		return bytes.Contains(ok(http.MethodGet, "/_control/tasks", nil).Body, []byte(id))
	})
	ok(http.MethodPost, "/_control/tasks/release", nil)
	if info := rest.waitTask(t, id); info.Status != "SUCCEEDED" {
		t.Fatalf("the task: %+v", info)
	}
	ok(http.MethodPost, "/_control/tasks/forget", nil)
	rest.do(t.Context(), http.MethodGet, "/api/cis/tasks/"+id, nil).wantError(t, http.StatusNotFound, "NOT_FOUND")

	vm := mustVM(t, server, "controlled")
	ok(http.MethodPost, "/_control/vms/"+vm.ID, spec{"name": "changed/by hand", "power_state": "poweredOn"})
	if got := mustVM(t, server, "changed/by hand"); got.ID != vm.ID || got.PowerState != "poweredOn" {
		t.Errorf("after the change: %+v", got)
	}
	var listed []vcenter.VM
	ok(http.MethodGet, "/_control/vms", nil).decode(t, &listed)
	if len(listed) != len(server.VMs()) {
		t.Errorf("%d VMs listed, %d in the inventory", len(listed), len(server.VMs()))
	}
	ok(http.MethodDelete, "/_control/vms/"+vm.ID, nil)
	if _, found := server.VM("changed/by hand"); found {
		t.Error("the VM is still there")
	}
	ok(http.MethodPost, "/_control/datastores/"+mustID(t, server, "/DC0/datastore/LocalDS_1"), spec{"accessible": false})
	ok(http.MethodGet, "/_control/sessions", nil)
	ok(http.MethodPost, "/_control/sessions/expire", nil)
	if none := ok(http.MethodGet, "/_control/sessions", nil); string(bytes.TrimSpace(none.Body)) != "[]" {
		t.Errorf("without sessions: %s, want an empty list", none)
	}
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
	for path, status := range map[string]int{
		"/_control/vms/vm-99999":               http.StatusBadRequest,
		"/_control/datastores/datastore-99999": http.StatusBadRequest,
		"/_control/no-such":                    http.StatusNotFound,
	} {
		if got := rest.do(t.Context(), http.MethodPost, path, spec{}); got.Status != status {
			t.Errorf("POST %s: %s, want %d", path, got, status)
		}
	}
}

func TestBlackBoxServersOwnControl(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	if err := server.ChangeVM("vm-99999", vcenter.Change{Name: new("x")}); err == nil {
		t.Error("a VM that is not there was changed")
	}
	if err := server.DestroyVM("vm-99999"); err == nil {
		t.Error("a VM that is not there was destroyed")
	}
	if err := server.ChangeDatastore("datastore-99999", new(true), nil); err == nil {
		t.Error("a datastore that is not there was changed")
	}
	if _, found := server.VM("no-such"); found {
		t.Error("VM finds what is not there")
	}
	server.Close()
	server.Close() // twice is harmless
	if got := anonymous(t, server).do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil); got.Err == nil {
		t.Errorf("a closed server answered %s", got)
	}
}
