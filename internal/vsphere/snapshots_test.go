package vsphere_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const runningVM = "DC0_C0_RP0_VM0"

// snapshot takes a snapshot and returns its id.
func snapshot(t *testing.T, client *vsphere.Client, spec vsphere.SnapshotSpec) string {
	t.Helper()
	h, err := client.CreateSnapshot(t.Context(), spec)

	return finish(t, h, err)
}

func TestSnapshots_life(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			vm := mustVM(t, server, runningVM).ID
			if none, err := client.Snapshots(t.Context(), vm); err != nil || len(none) != 0 {
				t.Fatalf("snapshots of a VM without any: %v, %v", none, err)
			}
			const odd = `50%/a\b`
			first := snapshot(t, client, vsphere.SnapshotSpec{VMID: vm, Name: odd, Description: "the first", Memory: true})
			second := snapshot(t, client, vsphere.SnapshotSpec{
				VMID: vm, Name: "child", Description: "the second", Quiesce: &vsphere.QuiesceSpec{TimeoutMinutes: 10},
			})
			all, err := client.Snapshots(t.Context(), vm)
			if err != nil || len(all) != 2 {
				t.Fatalf("snapshots: %+v, %v", all, err)
			}
			want := []vsphere.Snapshot{
				{
					ID: first, VMID: vm, Name: odd, Description: "the first", Path: `50%\/a\\b`, PowerState: vsphere.PoweredOn,
				},
				{
					ID: second, VMID: vm, Name: "child", Description: "the second", Path: `50%\/a\\b/child`, ParentID: first, Depth: 1, Current: true,
					Quiesced: true, PowerState: vsphere.PoweredOff,
				},
			}
			for i := range all {
				if time.Since(all[i].CreatedAt).Abs() > time.Minute {
					t.Errorf("taken at %s", all[i].CreatedAt)
				}
				all[i].CreatedAt = time.Time{}
			}
			if !slices.Equal(all, want) {
				t.Errorf("\n got %+v\nwant %+v", all, want)
			}
			for path, id := range map[string]string{`50%\/a\\b/child`: second, `50%\/a\\b`: first, odd: first, "child": second, "none": ""} {
				found, err := client.SnapshotsAt(t.Context(), vm, path)
				if err != nil || (id == "") != (len(found) == 0) || (id != "" && found[0].ID != id) {
					t.Errorf("at %s: %+v, %v", path, found, err)
				}
			}
			if err := client.RenameSnapshot(t.Context(), first, "100%", "anew"); err != nil {
				t.Error(err)
			}
			all, err = client.Snapshots(t.Context(), vm)
			if err != nil || all[0].Name != "100%" || all[0].Description != "anew" {
				t.Errorf("renamed: %+v, %v", all, err)
			}
			done(t)(client.RemoveSnapshot(t.Context(), second, false, true))
			_, err = client.RemoveSnapshot(t.Context(), second, false, true)
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
			wantError(t, client.RenameSnapshot(t.Context(), second, "x", ""), apierr.NotFound, "ManagedObjectNotFound")
			done(t)(client.RemoveSnapshot(t.Context(), first, true, true))
			if left, err := client.Snapshots(t.Context(), vm); err != nil || len(left) != 0 {
				t.Errorf("left: %+v, %v", left, err)
			}
			_, err = client.Snapshots(t.Context(), "vm-none")
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		})
	}
}

func TestSnapshots_ofOneVMQueue(t *testing.T) {
	t.Parallel()
	server, client := setUpAPI(t, vsphere.APISOAP, vcenter.Options{TaskDuration: 100 * time.Millisecond})
	vm := mustVM(t, server, runningVM).ID
	var tasks sync.WaitGroup
	for i := range 3 {
		tasks.Go(func() { snapshot(t, client, vsphere.SnapshotSpec{VMID: vm, Name: fmt.Sprintf("s%d", i)}) })
	}
	tasks.Wait()
	if all, err := client.Snapshots(t.Context(), vm); err != nil || len(all) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestSnapshots_fiftyTakeFewRequests(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) { // 12 requests are enough for what is shared; a busy machine needs more
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 50, TaskDuration: 300 * time.Millisecond})
			warm(t, client)
			server.ResetRequests()
			var ids []string
			for _, vm := range server.VMs() {
				if !vm.Template {
					ids = append(ids, vm.ID)
				}
			}
			var made sync.Map
			each(ids, func(id string) {
				made.Store(id, snapshot(t, client, vsphere.SnapshotSpec{VMID: id, Name: "before"}))
			})
			taken := server.Requests()
			server.ResetRequests()
			each(ids, func(id string) {
				if all, err := client.Snapshots(t.Context(), id); err != nil || len(all) != 1 {
					t.Errorf("%s: %+v, %v", id, all, err)
				}
			})
			read := server.Requests()
			server.ResetRequests()
			each(ids, func(id string) {
				snapshotID, _ := made.Load(id)
				done(t)(client.RemoveSnapshot(t.Context(), fmt.Sprint(snapshotID), false, true))
			})
			removed := server.Requests()
			if len(ids) < 50 || taken.Total > 2*len(ids) || read.Total > len(ids)/2 || removed.Total > 2*len(ids) {
				t.Errorf("%d snapshots: taken %v, read %v, removed %v", len(ids), taken.ByMethod, read.ByMethod, removed.ByMethod)
			}
			t.Logf("%d snapshots: %d requests to take, %d to read, %d to remove", len(ids), taken.Total, read.Total, removed.Total)
		})
	}
}

// each does something with all at the same time.
func each(ids []string, do func(id string)) {
	var calls sync.WaitGroup
	for _, id := range ids {
		calls.Go(func() { do(id) })
	}
	calls.Wait()
}

func TestSnapshots_resumedInAnotherProcess(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, runningVM).ID
	server.HoldTasks("CreateSnapshotEx_Task")
	h, err := client.CreateSnapshot(t.Context(), vsphere.SnapshotSpec{VMID: vm, Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	other := connect(t, configFor(server))
	server.ReleaseTasks()
	if id := finish(t, other.SnapshotTask(h.ID()), nil); id == "" || id != finish(t, h, nil) {
		t.Errorf("the other process was told %q", id)
	}
}

func TestSnapshots_lostAnswer(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			vm := mustVM(t, server, runningVM).ID
			since, err := client.ServerTime(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			snapshot(t, client, vsphere.SnapshotSpec{VMID: vm, Name: "twin"})
			search := vsphere.SnapshotSearch{VMID: vm, Name: "twin", Since: since}
			if found, err := client.FindSnapshot(t.Context(), search); err != nil || found.SnapshotID != "" || len(found.TaskIDs) != 0 {
				t.Errorf("one that was told of was taken for a lost one: %+v, %v", found, err)
			}
			server.HoldTasks("CreateSnapshotEx_Task")
			server.Inject(vcenter.Fault{Method: "CreateSnapshotEx_Task", Drop: vcenter.DropAfter})
			_, err = client.CreateSnapshot(t.Context(), vsphere.SnapshotSpec{VMID: vm, Name: "twin"})
			if !apierr.IsAnswerLost(err) {
				t.Fatalf("error %v", err)
			}
			var found vsphere.SnapshotFinding
			waitFor(t, func() bool {
				found, err = client.FindSnapshot(context.WithoutCancel(t.Context()), search)

				return err != nil || len(found.TaskIDs) == 1
			})
			if err != nil || len(found.TaskIDs) != 1 || found.SnapshotID != "" {
				t.Fatalf("while it is taken: %+v, %v", found, err)
			}
			search.TaskID = found.TaskIDs[0]
			if again, err := client.FindSnapshot(t.Context(), search); err != nil || !slices.Equal(again.TaskIDs, found.TaskIDs) {
				t.Errorf("by its task: %+v, %v", again, err)
			}
			server.ReleaseTasks()
			id := finish(t, client.SnapshotTask(found.TaskIDs[0]), nil)
			if found, err = client.FindSnapshot(t.Context(), search); err != nil || found.SnapshotID != id || len(found.TaskIDs) != 0 {
				t.Errorf("afterwards, by the task: %+v, %v, want %s", found, err, id)
			}
			other := connect(t, configFor(server))
			lost := search
			lost.TaskID = ""
			if found, err = other.FindSnapshot(t.Context(), lost); err != nil || found.SnapshotID != "" || found.Candidate == nil || found.Candidate.ID != id {
				t.Errorf("afterwards, by its name: %+v, %v, want the candidate %s", found, err, id)
			}
			server.ForgetTasks()
			if found, err = other.FindSnapshot(t.Context(), search); err != nil || found.SnapshotID != "" || found.Candidate == nil {
				t.Errorf("by a forgotten task, one of two: %+v, %v, want a candidate", found, err)
			}
			lost.User = "backup@vsphere.local"
			if found, err = other.FindSnapshot(t.Context(), lost); err != nil || found.SnapshotID != "" || found.Candidate != nil {
				t.Errorf("another user's: %+v, %v", found, err)
			}
		})
	}
}
