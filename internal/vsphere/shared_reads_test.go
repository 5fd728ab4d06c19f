package vsphere_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// VMs with their settings, VMs without and VMs that are asked for both ways are one call, and each caller gets what it asked for.
func TestVirtualMachine_settingsShareTheCall(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 9})
			vms := slices.DeleteFunc(server.VMs(), func(vm vcenter.VM) bool { return vm.Template })
			for _, vm := range vms {
				h, err := client.Reconfigure(t.Context(), vm.ID, vsphere.ReconfigureSpec{ExtraConfig: map[string]string{"guestinfo.id": vm.ID}})
				finish(t, h, err)
			}
			var calls sync.WaitGroup
			plain := func(id string) {
				got, err := client.VirtualMachine(t.Context(), id)
				if err != nil || got.ID != id || got.ExtraConfig != nil {
					t.Errorf("%s: %+v, %v", id, got, err)
				}
			}
			full := func(id string) {
				got, err := client.VirtualMachineWith(t.Context(), id, vsphere.Extras{Settings: true})
				if err != nil || got.ID != id || got.ExtraConfig["guestinfo.id"] != id {
					t.Errorf("%s with settings: %+v, %v", id, got, err)
				}
			}
			server.ResetRequests()
			for i, vm := range vms {
				if i%3 != 0 {
					calls.Go(func() { full(vm.ID) })
				}
				if i%3 != 1 {
					calls.Go(func() { plain(vm.ID) })
				}
			}
			for _, read := range []func() (*vsphere.VirtualMachine, error){
				func() (*vsphere.VirtualMachine, error) { return client.VirtualMachine(t.Context(), "vm-none") },
				func() (*vsphere.VirtualMachine, error) {
					return client.VirtualMachineWith(t.Context(), "vm-none", vsphere.Extras{Settings: true})
				},
			} {
				calls.Go(func() {
					_, err := read()
					if failure := wantError(t, err, apierr.NotFound, "ManagedObjectNotFound"); failure.Object != "vm-none" {
						t.Errorf("object %q", failure.Object)
					}
				})
			}
			calls.Wait()
			if counts := server.Requests(); counts.Total > 2+apart {
				t.Errorf("the reads took %v", counts.ByMethod)
			}
		})
	}
}

// A partner that is known beforehand saves a request. A wrong one costs nothing but that, and changes no answer.
func TestFaultToleranceWith_partner(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	primary, other := mustVM(t, server, runningVM), mustVM(t, server, "DC0_C0_RP0_VM1")
	secondary := protect(t, client, vsphere.SecondarySpec{PrimaryID: primary.ID}).SecondaryID
	waitFor(t, func() bool { return pairOf(t, client, primary.ID).State == vsphere.FaultToleranceRunning })
	want, mirror, single := pairOf(t, client, primary.ID), pairOf(t, client, secondary), pairOf(t, client, other.ID)
	tests := []struct {
		name, id, partner string
		want              vsphere.FaultTolerance
		requests          int
	}{
		{"known", primary.ID, secondary, want, 1},
		{"unknown", primary.ID, "", want, 2},
		{"the VM itself", primary.ID, primary.ID, want, 2},
		{"another VM", primary.ID, other.ID, want, 2},
		{"gone", primary.ID, "vm-none", want, 2},
		{"from the other side", secondary, primary.ID, mirror, 1},
		{"there is no pair", other.ID, secondary, single, 1},
	}
	for _, tt := range tests {
		server.ResetRequests()
		got, err := client.FaultToleranceWith(t.Context(), tt.id, tt.partner)
		if counts := server.Requests(); err != nil || got != tt.want || counts.Total != tt.requests {
			t.Errorf("%s: %v\n got %+v\nwant %+v\nby %v, want %d requests", tt.name, err, got, tt.want, counts.ByMethod, tt.requests)
		}
	}
	_, err := client.FaultToleranceWith(t.Context(), "vm-none", secondary)
	if failure := wantError(t, err, apierr.NotFound, "ManagedObjectNotFound"); failure.Object != "vm-none" {
		t.Errorf("object %q", failure.Object)
	}

	// With and without partners together: one call for the known ones, and one for the others.
	server.ResetRequests()
	var calls sync.WaitGroup
	for range 10 {
		for _, tt := range tests {
			calls.Go(func() {
				if got, err := client.FaultToleranceWith(t.Context(), tt.id, tt.partner); err != nil || got != tt.want {
					t.Errorf("%s, together: %+v, %v", tt.name, got, err)
				}
			})
		}
	}
	calls.Wait()
	if counts := server.Requests(); counts.Total > 2+apart {
		t.Errorf("together: %v", counts.ByMethod)
	}
}
