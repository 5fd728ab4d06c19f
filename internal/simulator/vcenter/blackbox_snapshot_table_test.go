package vcenter_test

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

// listedFaults are what the specifications list.
var listedFaults = map[string][]string{
	"InstantClone_Task": {
		"InvalidArgument", "InvalidState", "InvalidDatastore", "FileFault", "InsufficientResourcesFault",
		"DisallowedMigrationDeviceAttached",
	},
	"CreateSnapshotEx_Task": {
		"InvalidArgument", "TaskInProgress", "NotSupported", "SnapshotFault", "FileFault", "VmConfigFault", "InvalidName",
		"InvalidPowerState", "InvalidState",
	},
}

// TestFaultTable keeps doc_faults.md true: every listed fault is there, every raised one is of its family, and every test
// exists and expects it.
func TestFaultTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc_faults.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testBodies(t)
	seen := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 5 || strings.HasPrefix(line, "| method") || strings.HasPrefix(line, "|---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		method, listed, raised, condition, test := cells[0], cells[1], cells[2], cells[3], cells[4]
		seen[method] = append(seen[method], listed)
		kind, ok := types.TypeFunc()(raised)
		if !ok || !isFamily(kind, listed) {
			t.Errorf("%s: %s is no %s", method, raised, listed)
		}
		body, ok := tests[test]
		if !ok || !strings.Contains(body, `"`+raised+`"`) || condition == "" {
			t.Errorf("%s: %s does not expect %s", method, test, raised)
		}
	}
	for method, faults := range listedFaults {
		for _, fault := range faults {
			if !slices.Contains(seen[method], fault) {
				t.Errorf("%s: %s is not in the table", method, fault)
			}
		}
	}
}

// isFamily reports whether a fault is of a type or extends it.
func isFamily(kind reflect.Type, family string) bool {
	if kind.Name() == family {
		return true
	}
	for field := range kind.Fields() {
		if field.Anonymous && isFamily(field.Type, family) {
			return true
		}
	}

	return false
}

// testBodies are the tests of the package, by name.
func testBodies(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, function := range strings.Split(string(text), "\nfunc ")[1:] {
			name, body, _ := strings.Cut(function, "(")
			bodies[name] = body
		}
	}

	return bodies
}

func TestBlackBoxInstantCloneUnmountedDatastore(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	elsewhere := object.NewHostSystem(b.client.Client, reference("HostSystem", mustID(t, b.server, "/DC0/host/DC0_C1/DC0_C1_H0")))
	manager, err := elsewhere.ConfigManager().DatastoreSystem(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	local, err := manager.CreateLocalDatastore(t.Context(), "elsewhere", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.refusesClone(located(types.VirtualMachineRelocateSpec{Datastore: new(local.Reference())}), "InvalidDatastore")
}

func TestBlackBoxControlConditions(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	control := anonymous(t, b.server)
	path := "/_control/vms/" + b.vm.Reference().Value
	control.do(t.Context(), http.MethodPost, path, spec{
		"instant_clone_frozen": true, "guest_id": "windows9_64Guest", "busy": false, "quiesce_fails": false, "lost_snapshots": false,
		"snapshot_capabilities": spec{"multiple": false}, "attach_device": "remote-cdrom",
	}).wantStatus(t, http.StatusNoContent)
	read := b.read()
	if !mustVM(t, b.server, golden).InstantCloneFrozen || read.Config.GuestId != "windows9_64Guest" || read.Runtime.InstantCloneFrozen == nil ||
		!*read.Runtime.InstantCloneFrozen || len(b.devices(golden).SelectByType((*types.VirtualCdrom)(nil))) != 1 {
		t.Errorf("%+v", read.Runtime)
	}
	control.do(t.Context(), http.MethodPost, path, spec{"attach_device": "nonsense"}).wantStatus(t, http.StatusBadRequest)
	setPower(t, b.server, golden, "poweredOff")
	if mustVM(t, b.server, golden).InstantCloneFrozen {
		t.Error("a VM that is off is frozen")
	}
	control.do(t.Context(), http.MethodPost, path, spec{"instant_clone_frozen": true}).wantStatus(t, http.StatusBadRequest)
}
