package vsphere_test

import (
	"path/filepath"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestSession_cacheOfMany has several processes share a cache and log in one each: since it is empty, or since all sessions
// have expired. One session of each kind is kept for the next process; the others are ended.
func TestSession_cacheOfMany(t *testing.T) {
	t.Parallel()
	for _, api := range []string{vsphere.APISOAP, vsphere.APIJSON} {
		t.Run(api+", empty", func(t *testing.T) {
			t.Parallel()
			server, config := shareCache(t, api)
			clients := cacheReaders(t, config)
			for _, client := range clients {
				warm(t, client)
			}
			closeAll(t, clients...)
			wantOneKept(t, server, config, len(clients))
		})
		t.Run(api+", expired", func(t *testing.T) {
			t.Parallel()
			server, config := shareCache(t, api)
			clients := cacheReaders(t, config)
			warm(t, clients[0])
			clients = append(clients, cacheReaders(t, config)...)
			for _, client := range clients[1:] {
				warm(t, client)
			}
			server.ExpireSessions()
			server.ResetRequests()
			// Each ends before the next one notices.
			for _, client := range clients {
				warm(t, client)
				closeAll(t, client)
			}
			wantOneKept(t, server, config, len(clients))
		})
	}
}

// shareCache starts a server, and returns the configuration of clients that share a cache, which is empty.
func shareCache(t *testing.T, api string) (*vcenter.Server, vsphere.Config) {
	t.Helper()
	server := startSimulator(t, vcenter.Options{})
	config := configFor(server)
	config.API, config.SessionCache = api, filepath.Join(t.TempDir(), "sessions")

	return server, config
}

// cacheReaders returns three clients that have looked into the cache.
func cacheReaders(t *testing.T, config vsphere.Config) []*vsphere.Client {
	t.Helper()
	var clients []*vsphere.Client
	for range 3 {
		client, err := vsphere.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.About(t.Context()); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}

	return clients
}

func closeAll(t *testing.T, clients ...*vsphere.Client) {
	t.Helper()
	for _, client := range clients {
		if err := client.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// wantOneKept checks that there were so many logins, and that one session of each kind is left, which the next client finds.
func wantOneKept(t *testing.T, server *vcenter.Server, config vsphere.Config, logins int) {
	t.Helper()
	if got := server.Requests().ByMethod["Login"]; got != logins {
		t.Errorf("%d logins, want %d: the test is not about many", got, logins)
	}
	kinds := map[string]int{}
	for _, session := range server.Sessions() {
		kinds[session.Kind]++
	}
	if kinds["soap"] != 1 || kinds["rest"] != 1 {
		t.Errorf("left are %v, want one of each kind", kinds)
	}
	server.ResetRequests()
	warm(t, connect(t, config))
	if counts := server.Requests().ByMethod; counts["Login"] != 0 || counts["POST /api/session"] != 0 {
		t.Errorf("the next process logged in again: %v", counts)
	}
}
