package vsphere_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// apis are the ways to call vim25 methods.
var apis = []string{vsphere.APISOAP, vsphere.APIJSON}

// setUpAPI starts a simulator and connects a client to it that calls methods in the one way.
func setUpAPI(t *testing.T, api string, options vcenter.Options) (*vcenter.Server, *vsphere.Client) {
	t.Helper()
	server := startSimulator(t, options)
	config := configFor(server)
	config.API = api

	return server, connect(t, config)
}

func TestJSON_isSpoken(t *testing.T) {
	t.Parallel()
	var paths []string
	vcenter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sdk" {
			about := `<about><name>n</name><apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion></about>`
			_, _ = w.Write([]byte(contentWith(about)))

			return
		}
		paths = append(paths, r.Method+" "+r.URL.Path)
		token, fresh := r.Header.Get("vmware-api-session-id"), "token-1"
		switch {
		case strings.HasSuffix(r.URL.Path, "/Login"):
			if len(paths) > 1 {
				fresh = "token-2"
			}
			w.Header().Set("vmware-api-session-id", fresh)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"_typeName":"UserSession","key":"k","userName":"u"}`))
		case token != "token-2":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(vcenter.Close)
	client := connect(t, vsphere.Config{Endpoint: vcenter.URL, Username: "u", Password: "p", API: vsphere.APIJSON})
	if err := client.ShutdownGuest(t.Context(), "vm-1"); err != nil {
		t.Errorf("a session that is refused by status: %v", err)
	}
	const base = "POST /sdk/vim25/8.0.2.0/"
	want := []string{
		base + "SessionManager/SessionManager/Login", base + "VirtualMachine/vm-1/ShutdownGuest",
		base + "SessionManager/SessionManager/Login", base + "VirtualMachine/vm-1/ShutdownGuest",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("requests %q, want %q", paths, want)
	}
}

func contentWith(about string) string {
	return `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">group-d1</rootFolder>` +
		`<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>` + about +
		`<sessionManager type="SessionManager">SessionManager</sessionManager>` +
		`</returnval></RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>`
}

func TestJSON_needsANewEnoughVCenter(t *testing.T) {
	t.Parallel()
	vcenter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(contentWith(`<about><apiType>VirtualCenter</apiType><apiVersion>8.0.0.1</apiVersion></about>`)))
	}))
	t.Cleanup(vcenter.Close)
	client := connect(t, vsphere.Config{Endpoint: vcenter.URL, Username: "u", Password: "p", API: vsphere.APIJSON})
	_, err := client.About(t.Context())
	failure := wantError(t, err, apierr.Unsupported, apierr.CodeVersionTooOld)
	if !slices.Equal(failure.Arguments, []string{"8.0.1", "8.0.0.1"}) {
		t.Errorf("arguments %q", failure.Arguments)
	}
}

// TestJSON_wire is about answers that are no answers of VI/JSON.
func TestJSON_wire(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	tests := map[string]struct {
		status     int
		kind, body string
		want       apierr.Kind
		code       string
		lost       bool
	}{
		"a gateway's own JSON": {http.StatusInternalServerError, asJSON, `{"error":"boom"}`, apierr.Internal, "HTTP 500", true},
		"nothing as JSON":      {http.StatusInternalServerError, asJSON, `null`, apierr.Internal, "HTTP 500", true},
		"a gateway's page":     {http.StatusBadGateway, "text/html", `<html>`, apierr.Unavailable, "HTTP 502", true},
		"not what was promised": {
			http.StatusOK, "text/html", `<html>Welcome</html>`, apierr.Internal, apierr.CodeMalformedAnswer, true,
		},
		"a fault": {
			http.StatusInternalServerError, asJSON, `{"_typeName":"InvalidPowerState","faultstring":"No."}`,
			apierr.InvalidState, "InvalidPowerState", false,
		},
		"a fault that we do not know": {
			http.StatusInternalServerError, asJSON, `{"_typeName":"QuiteNewFault","faultstring":"No."}`,
			apierr.Internal, "HTTP 500", true, // it says nothing to rely on
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vcenter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/sdk":
					about := `<about><apiType>VirtualCenter</apiType><apiVersion>9.9.0.0</apiVersion></about>`
					_, _ = w.Write([]byte(contentWith(about)))
				case strings.HasSuffix(r.URL.Path, "/Login"):
					w.Header().Set("Content-Type", asJSON)
					_, _ = w.Write([]byte(`{"_typeName":"UserSession","key":"k","userName":"u"}`))
				case strings.HasSuffix(r.URL.Path, "/Logout"):
					w.WriteHeader(http.StatusNoContent)
				default:
					w.Header().Set("Content-Type", tt.kind)
					w.WriteHeader(tt.status)
					_, _ = w.Write([]byte(tt.body))
				}
			}))
			t.Cleanup(vcenter.Close)
			client := connect(t, vsphere.Config{Endpoint: vcenter.URL, Username: "u", Password: "p", API: vsphere.APIJSON})
			_, err := client.PowerOn(t.Context(), "vm-1")
			failure := wantError(t, err, tt.want, tt.code)
			if failure.AnswerLost != tt.lost {
				t.Errorf("answer lost: %t, want %t (%v)", failure.AnswerLost, tt.lost, err)
			}
		})
	}
}
