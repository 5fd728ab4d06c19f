package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestVimAPI_find(t *testing.T) {
	t.Parallel()
	api := newTestStores(t).vim
	if entry := api.find("VirtualMachine", "CloneVM_Task"); entry.task == nil {
		t.Error("CloneVM_Task of a VM is not in the table")
	}
	if entry := api.find("Datacenter", "Rename_Task"); entry.task == nil {
		t.Error("Rename_Task of any type is not in the table")
	}
	if entry := api.find("HostSystem", "EnterMaintenanceMode_Task"); entry.task == nil {
		t.Error("a task of govmomi's is not one of ours")
	}
	if entry := api.find("HostSystem", "QueryMemoryOverhead"); entry.task != nil || entry.direct != nil || entry.unlocked != nil {
		t.Error("a method of govmomi's is in the table")
	}
}

func TestVimAPI_missingPrivilege(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.users.grant("ci", "secret", []string{privilegePowerOn})
	vm := addTestVM(t, stores, "web")
	stores.tasks.hold("")
	own := startTestTask(stores, taskSpec{name: "Rename_Task", entity: vm.Self, user: "ci"})
	other := startTestTask(stores, taskSpec{name: "Rename_Task", entity: vm.Self, user: "admin"})
	for _, test := range []struct {
		method string
		this   types.ManagedObjectReference
		want   string
	}{
		{"PowerOnVM_Task", vm.Self, ""},
		{"PowerOffVM_Task", vm.Self, "NoPermission"},
		{"RetrievePropertiesEx", vm.Self, ""},
		{"CreateFilter", vm.Self, ""},
		{"CloneVM_Task", vm.Self, ""}, // checked with all objects that it touches
		{"SomethingElse", vm.Self, "NoPermission"},
		{"CancelTask", own.object.Self, ""},
		{"CancelTask", other.object.Self, "NoPermission"},
	} {
		p := stores.vim.missingPrivilege(&call{method: test.method, this: test.this, user: "ci"})
		wantFault(t, test.method, p, test.want)
	}
}

func TestReadsOnly(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"RetrieveProperties": true, "QueryEvents": true, "CheckClone_Task": true, "CloneVM_Task": false, "Destroy_Task": false,
	} {
		if got := readsOnly(name); got != want {
			t.Errorf("%s only reads: %v", name, got)
		}
	}
}
