package vcenter

import (
	"slices"
	"testing"
)

func TestFaultStore_order(t *testing.T) {
	t.Parallel()
	faults := &faultStore{}
	faults.inject(Fault{Method: "A", Code: "InvalidName", Skip: 1})
	faults.inject(Fault{Method: "A", Code: "InvalidState", Times: 2})
	faults.inject(Fault{Method: "A", Code: "DuplicateName", Where: FaultInTask})
	faults.inject(Fault{Code: "TIMED_OUT", Times: -1})
	var got []string
	for range 5 {
		got = append(got, faults.Take("A", FaultAtCall).Code)
	}
	want := []string{"InvalidState", "InvalidName", "InvalidState", "TIMED_OUT", "TIMED_OUT"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if fault := faults.Take("A", FaultInTask); fault == nil || fault.Code != "DuplicateName" {
		t.Errorf("in the task: %v", fault)
	}
	if fault := faults.Take("A", FaultInTask); fault != nil {
		t.Errorf("in the task, again: %v", fault)
	}
	faults.Clear()
	if fault := faults.Take("A", FaultAtCall); fault != nil {
		t.Errorf("after Clear: %v", fault)
	}
}
