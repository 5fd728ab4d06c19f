package vcenter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const (
	clonePath      = "/api/vcenter/vm?action=clone"
	cloneAsyncPath = "/api/vcenter/vm?action=clone&vmw-task=true"
	cloneMethod    = "POST /api/vcenter/vm?action=clone"
)

// spec is a JSON object.
type spec = map[string]any

// cloneNow clones by the synchronous call and returns the new VM.
func (c *restClient) cloneNow(t *testing.T, server *vcenter.Server, body spec) vcenter.VM {
	t.Helper()
	var id string
	got := c.do(t.Context(), http.MethodPost, clonePath, body)
	got.wantStatus(t, http.StatusOK)
	got.decode(t, &id)
	name, _ := body["name"].(string)
	vm := mustVM(t, server, name)
	if vm.ID != id {
		t.Fatalf("the clone answered %q, the inventory has %q", id, vm.ID)
	}

	return vm
}

// startClone clones by the asynchronous call and returns the task's id.
func (c *restClient) startClone(t *testing.T, body spec) string {
	t.Helper()
	var id string
	got := c.do(t.Context(), http.MethodPost, cloneAsyncPath, body)
	got.wantStatus(t, http.StatusAccepted)
	got.decode(t, &id)
	if id == "" {
		t.Fatal("the task has no id")
	}

	return id
}

func TestBlackBoxClone(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")

	clone := rest.cloneNow(t, server, spec{"source": source.ID, "name": "web"})
	if clone.FolderID != source.FolderID || clone.ResourcePoolID != source.ResourcePoolID ||
		clone.DatastoreID != source.DatastoreID {
		t.Errorf("unset placement is the source's: got %+v, want that of %+v", clone, source)
	}
	if clone.PowerState != "poweredOff" || clone.Template {
		t.Errorf("got %s, template %v; want powered off", clone.PowerState, clone.Template)
	}
	if clone.InstanceUUID == "" || clone.InstanceUUID == source.InstanceUUID {
		t.Errorf("the clone's instance UUID is %q, the source's %q", clone.InstanceUUID, source.InstanceUUID)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(clone.Disks)), slices.Sorted(maps.Keys(source.Disks))) {
		t.Errorf("disks %v, want those of the source: %v", clone.Disks, source.Disks)
	}
}

func TestBlackBoxCloneOfTemplate(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	body := spec{
		"source": mustVM(t, server, "golden-template").ID, "name": "from-template", "power_on": true,
		"placement": spec{"resource_pool": mustID(t, server, "/DC0/host/DC0_C0/Resources")},
	}
	rest.do(t.Context(), http.MethodPost, clonePath, body).wantError(t, http.StatusNotFound, "NOT_FOUND")
	rest.wantAsyncError(t, cloneAsyncPath, body, http.StatusNotFound, "NOT_FOUND")

	if clone := deploy(t, server, "from-template", types.VirtualMachineCloneSpec{PowerOn: true}); clone.Template || clone.PowerState != "poweredOn" {
		t.Errorf("template %v, %s: want a VM that runs", clone.Template, clone.PowerState)
	}
}

func TestBlackBoxClonePlacement(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	folder := newFolder(t, server, "placed")
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	pool := mustID(t, server, "/DC0/host/DC0_C0/Resources")
	host := mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H1")
	cluster := mustID(t, server, "/DC0/host/DC0_C0")
	datastore := mustID(t, server, "/DC0/datastore/LocalDS_1")

	clone := rest.cloneNow(t, server, spec{
		"source": source.ID, "name": "placed",
		"placement": spec{
			"folder": folder, "resource_pool": pool, "host": host, "cluster": cluster, "datastore": datastore,
		},
	})
	if clone.FolderID != folder || clone.ResourcePoolID != pool || clone.HostID != host || clone.ClusterID != cluster ||
		clone.DatastoreID != datastore || clone.Path != "/DC0/vm/placed/placed" {
		t.Errorf("got %+v", clone)
	}
	// The source's name is free in the other folder, the clone's own name is not.
	again := spec{"source": source.ID, "name": "placed", "placement": spec{"folder": folder}}
	rest.do(t.Context(), http.MethodPost, clonePath, again).wantError(t, http.StatusBadRequest, "ALREADY_EXISTS")
	again["name"] = source.Name
	rest.do(t.Context(), http.MethodPost, clonePath, again).wantStatus(t, http.StatusOK)
}

func TestBlackBoxCloneOtherCluster(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	cluster := mustID(t, server, "/DC0/host/DC0_C1")
	clone := rest.cloneNow(t, server, spec{
		"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "elsewhere", "placement": spec{
			"cluster": cluster, "resource_pool": mustID(t, server, "/DC0/host/DC0_C1/Resources"),
		},
	})
	if clone.ClusterID != cluster || clone.ResourcePoolID != mustID(t, server, "/DC0/host/DC0_C1/Resources") {
		t.Errorf("a clone into a cluster lies in %s of %s", clone.ResourcePoolID, clone.ClusterID)
	}
}

func TestBlackBoxCloneDisks(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := deploy(t, server, "golden", types.VirtualMachineCloneSpec{})
	pool := mustID(t, server, "/DC0/host/DC0_C0/Resources")
	keys := slices.Sorted(maps.Keys(source.Disks))
	if len(keys) != 2 {
		t.Fatalf("disks of the source: %v, want two", source.Disks)
	}
	other := mustID(t, server, "/DC0/datastore/LocalDS_1")
	if source.Disks[keys[0]].DatastoreID == other {
		t.Fatalf("the source's first disk is on LocalDS_1 already: %v", source.Disks)
	}

	removed := rest.cloneNow(t, server, spec{
		"source": source.ID, "name": "removed", "placement": spec{"resource_pool": pool}, "disks_to_remove": []string{keys[1]},
	})
	if got := slices.Sorted(maps.Keys(removed.Disks)); !slices.Equal(got, keys[:1]) {
		t.Errorf("disks after removing %s: %v", keys[1], got)
	}
	moved := rest.cloneNow(t, server, spec{
		"source": source.ID, "name": "moved", "placement": spec{"resource_pool": pool},
		"disks_to_update": spec{keys[1]: spec{"datastore": other}},
	})
	if moved.Disks[keys[0]].DatastoreID != source.Disks[keys[0]].DatastoreID || moved.Disks[keys[1]].DatastoreID != other {
		t.Errorf("disks after updating %s: %v", keys[1], moved.Disks)
	}
	all := rest.cloneNow(t, server, spec{
		"source": source.ID, "name": "all", "placement": spec{"resource_pool": pool, "datastore": other},
		"disks_to_update": spec{keys[1]: spec{"datastore": source.DatastoreID}},
	})
	if all.DatastoreID != other || all.Disks[keys[0]].DatastoreID != other ||
		all.Disks[keys[1]].DatastoreID != source.DatastoreID {
		t.Errorf("placement.datastore takes what disks_to_update does not name: %+v", all)
	}
	if after := mustVM(t, server, source.Name); len(after.Disks) != 2 || after.Disks[keys[1]] != source.Disks[keys[1]] {
		t.Errorf("the source changed: %v, want %v", after.Disks, source.Disks)
	}
}

func TestBlackBoxCloneCustomization(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	clone := rest.cloneNow(t, server, spec{
		"source": mustVM(t, server, "DC0_C0_RP0_VM0").ID, "name": "customized",
		"placement":                spec{"resource_pool": mustID(t, server, "/DC0/host/DC0_C0/Resources")},
		"guest_customization_spec": spec{"name": "linux"},
	})
	if clone.CustomizationSpec != "linux" {
		t.Errorf("customized with %q, want linux", clone.CustomizationSpec)
	}
}

func TestBlackBoxCloneRaceForOneName(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	before := len(server.VMs())

	const racers = 8
	replies := make(chan reply, racers)
	var race sync.WaitGroup
	for i := range racers {
		race.Go(func() {
			replies <- raceForName(t.Context(), rest, i%2 == 0, spec{"source": source, "name": "only-one"})
		})
	}
	race.Wait()
	close(replies)
	won := 0
	for got := range replies {
		if got.Status == http.StatusOK {
			won++

			continue
		}
		got.wantError(t, http.StatusBadRequest, "ALREADY_EXISTS")
	}
	if won != 1 || len(server.VMs()) != before+1 {
		t.Errorf("%d of %d clones won, %d VMs came to be; want one", won, racers, len(server.VMs())-before)
	}
}

// raceForName clones one way or the other; an asynchronous failure is turned into what the synchronous one looks like.
func raceForName(ctx context.Context, rest *restClient, sync bool, body spec) reply {
	if sync {
		return rest.do(ctx, http.MethodPost, clonePath, body)
	}
	got := rest.do(ctx, http.MethodPost, cloneAsyncPath, body)
	if got.Status != http.StatusAccepted {
		return got
	}
	var id string
	if err := json.Unmarshal(got.Body, &id); err != nil {
		return reply{Err: err}
	}
	info, err := rest.waitTaskAsync(ctx, id)
	switch {
	case err != nil:
		return reply{Err: err}
	case info.Status == "SUCCEEDED":
		return reply{Status: http.StatusOK}
	}

	return reply{
		Status: http.StatusBadRequest,
		Body:   fmt.Appendf(nil, `{"error_type":%q,"messages":[{"default_message":"from the task"}]}`, info.Error.ErrorType),
	}
}

func TestBlackBoxCloneManyAtOnce(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	before := len(server.VMs())
	const clones = 20
	ids := make([]string, clones)
	for i := range ids {
		ids[i] = rest.startClone(t, spec{"source": source, "name": fmt.Sprintf("many-%d", i), "power_on": true})
	}
	seen := map[string]bool{}
	for _, id := range ids {
		info := rest.waitTask(t, id)
		if info.Status != "SUCCEEDED" {
			t.Fatalf("task %s: %+v", id, info)
		}
		seen[string(info.Result)] = true
	}
	if len(seen) != clones || len(server.VMs()) != before+clones {
		t.Errorf("%d different results, %d new VMs, want %d", len(seen), len(server.VMs())-before, clones)
	}
}
