package vcenter_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func (c *restClient) raw(t *testing.T, method, path, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("vmware-api-session-id", c.token)
	request.Header.Set("Content-Type", "application/json")

	return c.send(request)
}

func TestBlackBoxMalformedRequests(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	before := len(server.VMs())
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		errorType          string
	}{
		"no body":          {"POST", clonePath, "", 400, "INVALID_ARGUMENT"},
		"no JSON":          {"POST", clonePath, "{", 400, "INVALID_ARGUMENT"},
		"a list":           {"POST", clonePath, "[]", 400, "INVALID_ARGUMENT"},
		"null":             {"POST", clonePath, "null", 400, "INVALID_ARGUMENT"},
		"wrong type":       {"POST", clonePath, `{"source":1,"name":"x"}`, 400, "INVALID_ARGUMENT"},
		"wrong disks":      {"POST", clonePath, `{"source":"vm-1","name":"x","disks_to_remove":{"2000":{}}}`, 400, "INVALID_ARGUMENT"},
		"unknown field":    {"POST", clonePath, `{"source":"vm-1","name":"x","datastore":"y"}`, 400, "UNEXPECTED_INPUT"},
		"unknown filter":   {"GET", "/api/vcenter/vm?filter.names=x", "", 400, "UNEXPECTED_INPUT"},
		"unknown path":     {"GET", "/api/vcenter/no-such", "", 404, "OPERATION_NOT_FOUND"},
		"unknown action":   {"POST", "/api/vcenter/vm?action=duplicate", "{}", 404, "OPERATION_NOT_FOUND"},
		"unknown method":   {"PATCH", "/api/vcenter/vm", "{}", 404, "OPERATION_NOT_FOUND"},
		"no such VM":       {"DELETE", "/api/vcenter/vm/group-v3", "", 404, "NOT_FOUND"},
		"no such task":     {"GET", "/api/cis/tasks/task-1", "", 404, "NOT_FOUND"},
		"list of no tasks": {"POST", "/api/cis/tasks?action=list", `{"filter_spec":{"tasks":[]}}`, 400, "INVALID_ARGUMENT"},
	} {
		rest.raw(t, test.method, test.path, test.body).wantError(t, test.status, test.errorType)
		t.Logf("%s: as specified", name)
	}
	if after := len(server.VMs()); after != before {
		t.Errorf("%d VMs, %d before", after, before)
	}
}

func TestBlackBoxCloneHostOutOfReach(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	host := mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H1")
	body := spec{
		"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "on-host", "placement": spec{"host": host},
	}
	for name, change := range map[string]func() error{
		"disconnected": func() error { return server.ChangeHost(host, nil, new(false)) },
		"maintenance":  func() error { return server.ChangeHost(host, new(true), new(true)) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		got := rest.do(t.Context(), http.MethodPost, clonePath, body)
		if got.Status < http.StatusBadRequest {
			t.Errorf("%s: the clone went to a host that cannot take it: %s", name, got)
		}
	}
	if err := server.ChangeHost(host, new(false), new(false)); err != nil {
		t.Fatal(err)
	}
	rest.do(t.Context(), http.MethodPost, clonePath, body).
		wantError(t, http.StatusInternalServerError, "RESOURCE_INACCESSIBLE")
	if err := server.ChangeHost(host, new(false), new(true)); err != nil {
		t.Fatal(err)
	}
	if clone := rest.cloneNow(t, server, body); clone.HostID != host {
		t.Errorf("the clone is on %s, want %s", clone.HostID, host)
	}
}

func TestBlackBoxCloneInaccessibleSource(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	if err := server.ChangeVM(source.ID, vcenter.Change{ConnectionState: new("inaccessible")}); err != nil {
		t.Fatal(err)
	}
	rest.do(t.Context(), http.MethodPost, clonePath, spec{"source": source.ID, "name": "x"}).
		wantError(t, http.StatusInternalServerError, "RESOURCE_INACCESSIBLE")
}

func TestBlackBoxCloneOfTemplateNeedsAPool(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	template := virtualMachine(t, server, client, "golden-template")
	folder := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/vm")))
	clone := func(name string, spec types.VirtualMachineCloneSpec) error {
		started, err := template.Clone(t.Context(), folder, name, spec)

		return finish(t, started, err)
	}
	wantFault(t, clone("nowhere", types.VirtualMachineCloneSpec{}), "InvalidArgument")
	if err := clone("template-2", types.VirtualMachineCloneSpec{Template: true}); err != nil {
		t.Errorf("a template of a template: %v", err)
	}
	if copied := mustVM(t, server, "template-2"); !copied.Template || copied.ResourcePoolID != "" {
		t.Errorf("the copied template: %+v", copied)
	}

	pool := reference("ResourcePool", mustID(t, server, "/DC0/host/DC0_C1/Resources"))
	if err := clone("somewhere", types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool}}); err != nil {
		t.Errorf("a VM of a template: %v", err)
	}
	if placed := mustVM(t, server, "somewhere"); placed.ClusterID != mustID(t, server, "/DC0/host/DC0_C1") || placed.Template {
		t.Errorf("the clone: %+v", placed)
	}
}

// A source or a folder that is deleted while its clone runs fails the task, and nothing else.
func TestBlackBoxSourceGoesAwayMeanwhile(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "of-nothing")
	if err := server.DestroyVM(mustVM(t, server, "DC0_C0_RP0_VM0").ID); err != nil {
		t.Fatal(err)
	}
	server.ReleaseTasks()
	info := rest.waitTask(t, id)
	if info.Status != "FAILED" || info.Error.ErrorType != "NOT_FOUND" {
		t.Errorf("the clone of a VM that is gone: %+v", info)
	}
	if _, found := server.VM("of-nothing"); found {
		t.Error("it left a VM")
	}
}

func TestBlackBoxVMGoesAwayDuringItsTask(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	server.HoldTasks("PowerOffVM_Task")
	started, err := vm.PowerOff(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.DestroyVM(vm.Reference().Value); err != nil {
		t.Fatal(err)
	}
	server.ReleaseTasks()
	wantFault(t, started.Wait(t.Context()), "ManagedObjectNotFound")
	wantAlive(t, client)
}

func TestBlackBoxNameTakenMeanwhile(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "contested")
	client := loginSOAP(t, server)
	if err := rename(t, virtualMachine(t, server, client, "DC0_C0_RP0_VM1"), "contested"); err != nil {
		t.Fatal(err)
	}
	server.ReleaseTasks()
	info := rest.waitTask(t, id)
	if info.Status != "FAILED" || info.Error.ErrorType != "ALREADY_EXISTS" {
		t.Errorf("the clone whose name was taken meanwhile: %+v", info)
	}
}
