package vsphere_test

import (
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestFindObjects(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	tests := []struct {
		kind vsphere.ObjectType
		path string
		want []string // paths
	}{
		{vsphere.TypeDatacenter, "/DC0", []string{"/DC0"}},
		{vsphere.TypeDatacenter, "DC0", []string{"/DC0"}},
		{vsphere.TypeFolder, "/DC0/vm", []string{"/DC0/vm"}},
		{vsphere.TypeFolder, "vm", []string{"/DC0/vm"}},
		{vsphere.TypeCluster, "DC0_C0", []string{"/DC0/host/DC0_C0"}},
		{vsphere.TypeCluster, "/DC0/host/DC0_C1", []string{"/DC0/host/DC0_C1"}},
		{vsphere.TypeHost, "DC0_C0_H0", []string{"/DC0/host/DC0_C0/DC0_C0_H0"}},
		{vsphere.TypeResourcePool, "DC0_C0/Resources", []string{"/DC0/host/DC0_C0/Resources"}},
		{vsphere.TypeResourcePool, "Resources", []string{
			"/DC0/host/DC0_C0/Resources", "/DC0/host/DC0_C1/Resources",
		}},
		{vsphere.TypeDatastore, "LocalDS_0", []string{"/DC0/datastore/LocalDS_0"}},
		{vsphere.TypeNetwork, "VM Network", []string{"/DC0/network/VM Network"}},
		{vsphere.TypeNetwork, "/DC0/network/DC0_DVPG0", []string{"/DC0/network/DC0_DVPG0"}},
		{vsphere.TypeVirtualMachine, "vm/golden-template", []string{"/DC0/vm/golden-template"}},
		{vsphere.TypeDatastore, "/DC0/vm", nil},
		{vsphere.TypeDatastore, "/DC0/datastore/none", nil},
		{vsphere.TypeDatastore, "none", nil},
		{vsphere.TypeDatastore, "/", nil},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			objects, err := client.FindObjects(t.Context(), tt.kind, tt.path)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, object := range objects {
				got = append(got, object.Path)
				if object.ID != server.ID(object.Path) || object.Type != tt.kind {
					t.Errorf("object %+v, want id %s", object, server.ID(object.Path))
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("paths %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFindVMs_withEscapes(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, "DC0_C0_RP0_VM1")
	const name, path = `50%/a\b`, "/DC0/vm/50%25%2fa%5cb"
	done(t)(client.Rename(t.Context(), vm.ID, name))
	if got := mustVM(t, server, name); got.ID != vm.ID {
		t.Errorf("the simulator has %+v", got)
	}
	for _, query := range []vsphere.VMQuery{{Name: name}, {Path: path}, {InstanceUUID: vm.InstanceUUID}, {Path: path[1:]}} {
		found, err := client.FindVMs(t.Context(), query)
		if err != nil || len(found) != 1 || found[0].ID != vm.ID || found[0].Name != name || found[0].Path != path {
			t.Errorf("%+v: %+v, %v", query, found, err)
		}
	}
	named, err := client.NamedIn(t.Context(), vm.FolderID, name)
	if err != nil || len(named) != 1 || named[0].Name != name {
		t.Errorf("NamedIn: %+v, %v", named, err)
	}
	for _, query := range []vsphere.VMQuery{{Name: "none"}, {Path: "/DC0/vm/none"}, {InstanceUUID: "none"}} {
		if found, err := client.FindVMs(t.Context(), query); err != nil || len(found) != 0 {
			t.Errorf("%+v: %+v, %v", query, found, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	id := clone(t, server, client, "child")
	origin, err := client.Origin(t.Context(), id)
	source := mustVM(t, server, "golden-template").ID
	if err != nil || origin.SourceID != source || origin.User == "" || origin.CreatedAt.IsZero() {
		t.Errorf("origin %+v, %v", origin, err)
	}
	if origin, err := client.Origin(t.Context(), "vm-none"); err != nil && !apierr.Is(err, apierr.NotFound) {
		t.Errorf("origin of nothing: %+v, %v", origin, err)
	}
}
