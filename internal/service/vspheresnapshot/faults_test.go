package vspheresnapshot

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var update = flag.Bool("update", false, "write the golden files anew")

// faultCase is one fault at one call of a snapshot's life.
type faultCase struct {
	phase  string // create, update, destroy or refresh
	method string
	code   string
	task   bool // in the call's task, not at the call
}

// timeouts leave time for everything but what is tried again until the time is over.
func (f faultCase) timeouts() config {
	limits := config{"create": "5m", "update": "5m", "delete": "5m"}
	operation, known := map[string]string{"create": "create", "update": "update", "destroy": "delete"}[f.phase]
	if known && slices.Contains([]string{"TaskInProgress", "SnapshotLocked"}, f.code) {
		limits[operation] = "6s" // a second, and what the last attempt needs
	}

	return limits
}

func (f faultCase) name() string {
	where := "call"
	if f.task {
		where = "task"
	}

	return fmt.Sprintf("%s: %s at the %s of %s", f.phase, f.code, where, f.method)
}

// faultCases are the faults that each method documents, with the more specific ones that it speaks of.
func faultCases() []faultCase {
	var cases []faultCase
	add := func(phase, method string, tasks bool, codes ...string) {
		for _, code := range append(codes, "NoPermission", "ManagedObjectNotFound", "HostCommunication", "RuntimeFault") {
			cases = append(cases, faultCase{phase, method, code, false})
			if tasks {
				cases = append(cases, faultCase{phase, method, code, true})
			}
		}
	}
	add("create", "CreateSnapshotEx_Task", true, "InvalidArgument", "TaskInProgress", "NotSupported", "SnapshotFault",
		"MultipleSnapshotsNotSupported", "FilesystemQuiesceFault", "TooManySnapshotLevels", "SnapshotIncompatibleDeviceInVm", "FileFault",
		"NoDiskSpace", "VmConfigFault", "InvalidVmConfig", "InvalidName", "InvalidPowerState", "InvalidState")
	add("update", "RenameSnapshot", false, "InvalidName", "NotSupported", "TaskInProgress", "InvalidState")
	add("destroy", "RemoveSnapshot_Task", true, "TaskInProgress", "InvalidState", "SnapshotFault", "FileFault", "SnapshotLocked")
	add("refresh", "RetrievePropertiesEx", false)
	slices.SortFunc(cases, func(a, b faultCase) int { return strings.Compare(a.name(), b.name()) })

	return slices.DeleteFunc(cases, func(f faultCase) bool {
		// A method that a snapshot's id leads to says so when the snapshot is gone, which is no error; see TestDelete.
		return f.code == "ManagedObjectNotFound" && f.phase != "create"
	})
}

// TestFaults has each named fault at each call, and compares what the CLI shows then. The cases of one phase share a vCenter
// and come one after another.
func TestFaults(t *testing.T) {
	t.Parallel()
	cases := faultCases()
	texts := make([]string, len(cases))
	t.Run("all", func(t *testing.T) {
		for _, phase := range []string{"create", "update", "destroy", "refresh"} {
			t.Run(phase, func(t *testing.T) {
				t.Parallel()
				c, server := simCore(t, vsphere.APISOAP)
				for i, test := range cases {
					if test.phase == phase {
						texts[i] = c.play(server, test)
					}
				}
			})
		}
	})
	var all strings.Builder
	for i, test := range cases {
		fmt.Fprintf(&all, "=== %s\n%s\n", test.name(), texts[i])
	}
	compareGolden(t, all.String())
}

// simCore plays the CLI against the resource with the real client on a simulated vCenter.
func simCore(t *testing.T, api string) (core, *vcenter.Server) {
	t.Helper()
	server, err := vcenter.Start(vcenter.Options{VMs: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	connection, err := vsphere.New(vsphere.Config{
		Endpoint: server.Endpoint(), Username: server.Username(), Password: server.Password(), Thumbprint: server.Thumbprint(), API: api,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})

	return core{playedcli.New(t, serve(connection))}, server
}

// play brings a snapshot to the phase, injects the fault for ever, and returns what is said then. It leaves no snapshot.
func (c core) play(server *vcenter.Server, test faultCase) string {
	c.T.Helper()
	vm, _ := server.VM("DC0_C0_RP0_VM0")
	before := basic(config{"vm_id": vm.ID, "timeouts": test.timeouts()})
	fault := vcenter.Fault{Method: test.method, Code: test.code, Messages: []string{"what the platform says", "and why"}, Times: -1}
	if test.task {
		fault.Where = vcenter.FaultInTask
	}
	if test.phase != "create" {
		c.Apply(c.T.Context(), before).Clean(c.T)
	}
	server.Inject(fault)
	var said playedcli.Result
	switch test.phase {
	case "create":
		said = c.Apply(c.T.Context(), before)
	case "update":
		said = c.Apply(c.T.Context(), basic(before, config{"name": "renamed"}))
	case "destroy":
		said = c.Destroy(c.T.Context())
	case "refresh":
		said = c.Refresh()
	}
	server.ClearFaults()
	if c.State.IsNull() != (test.phase == "create") || c.Tainted {
		c.T.Errorf("%s: state %s, tainted %t", test.name(), c.State, c.Tainted)
	}
	if !c.State.IsNull() {
		c.Is("before", "name")
		c.Refresh().Clean(c.T)
		c.Destroy(c.T.Context()).Clean(c.T)
	}

	return normal(said.String())
}

// What differs from run to run.
var (
	anyID       = regexp.MustCompile(`\b(vm|snapshot|session|task)-?\d+\b`)
	anyDuration = regexp.MustCompile(`\d+(\.\d+)?s\b`)
	anyEndpoint = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

func normal(text string) string {
	text = anyID.ReplaceAllString(text, "$1-N")
	text = anyEndpoint.ReplaceAllString(text, "ENDPOINT")

	return anyDuration.ReplaceAllString(text, "TIME")
}

// compareGolden compares a text with testdata/<name of the test>.golden.
func compareGolden(t *testing.T, got string) {
	t.Helper()
	file := filepath.Join("testdata", t.Name()+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, lines := strings.Split(string(encoded), "\n"), strings.Split(got, "\n")
	for i, line := range lines {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s is no longer what is said (go test -update writes it anew), from line %d on:\n%s", file, i+1,
				strings.Join(lines[i:min(i+5, len(lines))], "\n"))
		}
	}
}
