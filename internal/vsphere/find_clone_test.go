package vsphere_test

import (
	"slices"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestFindClone_lostAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault vcenter.Fault
		hold  bool
		found bool
	}{
		{"dropped before the effect", vcenter.Fault{Drop: vcenter.DropBefore}, false, false},
		{"dropped after the effect, done by now", vcenter.Fault{Drop: vcenter.DropAfter}, false, true},
		{"dropped after the effect, still running", vcenter.Fault{Drop: vcenter.DropAfter}, true, true},
		{"a gateway's 502", vcenter.Fault{Status: 502, Message: "Bad Gateway"}, false, false},
		{"a gateway's 504", vcenter.Fault{Status: 504, Message: "Gateway Timeout"}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, client := setUp(t)
			warm(t, client)
			asked := spec(t, server, "child")
			began, err := client.ServerTime(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if tt.hold {
				server.HoldTasks(cloneMethod)
			}
			tt.fault.Method = cloneMethod
			server.Inject(tt.fault)
			_, err = client.StartClone(t.Context(), asked)
			if !apierr.IsAnswerLost(err) {
				t.Fatalf("error %v, want a lost answer", err)
			}
			if sent := server.Requests().ByMethod[cloneMethod]; sent != 1 {
				t.Errorf("the clone was sent %d times", sent)
			}
			search := vsphere.CloneSearch{
				SourceID: asked.SourceID, Name: asked.Name, FolderID: asked.Placement.FolderID, Since: began,
			}
			if !tt.hold {
				waitFor(t, func() bool { return !hasRunningTask(server) })
			}
			finding, err := client.FindClone(t.Context(), search)
			if err != nil {
				t.Fatal(err)
			}
			if tt.hold {
				if len(finding.TaskIDs) != 1 || finding.VMID != "" {
					t.Fatalf("finding %+v, want a running task", finding)
				}
				server.ReleaseTasks()
				finish(t, client.CloneTask(finding.TaskIDs[0]), nil)
				finding, err = client.FindClone(t.Context(), search)
			}
			// Another pipeline of the same account may have made it.
			if err != nil || finding.VMID != "" || (finding.Candidate != nil) != tt.found || len(finding.TaskIDs) != 0 {
				t.Fatalf("finding %+v, %v", finding, err)
			}
			if !tt.found {
				return
			}
			if seen := finding.Candidate; seen.ID != mustVM(t, server, asked.Name).ID || seen.User != server.Username() || seen.SourceID != asked.SourceID {
				t.Errorf("candidate %+v", seen)
			}
			search.User = "other@vsphere.local"
			if finding, err = client.FindClone(t.Context(), search); err != nil || finding.VMID != "" || finding.Candidate != nil {
				t.Errorf("for another user: %+v, %v", finding, err)
			}
		})
	}
}

func hasRunningTask(server *vcenter.Server) bool {
	return slices.ContainsFunc(server.Tasks(), func(info vcenter.TaskInfo) bool {
		return !slices.Contains([]string{"SUCCEEDED", "FAILED", "success", "error"}, info.State)
	})
}

func TestFindClone_doesNotTakeOthers(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	id := clone(t, server, client, "old")
	source := mustVM(t, server, "golden-template").ID
	later := time.Now().Add(time.Hour)
	finding, err := client.FindClone(t.Context(), vsphere.CloneSearch{SourceID: source, Name: "old", Since: later})
	if err != nil || finding.VMID != "" {
		t.Errorf("an older VM by that name was taken: %+v, %v", finding, err)
	}
	server.HoldTasks(cloneMethod)
	h, err := client.StartClone(t.Context(), spec(t, server, "ours"))
	if err != nil {
		t.Fatal(err)
	}
	search := vsphere.CloneSearch{SourceID: source, Name: "lost"}
	if finding, err = client.FindClone(t.Context(), search); err != nil || len(finding.TaskIDs) != 0 {
		t.Errorf("a task of this process was taken: %+v, %v", finding, err)
	}
	search.TaskID = h.ID()
	if finding, err = client.FindClone(t.Context(), search); err != nil || !slices.Equal(finding.TaskIDs, []string{h.ID()}) {
		t.Errorf("the named task: %+v, %v", finding, err)
	}
	server.ReleaseTasks()
	made := finish(t, h, nil)
	if finding, err = client.FindClone(t.Context(), search); err != nil || finding.VMID != made || made == id {
		t.Errorf("the named task's VM: %+v, %v", finding, err)
	}
}
