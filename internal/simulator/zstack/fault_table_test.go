package zstack_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite doc_faults.md")

const faultsHead = `# Errors of the inventory

Every error that the APIs of the inventory answer, and how to provoke it. TestFaults provokes each and asserts that the call that
failed left the inventory as it was; ` + "`go test -run TestFaultTable -update`" + ` rewrites this table from its cases. An error of an entry stands in
the result of a call that succeeded. Errors of the REST layer, of sessions and of access keys are in the tests of the front; any other
error of the platform (SYS.1000, SYS.1001, SYS.1009-1012, ID.1002, ID.1003) is injected as a Fault.

| method | error | deepest cause | where | condition |
|---|---|---|---|---|
`

// TestFaultTable compares doc_faults.md with the cases.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(faultsHead)
	seen := map[string]bool{}
	for _, test := range allFaults() {
		where := "job"
		if test.entry {
			where = "entry"
		}
		line := fmt.Sprintf("| %s | %s | %s | %s | %s |\n", test.method, test.code, test.cause, where, test.condition)
		if seen[line] {
			t.Errorf("twice: %s", line)
		}
		seen[line] = true
		text.WriteString(line)
	}
	if *update {
		must(t, os.WriteFile("doc_faults.md", []byte(text.String()), 0o644))
	}
	file, err := os.ReadFile("doc_faults.md")
	must(t, err)
	if string(file) != text.String() {
		t.Error("doc_faults.md is not what the cases say; -update rewrites it")
	}
}

// documentedFaults are the documented errors of each method: a resource that does not exist, a bad argument, a wrong state, and
// a lack of capacity.
var documentedFaults = map[string][]string{
	"CloneVmInstance": {
		"SYS.1003", "SYS.1006", "SYS.1007", "VM.1010", "VM.1000", "HOST_ALLOCATION.1000", "PS.1000", "L3.1000",
	},
	"UpdateVmInstance":          {"SYS.1003", "SYS.1006", "SYS.1007"},
	"StartVmInstance":           {"SYS.1003", "VM.1010", "VM.1001", "HOST_ALLOCATION.1000", "PS.1000", "L3.1000"},
	"StopVmInstance":            {"SYS.1003", "SYS.1007", "VM.1010", "VM.1002", "SYS.1006"},
	"RebootVmInstance":          {"SYS.1003", "VM.1010", "VM.1003", "SYS.1006"},
	"PauseVmInstance":           {"SYS.1003", "VM.1010", "SYS.1006"},
	"ResumeVmInstance":          {"SYS.1003", "VM.1010", "SYS.1006"},
	"RecoverVmInstance":         {"SYS.1003", "VM.1010"},
	"ExpungeVmInstance":         {"SYS.1003", "VM.1010"},
	"DestroyVmInstance":         {"SYS.1007", "VM.1010", "VM.1004", "SYS.1006"},
	"DeleteDataVolume":          {"SYS.1006", "SYS.1007"},
	"ExpungeDataVolume":         {"SYS.1003", "SYS.1006"},
	"RecoverDataVolume":         {"SYS.1003", "SYS.1006"},
	"CreateVolumeSnapshot":      {"SYS.1003", "SYS.1006", "SYS.1007", "PS.1000"},
	"DeleteVolumeSnapshot":      {"SYS.1006", "SYS.1007"},
	"CreateVolumeSnapshotGroup": {"SYS.1003", "SYS.1007", "VM.1010", "PS.1000"},
	"UpdateVolumeSnapshotGroup": {"SYS.1003", "SYS.1007"},
	"DeleteVolumeSnapshotGroup": {"SYS.1007"},
	"RevertVmFromSnapshotGroup": {"SYS.1003", "SYS.1006", "SYS.1007"},
	"RevertVolumeFromSnapshot":  {"SYS.1003", "SYS.1006"},
	"CreateDataVolume":          {"SYS.1003", "SYS.1007", "PS.1000"},
	"CreateVmInstance": {
		"SYS.1003", "SYS.1006", "SYS.1007", "VM.1000", "HOST_ALLOCATION.1000", "PS.1000", "L3.1000",
	},
	"CreateSystemTag": {"SYS.1003", "SYS.1007"},
	"CreateUserTag":   {"SYS.1003", "SYS.1007"},
	"DeleteTag":       {"SYS.1006"},
}

// TestFaultsAreComplete compares the cases with the documented errors, in both directions.
func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	raised := map[string][]string{}
	for _, test := range allFaults() {
		raised[test.method] = append(raised[test.method], test.code, test.cause)
	}
	for method, codes := range documentedFaults {
		for _, code := range codes {
			if !slices.Contains(raised[method], code) {
				t.Errorf("no case provokes %s of %s", code, method)
			}
		}
	}
	for method, codes := range raised {
		for _, code := range codes {
			if code != "" && !slices.Contains(documentedFaults[method], code) {
				t.Errorf("%s of %s is not documented", code, method)
			}
		}
	}
}
