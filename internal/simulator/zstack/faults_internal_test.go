package zstack

import "testing"

func TestFaultStore(t *testing.T) {
	t.Parallel()
	faults := &faultStore{}
	hasCode(t, faults.takeJobFault("CloneVmInstance"), "")
	hasCode(t, faults.takeEntryFault("CloneVmInstance", "a"), "")
	faults.Inject(Fault{Method: "CloneVmInstance", Code: "SYS.1006", Where: FaultInEntry, Name: "b"})
	faults.Inject(Fault{
		Method: "CloneVmInstance", Code: "VM.1000", Where: FaultInTask,
		Causes: []FaultCause{{Code: "HOST_ALLOCATION.1000", Message: "full"}, {Code: "SYS.1006"}},
	})
	if fault := faults.takeCallFault("CloneVmInstance"); fault != nil {
		t.Errorf("a job's fault acts on the call: %+v", fault)
	}
	hasCode(t, faults.takeEntryFault("CloneVmInstance", "a"), "")
	hasCode(t, faults.takeEntryFault("CloneVmInstance", "b"), "SYS.1006")
	hasCode(t, faults.takeEntryFault("CloneVmInstance", "b"), "")
	failure := faults.takeJobFault("CloneVmInstance")
	hasCode(t, failure, "VM.1000")
	if failure.Cause.Details != "full" || failure.Cause.Cause.Code != "SYS.1006" {
		t.Errorf("the causes are %+v", failure.Cause)
	}
	if got := faults.Struck(); got != 2 {
		t.Errorf("%d faults acted, want 2", got)
	}
	faults.Inject(Fault{Code: "SYS.1000", Times: -1})
	faults.ClearFaults()
	if faults.takeCallFault("QueryVmInstance") != nil {
		t.Error("a cleared fault acts")
	}
}
