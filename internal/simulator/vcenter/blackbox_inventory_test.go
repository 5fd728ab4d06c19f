package vcenter_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestBlackBoxInventoryNames(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{})
	client := loginSOAP(t, server)
	search := object.NewSearchIndex(client.Client)

	for path, kind := range map[string]string{
		"/DC0": "Datacenter", "/DC0/vm": "Folder", "/DC0/host/DC0_C0": "ClusterComputeResource",
		"/DC0/host/DC0_C0/DC0_C0_H0": "HostSystem", "/DC0/host/DC0_C0/Resources": "ResourcePool",
		"/DC0/datastore/LocalDS_0": "Datastore", "/DC0/datastore/LocalDS_1": "Datastore",
		"/DC0/host/DC0_C1": "ClusterComputeResource", "/DC0/host/DC0_C1/Resources": "ResourcePool",
		"/DC0/vm/DC0_C0_RP0_VM0": "VirtualMachine", "/DC0/vm/golden-template": "VirtualMachine",
	} {
		found, err := search.FindByInventoryPath(t.Context(), path)
		if err != nil || found == nil {
			t.Errorf("%s: not found (%v)", path, err)

			continue
		}
		if found.Reference().Type != kind {
			t.Errorf("%s is a %s, want %s", path, found.Reference().Type, kind)
		}
		if got := server.ID(path); got != found.Reference().Value {
			t.Errorf("ID(%s) = %q, FindByInventoryPath says %q", path, got, found.Reference().Value)
		}
	}
	if got := server.ID("/DC0/vm/no-such"); got != "" {
		t.Errorf("ID of a path that is not there: %q", got)
	}
}

func TestBlackBoxInventoryVMs(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{})
	on := 0
	for _, vm := range server.VMs() {
		if strings.HasPrefix(vm.Name, "DC0_C0_RP0_VM") && vm.PowerState == "poweredOn" && vm.Path == "/DC0/vm/"+vm.Name {
			on++
		}
	}
	if on != 20 {
		t.Errorf("%d powered-on VMs by vcsim's names in /DC0/vm, want 20: %v", on, vmNames(server))
	}
	if template := mustVM(t, server, "golden-template"); !template.Template || template.PowerState != "poweredOff" {
		t.Errorf("golden-template: template %v, %s", template.Template, template.PowerState)
	}
	vm := mustVM(t, server, "DC0_C0_RP0_VM0")
	for what, id := range map[string]string{
		"ID": vm.ID, "FolderID": vm.FolderID, "ResourcePoolID": vm.ResourcePoolID, "HostID": vm.HostID,
		"ClusterID": vm.ClusterID, "DatastoreID": vm.DatastoreID, "InstanceUUID": vm.InstanceUUID,
	} {
		if id == "" {
			t.Errorf("%s is empty: %+v", what, vm)
		}
	}
	if len(vm.Disks) == 0 {
		t.Error("the VM has no disk")
	}
}

func TestBlackBoxInventoryClusters(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	for _, want := range []struct {
		path string
		ha   bool
		drs  bool
		mode types.DrsBehavior
	}{
		{"/DC0/host/DC0_C0", true, true, types.DrsBehaviorFullyAutomated},
		{"/DC0/host/DC0_C1", false, true, types.DrsBehaviorManual},
	} {
		cluster := object.NewClusterComputeResource(client.Client, reference("ClusterComputeResource", mustID(t, server, want.path)))
		config, err := cluster.Configuration(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := value(config.DasConfig.Enabled); got != want.ha {
			t.Errorf("%s: HA %v, want %v", want.path, got, want.ha)
		}
		if got := value(config.DrsConfig.Enabled); got != want.drs {
			t.Errorf("%s: DRS %v, want %v", want.path, got, want.drs)
		}
		if got := config.DrsConfig.DefaultVmBehavior; got != want.mode {
			t.Errorf("%s: DRS is %s, want %s", want.path, got, want.mode)
		}
	}
}

func value(pointer *bool) bool { return pointer != nil && *pointer }

func TestBlackBoxInventoryAbout(t *testing.T) {
	t.Parallel()
	client := loginSOAP(t, startServer(t, quick()))
	about := client.ServiceContent.About
	if about.ApiType != "VirtualCenter" || about.InstanceUuid == "" {
		t.Errorf("About: ApiType %q, InstanceUuid %q", about.ApiType, about.InstanceUuid)
	}
	if !strings.HasPrefix(about.ApiVersion, "8.") {
		t.Errorf("About.ApiVersion = %q, want one that has CreateSecondaryVMEx and VI/JSON", about.ApiVersion)
	}
}

func TestBlackBoxInventoryFinder(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	finder := find.NewFinder(client.Client)
	vms, err := finder.VirtualMachineList(t.Context(), "/DC0/vm/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(vms) != len(server.VMs()) {
		t.Errorf("the finder sees %d VMs, the control inventory %d", len(vms), len(server.VMs()))
	}
	// One call reads many VMs, a missing one among them.
	references := []types.ManagedObjectReference{reference("VirtualMachine", "vm-99999")}
	for _, vm := range vms {
		references = append(references, vm.Reference())
	}
	var read []mo.VirtualMachine
	collector := property.DefaultCollector(client.Client)
	if err := collector.Retrieve(t.Context(), references[1:], []string{"name", "runtime.powerState"}, &read); err != nil {
		t.Fatal(err)
	}
	for i := range read {
		if !slices.Contains(vmNames(server), read[i].Name) {
			t.Errorf("read a VM %q that the inventory does not have", read[i].Name)
		}
	}
}

func TestBlackBoxListFilters(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	first, second := mustVM(t, server, "DC0_C0_RP0_VM0"), mustVM(t, server, "DC0_C0_RP0_VM1")
	if err := server.ChangeVM(second.ID, vcenter.Change{PowerState: new("poweredOff")}); err != nil {
		t.Fatal(err)
	}

	// Whether templates are listed is not specified.
	all := slices.DeleteFunc(vmNames(server), func(name string) bool { return mustVM(t, server, name).Template })
	slices.Sort(all)
	for name, test := range map[string]struct {
		query string
		want  []string
	}{
		"none":           {"", all},
		"one name":       {"?names=" + first.Name, []string{first.Name}},
		"two names":      {"?names=" + first.Name + "&names=" + second.Name, []string{first.Name, second.Name}},
		"no such name":   {"?names=no-such", nil},
		"by id":          {"?vms=" + second.ID, []string{second.Name}},
		"folder":         {"?folders=" + first.FolderID + "&names=" + first.Name, []string{first.Name}},
		"another folder": {"?folders=" + mustID(t, server, "/DC0/host") + "&names=" + first.Name, nil},
		"host and name":  {"?hosts=" + first.HostID + "&names=" + first.Name, []string{first.Name}},
		"cluster":        {"?clusters=" + mustID(t, server, "/DC0/host/DC0_C1"), nil},
		"datacenter":     {"?datacenters=" + mustID(t, server, "/DC0") + "&names=" + first.Name, []string{first.Name}},
		"pool and name":  {"?resource_pools=" + first.ResourcePoolID + "&names=" + first.Name, []string{first.Name}},
		"off, by names":  {"?power_states=POWERED_OFF&names=" + first.Name + "&names=" + second.Name, []string{second.Name}},
		"on, by names":   {"?power_states=POWERED_ON&names=" + first.Name + "&names=" + second.Name, []string{first.Name}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var listed []struct {
				VM         string `json:"vm"`
				Name       string `json:"name"`
				PowerState string `json:"power_state"`
			}
			rest.get(t, "/api/vcenter/vm"+test.query, &listed)
			var got []string
			for _, vm := range listed {
				if mustVM(t, server, vm.Name).Template {
					continue
				}
				got = append(got, vm.Name)
				if mustVM(t, server, vm.Name).ID != vm.VM || !strings.HasPrefix(vm.PowerState, "POWERED_") {
					t.Errorf("listed %+v", vm)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestBlackBoxCustomizationSpecs(t *testing.T) {
	t.Parallel()
	rest := loginREST(t, startServer(t, quick()))
	var listed []struct {
		Name   string `json:"name"`
		OSType string `json:"os_type"`
	}
	rest.get(t, "/api/vcenter/guest/customization-specs", &listed)
	if len(listed) != 1 || listed[0].Name != "linux" || listed[0].OSType != "LINUX" {
		t.Errorf("listed %+v, want the spec linux alone", listed)
	}
	var spec map[string]any
	rest.get(t, "/api/vcenter/guest/customization-specs/linux", &spec)
	if spec["spec"] == nil || spec["fingerprint"] == nil {
		t.Errorf("got %v", spec)
	}
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/guest/customization-specs/no-such", nil).
		wantError(t, http.StatusNotFound, "NOT_FOUND")
}

func TestBlackBoxGetVM(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest := loginREST(t, server)
	want := mustVM(t, server, "DC0_C0_RP0_VM0")
	var got struct {
		Name       string                    `json:"name"`
		PowerState string                    `json:"power_state"`
		Disks      map[string]map[string]any `json:"disks"`
		NICs       map[string]map[string]any `json:"nics"`
		Identity   struct {
			InstanceUUID string `json:"instance_uuid"`
			Name         string `json:"name"`
		} `json:"identity"`
	}
	rest.get(t, "/api/vcenter/vm/"+want.ID, &got)
	if got.Name != want.Name || got.PowerState != "POWERED_ON" || got.Identity.InstanceUUID != want.InstanceUUID {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if len(got.Disks) != len(want.Disks) || len(got.NICs) == 0 {
		t.Errorf("disks %v, nics %v", got.Disks, got.NICs)
	}
	for key := range want.Disks {
		if _, found := got.Disks[key]; !found {
			t.Errorf("disk %s is missing in %v", key, got.Disks)
		}
	}
	rest.do(t.Context(), http.MethodGet, "/api/vcenter/vm/vm-99999", nil).wantError(t, http.StatusNotFound, "NOT_FOUND")
}
