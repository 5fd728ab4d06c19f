package vspherevirtualmachine

import (
	"context"
	"errors"
	"path"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// inventory is a vCenter of a few VMs.
type inventory struct {
	vms []vsphere.Object
	err error // of every call

	tagsErr error // of AttachedTags
}

func (i inventory) VirtualMachineWith(_ context.Context, id string, extras vsphere.Extras) (*vsphere.VirtualMachine, error) {
	for _, vm := range i.vms {
		if vm.ID == id {
			found := &vsphere.VirtualMachine{ID: vm.ID, Name: vm.Name, PowerState: vsphere.PoweredOn}
			if extras.Settings {
				found.ExtraConfig = map[string]string{"guestinfo.name": vm.Name, "guestinfo.userdata": "secret"}
			}

			return found, i.err
		}
	}
	if i.err != nil {
		return nil, i.err
	}

	return nil, &apierr.Error{Kind: apierr.NotFound, Op: "RetrievePropertiesEx", Object: id, Code: "ManagedObjectNotFound"}
}

// AttachedTags answers with a tag by the name of the VM.
func (i inventory) AttachedTags(_ context.Context, vmID string) ([]string, error) {
	return []string{"tag of " + vmID}, i.tagsErr
}

func (i inventory) FindVMs(_ context.Context, query vsphere.VMQuery) ([]vsphere.Object, error) {
	var found []vsphere.Object
	for _, vm := range i.vms {
		if vm.Path == query.Path || vm.Name == query.Name {
			found = append(found, vm)
		}
	}

	return found, i.err
}

// NearVMs finds the VMs by the last name of a path.
func (i inventory) NearVMs(_ context.Context, query vsphere.VMQuery) (vsphere.Nearby, error) {
	var near vsphere.Nearby
	for _, vm := range i.vms {
		if vm.Name == path.Base(query.Path) {
			near.Objects = append(near.Objects, vm)
		}
	}
	if query.Path == "/DC0/vm" {
		near.At = &vsphere.Object{Type: vsphere.TypeFolder, ID: "group-v3"}
	}

	return near, i.err
}

func (i inventory) VMPath(_ context.Context, id string) (string, error) {
	for _, vm := range i.vms {
		if vm.ID == id {
			return vm.Path, i.err
		}
	}

	return "", i.err
}

func TestRead_finds(t *testing.T) {
	t.Parallel()

	server := inventory{vms: []vsphere.Object{
		{ID: "vm-1", Name: "web", Path: "/DC0/vm/web"},
		{ID: "vm-2", Name: "db", Path: "/DC0/vm/prod/db"},
	}}
	for selector, value := range map[string]string{"id": "vm-2", "path": "/DC0/vm/prod/db", "name": "db"} {
		t.Run(selector, func(t *testing.T) {
			t.Parallel()

			got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: server}, playedcli.Config{selector: value})
			if diags.HasError() {
				t.Fatal(diags)
			}
			if got.ID.ValueString() != "vm-2" || got.Name.ValueString() != "db" || got.Path.ValueString() != "/DC0/vm/prod/db" {
				t.Errorf("got %+v", got)
			}
			if !got.CurrentSnapshotID.IsNull() || !got.HostID.IsNull() || got.Disks.IsNull() {
				t.Errorf("what is not there must be null, and no disks an empty map: %+v", got)
			}
		})
	}
}

func TestRead_diagnostics(t *testing.T) {
	t.Parallel()

	twins := inventory{vms: []vsphere.Object{
		{ID: "vm-1", Name: "web", Path: "/DC0/vm/test/web"},
		{ID: "vm-2", Name: "web", Path: "/DC0/vm/prod/web"},
	}}
	tests := map[string]struct {
		client   vms
		selector playedcli.Config
		want     diag.Diagnostic
	}{
		"no such id": {
			client: twins, selector: playedcli.Config{"id": "vm-99"},
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("id"), "No such virtual machine",
				`No virtual machine has the id "vm-99", or the user may not see it.`),
		},
		"no such name": {
			client: twins, selector: playedcli.Config{"name": "mail"},
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "No such virtual machine",
				`No virtual machine has the name "mail", or the user may not see it.`),
		},
		"no such path, but the name elsewhere": {
			client: twins, selector: playedcli.Config{"path": "/DC0/vm/web"},
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such virtual machine",
				"No virtual machine has the path \"/DC0/vm/web\", or the user may not see it.\n\n"+
					"Of that name there is:\n  - vm-1  /DC0/vm/test/web\n  - vm-2  /DC0/vm/prod/web"),
		},
		"a folder": {
			client: twins, selector: playedcli.Config{"path": "/DC0/vm"},
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such virtual machine",
				"\"/DC0/vm\" is a folder (group-v3), and no virtual machine.\n\n"+
					"The data source vmfork_vsphere_object finds what is no virtual machine."),
		},
		"several": {
			client: twins, selector: playedcli.Config{"name": "web"},
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "Several virtual machines match",
				"2 virtual machines have the name \"web\":\n  - vm-1  /DC0/vm/test/web\n  - vm-2  /DC0/vm/prod/web\n\n"+
					"Select one of them by its id or its path."),
		},
		"configuration not known": {
			client: nil, selector: playedcli.Config{"name": "web"},
			want: diag.NewErrorDiagnostic("The provider's vsphere configuration is not known yet",
				"A value of the provider's vsphere block is only known after apply, so this can't be read now. Apply what the "+
					"value comes from first (terraform apply -target=…), or give the value as a variable."),
		},
		"failed": {
			client: inventory{err: errors.New("boom")}, selector: playedcli.Config{"name": "web"},
			want: diag.NewErrorDiagnostic(`Could not read the virtual machine with the name "web"`, "Boom."),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, diags := playedcli.ReadDataSource[model](t, &dataSource{client: test.client}, test.selector)
			playedcli.Only(t, diags, test.want)
		})
	}
}

// TestNewModel maps every field: a field that stays null here is forgotten in the mapping.
func TestNewModel(t *testing.T) {
	t.Parallel()

	got := newModel(&vsphere.VirtualMachine{
		ID: "vm-1", Name: "web", InstanceUUID: "i", BIOSUUID: "b", PowerState: vsphere.PoweredOff, Template: true,
		Placement: vsphere.Placement{
			FolderID: "group-v3", ResourcePoolID: "resgroup-8", HostID: "host-1", ClusterID: "domain-c7", DatastoreID: "datastore-1",
		},
		Disks:              map[string]vsphere.Disk{"2000": {Label: "Hard disk 1", CapacityBytes: 1, DatastoreID: "datastore-1"}},
		NetworkInterfaces:  map[string]vsphere.NetworkInterface{"4000": {Label: "n", Type: "e1000"}},
		InstantCloneFrozen: true, Encrypted: true, KeyProviderID: "kms", FaultToleranceState: "notConfigured", CurrentSnapshotID: "snapshot-1",
		CPU:        vsphere.CPU{Count: 2, CoresPerSocket: 1, Allocation: vsphere.Allocation{Limit: vsphere.NoLimit, Shares: "normal"}},
		Memory:     vsphere.Memory{SizeMiB: 1024, Allocation: vsphere.Allocation{Limit: vsphere.NoLimit, Shares: "normal"}},
		Annotation: "golden", GuestID: "ubuntu64Guest", HardwareVersion: "vmx-19", ExtraConfig: map[string]string{"guestinfo.name": "web"},
		CustomAttributes: map[string]string{"owner": "ops"},
	}, "/DC0/vm/web", types.SetValueMust(types.StringType, []attr.Value{types.StringValue("guestinfo.name")}))
	got.Tags = types.SetValueMust(types.StringType, []attr.Value{types.StringValue("urn")}) // what the tagging API tells
	playedcli.NoNull(t, got)
}

// TestRead_tags tells a VM's tags, and everything else where the tagging API does not answer.
func TestRead_tags(t *testing.T) {
	t.Parallel()

	server := inventory{vms: []vsphere.Object{{ID: "vm-1", Name: "web", Path: "/DC0/vm/web"}}}
	got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: server}, playedcli.Config{"id": "vm-1"})
	if want := types.SetValueMust(types.StringType, []attr.Value{types.StringValue("tag of vm-1")}); len(diags) > 0 || !got.Tags.Equal(want) {
		t.Errorf("tags %s, %v", got.Tags, diags)
	}
	server.tagsErr = errors.New("boom")
	got, diags = playedcli.ReadDataSource[model](t, &dataSource{client: server}, playedcli.Config{"id": "vm-1"})
	if got.Name.ValueString() != "web" || !got.Tags.IsNull() {
		t.Errorf("got %+v", got)
	}
	playedcli.Only(t, diags, diag.NewAttributeWarningDiagnostic(attrpath.Root("tags"), "Could not read the tags of vm-1", "Boom."))
}
