package vcenter_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/govc"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func newGovc(t *testing.T, server *vcenter.Server) *govc.Govc {
	t.Helper()

	return govc.New(t, server, buildFolder)
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
	cli := newGovc(t, server)
	wantPrinted(t, cli.Run("about"), "vpx", "API version:  8.")
	wantPrinted(t, cli.Run("ls", "/DC0/vm"), "/DC0/vm/DC0_C0_RP0_VM0", "/DC0/vm/golden-template")
	wantPrinted(t, cli.Run("ls", "/DC0/host/DC0_C0"), "DC0_C0_H0", "Resources")
	wantPrinted(t, cli.Run("vm.info", "DC0_C0_RP0_VM0"), "poweredOn", mustVM(t, server, "DC0_C0_RP0_VM0").Name)
	wantPrinted(t, cli.Run("find", "/", "-type", "c"), "DC0_C0", "DC0_C1")
	wantPrinted(t, cli.Run("datastore.info"), "LocalDS_0", "LocalDS_1")
	wantPrinted(t, cli.Run("device.ls", "-vm", "DC0_C0_RP0_VM0"), "disk-", "ethernet-0")
}

func TestBlackBoxGovcChanges(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)

	cli.Run("vm.clone", "-vm", "DC0_C0_RP0_VM0", "-on=false", "-ds", "LocalDS_1", "by-govc")
	if clone := mustVM(t, server, "by-govc"); clone.PowerState != "poweredOff" ||
		clone.DatastoreID != server.ID("/DC0/datastore/LocalDS_1") {
		t.Errorf("govc's clone: %+v", clone)
	}
	if output, err := cli.Try("vm.clone", "-vm", "DC0_C0_RP0_VM0", "-on=false", "by-govc"); err == nil {
		t.Errorf("a second clone of that name succeeded: %s", output)
	}
	cli.Run("vm.clone", "-vm", "golden-template", "from-template")
	if got := mustVM(t, server, "from-template"); got.PowerState != "poweredOn" || got.Template {
		t.Errorf("govc's clone of the template: %+v", got)
	}

	cli.Run("vm.power", "-on", "by-govc")
	if got := mustVM(t, server, "by-govc").PowerState; got != "poweredOn" {
		t.Errorf("after vm.power -on: %s", got)
	}
	cli.Run("snapshot.create", "-vm", "by-govc", "first")
	wantPrinted(t, cli.Run("snapshot.tree", "-vm", "by-govc"), "first")
	cli.Run("snapshot.remove", "-vm", "by-govc", "first")

	cli.Run("vm.change", "-vm", "by-govc", "-name", "renamed")
	mustVM(t, server, "renamed")
	cli.Run("vm.migrate", "-ds", "LocalDS_0", "renamed")
	if got := mustVM(t, server, "renamed").DatastoreID; got != server.ID("/DC0/datastore/LocalDS_0") {
		t.Errorf("after vm.migrate: on %s", got)
	}
	cli.Run("folder.create", "/DC0/vm/tidy")
	cli.Run("object.mv", "/DC0/vm/renamed", "/DC0/vm/tidy")
	if got := mustVM(t, server, "renamed").Path; got != "/DC0/vm/tidy/renamed" {
		t.Errorf("after object.mv: %s", got)
	}
	wantPrinted(t, cli.Run("events", "/DC0/vm/tidy/renamed"), "renamed")

	cli.Run("vm.power", "-off", "renamed")
	cli.Run("vm.destroy", "renamed")
	if _, found := server.VM("renamed"); found {
		t.Error("vm.destroy left the VM")
	}
}

func TestBlackBoxGovcUntrusted(t *testing.T) {
	t.Parallel()
	server, other := startServer(t, quick()), startServer(t, quick())
	cli := newGovc(t, server)
	output, err := cli.Try("about", "-u", "https://"+other.Endpoint()+"/sdk")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(output, "certificate") {
		t.Errorf("govc trusted a certificate of another server: %v\n%s", err, output)
	}
}
