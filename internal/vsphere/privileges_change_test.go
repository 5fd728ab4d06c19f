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

// on returns one privilege that is missing on each object.
func on(privilege string, objects ...string) []apierr.MissingPrivilege {
	missing := make([]apierr.MissingPrivilege, len(objects))
	for i, object := range objects {
		missing[i] = apierr.MissingPrivilege{Privilege: privilege, Object: object}
	}

	return missing
}

// unnamed returns what is missing without the names of objects and of the user, which [TestMissingPrivileges_names] checks.
func unnamed(missing []apierr.MissingPrivilege) []apierr.MissingPrivilege {
	missing = slices.Clone(missing)
	for i := range missing {
		missing[i].ObjectName, missing[i].User = "", ""
	}

	return missing
}

// TestMissingPrivileges_names names the objects and the user.
func TestMissingPrivileges_names(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	server.AddUser("ci", "secret")
	config := configFor(server)
	config.Username, config.Password = "ci", "secret"
	client := connect(t, config)
	vm, cluster := server.VMs()[0], server.ID("/DC0/host/DC0_C0")
	missing, err := client.MissingChangePrivileges(t.Context(), vm.ID, vsphere.Changes{In: vm.FolderID, Destroy: true})
	want := []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Inventory.Delete", Object: vm.ID, ObjectName: vm.Name, User: "ci"},
		{Privilege: "VirtualMachine.Inventory.Delete", Object: vm.FolderID, ObjectName: "vm", User: "ci"},
	}
	if err != nil || !slices.Equal(missing, want) {
		t.Errorf("missing %+v, %v, want %+v", missing, err, want)
	}
	missing, err = client.MissingClusterPrivileges(t.Context(), cluster, "Resource.ApplyRecommendation")
	want = []apierr.MissingPrivilege{{Privilege: "Resource.ApplyRecommendation", Object: cluster, ObjectName: "DC0_C0", User: "ci"}}
	if err != nil || !slices.Equal(missing, want) {
		t.Errorf("missing %+v, %v, want %+v", missing, err, want)
	}
}

// TestMissingFirstPrivileges looks for what a VM that does not exist yet needs on the folder and the pool that it comes into.
func TestMissingFirstPrivileges(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	client := connect(t, configFor(server))
	source := server.VMs()[0]
	place := vsphere.Placement{FolderID: source.FolderID, ResourcePoolID: source.ResourcePoolID}
	const off, on, field = "VirtualMachine.Interact.PowerOff", "VirtualMachine.Interact.PowerOn", "Global.SetCustomField"
	lacking := func() (found []string) {
		t.Helper()
		first, err := client.MissingFirstPrivileges(t.Context(), place, vsphere.Changes{PowerOff: true})
		clone, cloneErr := client.MissingClonePrivileges(t.Context(), vsphere.CloneSpec{SourceID: source.ID, PowerOn: true})
		labels, labelErr := client.MissingLabelPrivileges(t.Context(), vsphere.LabelSubject{Place: place}, true, true)
		if err != nil || cloneErr != nil || labelErr != nil {
			t.Fatal(err, cloneErr, labelErr)
		}
		for _, one := range slices.Concat(first, clone, labels) {
			found = append(found, one.Privilege+" on "+one.Object)
		}

		return found
	}
	server.Revoke(server.Username(), source.FolderID, off, on, field)
	if found := lacking(); found != nil {
		t.Errorf("the pool grants it, but it lacks %v", found)
	}
	server.Revoke(server.Username(), source.ResourcePoolID, off, on, field)
	want := []string{off + " on " + source.FolderID, on + " on " + source.FolderID, field + " on " + source.FolderID}
	if found := lacking(); !slices.Equal(found, want) {
		t.Errorf("it lacks %v, want %v", found, want)
	}
}

// TestMissingLabelPrivileges asks for what tags and custom attributes need: of the tags, for what an older vCenter knows.
func TestMissingLabelPrivileges(t *testing.T) {
	t.Parallel()
	const tagged, field, attach = "InventoryService.Tagging.ObjectAttachable", "Global.SetCustomField", "InventoryService.Tagging.AttachTag"
	for version, want := range map[string][]string{"7.0.2.0": {field}, "8.0.3.0": {tagged, field}} {
		server := startSimulator(t, vcenter.Options{VMs: 1, APIVersion: version})
		server.AddUser("ci", "secret")
		config := configFor(server)
		config.Username, config.Password = "ci", "secret"
		client := connect(t, config)
		var found []string
		missing, err := client.MissingLabelPrivileges(t.Context(), vsphere.LabelSubject{VMID: server.VMs()[0].ID}, true, true)
		for _, one := range missing {
			found = append(found, one.Privilege)
		}
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s: missing %v, %v, want %v", version, found, err, want)
		}
		missing, err = client.MissingTagPrivileges(t.Context())
		if err != nil || len(missing) != 1 || missing[0].Privilege != attach {
			t.Errorf("%s: missing %+v, %v", version, missing, err)
		}
	}
}

// TestMissingChangePrivileges_operations names what each operation on a VM needs.
func TestMissingChangePrivileges_operations(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	server.AddUser("ci", "secret")
	config := configFor(server)
	config.Username, config.Password = "ci", "secret"
	client := connect(t, config)
	vm, from, folder := server.VMs()[0].ID, server.ID("/DC0/vm"), server.ID("/DC0/datastore") // any other folder
	cluster := server.ID("/DC0/host/DC0_C0")
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
		"moved":   {vsphere.Changes{In: from, FolderID: folder}, on("VirtualMachine.Inventory.Move", vm, from, folder)},
		"moved to another datacenter": {
			vsphere.Changes{In: from, Relocation: &vsphere.RelocateSpec{FolderID: folder}},
			append(on("VirtualMachine.Inventory.Move", vm), append(on("Resource.ColdMigrate", vm), on("VirtualMachine.Inventory.Move", from, folder)...)...),
		},
		"destroyed": {vsphere.Changes{In: from, Destroy: true, PowerOff: true}, append(
			on("VirtualMachine.Interact.PowerOff", vm), on("VirtualMachine.Inventory.Delete", vm, from)...)},
		"made a template": {vsphere.Changes{MakeTemplate: true}, on("VirtualMachine.Provisioning.MarkAsTemplate", vm)},
		"made a machine": {vsphere.Changes{MakeMachine: &vsphere.Placement{ClusterID: cluster}}, append(
			on("VirtualMachine.Provisioning.MarkAsVM", vm), on("Resource.AssignVMToPool", pool)...)},
		"put into a cluster": {vsphere.Changes{Relocation: &vsphere.RelocateSpec{ClusterID: cluster}}, append(
			on("Resource.ColdMigrate", vm), on("Resource.AssignVMToPool", pool)...)},
		"grown": {vsphere.Changes{
			Configuration: vsphere.ReconfigureSpec{Disks: map[string]vsphere.DiskEdit{"2000": {CapacityBytes: 1 << 40}}}, GrowOn: []string{datastore},
		}, append(on("VirtualMachine.Config.EditDevice", vm), append(on("VirtualMachine.Config.DiskExtend", vm), on("Datastore.AllocateSpace", datastore)...)...)},
		"relocated": {vsphere.Changes{Relocation: to}, []apierr.MissingPrivilege{
			{Privilege: "Resource.ColdMigrate", Object: vm},
			{Privilege: "Resource.AssignVMToPool", Object: pool},
			{Privilege: "Datastore.AllocateSpace", Object: datastore},
		}},
		"relocated into a datastore cluster": {vsphere.Changes{Relocation: &vsphere.RelocateSpec{DatastoreClusterID: pod}}, []apierr.MissingPrivilege{
			{Privilege: "Resource.ColdMigrate", Object: vm}, {Privilege: "Resource.ApplyRecommendation", Object: pod},
		}},
		"relocated while it runs": {vsphere.Changes{Relocation: &vsphere.RelocateSpec{}, Runs: true}, []apierr.MissingPrivilege{
			{Privilege: "Resource.ColdMigrate", Object: vm}, {Privilege: "Resource.HotMigrate", Object: vm},
		}},
		"powered": {vsphere.Changes{PowerOn: true, PowerOff: true}, []apierr.MissingPrivilege{
			{Privilege: "VirtualMachine.Interact.PowerOn", Object: vm}, {Privilege: "VirtualMachine.Interact.PowerOff", Object: vm},
		}},
	} {
		if missing, err := client.MissingChangePrivileges(t.Context(), vm, test.changes); err != nil || !slices.Equal(unnamed(missing), test.want) {
			t.Errorf("%s: missing %+v, %v, want %+v", name, missing, err, test.want)
		}
	}
}
