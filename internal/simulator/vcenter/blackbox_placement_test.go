package vcenter_test

import (
	"net/http"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The REST clone goes where VMware documents it: an unset pool is the source's, an unset host the source's or the choice of DRS.
func TestBlackBoxClonePlacementRules(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 1, StandaloneHosts: 1})
	rest := loginREST(t, server)
	id := func(path string) string { return mustID(t, server, path) }
	source := mustVM(t, server, golden)
	without, pool := id("/DC0/host/DC0_C1"), id("/DC0/host/DC0_C1/Resources")
	alone, alonePool := id("/DC0/host/DC0_H0/DC0_H0"), id("/DC0/host/DC0_H0/Resources")
	if err := server.ChangeCluster(without, vcenter.ClusterChange{DRS: new("")}); err != nil {
		t.Fatal(err)
	}
	host := id("/DC0/host/DC0_C1/DC0_C1_H1")
	for _, test := range []struct {
		name      string
		placement spec
		refused   bool
		pool      string
		host      string
	}{
		{"nothing", spec{}, false, source.ResourcePoolID, source.HostID},
		{"its own cluster", spec{"cluster": source.ClusterID}, false, source.ResourcePoolID, source.HostID},
		{"another cluster alone", spec{"cluster": without}, true, "", ""},
		{"a host of another cluster alone", spec{"host": host}, true, "", ""},
		{"a stand-alone host alone", spec{"host": alone}, true, "", ""},
		{"a pool without DRS", spec{"resource_pool": pool}, true, "", ""},
		{"a pool without DRS and a host", spec{"resource_pool": pool, "host": host}, false, pool, host},
		{"the pool of a stand-alone host", spec{"resource_pool": alonePool}, false, alonePool, alone},
		{"pool and host alone", spec{"resource_pool": alonePool, "host": alone}, false, alonePool, alone},
	} {
		answer := rest.do(t.Context(), "POST", "/api/vcenter/vm?action=clone", spec{
			"source": source.ID, "name": test.name, "placement": test.placement,
		})
		if refused := answer.Status == http.StatusBadRequest; refused != test.refused {
			t.Errorf("%s: %s", test.name, answer)
		}
		if vm, found := server.VM(test.name); found && (vm.ResourcePoolID != test.pool || vm.HostID != test.host) {
			t.Errorf("%s: pool %s on host %s, want %s on %s", test.name, vm.ResourcePoolID, vm.HostID, test.pool, test.host)
		}
	}
	if err := server.ChangeHost(host, new(true), nil); err != nil {
		t.Fatal(err)
	}
	if answer := rest.do(t.Context(), "POST", "/api/vcenter/vm?action=clone", spec{
		"source": source.ID, "name": "m", "placement": spec{"resource_pool": pool, "host": host},
	}); answer.Status < http.StatusBadRequest {
		t.Errorf("a host in maintenance: %s", answer)
	}
}

// A VM leaves its datacenter in one relocation, which names the pool; no folder of another datacenter takes it.
func TestBlackBoxDatacenters(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 1, Datacenters: 2})
	ref := func(kind, path string) *types.ManagedObjectReference {
		return new(reference(kind, mustID(t, server, path)))
	}
	vm := mustVM(t, server, relocated)
	pool, folder := ref("ResourcePool", "/DC1/host/DC1_C0/Resources"), ref("Folder", "/DC1/vm")
	host, datastore := ref("HostSystem", "/DC1/host/DC1_C0/DC1_C0_H0"), ref("Datastore", "/DC1/datastore/DC1_LocalDS_0")
	client := loginSOAP(t, server)
	moving, err := object.NewFolder(client.Client, *folder).MoveInto(t.Context(), []types.ManagedObjectReference{reference("VirtualMachine", vm.ID)})
	wantFault(t, finish(t, moving, err), "DatacenterMismatch")
	for name, test := range map[string]struct {
		spec  types.VirtualMachineRelocateSpec
		fault string
	}{
		"the folder alone":       {types.VirtualMachineRelocateSpec{Folder: folder}, "DatacenterMismatch"},
		"without a pool":         {types.VirtualMachineRelocateSpec{Host: host, Datastore: datastore}, "InvalidArgument"},
		"without a datastore":    {types.VirtualMachineRelocateSpec{Pool: pool, Host: host}, "InvalidArgument"},
		"a folder of the former": {types.VirtualMachineRelocateSpec{Pool: pool, Datastore: datastore, Folder: ref("Folder", "/DC0/vm")}, "DatacenterMismatch"},
	} {
		if got := faultName(relocate(t, server, test.spec)); got != test.fault {
			t.Errorf("%s: %q, want %q", name, got, test.fault)
		}
	}
	if err := relocate(t, server, types.VirtualMachineRelocateSpec{Pool: pool, Datastore: datastore}); err != nil {
		t.Fatal(err)
	}
	if moved := mustVM(t, server, relocated); moved.Path != "/DC1/vm/"+relocated || moved.DatastoreID != datastore.Value || moved.ResourcePoolID != pool.Value {
		t.Errorf("the VM is %+v", moved)
	}
}
