package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmware/govmomi/simulator"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// providerBlock is the configuration for a simulated vCenter with some settings changed: nil leaves one out. Nil changes
// leave out the whole block.
func providerBlock(server *vcenter.Server, changes map[string]any) string {
	if changes == nil {
		return "provider \"vmfork\" {}\n"
	}
	settings := map[string]any{
		"endpoint": server.Endpoint(), "username": server.Username(), "password": server.Password(), "thumbprint": server.Thumbprint(),
	}
	maps.Copy(settings, changes)

	return "provider \"vmfork\" {\n  vsphere = {\n" + settingLines(settings) + "  }\n}\n"
}

// settingLines writes settings as a configuration does, but for those that are nil.
func settingLines(settings map[string]any) string {
	var text strings.Builder
	for name, value := range settings {
		switch value := value.(type) {
		case nil:
		case string:
			fmt.Fprintf(&text, "    %s = %q\n", name, value)
		default:
			fmt.Fprintf(&text, "    %s = %v\n", name, value)
		}
	}

	return text.String()
}

// closedPort returns an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}

	return address
}

// esxi starts a simulated host without a vCenter.
func esxi(t *testing.T) string {
	t.Helper()

	model := simulator.ESX()
	if err := model.Create(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Remove)
	server := model.Service.NewServer()
	t.Cleanup(server.Close)

	return "http://" + server.URL.Host
}

func write(t *testing.T, workspace *realcli.Workspace, config string) {
	t.Helper()

	if err := workspace.Write("main.tf", acctest.RequiredProviders+config); err != nil {
		t.Fatal(err)
	}
}

// diagnostics returns the diagnostics of a command that printed JSON, as text.
func diagnostics(t *testing.T, output string) string {
	t.Helper()

	var found []string
	for line := range strings.Lines(output) {
		var entry struct {
			Diagnostic *struct {
				Severity, Summary, Detail, Address string
			}
		}
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Diagnostic == nil {
			continue
		}
		d := entry.Diagnostic
		found = append(found, fmt.Sprintf("%s: %s\nwith %s\n\n%s\n", d.Severity, d.Summary, d.Address, d.Detail))
	}
	if len(found) == 0 {
		t.Fatalf("no diagnostic in:\n%s", output)
	}

	asTerraform := strings.NewReplacer("registry.opentofu.org", "registry.terraform.io", "("+acctest.CommandName()+" ", "(terraform ")

	return asTerraform.Replace(strings.Join(found, "\n"))
}

func golden(t *testing.T, name, got string) {
	t.Helper()

	file := filepath.Join("testdata", "connection", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
