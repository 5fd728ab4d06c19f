package vcenter_test

import (
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// What other clients of vCenter rely on: shapes of the calls that the vsphere provider and govc make.

// TestBlackBoxBaseTypes addresses objects by a base type of theirs, as clients do that have stored an id alone.
func TestBlackBoxBaseTypes(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	cluster := mustID(t, server, "/DC0/host/DC0_C0")
	var read mo.ComputeResource
	base := reference("ComputeResource", cluster)
	if err := property.DefaultCollector(client.Client).RetrieveOne(t.Context(), base, []string{"name", "resourcePool", "environmentBrowser"}, &read); err != nil {
		t.Fatal(err)
	}
	if read.Name != "DC0_C0" || read.ResourcePool == nil || read.EnvironmentBrowser == nil {
		t.Errorf("the cluster as a ComputeResource: %+v", read)
	}
	started, err := object.NewCommon(client.Client, reference("ManagedEntity", mustVM(t, server, "DC0_C0_RP0_VM0").ID)).Rename(t.Context(), "renamed")
	if err := finish(t, started, err); err != nil {
		t.Errorf("rename a VM as a ManagedEntity: %v", err)
	}
	mustVM(t, server, "renamed")
	err = property.DefaultCollector(client.Client).RetrieveOne(t.Context(), reference("ComputeResource", "domain-c9999"), []string{"name"}, &read)
	wantFault(t, err, "ManagedObjectNotFound")

	wantPrinted(t, newGovc(t, server).Run("object.collect", "-s", "ComputeResource:"+cluster, "name"), "DC0_C0")
}

// TestBlackBoxGuestStack waits for the address of a guest as clients do that then ask for its gateway: the stack must be there by then, and
// come before the addresses in the change.
func TestBlackBoxGuestStack(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	vm := virtualMachine(t, server, client, "DC0_C0_RP0_VM0")
	started, err := vm.PowerOff(t.Context())
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	started, err = vm.PowerOn(t.Context())
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	var stacks []types.GuestStackInfo
	var nets []types.GuestNicInfo
	collect := func(changes []types.PropertyChange) bool {
		for _, change := range changes {
			switch value := change.Val.(type) {
			case types.ArrayOfGuestStackInfo:
				stacks = value.GuestStackInfo
			case types.ArrayOfGuestNicInfo:
				nets = value.GuestNicInfo
				if len(nets) > 0 && nets[0].IpConfig != nil && len(stacks) == 0 {
					t.Error("an address without a stack")
				}
			}
		}

		return len(nets) > 0 && nets[0].IpConfig != nil
	}
	if err := property.Wait(t.Context(), property.DefaultCollector(client.Client), vm.Reference(), []string{"guest.net", "guest.ipStack"}, collect); err != nil {
		t.Fatal(err)
	}
	address := nets[0].IpConfig.IpAddress[0]
	if address.IpAddress != nets[0].IpAddress[0] || address.PrefixLength != 8 || address.State != "preferred" {
		t.Errorf("the configured address: %+v", address)
	}
	if route := stacks[0].IpRouteConfig.IpRoute[0]; route.Network != "0.0.0.0" || !strings.HasPrefix(route.Gateway.IpAddress, "10.") {
		t.Errorf("the route: %+v", route)
	}
}

// TestBlackBoxGovcDisabledMethod disables a method of a VM, which then refuses it, and enables it again.
func TestBlackBoxGovcDisabledMethod(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)
	const vm = "/DC0/vm/DC0_C0_RP0_VM0"
	cli.Run("object.method", "-name", "PowerOffVM_Task", "-enable=false", vm)
	cli.Run("object.method", "-name", "Rename_Task", "-enable=false", vm)
	wantPrinted(t, cli.Run("object.collect", "-s", vm, "disabledMethod"), "PowerOffVM_Task,Rename_Task")
	if output, err := cli.Try("vm.power", "-off", vm); err == nil || mustVM(t, server, "DC0_C0_RP0_VM0").PowerState != "poweredOn" {
		t.Errorf("a method that is disabled has run: %s", output)
	}
	cli.Run("object.method", "-name", "PowerOffVM_Task", "-enable=true", vm)
	cli.Run("vm.power", "-off", vm)
	wantPrinted(t, cli.Run("object.collect", "-s", vm, "disabledMethod"), "Rename_Task")
}

// TestBlackBoxSwitchPorts asks for more ports than a switch may have.
func TestBlackBoxSwitchPorts(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	dvs := object.NewDistributedVirtualSwitch(client.Client, reference("DistributedVirtualSwitch", mustID(t, server, "/DC0/network/DVS0")))
	for ports, want := range map[int32]string{1<<31 - 1: "InvalidArgument", -1: "InvalidArgument", 8: ""} {
		started, err := dvs.AddPortgroup(t.Context(), []types.DVPortgroupConfigSpec{{Name: "added", NumPorts: ports, Type: "earlyBinding"}})
		if err = finish(t, started, err); want != "" {
			wantFault(t, err, want)
		} else if err != nil {
			t.Error(err)
		}
	}
}
