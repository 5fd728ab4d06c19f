package vcenter_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/task"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The black-box tests use the simulator as its users do: by TLS, HTTP, SOAP, the control endpoint, and the Go API of a
// [vcenter.Server]. What they expect comes from the specification, not from the simulator's code.

// patience is how long a test polls for a state that is usual within milliseconds.
const patience = 20 * time.Second

// quick are the options of a server whose tasks last just long enough to be seen.
func quick() vcenter.Options {
	return vcenter.Options{VMs: 4, TaskDuration: 20 * time.Millisecond}
}

// startServer starts a simulator that ends with the test.
func startServer(t *testing.T, options vcenter.Options) *vcenter.Server {
	t.Helper()
	server, err := vcenter.Start(options)
	if err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	t.Cleanup(func() { server.Close() })

	return server
}

// httpClient returns a client that trusts the server's certificate and nothing else.
func httpClient(t *testing.T, server *vcenter.Server) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(server.CACertificate())) {
		t.Fatalf("CACertificate is not PEM: %q", server.CACertificate())
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)

	return &http.Client{Transport: transport, Timeout: patience}
}

// loginSOAP returns a vim25 client of the server's own user, which trusts the server by its thumbprint.
func loginSOAP(t *testing.T, server *vcenter.Server) *govmomi.Client {
	t.Helper()
	client, err := dialSOAP(t, server, server.Username(), server.Password())
	if err != nil {
		t.Fatalf("log in: %v", err)
	}

	return client
}

// soapClient returns a SOAP client that trusts the server and has not asked it anything.
func soapClient(t *testing.T, server *vcenter.Server) *soap.Client {
	t.Helper()
	client := soap.NewClient(&url.URL{Scheme: "https", Host: server.Endpoint(), Path: "/sdk"}, false)
	client.SetThumbprint(server.Endpoint(), server.Thumbprint())
	t.Cleanup(client.DefaultTransport().CloseIdleConnections)

	return client
}

func dialSOAP(t *testing.T, server *vcenter.Server, user, password string) (*govmomi.Client, error) {
	t.Helper()
	vim, err := vim25.NewClient(t.Context(), soapClient(t, server))
	if err != nil {
		return nil, err
	}
	client := &govmomi.Client{Client: vim, SessionManager: session.NewManager(vim)}

	return client, client.Login(t.Context(), url.UserPassword(user, password))
}

// virtualMachine returns the vim25 object of a VM by its literal name.
func virtualMachine(t *testing.T, server *vcenter.Server, client *govmomi.Client, name string) *object.VirtualMachine {
	t.Helper()

	return object.NewVirtualMachine(client.Client, reference("VirtualMachine", mustVM(t, server, name).ID))
}

func reference(kind, id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: kind, Value: id}
}

// mustVM returns a VM of the simulator's inventory by its literal name.
func mustVM(t *testing.T, server *vcenter.Server, name string) vcenter.VM {
	t.Helper()
	vm, found := server.VM(name)
	if !found {
		t.Fatalf("the inventory has no VM %q: %v", name, vmNames(server))
	}

	return vm
}

func vmNames(server *vcenter.Server) []string {
	var names []string
	for _, vm := range server.VMs() {
		names = append(names, vm.Name)
	}

	return names
}

// mustID returns the id of an inventory path.
func mustID(t *testing.T, server *vcenter.Server, path string) string {
	t.Helper()
	id := server.ID(path)
	if id == "" {
		t.Fatalf("the inventory has no %s", path)
	}

	return id
}

// finish waits for a vim25 task and returns how it failed.
func finish(t *testing.T, started *object.Task, err error) error {
	t.Helper()
	if err != nil {
		return err
	}

	return started.Wait(t.Context())
}

// wantFault asserts the type of the vim25 fault in err, thrown by a call or by a task.
func wantFault(t *testing.T, err error, want string) {
	t.Helper()
	if got := faultName(err); got != want {
		t.Fatalf("got fault %q (%v), want %q", got, err, want)
	}
}

// faultName returns the type of the vim25 fault in err: "InvalidName".
func faultName(err error) string {
	if err == nil {
		return ""
	}
	var failed task.Error
	switch {
	case errors.As(err, &failed):
		return typeName(failed.Fault())
	case soap.IsSoapFault(err):
		return typeName(soap.ToSoapFault(err).VimFault())
	case soap.IsVimFault(err):
		return typeName(soap.ToVimFault(err))
	}

	return err.Error()
}

func typeName(value any) string {
	kind := reflect.TypeOf(value)
	if kind == nil {
		return ""
	}
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}

	return kind.Name()
}

// eventually polls until condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not so after %v", what, patience)
		}
	}
}
