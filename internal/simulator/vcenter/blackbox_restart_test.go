package vcenter_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A restart ends sessions and makes tasks unknown; what runs is finished by the hosts, or not, and the inventory is kept.
func TestBlackBoxRestart(t *testing.T) {
	t.Parallel()
	for name, abort := range map[string]bool{"hosts finish": false, "work is lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t, quick())
			rest := loginREST(t, server)
			server.HoldTasks(cloneMethod)
			id := rest.startClone(t, spec{"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "restarted"})
			eventually(t, "the clone is held", func() bool { return server.Tasks()[0].Held })
			before := len(server.VMs())

			rest.do(t.Context(), http.MethodPost, "/_control/restart", spec{"outage": "0s", "abort_tasks": abort}).
				wantStatus(t, http.StatusNoContent)
			if sessions := server.Sessions(); len(sessions) > 0 {
				t.Errorf("sessions outlast a restart: %+v", sessions)
			}
			rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
			again := loginREST(t, server)
			again.do(t.Context(), http.MethodGet, "/api/cis/tasks/"+id, nil).wantError(t, http.StatusNotFound, "NOT_FOUND")
			server.ReleaseTasks()
			eventually(t, "the clone ends", func() bool { return server.Tasks()[0].State != "running" })

			_, found := server.VM("restarted")
			if found == abort {
				t.Errorf("the clone is there: %t, where work is lost: %t", found, abort)
			}
			if len(server.VMs()) < before {
				t.Error("the inventory lost machines")
			}
			if made := server.Tasks()[0].ResultName; found && made != "restarted" {
				t.Errorf("the task says that it made %q", made)
			}
		})
	}
}

// During the outage every answer is 503.
func TestBlackBoxRestartOutage(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := anonymous(t, server)
	server.Restart(vcenter.Restart{Outage: time.Hour})
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantStatus(t, http.StatusServiceUnavailable)
	server.Restart(vcenter.Restart{})
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
}

// A busy proxy sends Retry-After.
func TestBlackBoxRetryAfter(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	rest.do(t.Context(), http.MethodPost, "/_control/faults", spec{
		"method": "GET /api/vcenter/vm", "status": 429, "retry_after": "1500ms",
	}).wantStatus(t, http.StatusNoContent)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rest.base+"/api/vcenter/vm", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := rest.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if after := response.Header.Get("Retry-After"); response.StatusCode != http.StatusTooManyRequests || after != "2" {
		t.Errorf("answered %d with Retry-After %q, want 429 and 2", response.StatusCode, after)
	}
}

// Another administrator renames and removes snapshots, and the inventory shows them.
func TestBlackBoxControlSnapshots(t *testing.T) {
	t.Parallel()
	bench := newSnapshotBench(t)
	server, vm := bench.server, bench.vm.Reference().Value
	parent := bench.mustCreate(types.CreateSnapshotEx_Task{Name: "parent"}).Value
	child := bench.mustCreate(types.CreateSnapshotEx_Task{Name: "child"}).Value
	rest := loginREST(t, server)
	names := func() []string {
		var names []string
		for _, each := range server.VMs() {
			for _, snapshot := range each.Snapshots {
				if each.ID == vm {
					names = append(names, snapshot.ID+" "+snapshot.Name)
				}
			}
		}

		return names
	}
	if got, want := names(), []string{parent + " parent", child + " child"}; !slices.Equal(got, want) {
		t.Fatalf("the snapshots are %q, want %q", got, want)
	}
	rest.do(t.Context(), http.MethodPost, "/_control/snapshots/"+child, spec{"name": "by/hand"}).wantStatus(t, http.StatusNoContent)
	rest.do(t.Context(), http.MethodDelete, "/_control/snapshots/"+parent, nil).wantStatus(t, http.StatusNoContent)
	if got, want := names(), []string{child + " by/hand"}; !slices.Equal(got, want) {
		t.Errorf("the snapshots are %q, want %q", got, want)
	}
	if got := rest.do(t.Context(), http.MethodDelete, "/_control/snapshots/"+parent, nil); got.Status != http.StatusBadRequest {
		t.Errorf("removing a snapshot that is gone: %s", got)
	}
}
