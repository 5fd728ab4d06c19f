package vcenter_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// buildGovc builds govc once for all tests, from the module of tools, into a folder that TestMain removes.
var buildGovc = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildFolder, "govc")
	build := exec.Command("go", "build", "-C", filepath.FromSlash("../../tools"), "-o", binary, "./govc")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build govc: %w\n%s", err, output)
	}

	return binary, nil
})

// govc runs the vSphere command line against one server, as a user of it would: over TLS, with the server's CA.
type govc struct {
	binary string
	env    []string
}

func newGovc(t *testing.T, server *vcenter.Server) *govc {
	t.Helper()
	binary, err := buildGovc()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	authority := filepath.Join(home, "ca.pem")
	if err := os.WriteFile(authority, []byte(server.CACertificate()), 0o600); err != nil {
		t.Fatal(err)
	}

	return &govc{binary: binary, env: append(os.Environ(),
		"HOME="+home, "GOVMOMI_HOME="+home, "GOVC_URL=https://"+server.Endpoint()+"/sdk",
		"GOVC_USERNAME="+server.Username(), "GOVC_PASSWORD="+server.Password(),
		"GOVC_TLS_CA_CERTS="+authority, "GOVC_INSECURE=false", "GOVC_DATACENTER=DC0",
		// As on any vCenter of several clusters and datastores, a clone has to be told where to go.
		"GOVC_RESOURCE_POOL=/DC0/host/DC0_C0/Resources", "GOVC_DATASTORE=LocalDS_0",
	)}
}

// run returns what govc printed, and fails the test where govc does.
func (g *govc) run(t *testing.T, args ...string) string {
	t.Helper()
	output, err := g.try(t, args...)
	if err != nil {
		t.Fatalf("govc %s: %v\n%s", strings.Join(args, " "), err, output)
	}

	return output
}

func (g *govc) try(t *testing.T, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), g.binary, args...)
	command.Env = g.env
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()

	return output.String(), err
}

func wantPrinted(t *testing.T, output string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(output, want) {
			t.Errorf("%q is not in\n%s", want, output)
		}
	}
}

func TestBlackBoxGovcReads(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	govc := newGovc(t, server)
	wantPrinted(t, govc.run(t, "about"), "vpx", "API version:  8.")
	wantPrinted(t, govc.run(t, "ls", "/DC0/vm"), "/DC0/vm/DC0_C0_RP0_VM0", "/DC0/vm/golden-template")
	wantPrinted(t, govc.run(t, "ls", "/DC0/host/DC0_C0"), "DC0_C0_H0", "Resources")
	wantPrinted(t, govc.run(t, "vm.info", "DC0_C0_RP0_VM0"), "poweredOn", mustVM(t, server, "DC0_C0_RP0_VM0").Name)
	wantPrinted(t, govc.run(t, "find", "/", "-type", "c"), "DC0_C0", "DC0_C1")
	wantPrinted(t, govc.run(t, "datastore.info"), "LocalDS_0", "LocalDS_1")
	wantPrinted(t, govc.run(t, "device.ls", "-vm", "DC0_C0_RP0_VM0"), "disk-", "ethernet-0")
}

func TestBlackBoxGovcChanges(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	govc := newGovc(t, server)

	govc.run(t, "vm.clone", "-vm", "DC0_C0_RP0_VM0", "-on=false", "-ds", "LocalDS_1", "by-govc")
	if clone := mustVM(t, server, "by-govc"); clone.PowerState != "poweredOff" ||
		clone.DatastoreID != server.ID("/DC0/datastore/LocalDS_1") {
		t.Errorf("govc's clone: %+v", clone)
	}
	if output, err := govc.try(t, "vm.clone", "-vm", "DC0_C0_RP0_VM0", "-on=false", "by-govc"); err == nil {
		t.Errorf("a second clone of that name succeeded: %s", output)
	}
	govc.run(t, "vm.clone", "-vm", "golden-template", "from-template")
	if got := mustVM(t, server, "from-template"); got.PowerState != "poweredOn" || got.Template {
		t.Errorf("govc's clone of the template: %+v", got)
	}

	govc.run(t, "vm.power", "-on", "by-govc")
	if got := mustVM(t, server, "by-govc").PowerState; got != "poweredOn" {
		t.Errorf("after vm.power -on: %s", got)
	}
	govc.run(t, "snapshot.create", "-vm", "by-govc", "first")
	wantPrinted(t, govc.run(t, "snapshot.tree", "-vm", "by-govc"), "first")
	govc.run(t, "snapshot.remove", "-vm", "by-govc", "first")

	govc.run(t, "vm.change", "-vm", "by-govc", "-name", "renamed")
	mustVM(t, server, "renamed")
	govc.run(t, "vm.migrate", "-ds", "LocalDS_0", "renamed")
	if got := mustVM(t, server, "renamed").DatastoreID; got != server.ID("/DC0/datastore/LocalDS_0") {
		t.Errorf("after vm.migrate: on %s", got)
	}
	govc.run(t, "folder.create", "/DC0/vm/tidy")
	govc.run(t, "object.mv", "/DC0/vm/renamed", "/DC0/vm/tidy")
	if got := mustVM(t, server, "renamed").Path; got != "/DC0/vm/tidy/renamed" {
		t.Errorf("after object.mv: %s", got)
	}
	wantPrinted(t, govc.run(t, "events", "/DC0/vm/tidy/renamed"), "renamed")

	govc.run(t, "vm.power", "-off", "renamed")
	govc.run(t, "vm.destroy", "renamed")
	if _, found := server.VM("renamed"); found {
		t.Error("vm.destroy left the VM")
	}
}

func TestBlackBoxGovcUntrusted(t *testing.T) {
	t.Parallel()
	server, other := startServer(t, quick()), startServer(t, quick())
	govc := newGovc(t, server)
	output, err := govc.try(t, "about", "-u", "https://"+other.Endpoint()+"/sdk")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(output, "certificate") {
		t.Errorf("govc trusted a certificate of another server: %v\n%s", err, output)
	}
}
