package zstack_test

import (
	"net/http"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// names returns the names of what a query found.
func names(t *testing.T, got reply) []string {
	t.Helper()
	got.wantStatus(t, http.StatusOK)
	var body struct {
		Inventories []struct{ Name string }
	}
	got.decode(t, &body)
	found := []string{}
	for _, inventory := range body.Inventories {
		found = append(found, inventory.Name)
	}

	return found
}

func TestFrontPaths(t *testing.T) {
	t.Parallel()
	server := startFront(t, zstacksim.Options{})
	c := logIn(t, server)
	zone := server.ID("Zone", "zone-1")
	for _, path := range []string{
		"/v1/zones", "/v1//zones", "//v1/zones", "/v1/zones/" + zone, "/v1/zones//" + zone, "/v1//zones//" + zone,
	} {
		if got := names(t, c.do(http.MethodGet, path, nil)); len(got) != 1 || got[0] != "zone-1" {
			t.Errorf("GET %s: %v", path, got)
		}
	}
}
