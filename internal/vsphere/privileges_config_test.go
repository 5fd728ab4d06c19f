package vsphere_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// wholeConfig changes every part of a configuration.
func wholeConfig() vsphere.ReconfigureSpec {
	return vsphere.ReconfigureSpec{
		CPU:        &vsphere.CPUEdit{Count: new(int64(4)), Allocation: vsphere.AllocationEdit{Shares: "high"}},
		Memory:     &vsphere.MemoryEdit{SizeMiB: new(int64(2048))},
		Annotation: new("the web's"), ExtraConfig: map[string]string{"guestinfo.name": "web"},
		NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{"4000": {Connected: new(false)}},
	}
}

var configPrivileges = []string{
	"VirtualMachine.Config.CPUCount", "VirtualMachine.Config.Memory", "VirtualMachine.Config.Resource", "VirtualMachine.Config.Annotation",
	"VirtualMachine.Config.AdvancedConfig", "VirtualMachine.Config.EditDevice",
}

// TestMissingChangePrivileges names what each part of a configuration needs: on the VM, or on the folder of a clone that brings it.
// All that ask together are one call.
func TestMissingChangePrivileges(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
		"Resource.AssignVMToPool", "Datastore.AllocateSpace")
	config := configFor(server)
	config.Username, config.Password = "ci", "secret"
	client := connect(t, config)
	lacking := func(object string) []apierr.MissingPrivilege {
		var all []apierr.MissingPrivilege
		for _, privilege := range configPrivileges {
			all = append(all, apierr.MissingPrivilege{Privilege: privilege, Object: object})
		}

		return all
	}
	asked := spec(t, server, "web")
	asked.Config = wholeConfig()
	if missing, err := client.MissingClonePrivileges(t.Context(), asked); err != nil || !slices.Equal(unnamed(missing), lacking(asked.Placement.FolderID)) {
		t.Errorf("the clone: missing %+v, %v", missing, err)
	}
	plain := spec(t, server, "web")
	thin := plain
	thin.DiskProvisioning = map[string]vsphere.Provisioning{"2000": vsphere.Thin} // by CloneVM_Task, with a stamp
	if plain.Asks() == thin.Asks() {
		t.Errorf("clones that need other privileges ask the same: %s", plain.Asks())
	}
	server.ResetRequests()
	var calls sync.WaitGroup
	for _, vm := range server.VMs() {
		calls.Go(func() {
			missing, err := client.MissingChangePrivileges(t.Context(), vm.ID, vsphere.Changes{Configuration: wholeConfig()})
			connects := apierr.MissingPrivilege{Privilege: "VirtualMachine.Interact.DeviceConnection", Object: vm.ID}
			if err != nil || !slices.Equal(unnamed(missing), append(lacking(vm.ID), connects)) {
				t.Errorf("%s: missing %+v, %v", vm.ID, missing, err)
			}
		})
	}
	calls.Wait()
	if counts := server.Requests(); counts.ByMethod["HasUserPrivilegeOnEntities"] > 1+apart {
		t.Errorf("the questions took %v", counts.ByMethod)
	}
	if missing, err := client.MissingChangePrivileges(t.Context(), asked.SourceID, vsphere.Changes{Configuration: vsphere.ReconfigureSpec{}}); err != nil || missing != nil {
		t.Errorf("no change: missing %+v, %v", missing, err)
	}
}
