package vcenter_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// jsonRelease is the first release whose vim25 API speaks JSON.
const jsonRelease = "8.0.1.0"

// loginJSON returns a vim25 client of the server's own user that speaks JSON.
func loginJSON(t *testing.T, server *vcenter.Server) *govmomi.Client {
	t.Helper()
	client, err := dialJSON(t, server, server.Username(), server.Password())
	if err != nil {
		t.Fatalf("log in: %v", err)
	}

	return client
}

func dialJSON(t *testing.T, server *vcenter.Server, user, password string) (*govmomi.Client, error) {
	t.Helper()
	transport := soap.NewClient(&url.URL{Scheme: "https", Host: server.Endpoint(), Path: "/sdk"}, false)
	transport.SetThumbprint(server.Endpoint(), server.Thumbprint())
	transport.UseJSON(true)
	transport.Version = jsonRelease
	t.Cleanup(transport.DefaultTransport().CloseIdleConnections)
	vim, err := vim25.NewClient(t.Context(), transport)
	if err != nil {
		return nil, err
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}

	return client, client.Login(t.Context(), url.UserPassword(user, password))
}

func TestBlackBoxJSONSession(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	_, err := dialJSON(t, server, server.Username(), "wrong")
	wantFault(t, err, "InvalidLogin")

	client := loginJSON(t, server)
	if client.ServiceContent.About.ApiType != "VirtualCenter" {
		t.Errorf("the service content is not complete: %+v", client.ServiceContent)
	}
	active, err := client.SessionManager.UserSession(t.Context())
	if err != nil || active == nil || active.UserName != server.Username() {
		t.Errorf("got the session %+v (%v)", active, err)
	}
	for _, method := range []string{"Login", "RetrieveServiceContent", "RetrievePropertiesEx"} {
		if server.Requests().ByMethod[method] == 0 {
			t.Errorf("%s is not counted: %+v", method, server.Requests().ByMethod)
		}
	}
	server.ExpireSessions()
	_, err = methods.GetCurrentTime(t.Context(), client)
	wantFault(t, err, "NotAuthenticated")
	if err := client.Login(t.Context(), url.UserPassword(server.Username(), server.Password())); err != nil {
		t.Fatalf("log in again: %v", err)
	}
	wantAlive(t, client)
	if err := client.SessionManager.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open := server.Sessions(); len(open) != 0 {
		t.Errorf("sessions stayed open: %+v", open)
	}
}

func TestBlackBoxJSONReads(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginJSON(t, server)
	want := mustVM(t, server, "DC0_C0_RP0_VM0")
	var got mo.VirtualMachine
	vm := virtualMachine(t, server, client, want.Name)
	err := vm.Properties(t.Context(), vm.Reference(), []string{"name", "config", "runtime", "network", "layoutEx"}, &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != want.Name || got.Config.InstanceUuid != want.InstanceUUID || len(got.Network) == 0 ||
		got.Runtime.Host.Value != want.HostID || len(got.Config.Hardware.Device) == 0 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	devices := object.VirtualDeviceList(got.Config.Hardware.Device)
	if disks := devices.SelectByType((*types.VirtualDisk)(nil)); len(disks) != len(want.Disks) {
		t.Errorf("got %d disks, want %d", len(disks), len(want.Disks))
	}
	missing := object.NewVirtualMachine(client.Client, reference("VirtualMachine", "vm-99999"))
	wantFault(t, missing.Properties(t.Context(), missing.Reference(), []string{"name"}, &got), "ManagedObjectNotFound")
	_, err = missing.PowerOn(t.Context())
	wantFault(t, err, "ManagedObjectNotFound")
}

func TestBlackBoxJSONTasks(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginJSON(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	vm := virtualMachine(t, server, client, source.Name)
	folder := object.NewFolder(client.Client, reference("Folder", source.FolderID))
	clone := types.VirtualMachineCloneSpec{
		Location: types.VirtualMachineRelocateSpec{Pool: new(reference("ResourcePool", source.ResourcePoolID))},
		Config:   &types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.a", Value: "b"}}},
	}
	started, err := vm.Clone(t.Context(), folder, "by-json", clone)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	made := mustVM(t, server, "by-json")
	var read mo.VirtualMachine
	if err := vm.Properties(t.Context(), reference("VirtualMachine", made.ID), []string{"config.extraConfig"}, &read); err != nil {
		t.Fatal(err)
	}
	if value, _ := object.OptionValueList(read.Config.ExtraConfig).GetString("guestinfo.a"); value != "b" {
		t.Errorf("extraConfig of the clone: %+v", read.Config.ExtraConfig)
	}
	started, err = vm.CreateSnapshot(t.Context(), "before", "", false, false)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	started, err = vm.Clone(t.Context(), folder, "by-json", clone)
	wantFault(t, finish(t, started, err), "DuplicateName")

	server.Inject(vcenter.Fault{
		Method: "PowerOffVM_Task", Code: "InvalidState", Message: "No.", Messages: []string{"Because."}, Where: vcenter.FaultInTask,
	})
	started, err = vm.PowerOff(t.Context())
	wantFault(t, finish(t, started, err), "InvalidState")
	server.Inject(vcenter.Fault{Method: "PowerOffVM_Task", Code: "TaskInProgress", Message: "Busy."})
	_, err = vm.PowerOff(t.Context())
	wantFault(t, err, "TaskInProgress")
	server.Inject(vcenter.Fault{Method: "PowerOffVM_Task", Drop: vcenter.DropAfter})
	if _, err = vm.PowerOff(t.Context()); err == nil {
		t.Fatal("a dropped request got an answer")
	}
	eventually(t, "the dropped request had its effect", func() bool {
		return mustVM(t, server, source.Name).PowerState == "poweredOff"
	})
}

// TestBlackBoxJSONWait watches a property with a filter, as the provider watches its tasks.
func TestBlackBoxJSONWait(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginJSON(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	collector, err := property.DefaultCollector(client.Client).Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	err = property.Wait(t.Context(), collector, vm.Reference(), []string{"name"}, func(changes []types.PropertyChange) bool {
		for _, change := range changes {
			name, _ := change.Val.(string)
			seen = append(seen, name)
		}
		if len(seen) == 1 {
			_ = server.ChangeVM(vm.Reference().Value, vcenter.Change{Name: new("renamed")})
		}

		return len(seen) > 1
	})
	if err != nil || seen[len(seen)-1] != "renamed" {
		t.Errorf("saw %v (%v)", seen, err)
	}
	if err := collector.Destroy(t.Context()); err != nil {
		t.Error(err)
	}
	none := types.WaitForUpdatesEx{This: client.ServiceContent.PropertyCollector, Options: &types.WaitOptions{MaxWaitSeconds: new(int32(0))}}
	got, err := methods.WaitForUpdatesEx(t.Context(), client, &none)
	if err != nil || got.Returnval != nil {
		t.Errorf("got %+v (%v), want no update", got, err)
	}
}

func TestBlackBoxJSONPrivileges(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client, err := dialJSON(t, server, restricted, restricted)
	if err != nil {
		t.Fatal(err)
	}
	_, err = virtualMachine(t, server, client, "DC0_C0_RP0_VM0").PowerOff(t.Context())
	wantFault(t, err, "NoPermission")
}

// TestBlackBoxJSONWire reads what is on the wire, where govmomi forgives much.
func TestBlackBoxJSONWire(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	raw := anonymous(t, server)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	address := "/sdk/vim25/" + jsonRelease + "/"

	var content struct {
		TypeName string `json:"_typeName"`
		About    struct {
			APIVersion string `json:"apiVersion"`
		} `json:"about"`
	}
	raw.get(t, address+"ServiceInstance/ServiceInstance/content", &content)
	if content.TypeName != "ServiceContent" || content.About.APIVersion == "" {
		t.Errorf("content: %+v", content)
	}
	raw.wantFaultBody(t, http.MethodGet, address+"VirtualMachine/"+vm.ID+"/name", "NotAuthenticated")
	raw.wantFaultBody(t, http.MethodPost, address+"VirtualMachine/"+vm.ID+"/PowerOffVM_Task", "NotAuthenticated")

	raw.token = jsonToken(t, server, raw.http)
	var name string
	raw.get(t, address+"VirtualMachine/"+vm.ID+"/name", &name)
	if name != vm.Name {
		t.Errorf("name: %q", name)
	}
	var networks []types.ManagedObjectReference
	raw.get(t, address+"VirtualMachine/"+vm.ID+"/network", &networks)
	if len(networks) != 1 || networks[0].Value == "" {
		t.Errorf("network: %+v", networks)
	}
	raw.do(t.Context(), http.MethodGet, address+"VirtualMachine/"+vm.ID+"/snapshot", nil).wantStatus(t, http.StatusNoContent)
	raw.do(t.Context(), http.MethodGet, address+"VirtualMachine/"+vm.ID+"/nonsense", nil).wantStatus(t, http.StatusNotFound)
	raw.do(t.Context(), http.MethodPost, address+"VirtualMachine/"+vm.ID+"/Nonsense", nil).wantStatus(t, http.StatusNotFound)
	raw.do(t.Context(), http.MethodGet, "/sdk/vim25/6.7/VirtualMachine/"+vm.ID+"/name", nil).wantStatus(t, http.StatusNotFound)
	raw.wantFaultBody(t, http.MethodGet, address+"VirtualMachine/vm-99999/name", "ManagedObjectNotFound")
	rename := raw.do(t.Context(), http.MethodPost, address+"VirtualMachine/"+vm.ID+"/Rename_Task", spec{"newName": "wired"})
	var task types.ManagedObjectReference
	rename.decode(t, &task)
	if rename.Status != http.StatusOK || task.Type != "Task" {
		t.Errorf("Rename_Task: %s", rename)
	}
	eventually(t, "renamed", func() bool { _, found := server.VM("wired"); return found })
	counted := server.Requests().ByMethod["GET /sdk/vim25/{release}/VirtualMachine/{moId}/name"]
	if counted == 0 {
		t.Errorf("reads are not counted: %+v", server.Requests())
	}
}

// jsonToken logs in and returns the session's token.
func jsonToken(t *testing.T, server *vcenter.Server, client *http.Client) string {
	t.Helper()
	login := &restClient{http: client, base: "https://" + server.Endpoint()}
	header := make(chan string, 1)
	login.http = &http.Client{Transport: headerSpy{client.Transport, header}, Timeout: patience}
	body := spec{"userName": server.Username(), "password": server.Password()}
	got := login.do(context.WithoutCancel(t.Context()), http.MethodPost, "/sdk/vim25/"+jsonRelease+"/SessionManager/SessionManager/Login", body)
	got.wantStatus(t, http.StatusOK)

	return <-header
}

// headerSpy tells the session header of an answer.
type headerSpy struct {
	http.RoundTripper

	session chan<- string
}

func (s headerSpy) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := s.RoundTripper.RoundTrip(request)
	if err == nil {
		s.session <- response.Header.Get("vmware-api-session-id")
	}

	return response, err
}

// wantFaultBody asserts a fault as VI/JSON writes it.
func (c *restClient) wantFaultBody(t *testing.T, method, path, fault string) {
	t.Helper()
	got := c.do(t.Context(), method, path, nil)
	var body struct {
		TypeName    string `json:"_typeName"`
		FaultString string `json:"faultstring"`
	}
	got.decode(t, &body)
	if got.Status != http.StatusInternalServerError || body.TypeName != fault || body.FaultString == "" {
		t.Errorf("%s %s: %s, want %s", method, path, got, fault)
	}
}
