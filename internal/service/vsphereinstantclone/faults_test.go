package vsphereinstantclone

import (
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

// cloneFaults are the faults that the specification of InstantClone_Task lists, with those that vCenter raises for them, and
// those that every call of the kind may raise.
var cloneFaults = []string{
	"InvalidArgument", "InvalidState", "InvalidDatastore", "InaccessibleDatastore", "FileFault", "CannotAccessFile",
	"InsufficientResourcesFault", "InsufficientStorageSpace", "InsufficientMemoryResourcesFault",
	"DisallowedMigrationDeviceAttached", "DuplicateName", "InvalidName", "NoPermission", "NotSupported", "TaskInProgress",
}

// reconfigureFaults are those that ReconfigVM_Task documents.
var reconfigureFaults = []string{
	"ConcurrentAccess", "FileFault", "InvalidState", "VmConfigFault", "InsufficientResourcesFault", "NoPermission", "InvalidArgument",
}

// TestFaults has each named fault at each call and in its task, and compares what the CLI shows then.
func TestFaults(t *testing.T) {
	t.Parallel()
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
	golden, _ := server.VM("DC0_C0_RP0_VM0")
	if err := server.ChangeVM(golden.ID, vcenter.Change{InstantCloneFrozen: new(true), ToolsRunning: new(false)}); err != nil {
		t.Fatal(err)
	}
	// What is tried again until the time is over gets a second of it and what the last attempt needs, everything else plenty.
	wanted := func(code string, changes config) config {
		limits := config{"create": "5m", "update": "5m"}
		switch code {
		case "TaskInProgress":
			limits["create"] = "6s"
		case "ConcurrentAccess":
			limits["update"] = "6s"
		}

		return basic(config{
			"source_vm_id": golden.ID, "network_interfaces": config{"4000": config{"connected": false}}, "timeouts": limits,
		}, changes)
	}

	var all strings.Builder
	made := newCLI(t, connection)
	for _, where := range []vcenter.FaultWhere{vcenter.FaultAtCall, vcenter.FaultInTask} {
		for _, code := range cloneFaults {
			fault := vcenter.Fault{Method: "InstantClone_Task", Code: code, Where: where}
			said := withFault(server, fault, func() playedcli.Result { return made.Apply(t.Context(), wanted(code, nil)) })
			if _, found := server.VM("web"); found || !made.State.IsNull() {
				t.Errorf("%s: VM there: %t, in state: %t", code, found, !made.State.IsNull())
			}
			note(&all, fault, said)
		}
	}

	made.Apply(t.Context(), wanted("", nil)).Clean(t)
	extra := config{"extra_config": config{"guestinfo.name": "web"}}
	for _, where := range []vcenter.FaultWhere{vcenter.FaultAtCall, vcenter.FaultInTask} {
		for _, code := range reconfigureFaults {
			fault := vcenter.Fault{Method: "ReconfigVM_Task", Code: code, Where: where}
			note(&all, fault, withFault(server, fault, func() playedcli.Result { return made.Apply(t.Context(), wanted(code, extra)) }))
			if made.State.IsNull() || made.Tainted {
				t.Errorf("%s: state %s, tainted %t", code, made.State, made.Tainted)
			}
		}
	}
	made.Apply(t.Context(), wanted("", extra)).Clean(t)
	made.Settled(wanted("", extra))
	made.Destroy(t.Context()).Clean(t)
	compareGolden(t, all.String())
}

// withFault does something while a call fails for ever.
func withFault(server *vcenter.Server, fault vcenter.Fault, do func() playedcli.Result) playedcli.Result {
	fault.Messages, fault.Times = []string{"what the platform says", "and why"}, -1
	server.Inject(fault)
	defer server.ClearFaults()

	return do()
}

func note(all *strings.Builder, fault vcenter.Fault, said playedcli.Result) {
	where := "call"
	if fault.Where == vcenter.FaultInTask {
		where = "task"
	}
	fmt.Fprintf(all, "=== %s at the %s of %s\n%s\n", fault.Code, where, fault.Method, normal(said.String()))
}

// What differs from run to run.
var (
	anyID       = regexp.MustCompile(`\b(vm|host|group-v|resgroup|datastore|domain-c|session|task)-?\d+\b`)
	anyUUID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anyDuration = regexp.MustCompile(`\d+(\.\d+)?s\b`)
)

func normal(text string) string {
	return anyDuration.ReplaceAllString(anyID.ReplaceAllString(anyUUID.ReplaceAllString(text, "UUID"), "$1-N"), "TIME")
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
