package states_test

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// zstack is a simulated ZStack. Its clock stands still, so that dates of all objects are those of the recordings.
type zstack struct {
	*caller

	server  *zstacksim.Server
	session string
}

func newZStack(t *testing.T) *zstack {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC) }
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1, Clock: clock})
	z := &zstack{server: server, caller: newCaller(t, server.URL(), server.CACertificate())}
	sum := sha512.Sum512([]byte(server.Password()))
	_, content := z.do(http.MethodPut, "/zstack/v1/accounts/login", map[string]any{
		"logInByAccount": map[string]string{"accountName": server.AccountName(), "password": hex.EncodeToString(sum[:])},
	})
	var answer struct {
		Inventory struct {
			UUID string `json:"uuid"`
		} `json:"inventory"`
	}
	if err := json.Unmarshal(content, &answer); err != nil {
		t.Fatal(err)
	}
	z.session = answer.Inventory.UUID

	return z
}

func (z *zstack) provider() string { return acctest.ZStackProviderConfig(z.server) }

// headers are those of the login, which every path needs but the simulator's own.
func (z *zstack) headers(path string) []string {
	if strings.HasPrefix(path, "/_control/") {
		return nil
	}

	return []string{"Authorization", "OAuth " + z.session}
}

// logOut ends what newZStack began: a test fails if a session is left.
func (z *zstack) logOut() {
	z.t.Helper()
	z.do(http.MethodDelete, "/zstack/v1/accounts/sessions/"+z.session, nil)
}

func (z *zstack) hold()    { z.server.HoldJobs("") }
func (z *zstack) release() { z.server.ReleaseJobs() }
func (z *zstack) forget()  { z.server.PurgeJobs() }

// settle waits until all jobs have ended.
func (z *zstack) settle() {
	z.t.Helper()
	acctest.Until(z.t, "ZStack has settled", func() bool {
		for _, job := range z.server.Jobs() {
			if job.State == zstacksim.JobProcessing {
				return false
			}
		}

		return true
	})
	for _, job := range z.server.Jobs() {
		if job.Error != "" {
			z.t.Fatalf("a job failed: %+v", job)
		}
	}
}

// startHeld starts an apply and returns when ZStack holds its job.
func (z *zstack) startHeld(workspace *realcli.Workspace, kind resourceKind) *realcli.Command {
	z.t.Helper()

	return acctest.StartUntilJobHeld(z.t, z.server, workspace, kind.method, "apply", "-auto-approve")
}

// inventory names everything that a state can hold.
func (z *zstack) inventory() map[string]string {
	z.t.Helper()
	names := map[string]string{}
	for _, kind := range []string{
		"zones", "clusters", "hosts", "images", "primary-storage", "l3-networks", "affinity-groups", "vm-instances",
		"volume-snapshots/group", "volume-snapshots",
	} {
		var answer struct {
			Inventories []map[string]any `json:"inventories"`
		}
		z.read("/zstack/v1/"+kind, &answer, z.headers("")...)
		seen := map[string]int{}
		for _, one := range answer.Inventories {
			label := fmt.Sprintf("%s %v", kind, one["name"])
			if seen[label]++; seen[label] > 1 {
				label += fmt.Sprintf(" #%d", seen[label])
			}
			flatten(label, one, names)
		}
	}

	return names
}
