package states_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const (
	sessionHeader = "vmware-api-session-id"
	sdk           = "/sdk/vim25/8.0.3.0/"
	running       = "running"
)

// vsphere is a simulated vCenter, called by REST and VI/JSON.
type vsphere struct {
	*caller

	server *vcenter.Server
	tokens map[string]string // of a login, by how the paths begin that it is for
}

func newVSphere(t *testing.T) *vsphere {
	t.Helper()
	server := acctest.VSphere(t, vcenter.Options{VMs: 2})
	// The recorded requests clone the template by REST, as the simulator allowed once: here it is a VM.
	if err := server.ChangeVM(acctest.VM(t, server, "golden-template").ID, vcenter.Change{Template: new(false)}); err != nil {
		t.Fatal(err)
	}
	v := &vsphere{server: server, caller: newCaller(t, server.URL(), server.CACertificate()), tokens: map[string]string{}}
	header, _ := v.do(http.MethodPost, sdk+"SessionManager/SessionManager/Login",
		map[string]string{"userName": server.Username(), "password": server.Password()})
	v.tokens["/sdk/"] = header.Get(sessionHeader)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/api/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(server.Username(), server.Password())
	_, content := v.do(http.MethodPost, "/api/session", nil, "Authorization", request.Header.Get("Authorization"))
	var token string
	if err := json.Unmarshal(content, &token); err != nil {
		t.Fatal(err)
	}
	v.tokens["/api/"] = token
	v.settle()

	return v
}

func (v *vsphere) provider() string { return acctest.ProviderConfig(v.server) }

// headers are those of the login that a path needs.
func (v *vsphere) headers(path string) []string {
	for prefix, token := range v.tokens {
		if strings.HasPrefix(path, prefix) {
			return []string{sessionHeader, token}
		}
	}

	return nil
}

// logOut ends what newVSphere began: a test fails if a session is left.
func (v *vsphere) logOut() {
	v.t.Helper()
	v.do(http.MethodPost, sdk+"SessionManager/SessionManager/Logout", nil, v.headers(sdk)...)
	v.do(http.MethodDelete, "/api/session", nil, v.headers("/api/")...)
}

func (v *vsphere) hold()    { v.server.HoldTasks("") }
func (v *vsphere) release() { v.server.ReleaseTasks() }
func (v *vsphere) forget()  { v.server.ForgetTasks() }

// settle waits until all tasks have ended, guests have an address and pairs run. Then it moves the VMs to the first host and secondaries
// to the second, since the simulator chooses hosts at random.
func (v *vsphere) settle() {
	v.t.Helper()
	acctest.Until(v.t, "vCenter has settled", func() bool {
		for _, task := range v.server.Tasks() {
			if task.State == running {
				return false
			}
		}
		for _, vm := range v.server.VMs() {
			if vm.PowerState == "poweredOn" && (len(vm.GuestIPAddresses) == 0 || !vm.ToolsRunning) ||
				vm.FaultTolerance != nil && vm.FaultTolerance.State != running {
				return false
			}
		}

		return true
	})
	for _, task := range v.server.Tasks() {
		if task.State != "success" {
			v.t.Fatalf("a task failed: %+v", task)
		}
	}
	for _, vm := range v.server.VMs() {
		host := v.server.ID("/DC0/host/DC0_C0/DC0_C0_H0")
		if vm.FaultTolerance != nil && vm.FaultTolerance.Role == "secondary" {
			host = v.server.ID("/DC0/host/DC0_C0/DC0_C0_H1")
		}
		if vm.HostID == host || vm.Template {
			continue
		}
		if err := v.server.ChangeVM(vm.ID, vcenter.Change{HostID: &host}); err != nil {
			v.t.Fatal(err)
		}
	}
}

// task is the id of the last task.
func (v *vsphere) task() string {
	tasks := v.server.Tasks()

	return tasks[len(tasks)-1].ID
}

// startHeld starts an apply and returns when vCenter holds its task, which it does not cancel.
func (v *vsphere) startHeld(workspace *realcli.Workspace, kind resourceKind) *realcli.Command {
	v.t.Helper()
	command := acctest.StartUntilHeld(v.t, v.server, workspace, kind.method, kind.wait, "apply", "-auto-approve")
	v.server.IgnoreCancel(true)

	return command
}

// inventory names everything that a state can hold.
func (v *vsphere) inventory() map[string]string {
	v.t.Helper()
	names := map[string]string{}
	var content struct {
		About struct {
			InstanceUUID string `json:"instanceUuid"`
		} `json:"about"`
	}
	v.read(sdk+"ServiceInstance/ServiceInstance/content", &content, v.headers(sdk)...)
	names["vcenter"] = content.About.InstanceUUID
	for _, path := range []string{
		"/DC0/vm", "/DC0/host/DC0_C0", "/DC0/host/DC0_C0/Resources", "/DC0/host/DC0_C0/DC0_C0_H0", "/DC0/host/DC0_C0/DC0_C0_H1",
		"/DC0/host/DC0_C0/DC0_C0_H2", "/DC0/datastore/LocalDS_0", "/DC0/datastore/LocalDS_1", "/DC0/network/VM Network",
		"/DC0/network/DC0_DVPG0",
	} {
		names[path] = v.server.ID(path)
	}
	labels := map[string]bool{}
	for _, vm := range v.server.VMs() {
		label := "vm " + vm.Name
		if labels[label] {
			label += " secondary"
		}
		labels[label] = true
		for i := range vm.Snapshots {
			names[label+" snapshot"] = vm.Snapshots[i].ID
			names[label+" snapshot description"] = vm.Snapshots[i].Description
			names[label+" snapshot taken"] = vm.Snapshots[i].CreatedAt.UTC().Format(time.RFC3339)
		}
		var told any
		v.read("/api/vcenter/vm/"+vm.ID, &told, v.headers("/api/")...)
		flatten(label+" rest", told, names)
		vm.Snapshots, vm.CreatedAt = nil, time.Time{}
		flatten(label, asJSON(v.t, vm), names)
	}
	if len(v.server.Tasks()) > 0 {
		names["task"] = v.task()
	}

	return names
}
