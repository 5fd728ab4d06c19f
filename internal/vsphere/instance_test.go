package vsphere_test

import (
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestVMWithInstanceUUID finds a VM under its new id, and looks once for a UUID that many ask for.
func TestVMWithInstanceUUID(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 2})
			vm := mustVM(t, server, runningVM)
			moved, err := server.Reregister(vm.ID)
			if err != nil {
				t.Fatal(err)
			}
			server.ResetRequests()
			var calls sync.WaitGroup
			for _, test := range []struct{ uuid, want string }{
				{vm.InstanceUUID, moved}, {vm.InstanceUUID, moved}, {"4a1b0000-0000-4000-8000-000000000000", ""},
			} {
				calls.Go(func() {
					if got, err := client.VMWithInstanceUUID(t.Context(), test.uuid); err != nil || got != test.want {
						t.Errorf("%s: %s, %v, want %s", test.uuid, got, err, test.want)
					}
				})
			}
			calls.Wait()
			if counts := server.Requests(); counts.Total > 2+apart {
				t.Errorf("asked %v", counts.ByMethod)
			}
			if err := server.ChangeVM(moved, vcenter.Change{ConnectionState: new("inaccessible")}); err != nil {
				t.Fatal(err)
			}
			read, err := client.VirtualMachine(t.Context(), moved)
			if err != nil || !read.NoConfig || read.InstanceUUID != "" || read.ConnectionState != "inaccessible" {
				t.Errorf("%+v, %v", read, err)
			}
			if got, err := client.VMWithInstanceUUID(t.Context(), vm.InstanceUUID); err != nil || got != "" {
				t.Errorf("a VM without a configuration: %s, %v", got, err)
			}
			all, err := client.VMsWithoutConfig(t.Context())
			if err != nil || len(all) != 1 || all[0].ID != moved || all[0].Name != vm.Name || all[0].ConnectionState != "inaccessible" || !all[0].NoConfig {
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
}
