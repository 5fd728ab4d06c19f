package vcenter_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestBlackBoxPowerREST(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	power := "/api/vcenter/vm/" + vm.ID + "/power"
	state := func() string {
		var got struct {
			State string `json:"state"`
		}
		rest.get(t, power, &got)

		return got.State
	}
	if got := state(); got != "POWERED_ON" {
		t.Fatalf("state %s", got)
	}
	rest.do(t.Context(), http.MethodPost, power+"?action=start", nil).
		wantError(t, http.StatusBadRequest, "ALREADY_IN_DESIRED_STATE")
	rest.do(t.Context(), http.MethodPost, power+"?action=stop", nil).wantStatus(t, http.StatusNoContent)
	if got := state(); got != "POWERED_OFF" || mustVM(t, server, vm.Name).PowerState != "poweredOff" {
		t.Errorf("after stop: %s", got)
	}
	rest.do(t.Context(), http.MethodPost, power+"?action=stop", nil).
		wantError(t, http.StatusBadRequest, "ALREADY_IN_DESIRED_STATE")
	rest.do(t.Context(), http.MethodPost, power+"?action=start", nil).wantStatus(t, http.StatusNoContent)
	if got := mustVM(t, server, vm.Name).PowerState; got != "poweredOn" {
		t.Errorf("after start: %s", got)
	}
	for _, action := range []string{"start", "stop"} {
		rest.do(t.Context(), http.MethodPost, "/api/vcenter/vm/vm-99999/power?action="+action, nil).
			wantError(t, http.StatusNotFound, "NOT_FOUND")
	}
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm/vm-99999/power", nil).
		wantError(t, http.StatusNotFound, "NOT_FOUND")
}

func TestBlackBoxPowerSOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	powerOn := func(vm *object.VirtualMachine) error {
		started, err := vm.PowerOn(t.Context())

		return finish(t, started, err)
	}
	powerOff := func() error {
		started, err := vm.PowerOff(t.Context())

		return finish(t, started, err)
	}
	wantFault(t, powerOn(vm), "InvalidPowerState")
	if err := powerOff(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, powerOff(), "InvalidPowerState")
	if err := powerOn(vm); err != nil {
		t.Fatal(err)
	}
	gone := object.NewVirtualMachine(client.Client, reference("VirtualMachine", "vm-99999"))
	wantFault(t, powerOn(gone), "ManagedObjectNotFound")
	if err := powerOn(virtualMachine(t, server, client, "golden-template")); err == nil {
		t.Error("a template was powered on")
	}
}

func TestBlackBoxDelete(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	path := "/api/vcenter/vm/" + vm.ID

	rest.do(t.Context(), http.MethodDelete, path, nil).
		wantError(t, http.StatusBadRequest, "NOT_ALLOWED_IN_CURRENT_STATE")
	mustVM(t, server, vm.Name)
	setPower(t, server, vm.Name, "poweredOff")
	rest.do(t.Context(), http.MethodDelete, path, nil).wantStatus(t, http.StatusNoContent)
	if _, found := server.VM(vm.Name); found {
		t.Error("the VM is still there")
	}
	rest.do(t.Context(), http.MethodDelete, path, nil).wantError(t, http.StatusNotFound, "NOT_FOUND")
	// The name is free again.
	rest.cloneNow(t, server, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM1").ID, "name": vm.Name})
}

func TestBlackBoxDestroySOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	destroy := func() error {
		started, err := vm.Destroy(t.Context())

		return finish(t, started, err)
	}
	wantFault(t, destroy(), "InvalidPowerState")
	setPower(t, server, "DC0_C0_RP0_VM0", "poweredOff")
	if err := destroy(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, destroy(), "ManagedObjectNotFound")
}

func TestBlackBoxGuestShutdown(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	const name = "DC0_C0_RP0_VM0"
	vm := virtualMachine(t, server, client, name)
	id := mustVM(t, server, name).ID

	if err := server.ChangeVM(id, vcenter.Change{ToolsRunning: new(false)}); err != nil {
		t.Fatal(err)
	}
	wantFault(t, vm.ShutdownGuest(t.Context()), "ToolsUnavailable")
	if got := mustVM(t, server, name).PowerState; got != "poweredOn" {
		t.Errorf("without tools the VM is %s", got)
	}
	if err := server.ChangeVM(id, vcenter.Change{ToolsRunning: new(true)}); err != nil {
		t.Fatal(err)
	}
	var read mo.VirtualMachine
	if err := vm.Properties(t.Context(), vm.Reference(), []string{"guest.toolsRunningStatus"}, &read); err != nil {
		t.Fatal(err)
	}
	if read.Guest == nil || read.Guest.ToolsRunningStatus != "guestToolsRunning" {
		t.Errorf("guest.toolsRunningStatus: %+v", read.Guest)
	}
	if err := vm.ShutdownGuest(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the guest has shut down", func() bool { return mustVM(t, server, name).PowerState == "poweredOff" })
	wantFault(t, vm.ShutdownGuest(t.Context()), "InvalidPowerState")
}

func TestBlackBoxGuestAddresses(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	const name = "DC0_C0_RP0_VM0"
	want := "192.0.2.17"
	if err := server.ChangeVM(mustVM(t, server, name).ID, vcenter.Change{GuestIPAddresses: &[]string{want}}); err != nil {
		t.Fatal(err)
	}
	var read mo.VirtualMachine
	vm := virtualMachine(t, server, client, name)
	if err := vm.Properties(t.Context(), vm.Reference(), []string{"guest"}, &read); err != nil {
		t.Fatal(err)
	}
	if read.Guest.IpAddress != want || len(read.Guest.Net) == 0 || read.Guest.Net[0].IpAddress[0] != want {
		t.Errorf("guest: ipAddress %q, net %+v; want %s", read.Guest.IpAddress, read.Guest.Net, want)
	}
}

// literalNames are names as a person writes them, with what vim25 makes of them.
var literalNames = map[string]string{
	"percent":   "100%",
	"slash":     "team/web",
	"backslash": `dom\web`,
	"escape":    "looks%2flike",
	"unicode":   "größe-日本-🦊",
	"spaces":    "two words",
	"amp":       `<a&b="c">`,
}

// escaped spells a literal name as vim25 does.
func escaped(name string) string {
	result := ""
	for _, r := range name {
		switch r {
		case '%':
			result += "%25"
		case '/':
			result += "%2f"
		case '\\':
			result += "%5c"
		default:
			result += string(r)
		}
	}

	return result
}

func TestBlackBoxNamesFromREST(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	client := loginSOAP(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	for what, name := range literalNames {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			clone := rest.cloneNow(t, server, spec{"source": source, "name": name})
			vm := virtualMachine(t, server, client, name)
			if got, err := vm.ObjectName(t.Context()); err != nil || got != escaped(name) {
				t.Errorf("vim25 calls it %q (%v), want %q", got, err, escaped(name))
			}
			var listed []struct {
				VM   string `json:"vm"`
				Name string `json:"name"`
			}
			rest.get(t, "/api/vcenter/vm?names="+url.QueryEscape(name), &listed)
			if len(listed) != 1 || listed[0].Name != name || listed[0].VM != clone.ID {
				t.Errorf("REST lists %+v", listed)
			}
			found, err := object.NewSearchIndex(client.Client).FindByInventoryPath(t.Context(), "/DC0/vm/"+escaped(name))
			if err != nil || found == nil || found.Reference().Value != clone.ID {
				t.Errorf("FindByInventoryPath(%s) = %v, %v; want %s", escaped(name), found, err, clone.ID)
			}
			rest.do(t.Context(), http.MethodPost, clonePath, spec{"source": source, "name": name}).
				wantError(t, http.StatusBadRequest, "ALREADY_EXISTS")
		})
	}
}

func TestBlackBoxNamesFromSOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	client := loginSOAP(t, server)
	const first = "DC0_C0_RP0_VM0"
	vm := virtualMachine(t, server, client, first)
	for what, name := range literalNames {
		if err := rename(t, vm, escaped(name)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := mustVM(t, server, name).ID; got != vm.Reference().Value {
			t.Errorf("%s: the inventory's %q is %s", what, name, got)
		}
		var got struct {
			Name string `json:"name"`
		}
		rest.get(t, "/api/vcenter/vm/"+vm.Reference().Value, &got)
		if got.Name != name {
			t.Errorf("%s: REST reads %q, want %q", what, got.Name, name)
		}
	}
	if err := rename(t, vm, escaped(first)); err != nil {
		t.Fatal(err)
	}
	wantFault(t, rename(t, vm, "DC0_C0_RP0_VM1"), "DuplicateName")
	wantFault(t, rename(t, vm, ""), "InvalidName")
	if err := rename(t, vm, first); err != nil {
		t.Errorf("rename to the name it has: %v", err)
	}
}
