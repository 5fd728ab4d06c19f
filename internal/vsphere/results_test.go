package vsphere

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

func TestSecondaryResult(t *testing.T) {
	t.Parallel()
	secondary := vmRef("vm-2")
	tests := map[string]struct {
		give any
		want SecondaryResult
		ok   bool
	}{
		"nothing": {nil, SecondaryResult{}, false},
		"not attempted, the primary is off": {
			types.FaultToleranceSecondaryOpResult{Vm: secondary}, SecondaryResult{SecondaryID: "vm-2"}, true,
		},
		"runs": {
			&types.FaultToleranceSecondaryOpResult{
				Vm: secondary, PowerOnAttempted: true,
				PowerOnResult: &types.ClusterPowerOnVmResult{Attempted: []types.ClusterAttemptedVmInfo{{Vm: secondary}}},
			},
			SecondaryResult{SecondaryID: "vm-2", PowerOnAttempted: true},
			true,
		},
		"would not start": {
			types.FaultToleranceSecondaryOpResult{
				Vm: secondary, PowerOnAttempted: true,
				PowerOnResult: &types.ClusterPowerOnVmResult{NotAttempted: []types.ClusterNotAttemptedVmInfo{{
					Vm: secondary, Fault: types.LocalizedMethodFault{
						Fault: &types.InsufficientMemoryResourcesFault{}, LocalizedMessage: "No memory.",
					},
				}}},
			},
			SecondaryResult{SecondaryID: "vm-2", PowerOnAttempted: true, PowerOnFault: &apierr.Error{
				Kind: apierr.Insufficient, Op: "PowerOnVM_Task", Object: "vm-2", Code: "InsufficientMemoryResourcesFault",
				Messages: []string{"No memory."},
			}},
			true,
		},
		"waits for approval": {
			types.FaultToleranceSecondaryOpResult{
				Vm: secondary, PowerOnAttempted: true,
				PowerOnResult: &types.ClusterPowerOnVmResult{Recommendations: []types.ClusterRecommendation{
					{Key: "7", Reason: "powerOnVm", ReasonText: "Power on.", Target: &types.ManagedObjectReference{
						Type: clusterType, Value: "domain-c1",
					}},
					{Key: "8", Reason: "powerOnVm", Target: &secondary},
				}},
			},
			SecondaryResult{SecondaryID: "vm-2", PowerOnAttempted: true, Recommendations: []Recommendation{
				{Key: "7", ClusterID: "domain-c1", Reason: "Power on."}, {Key: "8", Reason: "powerOnVm"},
			}},
			true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, ok := secondaryResult(tt.give); ok != tt.ok || written(got) != written(tt.want) {
				t.Errorf("got %s, %t, want %s", written(got), ok, written(tt.want))
			}
		})
	}
}

// written writes a result with all that its fault says, to compare it whole.
func written(result SecondaryResult) string {
	fault := "none"
	if result.PowerOnFault != nil {
		fault = whole(*result.PowerOnFault)
	}
	result.PowerOnFault = nil

	return fmt.Sprintf("%+v, fault %s", result, fault)
}

func TestFindings(t *testing.T) {
	t.Parallel()
	host := types.ManagedObjectReference{Type: "HostSystem", Value: "host-1"}
	results := types.ArrayOfCheckResult{CheckResult: []types.CheckResult{
		{Warning: []types.LocalizedMethodFault{{Fault: &types.InvalidState{}, LocalizedMessage: "Hm."}}},
		{Host: &host, Error: []types.LocalizedMethodFault{{Fault: &types.InvalidDatastore{Name: "ds"}, LocalizedMessage: "No."}}},
	}}
	want := []CheckFinding{
		{CheckError, "host-1", &apierr.Error{
			Kind: apierr.InvalidArgument, Op: instantCloneOp, Object: "vm-1", Code: "InvalidDatastore", Messages: []string{"No."},
			Arguments: []string{"ds"},
		}},
		{CheckWarning, "", &apierr.Error{
			Kind: apierr.InvalidState, Op: instantCloneOp, Object: "vm-1", Code: "InvalidState", Messages: []string{"Hm."},
		}},
	}
	for _, value := range []any{results, &results, results.CheckResult} {
		read, _ := checkResults(value)
		got := findings(instantCloneCall("vm-1"), read)
		same := slices.EqualFunc(got, want, func(a, b CheckFinding) bool {
			return a.Severity == b.Severity && a.HostID == b.HostID && whole(*a.Err) == whole(*b.Err)
		})
		if !same {
			t.Errorf("%T: got %+v, want %+v", value, got, want)
		}
	}
	if got := findings(httpapi.Call{}, nil); got != nil {
		t.Errorf("nothing: %+v", got)
	}
}

// TestPossible leaves out what is said of hosts that vCenter need not choose, and says once what several hosts say.
func TestPossible(t *testing.T) {
	t.Parallel()
	no := []types.LocalizedMethodFault{{Fault: &types.InvalidState{}, LocalizedMessage: "No."}}
	on := func(host string, faults []types.LocalizedMethodFault) types.CheckResult {
		return types.CheckResult{Host: &types.ManagedObjectReference{Type: "HostSystem", Value: host}, Error: faults}
	}
	if left := possible([]types.CheckResult{on("host-1", no), on("host-2", nil)}); len(left) != 1 || left[0].Host.Value != "host-2" {
		t.Errorf("one host can: %+v", left)
	}
	if found := findings(httpapi.Call{}, possible([]types.CheckResult{on("host-1", no), on("host-2", no)})); len(found) != 1 {
		t.Errorf("no host can: %+v", found)
	}
}

func TestSnapshotsAt(t *testing.T) {
	t.Parallel()
	tree := func(id, name string, children ...types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		return types.VirtualMachineSnapshotTree{Snapshot: snapshotRef(id), Name: name, ChildSnapshotList: children}
	}
	all := newSnapshots(conn.Properties{Ref: vmRef("vm-1"), Values: map[string]any{"snapshot": types.VirtualMachineSnapshotInfo{
		RootSnapshotList: []types.VirtualMachineSnapshotTree{
			tree("s-1", "a", tree("s-2", "b", tree("s-3", "a")), tree("s-4", "b")),
			tree("s-5", "a%2fb"), tree("s-6", "c%5cd"),
		},
	}}})
	for path, want := range map[string][]string{
		"a": {"s-1"}, "a/b": {"s-2", "s-4"}, "a/b/a": {"s-3"}, `a\/b`: {"s-5"}, `c\\d`: {"s-6"}, `c\d`: {"s-6"}, "b": {"s-2", "s-4"},
		"b/a": nil, "": nil,
	} {
		var got []string
		for _, snapshot := range snapshotsAt(all, path) {
			got = append(got, snapshot.ID)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("at %q: %q, want %q", path, got, want)
		}
	}
}

// TestRenameSnapshot_clearsTheDescription reads what is sent: an element that is left out keeps the old description.
func TestRenameSnapshot_clearsTheDescription(t *testing.T) {
	t.Parallel()
	var sent string
	client := newWire(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		_, _ = io.WriteString(w, strings.Replace(envelope, "%s", `<RenameSnapshotResponse xmlns="urn:vim25"></RenameSnapshotResponse>`, 1))
	})
	if err := client.RenameSnapshot(t.Context(), "snapshot-1", "50%", ""); err != nil {
		t.Fatal(err)
	}
	const want = `<RenameSnapshot xmlns="urn:vim25"><_this type="VirtualMachineSnapshot">snapshot-1</_this>` +
		`<name>50%25</name><description></description></RenameSnapshot>`
	if !strings.Contains(sent, want) {
		t.Errorf("sent %s, want %s", sent, want)
	}
}

func TestVimTask_runs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, description string
		op                string
		want              bool
	}{
		{"InstantClone_Task", "VirtualMachine.instantClone", instantCloneOp, true},
		{"", "VirtualMachine.instantClone", instantCloneOp, true},
		{"CreateSecondaryVMEx_Task", "", createSecondaryExOp, true},
		{"", "VirtualMachine.createSecondaryEx", createSecondaryExOp, true},
		{"", "VirtualMachine.createSecondary", createSecondaryOp, true},
		{"CreateSecondaryVM_Task", "VirtualMachine.createSecondary", createSecondaryExOp, false},
		{"CloneVM_Task", "VirtualMachine.clone", instantCloneOp, false},
		{"", "", instantCloneOp, false},
	}
	for _, tt := range tests {
		found := newVimTask(conn.Properties{Values: map[string]any{"info": types.TaskInfo{Name: tt.name, DescriptionId: tt.description}}})
		if got := found.runs(tt.op); got != tt.want {
			t.Errorf("%s (%s) runs %s: %t", tt.name, tt.description, tt.op, got)
		}
	}
}

// whole writes an error with all its parts, to compare it whole.
func whole(failure apierr.Error) string {
	type plain apierr.Error

	return fmt.Sprintf("%+v", plain(failure))
}

// TestClonedID reads the id of a clone from the results of both tasks that clone, and finds none where Storage DRS tells none.
func TestClonedID(t *testing.T) {
	t.Parallel()
	vm := vmRef("vm-7")
	for _, test := range []struct {
		value any
		want  string
	}{
		{vm, "vm-7"},
		{types.ApplyStorageRecommendationResult{Vm: &vm}, "vm-7"},
		{&types.ApplyStorageRecommendationResult{Vm: &vm}, "vm-7"},
		{types.ApplyStorageRecommendationResult{}, ""},
		{nil, ""},
	} {
		if id, told := clonedID(test.value); id != test.want || told != (test.want != "") {
			t.Errorf("%#v: %q, %t", test.value, id, told)
		}
	}
}
