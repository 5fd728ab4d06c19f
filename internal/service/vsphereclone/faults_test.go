package vsphereclone

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The calls that a clone's life makes.
const (
	callClone = "POST /api/vcenter/vm?action=clone"
	callRead  = "RetrievePropertiesEx"
)

// simCore plays the CLI against the resource with the real client on a simulated vCenter.
func simCore(t *testing.T) (*playedcli.CLI, *vcenter.Server) {
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

	return newCoreOf(t, connection), server
}

// otherFolder returns a folder beside /DC0/vm.
func otherFolder(t *testing.T, server *vcenter.Server) string {
	t.Helper()
	client, err := govmomi.NewClient(t.Context(), &url.URL{
		Scheme: "https", Host: server.Endpoint(), Path: "/sdk", User: url.UserPassword(server.Username(), server.Password()),
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	parent := object.NewFolder(client.Client, types.ManagedObjectReference{Type: "Folder", Value: server.ID("/DC0/vm")})
	folder, err := parent.CreateFolder(t.Context(), fmt.Sprintf("prod-%d", time.Now().UnixNano()))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}

	return folder.Reference().Value
}

// faultCase is one fault at one call.
type faultCase struct {
	method string
	code   string
	task   bool // in the call's task, not at the call
	phase  string
}

func (f faultCase) name() string {
	where := "call"
	if f.task {
		where = "task"
	}

	return fmt.Sprintf("%s: %s at the %s of %s", f.phase, f.code, where, f.method)
}

// vapiErrors are all error types of the REST API.
var vapiErrors = []string{
	"ERROR", "ALREADY_EXISTS", "ALREADY_IN_DESIRED_STATE", "CANCELED", "CONCURRENT_CHANGE", "FEATURE_IN_USE",
	"INTERNAL_SERVER_ERROR", "INVALID_ARGUMENT", "INVALID_ELEMENT_CONFIGURATION", "INVALID_ELEMENT_TYPE", "INVALID_REQUEST",
	"NOT_ALLOWED_IN_CURRENT_STATE", "NOT_FOUND", "OPERATION_NOT_FOUND", "RESOURCE_BUSY", "RESOURCE_IN_USE",
	"RESOURCE_INACCESSIBLE", "SERVICE_UNAVAILABLE", "TIMED_OUT", "UNABLE_TO_ALLOCATE_RESOURCE", "UNAUTHENTICATED",
	"UNAUTHORIZED", "UNEXPECTED_INPUT", "UNSUPPORTED", "UNVERIFIED_PEER",
}

// faultCases are every error type at the clone and in its task, and the faults that each method documents.
func faultCases() []faultCase {
	var cases []faultCase
	for _, code := range vapiErrors {
		cases = append(cases, faultCase{callClone, code, false, "create"}, faultCase{callClone, code, true, "create"})
	}
	for method, codes := range map[string][]string{
		"Rename_Task":         {"InvalidName", "DuplicateName", "NoPermission", "TaskInProgress"},
		"MoveIntoFolder_Task": {"DuplicateName", "InvalidFolder", "InvalidState", "NotSupported", "NoPermission"},
		"RelocateVM_Task": {
			"InvalidArgument", "InvalidDatastore", "InsufficientResourcesFault", "MigrationFault", "FileFault", "Timedout",
			"VmConfigFault", "InvalidPowerState", "NoPermission", "NoDiskSpace", "InaccessibleDatastore",
		},
		"PowerOnVM_Task": {
			"InsufficientResourcesFault", "InvalidState", "NotEnoughLicenses", "TaskInProgress", "VmConfigFault", "FileFault",
			"DisallowedOperationOnFailoverHost", "NoPermission",
		},
	} {
		for _, code := range codes {
			cases = append(cases, faultCase{method, code, false, "update"}, faultCase{method, code, true, "update"})
		}
	}
	for method, codes := range map[string][]string{
		"PowerOffVM_Task": {"InvalidState", "TaskInProgress", "NoPermission"},
		"Destroy_Task":    {"VimFault", "InvalidState", "TaskInProgress", "NoPermission", "ResourceInUse"},
	} {
		for _, code := range codes {
			cases = append(cases, faultCase{method, code, false, "destroy"}, faultCase{method, code, true, "destroy"})
		}
	}
	for _, code := range []string{"NoPermission", "RuntimeFault", "HostCommunication"} {
		cases = append(cases, faultCase{callRead, code, false, "refresh"})
	}
	slices.SortFunc(cases, func(a, b faultCase) int { return strings.Compare(a.name(), b.name()) })

	return cases
}

// repeatedFaults are those that pass, so that the client tries again until the operation's time is over.
var repeatedFaults = []string{"TaskInProgress", "RESOURCE_BUSY", "CONCURRENT_CHANGE", "SERVICE_UNAVAILABLE"}

// TestFaults has each named fault at each call, and compares what the CLI shows then. The cases of one method share a
// vCenter and come one after another.
func TestFaults(t *testing.T) {
	t.Parallel()
	cases := faultCases()
	texts := make([]string, len(cases))
	t.Run("all", func(t *testing.T) {
		for _, method := range []string{
			callClone, callRead, "Rename_Task", "MoveIntoFolder_Task", "RelocateVM_Task", "PowerOnVM_Task", "PowerOffVM_Task", "Destroy_Task",
		} {
			t.Run(method, func(t *testing.T) {
				t.Parallel()
				c, server := simCore(t)
				for i, test := range cases {
					if test.method == method {
						texts[i] = play(t, c, server, test)
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

// play brings a clone to the phase, injects the fault for ever, and returns what is said then. It leaves no VM.
func play(t *testing.T, c *playedcli.CLI, server *vcenter.Server, test faultCase) string {
	t.Helper()
	golden, _ := server.VM("DC0_C0_RP0_VM0")
	before := basic(config{"source_vm_id": golden.ID, "shutdown_timeout": "1s"})
	if operation := test.phase; slices.Contains(repeatedFaults, test.code) && operation != "refresh" {
		operation = cmp.Or(map[string]string{"destroy": "delete"}[operation], operation)
		before["timeouts"] = config{operation: "6s"} // a second, and what the last attempt needs
	}
	after := config{}
	switch test.method {
	case "Rename_Task":
		after["name"] = "web-2"
	case "MoveIntoFolder_Task":
		after["placement"] = config{"folder_id": otherFolder(t, server)}
	case "RelocateVM_Task":
		after["placement"] = config{"resource_pool_id": server.ID("/DC0/host/DC0_C1/Resources")}
	case "PowerOnVM_Task":
		after["power_on"] = true
	case "PowerOffVM_Task":
		before["power_on"] = true
	}
	fault := vcenter.Fault{Method: test.method, Code: test.code, Messages: []string{"what the platform says", "and why"}, Times: -1}
	if test.task {
		fault.Where = vcenter.FaultInTask
	}

	if test.phase == "create" {
		server.Inject(fault)
		said := c.Apply(t.Context(), before)
		server.ClearFaults()
		if _, found := server.VM("web"); found || !c.State.IsNull() {
			t.Errorf("%s: VM there: %t, in state: %t", test.name(), found, !c.State.IsNull())
		}

		return normal(said.String())
	}

	c.Apply(t.Context(), before).Clean(t)
	if stopped := false; test.method == "PowerOffVM_Task" {
		c.Must(server.ChangeVM(c.Get("id"), vcenter.Change{ToolsRunning: &stopped}))
	}
	server.Inject(fault)
	var said playedcli.Result
	switch test.phase {
	case "update":
		said = c.Apply(t.Context(), basic(before, after))
	case "destroy":
		said = c.Destroy(t.Context())
	case "refresh":
		said = c.Refresh()
	}
	server.ClearFaults()
	if c.State.IsNull() || c.Tainted {
		t.Errorf("%s: state %s, tainted %t", test.name(), c.State, c.Tainted)
	}
	c.Refresh().Clean(t)
	c.Destroy(t.Context()).Clean(t)

	return normal(said.String())
}

// What differs from run to run.
var (
	anyID       = regexp.MustCompile(`\b(vm|host|group-v|resgroup|datastore|domain-c|session|task)-?\d+\b`)
	anyUUID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(:\S+?)?([\s,.]|$)`)
	anyDuration = regexp.MustCompile(`\d+(\.\d+)?s\b`)
	anyEndpoint = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	anyMoment   = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
)

func normal(text string) string {
	text = anyUUID.ReplaceAllString(text, "UUID$2")
	text = anyMoment.ReplaceAllString(text, "MOMENT")
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
	want := strings.Split(string(encoded), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s is no longer what is said (go test -update writes it anew), from line %d on:\n%s", file, i+1,
				strings.Join(strings.Split(got, "\n")[i:min(i+5, len(strings.Split(got, "\n")))], "\n"))
		}
	}
}
