package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxHardwareVersion asks for what other providers compare before they change a VM: the hardware version as a number, and where
// the swap file goes.
func TestBlackBoxHardwareVersion(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginJSON(t, server)
	ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: mustVM(t, server, "DC0_C0_RP0_VM0").ID}
	var vm mo.VirtualMachine
	err := property.DefaultCollector(client.Client).RetrieveOne(t.Context(), ref, []string{"environmentBrowser", "config.version", "config.swapPlacement"}, &vm)
	if err != nil {
		t.Fatal(err)
	}
	option, err := methods.QueryConfigOption(t.Context(), client.Client, &types.QueryConfigOption{This: vm.EnvironmentBrowser})
	if err != nil {
		t.Fatal(err)
	}
	version, err := types.ParseHardwareVersion(vm.Config.Version)
	if err != nil {
		t.Fatal(err)
	}
	if got := option.Returnval.HardwareOptions.HwVersion; got != int32(version) {
		t.Errorf("the browser offers version %d, the VM has %s", got, vm.Config.Version)
	}
	if vm.Config.SwapPlacement != "inherit" {
		t.Errorf("the swap file is placed by %q", vm.Config.SwapPlacement)
	}
}
