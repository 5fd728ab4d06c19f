package vcenter_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// specifiedFTFaults are what the specification of CreateSecondaryVM_Task lists.
var specifiedFTFaults = []string{
	"TaskInProgress", "NotSupported", "InvalidState", "ManagedObjectNotFound", "InsufficientResourcesFault",
	"VmFaultToleranceIssue", "FaultToleranceNotLicensed", "FileFault", "VmConfigFault", "VmConfigIncompatibleForFaultTolerance",
}

// TestFTFaultTable holds the table of faults to the specification and to the tests that it names.
func TestFTFaultTable(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("doc_faults_ft.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := testSources(t)
	var raised []string
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.Contains(line, "---") || strings.Contains(line, "Raised as") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		specified, fault, test := cells[0], cells[1], cells[3]
		raised = append(raised, specified, fault)
		if !derives(t, fault, specified) {
			t.Errorf("%s is no %s", fault, specified)
		}
		body, ok := sources[test]
		if !ok {
			t.Errorf("there is no test %s", test)
		}
		if !strings.Contains(body, `"`+fault+`"`) && !strings.Contains(body, "wantIssue") {
			t.Errorf("%s does not ask for %s", test, fault)
		}
	}
	for _, fault := range specifiedFTFaults {
		if !slices.Contains(raised, fault) {
			t.Errorf("the table does not have %s", fault)
		}
	}
}

// testSources are the tests of this package with their text.
func testSources(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	begin := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		found := begin.FindAllSubmatchIndex(text, -1)
		for i, at := range found {
			end := len(text)
			if i+1 < len(found) {
				end = found[i+1][0]
			}
			sources[string(text[at[2]:at[3]])] = string(text[at[0]:end])
		}
	}

	return sources
}

// derives reports whether a fault is another, or is derived from it.
func derives(t *testing.T, fault, from string) bool {
	t.Helper()
	kind, ok := types.TypeFunc()(fault)
	if !ok {
		t.Errorf("vim25 has no %s", fault)

		return false
	}
	for kind.Name() != from {
		if kind.NumField() == 0 || kind.Field(0).Type.Kind() != reflect.Struct {
			return false
		}
		kind = kind.Field(0).Type
	}

	return true
}
