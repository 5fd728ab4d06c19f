package vcenter_test

import (
	"slices"
	"testing"
)

// TestBlackBoxRESTLists lists objects with the filters that the API documents.
func TestBlackBoxRESTLists(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginREST(t, server)
	id := func(path string) string { return mustID(t, server, path) }
	for _, test := range []struct {
		path string
		key  string
		want []string
	}{
		{"datacenter", "datacenter", []string{id("/DC0")}},
		{"cluster", "cluster", []string{id("/DC0/host/DC0_C0"), id("/DC0/host/DC0_C1")}},
		{"cluster?names=DC0_C1", "cluster", []string{id("/DC0/host/DC0_C1")}},
		{"host?clusters=" + id("/DC0/host/DC0_C1") + "&names=DC0_C1_H0&names=DC0_C0_H0", "host", []string{id("/DC0/host/DC0_C1/DC0_C1_H0")}},
		{"host?standalone=true", "host", nil},
		{"datastore?datacenters=" + id("/DC0"), "datastore", []string{id("/DC0/datastore/LocalDS_0"), id("/DC0/datastore/LocalDS_1")}},
		{"datastore?datastores=datastore-9999", "datastore", nil},
		{"folder?type=VIRTUAL_MACHINE", "folder", []string{id("/DC0/vm")}},
		{"network?types=STANDARD_PORTGROUP", "network", []string{id("/DC0/network/VM Network")}},
		{"resource-pool?clusters=" + id("/DC0/host/DC0_C0"), "resource_pool", []string{id("/DC0/host/DC0_C0/Resources")}},
		{"resource-pool?hosts=" + id("/DC0/host/DC0_C1/DC0_C1_H0"), "resource_pool", []string{id("/DC0/host/DC0_C1/Resources")}},
	} {
		var got []map[string]any
		client.get(t, "/api/vcenter/"+test.path, &got)
		var ids []string
		for _, one := range got {
			ids = append(ids, one[test.key].(string))
		}
		if !slices.Equal(ids, test.want) {
			t.Errorf("%s: got %v, want %v", test.path, ids, test.want)
		}
	}
}
