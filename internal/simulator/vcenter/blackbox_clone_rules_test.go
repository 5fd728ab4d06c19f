package vcenter_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// cloneRule is a clone that must be refused.
type cloneRule struct {
	body      spec
	status    int
	errorType string
}

// cloneRules are the refusals that the specification and the issue name.
func cloneRules(t *testing.T, server *vcenter.Server) map[string]cloneRule {
	t.Helper()
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	disk := slices.Sorted(maps.Keys(source.Disks))[0]
	datastore := mustID(t, server, "/DC0/datastore/LocalDS_1")
	placed := func(placement spec) spec { return spec{"source": source.ID, "name": "refused", "placement": placement} }
	otherPool := mustID(t, server, "/DC0/host/DC0_C1/Resources")
	otherHost := mustID(t, server, "/DC0/host/DC0_C1/DC0_C1_H0")
	cluster := mustID(t, server, "/DC0/host/DC0_C0")
	with := func(key string, value any) spec { return spec{"source": source.ID, "name": "refused", key: value} }
	invalid := func(body spec) cloneRule { return cloneRule{body, http.StatusBadRequest, "INVALID_ARGUMENT"} }
	missing := func(body spec) cloneRule { return cloneRule{body, http.StatusNotFound, "NOT_FOUND"} }

	return map[string]cloneRule{
		"name taken":           {spec{"source": source.ID, "name": source.Name}, http.StatusBadRequest, "ALREADY_EXISTS"},
		"disk in both":         invalid(spec{"source": source.ID, "name": "refused", "disks_to_remove": []string{disk}, "disks_to_update": spec{disk: spec{"datastore": datastore}}}),
		"unknown disk removed": invalid(with("disks_to_remove", []string{"9999"})),
		"unknown disk updated": invalid(with("disks_to_update", spec{"9999": spec{"datastore": datastore}})),
		"host outside cluster": invalid(placed(spec{"host": otherHost, "cluster": cluster})),
		"host outside pool":    invalid(placed(spec{"host": otherHost, "resource_pool": source.ResourcePoolID})),
		"pool outside cluster": invalid(placed(spec{"resource_pool": otherPool, "cluster": cluster})),
		"empty name":           invalid(spec{"source": source.ID, "name": ""}),
		"no name":              invalid(spec{"source": source.ID}),
		"no source":            invalid(spec{"name": "refused"}),
		"unknown source":       missing(spec{"source": "vm-99999", "name": "refused"}),
		"unknown folder":       missing(placed(spec{"folder": "group-v99999"})),
		"unknown pool":         missing(placed(spec{"resource_pool": "resgroup-99999"})),
		"unknown host":         missing(placed(spec{"host": "host-99999"})),
		"unknown cluster":      missing(placed(spec{"cluster": "domain-c99999"})),
		"unknown datastore":    missing(placed(spec{"datastore": "datastore-99999"})),
		"unknown disk store":   missing(with("disks_to_update", spec{disk: spec{"datastore": "datastore-99999"}})),
		"unknown spec":         missing(with("guest_customization_spec", spec{"name": "no-such"})),
		"folder is a pool":     missing(placed(spec{"folder": source.ResourcePoolID})),
	}
}

func TestBlackBoxCloneRules(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	before := len(server.VMs())
	rules := cloneRules(t, server)
	t.Run("rules", func(t *testing.T) {
		t.Parallel()
		for name, rule := range rules {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				rest.do(t.Context(), http.MethodPost, clonePath, rule.body).wantError(t, rule.status, rule.errorType)
				rest.wantAsyncError(t, cloneAsyncPath, rule.body, rule.status, rule.errorType)
			})
		}
	})
	t.Cleanup(func() {
		if after := len(server.VMs()); after != before {
			t.Errorf("%d VMs, %d before: a refused clone left one: %v", after, before, vmNames(server))
		}
	})
}

// wantAsyncError asserts that an asynchronous call fails with errorType, either at once or in its task.
func (c *restClient) wantAsyncError(t *testing.T, path string, body any, status int, errorType string) {
	t.Helper()
	got := c.do(t.Context(), http.MethodPost, path, body)
	if got.Status != http.StatusAccepted {
		got.wantError(t, status, errorType)

		return
	}
	var id string
	got.decode(t, &id)
	info := c.waitTask(t, id)
	if info.Status != "FAILED" || info.Error.ErrorType != errorType {
		t.Errorf("the task ended %s with %+v, want %s", info.Status, info.Error, errorType)
	}
}

func TestBlackBoxCloneDatastores(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	datastore := mustID(t, server, "/DC0/datastore/LocalDS_1")
	disk := slices.Sorted(maps.Keys(source.Disks))[0]
	bodies := map[string]spec{
		"all":  {"source": source.ID, "name": "stored", "placement": spec{"datastore": datastore}},
		"disk": {"source": source.ID, "name": "stored", "disks_to_update": spec{disk: spec{"datastore": datastore}}},
	}

	if err := server.ChangeDatastore(datastore, new(false), nil); err != nil {
		t.Fatal(err)
	}
	for name, body := range bodies {
		rest.do(t.Context(), http.MethodPost, clonePath, body).
			wantError(t, http.StatusInternalServerError, "RESOURCE_INACCESSIBLE")
		rest.wantAsyncError(t, cloneAsyncPath, body, http.StatusInternalServerError, "RESOURCE_INACCESSIBLE")
		t.Logf("%s: as specified", name)
	}
	if err := server.ChangeDatastore(datastore, new(true), new(int64(1))); err != nil {
		t.Fatal(err)
	}
	rest.do(t.Context(), http.MethodPost, clonePath, bodies["all"]).
		wantError(t, http.StatusInternalServerError, "UNABLE_TO_ALLOCATE_RESOURCE")
	if _, found := server.VM("stored"); found {
		t.Error("a clone that failed left a VM")
	}
	if err := server.ChangeDatastore(datastore, nil, new(int64(1)<<40)); err != nil {
		t.Fatal(err)
	}
	rest.cloneNow(t, server, bodies["all"])
}
