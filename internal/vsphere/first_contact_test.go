package vsphere_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// A vCenter that takes no requests is asked a few times, once for all, and then left alone for a while: a plan with many
// resources fails in seconds.
func TestFirstContact_down(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	client := connect(t, configFor(server))
	server.Restart(vcenter.Restart{Outage: time.Hour})
	for range 20 {
		_, err := client.VirtualMachine(t.Context(), "vm-1")
		wantError(t, err, apierr.Unavailable, "HTTP 503")
	}
	if n := server.Requests().Total; n < 2 || n > 10 {
		t.Errorf("20 calls cost %d requests, want those of one contact with a few attempts", n)
	}
}

// An outage that ends within the attempts goes unnoticed, and so does a proxy that asks to come back a little later.
func TestFirstContact_passing(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{
		"unavailable": http.StatusServiceUnavailable, "gateway": http.StatusBadGateway, "too many": http.StatusTooManyRequests,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, vcenter.Options{})
			client := connect(t, configFor(server))
			server.Inject(vcenter.Fault{Method: "RetrieveServiceContent", Status: status, Times: 2})
			if _, err := client.VirtualMachine(t.Context(), mustVM(t, server, "DC0_C0_RP0_VM0").ID); err != nil {
				t.Error(err)
			}
		})
	}
}
