package vcenter_test

import (
	"net/http"
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

func TestBlackBoxSessionREST(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := anonymous(t, server)

	for name, password := range map[string]string{"wrong": "nonsense", "empty": ""} {
		client.createSession(t.Context(), server.Username(), password).
			wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
		if t.Failed() {
			t.Fatalf("with a %s password", name)
		}
	}
	client.createSession(t.Context(), "unknown", server.Password()).
		wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
	client.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).
		wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")

	client = loginREST(t, server)
	if client.token == "" {
		t.Fatal("the session has no token")
	}
	client.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantStatus(t, http.StatusOK)
	client.do(t.Context(), http.MethodDelete, "/api/session", nil).wantStatus(t, http.StatusNoContent)
	client.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).
		wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
}

func TestBlackBoxSessionSOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())

	_, err := dialSOAP(t, server, server.Username(), "nonsense")
	wantFault(t, err, "InvalidLogin")
	_, err = dialSOAP(t, server, "unknown", server.Password())
	wantFault(t, err, "InvalidLogin")

	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	if _, err := vm.PowerState(t.Context()); err != nil {
		t.Fatalf("read with a session: %v", err)
	}
	if err := client.Logout(t.Context()); err != nil {
		t.Fatalf("log out: %v", err)
	}
	_, err = vm.PowerState(t.Context())
	wantFault(t, err, "NotAuthenticated")
	_, err = vm.PowerOff(t.Context())
	wantFault(t, err, "NotAuthenticated")
}

func TestBlackBoxSessionExpiry(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")

	kinds := map[string]int{}
	for _, session := range server.Sessions() {
		kinds[session.Kind]++
	}
	if kinds["soap"] != 1 || kinds["rest"] != 1 {
		t.Fatalf("sessions by kind: %v, want one of each: %v", kinds, server.Sessions())
	}

	server.ExpireSessions()
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).
		wantError(t, http.StatusUnauthorized, "UNAUTHENTICATED")
	_, err := vm.PowerState(t.Context())
	wantFault(t, err, "NotAuthenticated")
	_, err = vm.PowerOff(t.Context())
	wantFault(t, err, "NotAuthenticated")
	if left := server.Sessions(); len(left) != 0 {
		t.Errorf("sessions after expiry: %v", left)
	}

	// Both kinds work again after a login, on the same connections.
	loginREST(t, server).do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantStatus(t, http.StatusOK)
	if _, err := dialSOAP(t, server, server.Username(), server.Password()); err != nil {
		t.Fatalf("log in again: %v", err)
	}
}

func TestBlackBoxSessionExpiryEndsAWait(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)

	wait := make(chan error, 1)
	go func() {
		_, err := methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{
			This: client.ServiceContent.PropertyCollector,
		})
		wait <- err
	}()
	eventually(t, "the wait has arrived", func() bool { return server.Requests().ByMethod["WaitForUpdatesEx"] == 1 })
	server.ExpireSessions()
	// A wait on a session that has ended must return.
	wantFault(t, <-wait, "NotAuthenticated")
}

func TestBlackBoxServerClock(t *testing.T) {
	t.Parallel()
	client := loginSOAP(t, startServer(t, quick()))
	now, err := methods.GetCurrentTime(t.Context(), client)
	if err != nil || now.IsZero() {
		t.Fatalf("CurrentTime = %v, %v", now, err)
	}
}
