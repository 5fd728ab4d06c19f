package vsphere_test

import (
	"slices"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// began returns what a request is searched for by that goes out now.
func began(t *testing.T, server *vcenter.Server, client *vsphere.Client, asked vsphere.CloneSpec) vsphere.CloneSearch {
	t.Helper()
	now, err := client.ServerTime(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	return vsphere.CloneSearch{
		SourceID: asked.SourceID, Name: asked.Name, FolderID: asked.Placement.FolderID, Since: now, Until: now.Add(time.Hour),
		User: server.Username(),
	}
}

// TestFindClone_targets waits for a lost clone whatever vCenter says that its task works on.
func TestFindClone_targets(t *testing.T) {
	t.Parallel()
	for _, target := range []vcenter.TaskTarget{vcenter.TargetSource, vcenter.TargetCreated, vcenter.TargetNone} {
		t.Run("target "+string(target), func(t *testing.T) {
			t.Parallel()
			server, client := setUp(t)
			warm(t, client)
			asked := spec(t, server, "child")
			search := began(t, server, client, asked)
			server.SetTaskTargets(target)
			server.HoldTasks(cloneMethod)
			server.Inject(vcenter.Fault{Method: cloneMethod, Drop: vcenter.DropAfter})
			if _, err := client.StartClone(t.Context(), asked); err == nil {
				t.Fatal("the answer came")
			}
			finding, err := client.FindClone(t.Context(), search)
			if err != nil || len(finding.TaskIDs) != 1 || finding.VMID != "" {
				t.Fatalf("finding %+v, %v", finding, err)
			}
			search.User = "other@vsphere.local"
			if finding, err = client.FindClone(t.Context(), search); err != nil || len(finding.TaskIDs) != 0 {
				t.Errorf("another user's clone is waited for: %+v, %v", finding, err)
			}
			server.ReleaseTasks()
		})
	}
}

// TestFindClone_forgottenTask takes the clone of a task that vCenter has forgotten, as long as no other one of that name began.
func TestFindClone_forgottenTask(t *testing.T) {
	t.Parallel()
	for name, strict := range map[string]bool{"absent from the answer": false, "fails the list": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findForgotten(t, vcenter.Options{StrictTaskList: strict})
		})
	}
}

func findForgotten(t *testing.T, options vcenter.Options) {
	t.Helper()
	server := startSimulator(t, options)
	client := connect(t, configFor(server))
	asked := spec(t, server, "child")
	search := began(t, server, client, asked)
	h, err := client.StartClone(t.Context(), asked)
	id := finish(t, h, err)
	search.TaskID = h.ID()
	server.ForgetTasks()
	_, err = client.CloneTask(h.ID()).Next(t.Context())
	wantError(t, err, apierr.NotFound, "NOT_FOUND")
	if finding, err := client.FindClone(t.Context(), search); err != nil || finding.VMID != id || finding.Candidate != nil {
		t.Errorf("the only one: %+v, %v, want %s", finding, err, id)
	}
	done(t)(client.Destroy(t.Context(), id))
	clone(t, server, client, "child") // another pipeline's
	if finding, err := client.FindClone(t.Context(), search); err != nil || finding.VMID != "" || finding.Candidate == nil {
		t.Errorf("one of two: %+v, %v, want a candidate", finding, err)
	}
}

// TestFindClone_stamp knows a clone by the stamp that travelled with its request. A copy of it has the stamp too.
func TestFindClone_stamp(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	asked := templateSpec(t, server, client, "web")
	search := began(t, server, client, asked)
	search.RequestUUID = asked.Stamp.RequestUUID
	h, err := client.StartCloneTask(t.Context(), asked)
	id := finish(t, h, err)
	server.ForgetTasks()
	other := connect(t, configFor(server))
	if finding, err := other.FindClone(t.Context(), search); err != nil || finding.VMID != id {
		t.Fatalf("the clone: %+v, %v, want %s", finding, err, id)
	}
	stranger := search
	stranger.RequestUUID = "request-2"
	if finding, err := other.FindClone(t.Context(), stranger); err != nil || finding.VMID != "" || finding.Candidate != nil {
		t.Errorf("another request's clone: %+v, %v", finding, err)
	}
	done(t)(client.Rename(t.Context(), id, "web-1"))
	plain, err := client.StartClone(t.Context(), vsphere.CloneSpec{SourceID: id, Name: "web"}) // as any client would
	copied := finish(t, plain, err)
	if vm, err := client.VirtualMachineWith(t.Context(), copied, vsphere.Extras{Settings: true}); err != nil || vm.ExtraConfig[vsphere.StampKey] == "" {
		t.Fatalf("the copy has no stamp: %+v, %v", vm, err)
	}
	if finding, err := other.FindClone(t.Context(), search); err != nil || finding.VMID != "" || finding.Candidate != nil {
		t.Errorf("a copy of the clone: %+v, %v", finding, err)
	}
	if slices.Contains([]string{id, ""}, copied) {
		t.Error(copied)
	}
}
