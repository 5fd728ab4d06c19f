package provider_test

import (
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vmData needs a connection.
const vmData = `
data "vmfork_vsphere_virtual_machine" "golden" {
  name = "golden-template"
}
`

// TestAccConnection_refused holds the diagnostic of each thing that goes wrong between the provider and vCenter to a
// golden file, as a user of a real CLI gets it.
func TestAccConnection_refused(t *testing.T) {
	t.Parallel()

	tests := map[string]func(t *testing.T, server *vcenter.Server) map[string]any{
		"unreachable": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()

			return map[string]any{"endpoint": closedPort(t)}
		},
		"wrong_password":        func(*testing.T, *vcenter.Server) map[string]any { return map[string]any{"password": "hunter2"} },
		"untrusted_certificate": func(*testing.T, *vcenter.Server) map[string]any { return map[string]any{"thumbprint": nil} },
		"other_thumbprint": func(*testing.T, *vcenter.Server) map[string]any {
			return map[string]any{"thumbprint": strings.Repeat("00:", 31) + "00"}
		},
		"not_a_vcenter": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()
			website := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("<html>It works!</html>")) // a client that went away
			}))
			t.Cleanup(website.Close)

			return map[string]any{"endpoint": website.URL, "thumbprint": nil, "allow_unverified_tls": true}
		},
		"esxi": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()

			return map[string]any{"endpoint": esxi(t), "thumbprint": nil}
		},
		"plain_http": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()

			return map[string]any{"endpoint": acctest.VSphere(t, vcenter.Options{InsecureHTTP: true}).Endpoint()}
		},
		"speaks_tls": func(_ *testing.T, server *vcenter.Server) map[string]any {
			return map[string]any{"endpoint": "http://" + server.Endpoint()}
		},
		"redirects_to_tls": func(t *testing.T, server *vcenter.Server) map[string]any {
			t.Helper()
			port80 := httptest.NewServer(http.RedirectHandler(server.URL(), http.StatusMovedPermanently))
			t.Cleanup(port80.Close)

			return map[string]any{"endpoint": port80.URL}
		},
		"expired_certificate": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()
			endpoint, certificate := certified(t, expired)

			return map[string]any{"endpoint": endpoint, "thumbprint": nil, "ca_certificate": certificate}
		},
		"certificate_of_another_name": func(t *testing.T, _ *vcenter.Server) map[string]any {
			t.Helper()
			endpoint, certificate := certified(t, ofAnotherName)

			return map[string]any{"endpoint": endpoint, "thumbprint": nil, "ca_certificate": certificate}
		},
		"colon_in_username": func(*testing.T, *vcenter.Server) map[string]any {
			return map[string]any{"username": "administrator@vsphere.local:hunter2"}
		},
		"half_given":    func(*testing.T, *vcenter.Server) map[string]any { return map[string]any{"password": nil} },
		"missing_block": func(*testing.T, *vcenter.Server) map[string]any { return nil },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := acctest.VSphere(t)
			changes := change(t, server)
			workspace := acctest.NewWorkspace(t, providerBlock(server, changes)+vmData)
			result := acctest.RunCLI(t, workspace, "plan", "-json")
			if result.ExitCode != 1 {
				t.Errorf("exit code %d", result.ExitCode)
			}
			got := diagnostics(t, result.Output)
			if endpoint, ok := changes["endpoint"].(string); ok {
				got = strings.ReplaceAll(got, strings.TrimPrefix(strings.TrimPrefix(endpoint, "https://"), "http://"), "ENDPOINT")
			}
			golden(t, name, steady(strings.ReplaceAll(got, server.Endpoint(), "ENDPOINT")))
		})
	}
}

// TestAccConnection_trusted connects in each way that a certificate can be trusted, and with the environment alone.
func TestAccConnection_trusted(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	certificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(certificate, []byte(server.CACertificate()), 0o600); err != nil {
		t.Fatal(err)
	}
	credentials := []string{
		"VSPHERE_SERVER=" + server.Endpoint(), "VSPHERE_USER=" + server.Username(), "VSPHERE_PASSWORD=" + server.Password(),
	}

	tests := map[string]struct {
		config      string
		environment []string
	}{
		"thumbprint":       {config: providerBlock(server, map[string]any{})},
		"certificate":      {config: providerBlock(server, map[string]any{"thumbprint": nil, "ca_certificate": server.CACertificate()})},
		"certificate file": {config: providerBlock(server, map[string]any{"thumbprint": nil, "ca_certificate": certificate})},
		"any certificate":  {config: providerBlock(server, map[string]any{"thumbprint": nil, "allow_unverified_tls": true})},
		"environment":      {environment: append(credentials, "VSPHERE_ALLOW_UNVERIFIED_SSL=true")},
		"block and environment": {
			config:      fmt.Sprintf("provider \"vmfork\" {\n  vsphere = {\n    thumbprint = %q\n  }\n}\n", server.Thumbprint()),
			environment: credentials,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			workspace := acctest.NewWorkspace(t, test.config+vmData, test.environment...)
			if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
				t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
			}
		})
	}
}

// TestAccConnection_thumbprintFromTheError follows the advice of the error about an untrusted certificate.
func TestAccConnection_thumbprintFromTheError(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{"thumbprint": nil})+vmData)
	refused := diagnostics(t, acctest.RunCLI(t, workspace, "plan", "-json").Output)
	_, after, found := strings.Cut(refused, `thumbprint = "`)
	thumbprint, _, closed := strings.Cut(after, `"`)
	if !found || !closed {
		t.Fatalf("no thumbprint to trust in:\n%s", refused)
	}

	write(t, workspace, providerBlock(server, map[string]any{"thumbprint": thumbprint})+vmData)
	if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
}

// TestAccConnection_lazy plans without a connection where nothing needs one.
func TestAccConnection_lazy(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{}))
	if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
		t.Errorf("exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if total := server.Requests().Total; total != 0 {
		t.Errorf("%d requests for nothing", total)
	}
}

// TestAccConnection_sessionCache keeps a session for the next run, in files that no other user can read.
func TestAccConnection_sessionCache(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	t.Cleanup(server.ExpireSessions) // it stays by design
	cache := filepath.Join(t.TempDir(), "cache")
	workspace := acctest.NewWorkspace(t, providerBlock(server, map[string]any{"session_cache": cache})+vmData)

	for run := range 2 {
		server.ResetRequests()
		if result := acctest.RunCLI(t, workspace, "plan", "-no-color"); result.ExitCode != 0 {
			t.Fatalf("exit code %d:\n%s", result.ExitCode, result.Output)
		}
		logins := server.Requests().ByMethod["Login"] + server.Requests().ByMethod["POST /api/session"]
		if run == 1 && logins != 0 {
			t.Errorf("the second run logged in %d times", logins)
		}
	}

	files := 0
	err := filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		if !entry.IsDir() {
			files++
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if strings.Contains(string(content), server.Password()) {
				t.Errorf("%s holds the password", path)
			}
		}

		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, error %v", files, err)
	}
}

// TestAccConnection_noSecretInLogs runs with the wordiest log and looks for what must not be there.
func TestAccConnection_noSecretInLogs(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	for name, password := range map[string]string{"right": server.Password(), "wrong": "hunter2-correct-horse"} {
		log := filepath.Join(t.TempDir(), "trace.log")
		workspace := acctest.NewWorkspace(t, vmData, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "VSPHERE_SERVER="+server.Endpoint(),
			"VSPHERE_USER="+server.Username(), "VSPHERE_PASSWORD="+password, "VSPHERE_ALLOW_UNVERIFIED_SSL=1")
		result := acctest.RunCLI(t, workspace, "plan", "-no-color")
		content, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), "provider.terraform-provider-vmfork") {
			t.Errorf("%s password: the log does not hold the provider's records", name)
		}
		for line := range strings.Lines(string(content) + result.Output) {
			if strings.Contains(line, password) {
				t.Errorf("%s password: it shows in: %s", name, line)
			}
		}
	}
}
