package vsphere_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestCheckClone has vCenter judge a clone and a relocation: what it finds names the device, or the datastore, and nothing is made.
func TestCheckClone(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			asked := spec(t, server, "vmfork-dry-run")
			asked.Source = machine(t, client, asked.SourceID)
			const key = "2000"
			before := len(server.VMs())
			if found, err := client.CheckClone(t.Context(), asked); err != nil || len(found) != 0 {
				t.Errorf("as it is: %+v, %v", found, err)
			}
			asked.Config.Disks = map[string]vsphere.DiskEdit{key: {CapacityBytes: 1 << 20}}
			found, err := client.CheckClone(t.Context(), asked)
			if err != nil || len(found) != 1 || found[0].Severity != vsphere.CheckError || found[0].Err.Code != "InvalidDeviceOperation" ||
				found[0].Err.Arguments[0] != key {
				t.Errorf("a disk that shrinks: %+v, %v", found, err)
			}
			if made := len(server.VMs()) - before; made != 0 {
				t.Errorf("the checks made %d VMs", made)
			}
			datastore := server.ID("/DC0/datastore/LocalDS_1")
			if err := server.ChangeDatastore(datastore, new(false), nil); err != nil {
				t.Fatal(err)
			}
			found, err = client.CheckRelocate(t.Context(), asked.SourceID, vsphere.RelocateSpec{DatastoreID: datastore})
			if err != nil || len(found) != 1 || found[0].Err.Code != "InaccessibleDatastore" || found[0].Err.Arguments[0] != datastore {
				t.Errorf("a closed datastore: %+v, %v", found, err)
			}
		})
	}
}
