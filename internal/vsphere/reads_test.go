package vsphere_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestReads_areOneCall(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{VMs: 100})
	client := connect(t, configFor(server))
	warm(t, client)
	server.ResetRequests()
	var calls sync.WaitGroup
	for _, vm := range server.VMs() {
		calls.Go(func() {
			got, err := client.VirtualMachine(t.Context(), vm.ID)
			if err != nil || got.ID != vm.ID || got.Name != vm.Name {
				t.Errorf("%s: %+v, %v", vm.ID, got, err)
			}
		})
	}
	calls.Go(func() {
		_, err := client.VirtualMachine(t.Context(), "vm-none")
		failure := wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		if failure.Object != "vm-none" {
			t.Errorf("object %q", failure.Object)
		}
	})
	calls.Wait()
	if counts := server.Requests(); counts.Total > 2+apart {
		t.Errorf("101 reads took %v", counts.ByMethod)
	}
}

// warm logs in on both APIs.
func warm(t *testing.T, client *vsphere.Client) {
	t.Helper()
	if _, err := client.CustomizationSpecExists(t.Context(), "none"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.FindVMs(t.Context(), vsphere.VMQuery{Path: "/DC0/vm/none"}); err != nil {
		t.Fatal(err)
	}
}

func TestVirtualMachine_matchesTheInventory(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	for _, want := range server.VMs() {
		got, err := client.VirtualMachine(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != want.Name || got.InstanceUUID != want.InstanceUUID || string(got.PowerState) != want.PowerState ||
			got.Template != want.Template || got.ConnectionState != "connected" || got.CreatedAt.IsZero() {
			t.Errorf("got %+v, want %+v", got, want)
		}
		placement := vsphere.Placement{
			FolderID: want.FolderID, HostID: want.HostID, ClusterID: want.ClusterID, DatastoreID: want.DatastoreID,
			ResourcePoolID: want.ResourcePoolID,
		}
		if got.Placement != placement {
			t.Errorf("%s: placement %+v, want %+v", want.Name, got.Placement, placement)
		}
		for key, disk := range want.Disks {
			if got.Disks[key].DatastoreID != disk.DatastoreID || got.Disks[key].CapacityBytes == 0 {
				t.Errorf("%s: disk %s = %+v, want %+v", want.Name, key, got.Disks[key], disk)
			}
		}
		if len(got.Disks) != len(want.Disks) || len(got.NetworkInterfaces) == 0 {
			t.Errorf("%s: disks %v, NICs %v", want.Name, got.Disks, got.NetworkInterfaces)
		}
		for key, nic := range got.NetworkInterfaces {
			if _, err := client.Object(t.Context(), vsphere.TypeNetwork, nic.NetworkID); err != nil || nic.Type == "" {
				t.Errorf("%s: NIC %s = %+v: %v", want.Name, key, nic, err)
			}
		}
	}
}

func TestObject_allTypesInOneCall(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	paths := map[vsphere.ObjectType]string{
		vsphere.TypeDatacenter: "/DC0", vsphere.TypeFolder: "/DC0/vm", vsphere.TypeCluster: "/DC0/host/DC0_C0",
		vsphere.TypeResourcePool: "/DC0/host/DC0_C0/Resources", vsphere.TypeHost: "/DC0/host/DC0_C0/DC0_C0_H0",
		vsphere.TypeDatastore: "/DC0/datastore/LocalDS_0", vsphere.TypeNetwork: "/DC0/network/VM Network",
		vsphere.TypeVirtualMachine: "/DC0/vm/DC0_C0_RP0_VM0",
	}
	var (
		mu      sync.Mutex
		objects = make(map[vsphere.ObjectType]vsphere.Object)
		calls   sync.WaitGroup
	)
	server.ResetRequests()
	for kind, path := range paths {
		calls.Go(func() {
			object, err := client.Object(t.Context(), kind, server.ID(path))
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			mu.Lock()
			defer mu.Unlock()
			objects[kind] = object
		})
		calls.Go(func() {
			_, err := client.Object(t.Context(), kind, "none-1")
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		})
	}
	calls.Wait()
	if counts := server.Requests(); counts.Total > 2+apart {
		t.Errorf("%d reads took %v", 2*len(paths), counts.ByMethod)
	}
	cluster := server.ID("/DC0/host/DC0_C0")
	pool := server.ID("/DC0/host/DC0_C0/Resources")
	if host := objects[vsphere.TypeHost]; host.ClusterID != cluster || !host.Accessible || host.Maintenance {
		t.Errorf("host %+v", host)
	}
	if got := objects[vsphere.TypeResourcePool]; got.ClusterID != cluster || got.Name != "Resources" {
		t.Errorf("pool %+v", got)
	}
	if got := objects[vsphere.TypeCluster]; got.RootResourcePoolID != pool {
		t.Errorf("cluster %+v", got)
	}
	if got := objects[vsphere.TypeDatastore]; !got.Accessible || got.FreeBytes == 0 || got.Maintenance {
		t.Errorf("datastore %+v", got)
	}
}

func TestObject_inaccessibleDatastore(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	id, accessible := server.ID("/DC0/datastore/LocalDS_0"), false
	if err := server.ChangeDatastore(id, &accessible, nil); err != nil {
		t.Fatal(err)
	}
	datastore, err := client.Object(t.Context(), vsphere.TypeDatastore, id)
	if err != nil || datastore.Accessible {
		t.Errorf("datastore %+v, %v", datastore, err)
	}
}

func TestNamedIn_isOneRead(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	folder := server.ID("/DC0/vm")
	server.ResetRequests()
	var calls sync.WaitGroup
	for _, vm := range server.VMs() {
		calls.Go(func() {
			found, err := client.NamedIn(t.Context(), folder, vm.Name)
			if err != nil || len(found) != 1 || found[0].ID != vm.ID || found[0].Template != vm.Template {
				t.Errorf("%s: %+v, %v", vm.Name, found, err)
			}
		})
	}
	for i := range 50 {
		calls.Go(func() {
			found, err := client.NamedIn(t.Context(), folder, fmt.Sprintf("free & %%/%d", i))
			if err != nil || len(found) != 0 {
				t.Errorf("a free name: %+v, %v", found, err)
			}
		})
	}
	calls.Wait()
	if counts := server.Requests(); counts.Total > 2+apart {
		t.Errorf("the checks took %v", counts.ByMethod)
	}
}

func TestCustomizationSpecExists(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	server.ResetRequests()
	var calls sync.WaitGroup
	for range 20 {
		for name, want := range map[string]bool{"linux": true, "windows": false} {
			calls.Go(func() {
				if got, err := client.CustomizationSpecExists(t.Context(), name); err != nil || got != want {
					t.Errorf("%s: %v, %v", name, got, err)
				}
			})
		}
	}
	calls.Wait()
	if counts := server.Requests(); counts.Total > 1+apart {
		t.Errorf("the checks took %v", counts.ByMethod)
	}
}

func TestReads_surviveADroppedConnection(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	warm(t, client)
	for _, fault := range []vcenter.Fault{
		{Method: "RetrievePropertiesEx", Drop: vcenter.DropBefore},
		{Method: "RetrievePropertiesEx", Drop: vcenter.DropAfter},
		{Method: "RetrievePropertiesEx", Status: 502, Message: "Bad Gateway"},
		{Method: "RetrievePropertiesEx", Status: 503, Message: "Starting"},
	} {
		server.Inject(fault)
		if _, err := client.VirtualMachine(t.Context(), vm.ID); err != nil {
			t.Errorf("%+v: %v", fault, err)
		}
	}
}
