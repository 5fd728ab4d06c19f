package vm

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestSearchFor searches by the evidence, and without evidence by what the state says.
func TestSearchFor(t *testing.T) {
	t.Parallel()
	a := adapterOn(fakevsphere.New())
	asked := vsphere.CloneSearch{SourceID: "vm-1", Name: "web", FolderID: "group-v1"}
	evidence := EvidenceOf(asked)
	stamp, err := a.Begin(t.Context(), machine{}, &evidence)
	if err != nil || evidence.Began.IsZero() || stamp.RequestUUID == "" || stamp.RequestUUID != evidence.RequestUUID ||
		stamp.Name != "web" || stamp.SourceID != "vm-1" || !stamp.At.Equal(evidence.Began) {
		t.Fatal(stamp, evidence, err)
	}
	state := vsphere.CloneSearch{SourceID: "vm-1", Name: "renamed"}
	want := asked
	want.Since, want.Until, want.TaskID = evidence.Began, evidence.Began.Add(a.Timeouts.Create), "task-1"
	want.User, want.RequestUUID = `VSPHERE.LOCAL\ci`, stamp.RequestUUID
	if got := SearchFor(lifecycle.Lost[machine, Evidence]{Evidence: &evidence, TaskID: "task-1"}, state); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	want = state
	want.TaskID = "task-1"
	if got := SearchFor(lifecycle.Lost[machine, Evidence]{TaskID: "task-1"}, state); got != want {
		t.Errorf("without evidence: %+v, want %+v", got, want)
	}
	if err := a.BeginUnstamped(t.Context(), machine{}, &evidence); err != nil || evidence.RequestUUID != "" || evidence.User == "" {
		t.Errorf("without a stamp: %+v, %v", evidence, err)
	}
}

// TestFindingOf believes what was found only where there is evidence.
func TestFindingOf(t *testing.T) {
	t.Parallel()
	broken := &apierr.Error{Kind: apierr.Unavailable}
	for name, test := range map[string]struct {
		evidence *Evidence
		found    vsphere.CloneFinding
		err      error
		want     string
		perhaps  string // a candidate
		fails    bool
	}{
		"found":                     {&Evidence{}, vsphere.CloneFinding{VMID: "vm-2"}, nil, "vm-2", "", false},
		"not proved":                {&Evidence{}, vsphere.CloneFinding{Candidate: &vsphere.Candidate{ID: "vm-2"}}, nil, "", "vm-2", false},
		"nothing":                   {&Evidence{}, vsphere.CloneFinding{TaskIDs: []string{"task-1"}}, nil, "", "", false},
		"no answer":                 {&Evidence{}, vsphere.CloneFinding{}, broken, "", "", true},
		"found, without evidence":   {nil, vsphere.CloneFinding{VMID: "vm-2"}, nil, "", "vm-2", false},
		"nothing, without evidence": {nil, vsphere.CloneFinding{TaskIDs: []string{"task-1"}}, nil, "", "", false},
	} {
		got, err := FindingOf(lifecycle.Lost[machine, Evidence]{Evidence: test.evidence}, test.found, test.err)
		if (err != nil) != test.fails || err == nil && (got.Result != test.want || got.Found != (test.want != "") || len(got.TaskIDs) != len(test.found.TaskIDs)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if (got.Candidate != nil) != (test.perhaps != "") || got.Candidate != nil && (got.Candidate.Key != test.perhaps || got.Candidate.ID != test.perhaps) {
			t.Errorf("%s: candidate %+v", name, got.Candidate)
		}
	}
}
