package vsphere_test

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestSession_isLazyAndShared(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	if got := server.Requests().Total; got != 0 {
		t.Errorf("%d requests before the first call", got)
	}
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := client.VirtualMachine(t.Context(), vm.ID); err != nil {
				t.Error(err)
			}
			if _, err := client.CustomizationSpecExists(t.Context(), "linux"); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	counts := server.Requests().ByMethod
	for _, method := range []string{"RetrieveServiceContent", "Login", "POST /api/session"} {
		if counts[method] != 1 {
			t.Errorf("%s came %d times: %v", method, counts[method], counts)
		}
	}
}

// vCenter may say that there is no login while the session still lives, as a load balancer's other node does.
func TestSession_refusedThoughAlive(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	if _, err := client.VirtualMachine(t.Context(), vm.ID); err != nil {
		t.Fatal(err)
	}
	server.Inject(vcenter.Fault{Method: "RetrievePropertiesEx", Code: "NotAuthenticated"})
	if _, err := client.VirtualMachine(t.Context(), vm.ID); err != nil {
		t.Fatal(err)
	}
}

func TestSession_noRESTUnlessUsed(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	if _, err := client.About(t.Context()); err != nil {
		t.Fatal(err)
	}
	if counts := server.Requests(); counts.Total != 1 {
		t.Errorf("About took %v, want the service content alone", counts.ByMethod)
	}
	now, err := client.ServerTime(t.Context())
	if err != nil || time.Since(now).Abs() > time.Minute {
		t.Errorf("ServerTime = %s, %v", now, err)
	}
	if counts := server.Requests(); counts.Total != 1 {
		t.Errorf("ServerTime took requests: %v", counts.ByMethod)
	}
}

func TestSession_wrongPasswordIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, vcenter.Options{})
			config := configFor(server)
			config.API = api
			config.Password = "not the one"
			client := connect(t, config)
			var calls sync.WaitGroup
			for range 20 {
				calls.Go(func() {
					_, err := client.VirtualMachine(t.Context(), "vm-1")
					wantError(t, err, apierr.Unauthenticated, apierr.CodeInvalidLogin)
					_, err = client.CustomizationSpecExists(t.Context(), "x")
					wantError(t, err, apierr.Unauthenticated, apierr.CodeInvalidLogin)
				})
			}
			calls.Wait()
			counts := server.Requests().ByMethod
			if counts["Login"]+counts["POST /api/session"] > 2 {
				t.Errorf("the wrong password was sent too often: %v", counts)
			}
		})
	}
}

func wantError(t *testing.T, err error, kind apierr.Kind, code string) *apierr.Error {
	t.Helper()
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok || failure.Kind != kind || failure.Code != code {
		t.Errorf("error %v, want %v (%s)", err, kind, code)

		return new(apierr.Error)
	}

	return failure
}

func TestSession_unreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	client := connect(t, vsphere.Config{
		Endpoint: endpoint, Username: "u", Password: "p", Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	_, err = client.VirtualMachine(t.Context(), "vm-1")
	failure := wantError(t, err, apierr.Unavailable, apierr.CodeUnreachable)
	if failure.Object != endpoint || strings.Contains(log.String(), "trying again") {
		t.Errorf("%q, with %s", failure.Object, log.String())
	}
}

// esxContent is the least that an ESXi host says of itself.
const esxContent = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">` +
	`<soapenv:Body><RetrieveServiceContentResponse xmlns="urn:vim25"><returnval>` +
	`<rootFolder type="Folder">ha-folder-root</rootFolder>` +
	`<propertyCollector type="PropertyCollector">ha-property-collector</propertyCollector>` +
	`<about><name>VMware ESXi</name><fullName>VMware ESXi 8.0.2</fullName><apiType>HostAgent</apiType></about>` +
	`</returnval></RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>`

func TestSession_notVCenter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		endpoint string
	}{
		{"an ESXi host", serve(t, http.StatusOK, esxContent)},
		{"a web site", serve(t, http.StatusOK, "<html><body>Hello</body></html>")},
		{"nothing there", serve(t, http.StatusNotFound, "404 page not found")},
		{"a site that moved", serve(t, http.StatusFound, "")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := connect(t, vsphere.Config{Endpoint: tt.endpoint, Username: "u", Password: "p"})
			_, err := client.About(t.Context())
			wantError(t, err, apierr.Unsupported, apierr.CodeNotVCenter)
		})
	}
}

// serve starts a server that answers every request alike, and returns its URL.
func serve(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if status == http.StatusFound {
			w.Header().Set("Location", "https://elsewhere.invalid/")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)

	return server.URL
}

func TestSession_expiredIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			vm := mustVM(t, server, "DC0_C0_RP0_VM0")
			everything := func() {
				var calls sync.WaitGroup
				for range 20 {
					calls.Go(func() {
						if _, err := client.VMPath(t.Context(), vm.ID); err != nil {
							t.Errorf("VMPath: %v", err)
						}
						if _, err := client.CustomizationSpecExists(t.Context(), "linux"); err != nil {
							t.Errorf("CustomizationSpecExists: %v", err)
						}
					})
				}
				calls.Wait()
			}
			everything()
			server.ExpireSessions()
			server.ResetRequests()
			everything()
			counts := server.Requests().ByMethod
			if counts["Login"] != 1 || counts["POST /api/session"] != 1 {
				t.Errorf("logins after the session expired: %v", counts)
			}
		})
	}
}
