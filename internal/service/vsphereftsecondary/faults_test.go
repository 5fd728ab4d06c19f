package vsphereftsecondary

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var update = flag.Bool("update", false, "write the golden files anew")

// faultSuite is the faults of one method, and what brings the resource to call it.
type faultSuite struct {
	method string
	codes  []string
	before config // applied first; nil: nothing
	after  config // applied with the fault; nil: refreshed or destroyed
	phase  string
}

// faultSuites are the faults that the specification of the creation lists, with those that it derives from them, and the
// documented ones of each other method.
var faultSuites = []faultSuite{
	{"CreateSecondaryVMEx_Task", []string{
		"TaskInProgress", "NotSupported", "InvalidState", "ManagedObjectNotFound", "InsufficientResourcesFault",
		"VmFaultToleranceIssue", "FaultToleranceNotLicensed", "VmFaultToleranceConfigIssue", "IncompatibleHostForFtSecondary",
		"VmFaultToleranceTooManyVMsOnHost", "FileFault", "CannotAccessFile", "InsufficientStorageSpace", "VmConfigFault",
		"VmConfigIncompatibleForFaultTolerance", "InvalidArgument", "NoPermission",
	}, nil, config{}, "create"},
	{"DisableSecondaryVM_Task", []string{
		"TaskInProgress", "InvalidState", "VmFaultToleranceIssue", "InvalidArgument", "NoPermission",
	}, config{}, config{"enabled": false}, "disable"},
	{"EnableSecondaryVM_Task", []string{
		"TaskInProgress", "InvalidState", "VmFaultToleranceIssue", "VmConfigFault", "InvalidArgument", "NoPermission",
	}, config{"enabled": false}, config{}, "enable"},
	{"TurnOffFaultToleranceForVM_Task", []string{
		"TaskInProgress", "InvalidState", "VmFaultToleranceIssue", "NoPermission",
	}, config{}, nil, "destroy"},
	{"RetrievePropertiesEx", []string{"NoPermission", "HostCommunication"}, config{}, nil, "refresh"},
}

// TestFaults has each fault at each call and in each task, and compares what the CLI shows then.
func TestFaults(t *testing.T) {
	t.Parallel()
	texts := make([]string, len(faultSuites))
	t.Run("all", func(t *testing.T) {
		for i, suite := range faultSuites {
			t.Run(suite.method, func(t *testing.T) {
				t.Parallel()
				texts[i] = suite.play(t)
			})
		}
	})
	compareGolden(t, strings.Join(texts, ""))
}

// play returns what is said in each case.
func (f faultSuite) play(t *testing.T) string {
	t.Helper()
	c, server := simulated(t)
	primary, _ := server.VM("DC0_C0_RP0_VM0")
	var all strings.Builder
	for _, code := range f.codes {
		for _, inTask := range []bool{false, true} {
			if inTask && f.phase == "refresh" {
				continue
			}
			wanted := func(changes config) config {
				return basic(config{"primary_vm_id": primary.ID, "timeouts": f.timeouts(code)}, changes)
			}
			if f.before != nil {
				c.Apply(t.Context(), wanted(f.before)).Clean(t)
			}
			fault := vcenter.Fault{Method: f.method, Code: code, Messages: []string{"what vCenter says", "and why"}, Times: -1}
			where := "call"
			if inTask {
				fault.Where, where = vcenter.FaultInTask, "task"
			}
			server.Inject(fault)
			var spoken playedcli.Result
			switch {
			case f.after != nil:
				spoken = c.Apply(t.Context(), wanted(f.after))
			case f.phase == "refresh":
				spoken = c.Refresh()
			default:
				spoken = c.Destroy(t.Context())
			}
			server.ClearFaults()
			name := fmt.Sprintf("%s: %s at the %s of %s", f.phase, code, where, f.method)
			if (f.phase == "create") != c.State.IsNull() {
				t.Errorf("%s: in state: %t", name, !c.State.IsNull())
			}
			fmt.Fprintf(&all, "=== %s\n%s\n", name, normal(spoken.String()))
			if !c.State.IsNull() {
				c.Refresh().Clean(t)
				c.Destroy(t.Context()).Clean(t)
			}
		}
	}

	return all.String()
}

// timeouts leave time for everything but what is tried again until the time is over.
func (f faultSuite) timeouts(code string) config {
	limits := config{"create": "5m", "update": "5m", "delete": "5m"}
	operation, known := map[string]string{"create": "create", "disable": "update", "enable": "update", "destroy": "delete"}[f.phase]
	if known && code == "TaskInProgress" {
		limits[operation] = "6s" // a second, and what the last attempt needs
	}

	return limits
}

// simulated plays the CLI against the resource with the real client on a simulated vCenter.
func simulated(t *testing.T) (core, *vcenter.Server) {
	t.Helper()
	server, err := vcenter.Start(vcenter.Options{VMs: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	connection, err := vsphere.New(vsphere.Config{
		Endpoint: server.Endpoint(), Username: server.Username(), Password: server.Password(), Thumbprint: server.Thumbprint(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})

	return newCore(t, connection), server
}

// What differs from run to run.
var (
	anyID       = regexp.MustCompile(`\b(vm|host|datastore|domain-c|task)-?\d+\b`)
	anyDuration = regexp.MustCompile(`\d+(\.\d+)?s\b`)
	anyUUID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

func normal(text string) string {
	text = anyUUID.ReplaceAllString(text, "UUID")
	text = anyID.ReplaceAllString(text, "$1-N")

	return cmp.Or(anyDuration.ReplaceAllString(text, "TIME"), "no diagnostic\n")
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
	want := strings.Split(string(encoded), "\n")
	lines := strings.Split(got, "\n")
	for i, line := range lines {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s is no longer what is said (go test -update writes it anew), from line %d on:\n%s", file, i+1,
				strings.Join(lines[i:min(i+5, len(lines))], "\n"))
		}
	}
}
