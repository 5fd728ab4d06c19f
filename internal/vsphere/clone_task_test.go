package vsphere_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const cloneTaskMethod = "CloneVM_Task"

// templateSpec asks for a clone of golden-template, which it makes a template again.
func templateSpec(t *testing.T, server *vcenter.Server, client *vsphere.Client, name string) vsphere.CloneSpec {
	t.Helper()
	asked := spec(t, server, name)
	if err := server.ChangeVM(asked.SourceID, vcenter.Change{Template: new(true)}); err != nil {
		t.Fatal(err)
	}
	var err error
	if asked.Source, err = client.VirtualMachine(t.Context(), asked.SourceID); err != nil || !asked.Source.Template {
		t.Fatal(asked.Source, err)
	}
	asked.Stamp = &vsphere.Stamp{RequestUUID: "request-1", SourceID: asked.SourceID, Name: name, At: time.Now()}

	return asked
}

func TestStartCloneTask_everyArgument(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			asked := templateSpec(t, server, client, "50%/web")
			other := server.ID("/DC0/datastore/LocalDS_1")
			asked.PowerOn, asked.CustomizationSpec = true, "linux"
			asked.Placement.DatastoreID, asked.Placement.HostID = server.ID("/DC0/datastore/LocalDS_0"), server.ID("/DC0/host/DC0_C0/DC0_C0_H1")
			asked.DisksToUpdate, asked.DisksToRemove = map[string]string{"2000": other}, []string{"2001"}
			server.ResetRequests()
			h, err := client.StartCloneTask(t.Context(), asked)
			id := finish(t, h, err)
			if counts := server.Requests().ByMethod; counts[cloneTaskMethod] != 1 || counts["GetCustomizationSpec"] != 1 || counts["ReconfigVM_Task"] != 0 {
				t.Errorf("it took %v", counts)
			}
			vm, err := client.VirtualMachineWith(t.Context(), id, vsphere.Extras{Settings: true})
			if err != nil {
				t.Fatal(err)
			}
			want := asked.Placement
			want.ClusterID = server.ID("/DC0/host/DC0_C0")
			if vm.Name != asked.Name || vm.Placement != want || vm.PowerState != vsphere.PoweredOn || vm.Template || len(vm.Disks) != 1 ||
				vm.Disks["2000"].DatastoreID != other {
				t.Errorf("the clone is %+v", vm)
			}
			if got := mustVM(t, server, asked.Name).CustomizationSpec; got != "linux" {
				t.Errorf("customized by %q", got)
			}
			var stamp vsphere.Stamp
			if err := json.Unmarshal([]byte(vm.ExtraConfig[vsphere.StampKey]), &stamp); err != nil || stamp.RequestUUID != "request-1" ||
				stamp.SourceID != asked.SourceID || stamp.Name != asked.Name || !stamp.At.Equal(asked.Stamp.At.Truncate(time.Second)) {
				t.Errorf("the stamp is %+v, %v", stamp, err)
			}
		})
	}
}

// TestStartCloneTask_unset leaves what is not named to the source: its folder, its datastore, and its pool where it has one.
func TestStartCloneTask_unset(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	asked := vsphere.CloneSpec{SourceID: mustVM(t, server, "DC0_C0_RP0_VM0").ID, Name: "like-its-source"}
	var err error
	if asked.Source, err = client.VirtualMachine(t.Context(), asked.SourceID); err != nil {
		t.Fatal(err)
	}
	h, err := client.StartCloneTask(t.Context(), asked)
	vm, err := client.VirtualMachine(t.Context(), finish(t, h, err))
	if err != nil || vm.Placement != asked.Source.Placement || vm.PowerState != vsphere.PoweredOff {
		t.Errorf("the clone is %+v, %v", vm, err)
	}
}

func TestStartCloneTask_errors(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	for _, test := range []struct {
		name   string
		change func(*vsphere.CloneSpec)
		kind   apierr.Kind
		code   string
		object string
	}{
		{"name taken", func(s *vsphere.CloneSpec) { s.Name = "DC0_C0_RP0_VM0" }, apierr.AlreadyExists, "DuplicateName", ""},
		{"no pool", func(s *vsphere.CloneSpec) { s.Placement.ResourcePoolID = "" }, apierr.InvalidArgument, "InvalidArgument", ""},
		{"unknown disk", func(s *vsphere.CloneSpec) { s.DisksToRemove = []string{"9999"} }, apierr.InvalidArgument, "InvalidArgument", ""},
		{"no disk", func(s *vsphere.CloneSpec) { s.DisksToUpdate = map[string]string{"x": "datastore-1"} }, apierr.InvalidArgument, "InvalidArgument", ""},
		{"unknown customization", func(s *vsphere.CloneSpec) { s.CustomizationSpec = "none" }, apierr.NotFound, "NotFound", "none"},
	} {
		asked := templateSpec(t, server, client, "clone of "+test.name)
		test.change(&asked)
		h, err := client.StartCloneTask(t.Context(), asked)
		if err == nil {
			_, err = task.Wait(t.Context(), h)
		}
		if failure := wantError(t, err, test.kind, test.code); test.object != "" && failure.Object != test.object {
			t.Errorf("%s: %+v", test.name, failure)
		}
	}
}

// TestMissingClonePrivileges_ofATemplate names the privileges that the clone of a template and its customization need.
func TestMissingClonePrivileges_ofATemplate(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	asked := templateSpec(t, server, client, "web")
	asked.CustomizationSpec = "linux"
	server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
		"Resource.AssignVMToPool", "Datastore.AllocateSpace")
	config := configFor(server)
	config.Username, config.Password = "ci", "secret"
	missing, err := connect(t, config).MissingClonePrivileges(t.Context(), asked)
	want := []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Provisioning.DeployTemplate", Object: asked.SourceID},
		{Privilege: "VirtualMachine.Provisioning.Customize", Object: asked.SourceID},
		{Privilege: "VirtualMachine.Config.AdvancedConfig", Object: server.ID("/DC0/vm")}, // for the stamp
	}
	if err != nil || !slices.Equal(unnamed(missing), want) {
		t.Errorf("missing %+v, %v", missing, err)
	}
}
