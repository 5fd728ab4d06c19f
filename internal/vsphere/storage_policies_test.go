package vsphere_test

import (
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// policyNamed finds the id of a storage policy.
func policyNamed(t *testing.T, client *vsphere.Client, name string) string {
	t.Helper()
	found, err := client.FindObjects(t.Context(), vsphere.TypeStoragePolicy, name)
	if err != nil || len(found) != 1 {
		t.Fatalf("the policy %q: %+v, %v", name, found, err)
	}

	return found[0].ID
}

// Many policies are read by one request, over both APIs, also after the session was lost. What does not exist is an error of its own.
func TestStoragePolicies_areOneCall(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 50})
			policy := policyNamed(t, client, "vSAN Default Storage Policy")
			vms := server.VMs()
			spec := vsphere.ReconfigureSpec{StoragePolicyID: policy, Disks: map[string]vsphere.DiskEdit{"2000": {StoragePolicyID: policy}}}
			handle, err := client.Reconfigure(t.Context(), vms[0].ID, spec)
			finish(t, handle, err)
			server.ExpireSessions()
			server.ResetRequests()
			var calls sync.WaitGroup
			for i, vm := range vms {
				for _, key := range []string{"", "2000"} {
					calls.Go(func() {
						want := ""
						if i == 0 {
							want = policy
						}
						got, err := client.StoragePolicyOf(t.Context(), vsphere.Policied{VMID: vm.ID, DiskKey: key})
						if err != nil || got != want {
							t.Errorf("%s %q: %q, %v, want %q", vm.Name, key, got, err, want)
						}
					})
				}
			}
			calls.Go(func() {
				_, err := client.StoragePolicyOf(t.Context(), vsphere.Policied{VMID: "vm-none"})
				wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
			})
			calls.Wait()
			if counts := server.Requests(); counts.ByMethod["PbmQueryAssociatedProfiles"] > 2+apart {
				t.Errorf("the reads took %v", counts.ByMethod)
			}
		})
	}
}

// Without the privilege to view storage policies nothing of them is told, and a request that names one lacks it.
func TestStoragePolicies_denied(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{VMs: 1})
	config := configFor(server)
	config.Username, config.Password = "restricted", "restricted"
	client := connect(t, config)
	vm := server.VMs()[0]
	_, err := client.StoragePolicyOf(t.Context(), vsphere.Policied{VMID: vm.ID})
	wantError(t, err, apierr.Denied, "NoPermission")
	missing, err := client.MissingChangePrivileges(t.Context(), vm.ID, vsphere.Changes{Configuration: vsphere.ReconfigureSpec{StoragePolicyID: "any"}})
	if err != nil || len(missing) != 1 || missing[0].Privilege != "StorageProfile.View" {
		t.Errorf("missing privileges: %v, %v", missing, err)
	}
}
