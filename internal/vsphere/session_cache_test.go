package vsphere_test

import (
	"path/filepath"
	"testing"

	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestSession_cacheOfMany has several processes begin with one empty cache at once. Each logs in, and one session of each kind
// is kept for the next process; the others are ended.
func TestSession_cacheOfMany(t *testing.T) {
	t.Parallel()
	for _, api := range []string{vsphere.APISOAP, vsphere.APIJSON} {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, vspheresim.Options{})
			config := configFor(server)
			config.API, config.SessionCache = api, filepath.Join(t.TempDir(), "sessions")
			var clients []*vsphere.Client
			for range 3 {
				client, err := vsphere.New(config)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client.About(t.Context()); err != nil { // looks into the cache
					t.Fatal(err)
				}
				clients = append(clients, client)
			}
			for _, client := range clients {
				warm(t, client)
			}
			if logins := server.Requests().ByMethod["Login"]; logins != len(clients) {
				t.Fatalf("%d logins, want %d", logins, len(clients))
			}
			for _, client := range clients {
				if err := client.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
			kinds := map[string]int{}
			for _, session := range server.Sessions() {
				kinds[session.Kind]++
			}
			if kinds["soap"] != 1 || kinds["rest"] != 1 {
				t.Errorf("left are %v, want one of each kind", kinds)
			}

			server.ResetRequests()
			next := connect(t, config)
			warm(t, next)
			if counts := server.Requests().ByMethod; counts["Login"] != 0 || counts["POST /api/session"] != 0 {
				t.Errorf("the next process logged in again: %v", counts)
			}
		})
	}
}
