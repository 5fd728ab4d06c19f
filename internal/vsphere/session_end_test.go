package vsphere_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestSession_logsOut(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, vcenter.Options{})
			config := configFor(server)
			config.API = api
			client, err := vsphere.New(config)
			if err != nil {
				t.Fatal(err)
			}
			vm := mustVM(t, server, "DC0_C0_RP0_VM0")
			warm(t, client)
			before := len(server.Sessions())
			if err := client.Close(t.Context()); err != nil {
				t.Errorf("close: %v", err)
			}
			if err := client.Close(t.Context()); err != nil {
				t.Errorf("close again: %v", err)
			}
			if before != 2 || len(server.Sessions()) != 0 {
				t.Errorf("%d sessions before, %d after", before, len(server.Sessions()))
			}
			_, err = client.VirtualMachine(t.Context(), vm.ID)
			if !apierr.Is(err, apierr.Cancelled) {
				t.Errorf("a call after close: %v", err)
			}
		})
	}
}

// A logout that is lost on the way, or refused for the moment, is sent again: a session that is left behind counts against
// vCenter's limit for half an hour.
func TestSession_logsOutAgain(t *testing.T) {
	t.Parallel()
	faults := map[string]vcenter.Fault{
		"dropped before":   {Drop: vcenter.DropBefore},
		"dropped after":    {Drop: vcenter.DropAfter},
		"gateway":          {Status: http.StatusBadGateway},
		"unavailable":      {Status: http.StatusServiceUnavailable},
		"gateway timeout":  {Status: http.StatusGatewayTimeout},
		"too many at once": {Status: http.StatusTooManyRequests},
		"refused":          {Code: "SystemError"},
	}
	for name, fault := range faults {
		for _, api := range apis {
			t.Run(name+", "+api, func(t *testing.T) {
				t.Parallel()
				server := startSimulator(t, vcenter.Options{})
				config := configFor(server)
				config.API = api
				client, err := vsphere.New(config)
				if err != nil {
					t.Fatal(err)
				}
				warm(t, client)
				for _, method := range []string{"Logout", "DELETE /api/session"} {
					meets := fault
					meets.Method = method
					if meets.Code != "" && method != "Logout" {
						meets.Code = "INTERNAL_SERVER_ERROR"
					}
					server.Inject(meets)
				}
				if err := client.Close(t.Context()); err != nil {
					t.Errorf("close: %v", err)
				}
				if left := server.Sessions(); len(left) > 0 || server.Struck() != 2 {
					t.Errorf("%d sessions are left after %d faults: %+v", len(left), server.Struck(), left)
				}
			})
		}
	}
}

func TestSession_cache(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	config := configFor(server)
	config.SessionCache = filepath.Join(t.TempDir(), "sessions")
	use := func() map[string]int {
		t.Helper()
		server.ResetRequests()
		client, err := vsphere.New(config)
		if err != nil {
			t.Fatal(err)
		}
		warm(t, client)
		if err := client.Close(t.Context()); err != nil {
			t.Fatal(err)
		}

		return server.Requests().ByMethod
	}
	if counts := use(); counts["Login"] != 1 || counts["Logout"] != 0 || counts["DELETE /api/session"] != 0 {
		t.Errorf("first use: %v", counts)
	}
	if counts := use(); counts["Login"] != 0 || counts["POST /api/session"] != 0 {
		t.Errorf("second use logged in again: %v", counts)
	}
	server.ExpireSessions()
	if counts := use(); counts["Login"] != 1 || counts["POST /api/session"] != 1 {
		t.Errorf("use after the sessions expired: %v", counts)
	}
	if counts := use(); counts["Login"] != 0 {
		t.Errorf("use of the renewed session: %v", counts)
	}
	files, err := os.ReadDir(config.SessionCache)
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	file := filepath.Join(config.SessionCache, files[0].Name())
	for name, spoil := range map[string]func() error{
		"open to others": func() error { return os.Chmod(file, 0o644) },
		"not JSON":       func() error { return os.WriteFile(file, []byte("{"), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if counts := use(); counts["Login"] != 1 {
			t.Errorf("%s: the file was trusted: %v", name, counts)
		}
	}
}

func TestSession_secretsAreNotLogged(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	var log lockedBuffer
	config := configFor(server)
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config.SessionCache = filepath.Join(t.TempDir(), "sessions")
	client := connect(t, config)
	warm(t, client)
	server.Inject(vcenter.Fault{Method: "RetrievePropertiesEx", Drop: vcenter.DropAfter})
	if _, err := client.VMPath(t.Context(), "vm-1"); !apierr.Is(err, apierr.NotFound) {
		t.Errorf("error %v", err)
	}
	files, err := filepath.Glob(filepath.Join(config.SessionCache, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]string
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	_, cookie, _ := strings.Cut(kept["soap_cookie"], "=")
	for _, secret := range []string{config.Password, kept["rest_token"], cookie} {
		if secret == "" || strings.Contains(log.String(), secret) {
			t.Errorf("the log holds the secret %q:\n%s", secret, log.String())
		}
	}
	for _, told := range []string{"trying again", "op=Login ", `op="POST /api/session"`, "op=RetrievePropertiesEx "} {
		if !strings.Contains(log.String(), told) {
			t.Errorf("the log does not tell %q:\n%s", told, log.String())
		}
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buffer.String()
}

func TestAcquireTaskSlot(t *testing.T) {
	t.Parallel()
	client := connect(t, vsphere.Config{Endpoint: "localhost", Username: "u", Password: "p", MaxConcurrentTasks: 1})
	release, err := client.AcquireTaskSlot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := client.AcquireTaskSlot(ctx); !apierr.Is(err, apierr.TimedOut) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second slot: %v", err)
	}
	release()
	release()
	if _, err := client.AcquireTaskSlot(t.Context()); err != nil {
		t.Errorf("after release: %v", err)
	}
}
