package vsphere_test

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestMissingChangePrivileges_operations names what each operation on a VM needs.
func TestMissingChangePrivileges_operations(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	server.AddUser("ci", "secret")
	config := configFor(server)
	config.Username, config.Password = "ci", "secret"
	client := connect(t, config)
	vm, folder := server.VMs()[0].ID, server.ID("/DC0/vm")
	pool, datastore := server.ID("/DC0/host/DC0_C0/Resources"), server.ID("/DC0/datastore/LocalDS_1")
	datastores := types.ManagedObjectReference{Type: "Folder", Value: server.ID("/DC0/datastore")}
	made, err := object.NewFolder(acctest.LogIn(t, server).Client, datastores).CreateStoragePod(t.Context(), "pod")
	if err != nil {
		t.Fatal(err)
	}
	pod := made.Reference().Value
	to := &vsphere.RelocateSpec{ResourcePoolID: pool, DiskDatastores: map[string]string{"2000": datastore}}
	for name, test := range map[string]struct {
		changes vsphere.Changes
		want    []apierr.MissingPrivilege
	}{
		"nothing": {vsphere.Changes{}, nil},
		"renamed": {vsphere.Changes{Rename: true}, []apierr.MissingPrivilege{{Privilege: "VirtualMachine.Config.Rename", Object: vm}}},
		"moved": {vsphere.Changes{FolderID: folder}, []apierr.MissingPrivilege{
			{Privilege: "VirtualMachine.Inventory.Move", Object: vm}, {Privilege: "VirtualMachine.Inventory.Move", Object: folder},
		}},
		"relocated": {vsphere.Changes{Relocation: to}, []apierr.MissingPrivilege{
			{Privilege: "Resource.ColdMigrate", Object: vm},
			{Privilege: "Resource.AssignVMToPool", Object: pool},
			{Privilege: "Datastore.AllocateSpace", Object: datastore},
		}},
		"relocated into a datastore cluster": {vsphere.Changes{Relocation: &vsphere.RelocateSpec{DatastoreClusterID: pod}}, []apierr.MissingPrivilege{
			{Privilege: "Resource.ColdMigrate", Object: vm}, {Privilege: "Resource.ApplyRecommendation", Object: pod},
		}},
		"relocated while it runs": {vsphere.Changes{Relocation: &vsphere.RelocateSpec{}, Runs: true}, []apierr.MissingPrivilege{
			{Privilege: "Resource.HotMigrate", Object: vm},
		}},
		"powered": {vsphere.Changes{PowerOn: true, PowerOff: true}, []apierr.MissingPrivilege{
			{Privilege: "VirtualMachine.Interact.PowerOn", Object: vm}, {Privilege: "VirtualMachine.Interact.PowerOff", Object: vm},
		}},
	} {
		if missing, err := client.MissingChangePrivileges(t.Context(), vm, test.changes); err != nil || !slices.Equal(missing, test.want) {
			t.Errorf("%s: missing %+v, %v, want %+v", name, missing, err, test.want)
		}
	}
}
