package vcenter_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const restricted = "restricted"

// clonePrivileges are what the clone operation documents; it asks for the last one on two kinds of datastores.
var clonePrivileges = []string{
	"VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool",
	"Datastore.AllocateSpace",
}

func TestBlackBoxRestrictedReadsOnly(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginRESTAs(t, server, restricted, restricted)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm", nil).wantStatus(t, http.StatusOK)
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm/"+vm.ID, nil).wantStatus(t, http.StatusOK)

	before := len(server.VMs())
	body := spec{"source": vm.ID, "name": "forbidden"}
	rest.do(t.Context(), http.MethodPost, clonePath, body).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
	rest.wantAsyncError(t, cloneAsyncPath, body, http.StatusForbidden, "UNAUTHORIZED")
	for method, path := range map[string]string{
		"DELETE": "/api/vcenter/vm/" + mustVM(t, server, "golden-template").ID,
		"POST":   "/api/vcenter/vm/" + vm.ID + "/power?action=stop",
	} {
		rest.do(t.Context(), method, path, nil).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
	}
	if got := mustVM(t, server, vm.Name); len(server.VMs()) != before || got.PowerState != "poweredOn" {
		t.Errorf("a restricted user changed something: %v, %+v", vmNames(server), got)
	}
}

func TestBlackBoxRestrictedSOAP(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client, err := dialSOAP(t, server, restricted, restricted)
	if err != nil {
		t.Fatal(err)
	}
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	if _, err := vm.PowerState(t.Context()); err != nil {
		t.Fatalf("reading: %v", err)
	}
	folder := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/vm")))
	for name, call := range map[string]func() (*object.Task, error){
		"PowerOffVM_Task":     func() (*object.Task, error) { return vm.PowerOff(t.Context()) },
		"Rename_Task":         func() (*object.Task, error) { return vm.Rename(t.Context(), "x") },
		"Destroy_Task":        func() (*object.Task, error) { return vm.Destroy(t.Context()) },
		"CreateSnapshot_Task": func() (*object.Task, error) { return vm.CreateSnapshot(t.Context(), "s", "", false, false) },
		"CloneVM_Task": func() (*object.Task, error) {
			return vm.Clone(t.Context(), folder, "x", types.VirtualMachineCloneSpec{})
		},
		"RelocateVM_Task": func() (*object.Task, error) {
			to := types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", server.ID("/DC0/datastore/LocalDS_1")))}

			return vm.Relocate(t.Context(), to, types.VirtualMachineMovePriorityDefaultPriority)
		},
		"MoveIntoFolder_Task": func() (*object.Task, error) {
			return folder.MoveInto(t.Context(), []types.ManagedObjectReference{vm.Reference()})
		},
		"ReconfigVM_Task": func() (*object.Task, error) {
			return vm.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{Annotation: "x"})
		},
	} {
		started, err := call()
		if got := faultName(finish(t, started, err)); got != "NoPermission" {
			t.Errorf("%s: got %q, want NoPermission", name, got)
		}
	}
	wantFault(t, vm.ShutdownGuest(t.Context()), "NoPermission")
}

func TestBlackBoxEachClonePrivilege(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	datastore := mustID(t, server, "/DC0/datastore/LocalDS_1")
	disk := slices.Sorted(maps.Keys(source.Disks))[0]
	placement := spec{"folder": source.FolderID, "resource_pool": source.ResourcePoolID}
	placed := maps.Clone(placement)
	placed["datastore"] = datastore
	updated := spec{disk: spec{"datastore": datastore}}

	for name, test := range map[string]struct {
		missing string
		body    spec
	}{
		"source":         {"VirtualMachine.Provisioning.Clone", spec{"placement": placement}},
		"folder":         {"VirtualMachine.Inventory.CreateFromExisting", spec{"placement": placement}},
		"pool":           {"Resource.AssignVMToPool", spec{"placement": placement}},
		"datastore":      {"Datastore.AllocateSpace", spec{"placement": placed}},
		"disk datastore": {"Datastore.AllocateSpace", spec{"placement": placement, "disks_to_update": updated}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			others := slices.DeleteFunc(slices.Clone(clonePrivileges), func(p string) bool { return p == test.missing })
			user := "lacks " + name
			server.AddUser(user, "secret", others...)
			rest := loginRESTAs(t, server, user, "secret")
			body := maps.Clone(test.body)
			body["source"], body["name"] = source.ID, "by one who "+user

			rest.do(t.Context(), http.MethodPost, clonePath, body).wantError(t, http.StatusForbidden, "UNAUTHORIZED")
			rest.wantAsyncError(t, cloneAsyncPath, body, http.StatusForbidden, "UNAUTHORIZED")
			wantPrivilege(t, server, user, test.missing, false)
			for _, has := range others {
				wantPrivilege(t, server, user, has, true)
			}

			user = "has " + name
			server.AddUser(user, "secret", clonePrivileges...)
			loginRESTAs(t, server, user, "secret").cloneNow(t, server, body)
		})
	}
}

// wantPrivilege asks HasUserPrivilegeOnEntities about every object of a clone at once.
func wantPrivilege(t *testing.T, server *vcenter.Server, user, privilege string, want bool) {
	t.Helper()
	client := loginSOAP(t, server)
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	entities := []types.ManagedObjectReference{
		reference("VirtualMachine", vm.ID), reference("Folder", vm.FolderID),
		reference("ResourcePool", vm.ResourcePoolID), reference("Datastore", vm.DatastoreID),
	}
	got, err := methods.HasUserPrivilegeOnEntities(t.Context(), client, &types.HasUserPrivilegeOnEntities{
		This: *client.ServiceContent.AuthorizationManager, Entities: entities, UserName: user, PrivId: []string{privilege},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Returnval) != len(entities) {
		t.Fatalf("%d answers for %d entities", len(got.Returnval), len(entities))
	}
	for i, entity := range got.Returnval {
		if entity.Entity != entities[i] || len(entity.PrivAvailability) != 1 ||
			entity.PrivAvailability[0].PrivId != privilege || entity.PrivAvailability[0].IsGranted != want {
			t.Errorf("on %s: %+v, want %s granted: %v", entities[i], entity, privilege, want)
		}
	}
}
