package vcenter_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const olderSession = "/rest/com/vmware/cis/session"

// loginOlder opens a session by the older form of the API.
func (c *restClient) loginOlder(ctx context.Context, t *testing.T, user, password string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+olderSession, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(user, password)
	got := c.send(request)
	if got.Status != http.StatusOK {
		t.Fatalf("POST %s: %s", olderSession, got)
	}
	var opened struct{ Value string }
	got.decode(t, &opened)
	c.token = opened.Value
}

// TestBlackBoxOneSession uses a session of either form of the API in both, and in the parts of the older form that are govmomi's.
func TestBlackBoxOneSession(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	newer, older := loginREST(t, server), anonymous(t, server)
	older.loginOlder(t.Context(), t, server.Username(), server.Password())
	for name, client := range map[string]*restClient{"/api": newer, "/rest": older} {
		for _, path := range []string{
			"/api/vcenter/vm", "/rest/vcenter/vm", "/rest/com/vmware/cis/tagging/tag", "/rest/com/vmware/content/library", "/api/session", olderSession,
		} {
			if got := client.do(t.Context(), http.MethodGet, path, nil); got.Status != http.StatusOK {
				t.Errorf("a session made by %s at %s: %s", name, path, got)
			}
		}
		var shown struct {
			Value struct {
				User string `json:"user"`
			}
		}
		client.do(t.Context(), http.MethodPost, olderSession+"?~action=get", nil).decode(t, &shown)
		if shown.Value.User != server.Username() {
			t.Errorf("the session made by %s is of %q", name, shown.Value.User)
		}
	}
	newer.do(t.Context(), http.MethodDelete, olderSession, nil).wantStatus(t, http.StatusOK)
	older.do(t.Context(), http.MethodDelete, "/api/session", nil).wantStatus(t, http.StatusNoContent)
	for _, client := range []*restClient{newer, older} {
		client.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
		for _, path := range []string{"/rest/vcenter/vm", "/rest/com/vmware/content/library", olderSession} {
			if got := client.do(t.Context(), http.MethodGet, path, nil); got.Status != http.StatusUnauthorized {
				t.Errorf("a session that has ended at %s: %s", path, got)
			}
		}
	}
	server.AddUser("reader", "secret")
	older.loginOlder(t.Context(), t, "reader", "secret")
	server.ExpireSessions()
	if got := older.do(t.Context(), http.MethodGet, "/rest/com/vmware/content/library", nil); got.Status != http.StatusUnauthorized {
		t.Errorf("an expired session: %s", got)
	}
}

// TestBlackBoxOlderLists lists objects by the older form of the API: wrapped answers, filters with a prefix, errors by their names in vAPI.
func TestBlackBoxOlderLists(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginREST(t, server)
	id := func(path string) string { return mustID(t, server, path) }
	for _, test := range []struct {
		path, key string
		want      []string
	}{
		{"datacenter?filter.names=DC0", "datacenter", []string{id("/DC0")}},
		{"cluster?filter.names.1=DC0_C1&filter.names.2=DC0_C0", "cluster", []string{id("/DC0/host/DC0_C0"), id("/DC0/host/DC0_C1")}},
		{"host?filter.clusters=" + id("/DC0/host/DC0_C1") + "&filter.names=DC0_C1_H0", "host", []string{id("/DC0/host/DC0_C1/DC0_C1_H0")}},
		{"datastore?filter.types=VMFS", "datastore", []string{id("/DC0/datastore/LocalDS_0"), id("/DC0/datastore/LocalDS_1")}},
		{"folder?filter.type=VIRTUAL_MACHINE", "folder", []string{id("/DC0/vm")}},
		{"network?filter.names=VM%20Network", "network", []string{id("/DC0/network/VM Network")}},
		{"resource-pool?filter.hosts=" + id("/DC0/host/DC0_C0/DC0_C0_H0"), "resource_pool", []string{id("/DC0/host/DC0_C0/Resources")}},
		{"vm?filter.names=DC0_C0_RP0_VM0&filter.power_states=POWERED_ON", "vm", []string{mustVM(t, server, "DC0_C0_RP0_VM0").ID}},
		{"vm?filter.names=nobody", "vm", nil},
	} {
		var got struct{ Value []map[string]any }
		client.get(t, "/rest/vcenter/"+test.path, &got)
		if got.Value == nil {
			t.Errorf("%s: null and no list", test.path)
		}
		var ids []string
		for _, one := range got.Value {
			ids = append(ids, one[test.key].(string))
		}
		if !slices.Equal(ids, test.want) {
			t.Errorf("%s: got %v, want %v", test.path, ids, test.want)
		}
	}
	for path, want := range map[string]string{"vm?names=x": "unexpected_input", "cluster?filter.colour=red": "unexpected_input"} {
		got := client.do(t.Context(), http.MethodGet, "/rest/vcenter/"+path, nil)
		if got.Status != http.StatusBadRequest || !strings.Contains(string(got.Body), `"type":"com.vmware.vapi.std.errors.`+want+`"`) {
			t.Errorf("%s: %s", path, got)
		}
	}
}
