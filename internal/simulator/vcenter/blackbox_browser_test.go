package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
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

// TestBlackBoxConfigOptionKeys asks for the options of a hardware version, of a host and of guests.
func TestBlackBoxConfigOptionKeys(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	var cluster mo.ClusterComputeResource
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), reference("ClusterComputeResource", mustID(t, server, "/DC0/host/DC0_C0")),
		[]string{"environmentBrowser"}, &cluster); err != nil {
		t.Fatal(err)
	}
	browser := *cluster.EnvironmentBrowser
	own := reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H0"))
	other := reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C1/DC0_C1_H0"))
	gone := reference("HostSystem", "host-9999")
	for _, test := range []struct {
		name string
		key  string
		host *types.ManagedObjectReference
		want int32 // 0: no option
	}{
		{"the default", "", nil, 13},
		{"a version", "vmx-11", nil, 11},
		{"a version of a host", "vmx-10", &own, 10},
		{"the default of a host", "", &own, 13},
		{"a version that no host has", "vmx-99", nil, 0},
		{"a host of another cluster", "", &other, 0},
	} {
		plain, err := methods.QueryConfigOption(t.Context(), client, &types.QueryConfigOption{This: browser, Key: test.key, Host: test.host})
		if err != nil {
			t.Fatal(err)
		}
		wantOption(t, test.name, plain.Returnval, test.want)
		chosen, err := methods.QueryConfigOptionEx(t.Context(), client, &types.QueryConfigOptionEx{
			This: browser, Spec: &types.EnvironmentBrowserConfigOptionQuerySpec{Key: test.key, Host: test.host, GuestId: []string{"ubuntu64Guest"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		wantOption(t, test.name+", with a guest", chosen.Returnval, test.want)
		if test.want != 0 && (len(chosen.Returnval.GuestOSDescriptor) != 1 || chosen.Returnval.GuestOSDescriptor[0].Id != "ubuntu64Guest") {
			t.Errorf("%s: the guests are %v", test.name, chosen.Returnval.GuestOSDescriptor)
		}
	}
	_, err := methods.QueryConfigOption(t.Context(), client, &types.QueryConfigOption{This: browser, Host: &gone})
	wantFault(t, err, "ManagedObjectNotFound")
}

func wantOption(t *testing.T, name string, option *types.VirtualMachineConfigOption, want int32) {
	t.Helper()
	switch {
	case want == 0 && option != nil:
		t.Errorf("%s: there is an option %s", name, option.Version)
	case want == 0:
	case option == nil:
		t.Errorf("%s: there is no option", name)
	case option.HardwareOptions.HwVersion != want || option.Version != types.HardwareVersion(want).String():
		t.Errorf("%s: the option is %s, with the number %d", name, option.Version, option.HardwareOptions.HwVersion)
	}
}

// TestBlackBoxDatastoreBrowsers looks for files by the browsers of a host and of a cluster, also on a datastore that is new.
func TestBlackBoxDatastoreBrowsers(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server).Client
	var host mo.HostSystem
	ref := reference("HostSystem", mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H0"))
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), ref, []string{"datastoreBrowser", "configManager.datastoreSystem"}, &host); err != nil {
		t.Fatal(err)
	}
	var cluster mo.ClusterComputeResource
	err := property.DefaultCollector(client).RetrieveOne(t.Context(), reference("ClusterComputeResource", mustID(t, server, "/DC0/host/DC0_C0")), []string{"environmentBrowser"}, &cluster)
	if err != nil {
		t.Fatal(err)
	}
	var environment mo.EnvironmentBrowser
	if err := property.DefaultCollector(client).RetrieveOne(t.Context(), *cluster.EnvironmentBrowser, []string{"datastoreBrowser"}, &environment); err != nil {
		t.Fatal(err)
	}
	system := object.NewHostDatastoreSystem(client, *host.ConfigManager.DatastoreSystem)
	if _, err := system.CreateLocalDatastore(t.Context(), "added", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	for name, browser := range map[string]*types.ManagedObjectReference{"host": &host.DatastoreBrowser, "cluster": environment.DatastoreBrowser} {
		if browser == nil {
			t.Errorf("the %s has no browser", name)

			continue
		}
		var read mo.HostDatastoreBrowser
		if err := property.DefaultCollector(client).RetrieveOne(t.Context(), *browser, []string{"datastore"}, &read); err != nil {
			t.Fatal(err)
		}
		if len(read.Datastore) != 3 {
			t.Errorf("the %s's browser has the datastores %v", name, read.Datastore)
		}
		searched := object.NewHostDatastoreBrowser(client, *browser)
		started, err := searched.SearchDatastore(t.Context(), "[LocalDS_0] DC0_C0_RP0_VM0", &types.HostDatastoreBrowserSearchSpec{MatchPattern: []string{"*.vmx"}})
		if err != nil {
			t.Fatal(err)
		}
		info, err := started.WaitForResult(t.Context())
		if err != nil {
			t.Errorf("search by the %s's browser: %v", name, err)

			continue
		}
		if found, ok := info.Result.(types.HostDatastoreBrowserSearchResults); !ok || len(found.File) != 1 {
			t.Errorf("the %s's browser found %+v", name, info.Result)
		}
		started, err = searched.SearchDatastore(t.Context(), "[nowhere]", &types.HostDatastoreBrowserSearchSpec{})
		wantFault(t, finish(t, started, err), "InvalidDatastore")
	}
}

// checkHardware asks what a new machine would have: its devices, its guest's family, and the newest hardware version.
func (p *incumbent) checkHardware(browser types.ManagedObjectReference) {
	descriptors, err := methods.QueryConfigOptionDescriptor(p.Context(), p.client.Client, &types.QueryConfigOptionDescriptor{This: browser})
	if err != nil || len(descriptors.Returnval) == 0 {
		p.Fatalf("descriptors of hardware: %v (%v)", descriptors, err)
	}
	newest := descriptors.Returnval[len(descriptors.Returnval)-1].Key
	option, err := methods.QueryConfigOptionEx(p.Context(), p.client.Client, &types.QueryConfigOptionEx{
		This: browser, Spec: &types.EnvironmentBrowserConfigOptionQuerySpec{Key: newest, GuestId: []string{"ubuntu64Guest"}},
	})
	if err != nil || option.Returnval == nil {
		p.Fatalf("the option %s: %v (%v)", newest, option, err)
	}
	if guests := option.Returnval.GuestOSDescriptor; len(guests) != 1 || guests[0].Family != "linuxGuest" || len(option.Returnval.DefaultDevice) == 0 {
		p.Errorf("the option %s has the guests %v and %d devices", newest, guests, len(option.Returnval.DefaultDevice))
	}
}
