package vcenter_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestVersions_negotiation refuses a request in a newer version where it is told to, and takes it for its own otherwise.
func TestVersions_negotiation(t *testing.T) {
	t.Parallel()
	strict := startServer(t, vcenter.Options{VMs: 1, APIVersion: "6.7", RefuseNewerVersions: true})
	lenient := startServer(t, vcenter.Options{VMs: 1, APIVersion: "6.7"})
	for _, test := range []struct {
		server  *vcenter.Server
		version string
		refused bool
	}{
		{strict, "", true},
		{strict, "7.0.0.0", true},
		{strict, "6.7.1", true},
		{strict, "6.7", false},
		{strict, "6.5", false},
		{lenient, "", false},
		{lenient, "6.7", false},
	} {
		client := soapClient(t, test.server)
		client.Version = test.version // none is govmomi's own
		_, err := vim25.NewClient(t.Context(), client)
		if refused := err != nil && strings.Contains(err.Error(), "Unsupported version URI"); refused != test.refused || !refused && err != nil {
			t.Errorf("in version %q: %v", test.version, err)
		}
	}
	client := soapClient(t, strict)
	if err := client.UseServiceVersion(); err != nil || client.Version != "6.7" {
		t.Errorf("version %q, %v", client.Version, err)
	}
}

// TestVersions_parts refuses methods, fields and properties that its version, or the request's, does not have.
func TestVersions_parts(t *testing.T) {
	t.Parallel()
	read := func(path string) func(*testing.T, *vcenter.Server, *object.VirtualMachine) error {
		return func(t *testing.T, _ *vcenter.Server, vm *object.VirtualMachine) error {
			t.Helper()
			var found mo.VirtualMachine

			return vm.Properties(t.Context(), vm.Reference(), []string{path}, &found)
		}
	}
	instantClone := func(t *testing.T, _ *vcenter.Server, vm *object.VirtualMachine) error {
		t.Helper()
		_, err := methods.InstantClone_Task(t.Context(), vm.Client(), &types.InstantClone_Task{This: vm.Reference()})

		return err
	}
	policy := func(t *testing.T, server *vcenter.Server, vm *object.VirtualMachine) error {
		t.Helper()
		folder := object.NewFolder(vm.Client(), reference("Folder", mustID(t, server, "/DC0/vm")))
		_, err := vm.Clone(t.Context(), folder, "x", types.VirtualMachineCloneSpec{TpmProvisionPolicy: "copy"})

		return err
	}
	for _, test := range []struct {
		name, server, request, fault string
		call                         func(*testing.T, *vcenter.Server, *object.VirtualMachine) error
	}{
		{"a property since 8.0.3", "8.0.2.0", "", "InvalidProperty", read("config.metroFtHostGroup")},
		{"the property in an older request", "8.0.3.0", "8.0.2.0", "InvalidProperty", read("config.metroFtHostGroup")},
		{"the property", "8.0.3.0", "", "", read("config.metroFtHostGroup")},
		{"an old property", "6.7", "", "", read("config.instanceUuid")},
		{"a field since 8.0.0.1", "7.0.3.0", "", "InvalidRequest", policy},
		{"the field", "8.0.0.1", "", "", policy},
		{"a method since 6.7", "6.5", "", "InvalidRequest", instantClone},
		{"the method in an older request", "6.7", "6.5", "InvalidRequest", instantClone},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t, vcenter.Options{VMs: 1, APIVersion: test.server})
			client := loginSOAP(t, server).Client
			if test.request != "" {
				client.Version = test.request
			}
			vm := object.NewVirtualMachine(client, reference("VirtualMachine", mustVM(t, server, "DC0_C0_RP0_VM0").ID))
			err := test.call(t, server, vm)
			switch {
			case test.fault != "":
				wantFault(t, err, test.fault)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// TestVersions_rest has the REST API below /api from 7.0 U2 on, and the older form always.
func TestVersions_rest(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"6.7": http.StatusNotFound, "7.0.1.0": http.StatusNotFound, "7.0.2.0": http.StatusCreated} {
		server := startServer(t, vcenter.Options{VMs: 1, APIVersion: version})
		if got := anonymous(t, server).createSession(t.Context(), server.Username(), server.Password()); got.Status != want {
			t.Errorf("%s: %s", version, got)
		}
		older, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/rest/com/vmware/cis/session", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		older.SetBasicAuth(server.Username(), server.Password())
		if got := anonymous(t, server).send(older); got.Status != http.StatusOK {
			t.Errorf("%s: the older form: %s", version, got)
		}
	}
}

// TestVersions_esxi says of itself what a host of ESXi does.
func TestVersions_esxi(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 1, ESXi: true})
	client, err := vim25.NewClient(t.Context(), soapClient(t, server))
	if err != nil {
		t.Fatal(err)
	}
	if about := client.ServiceContent.About; client.IsVC() || about.ApiType != "HostAgent" || about.FullName != "VMware ESXi 8.0.3 build-22385739" {
		t.Errorf("%+v", about)
	}
	if got := anonymous(t, server).createSession(t.Context(), server.Username(), server.Password()); got.Status != http.StatusNotFound {
		t.Error(got)
	}
}
