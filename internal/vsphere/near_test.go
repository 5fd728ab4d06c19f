package vsphere_test

import (
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestNear(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	tests := []struct {
		kind vsphere.ObjectType
		path string
		at   string   // path of the object of another type
		want []string // paths
	}{
		{vsphere.TypeDatastore, "/DC0/datastore/localds_0", "", []string{"/DC0/datastore/LocalDS_0"}},
		{vsphere.TypeDatastore, "LocalDS0", "", []string{"/DC0/datastore/LocalDS_0"}},
		{vsphere.TypeDatastore, "LocalDS_7", "", []string{"/DC0/datastore/LocalDS_0", "/DC0/datastore/LocalDS_1"}},
		{vsphere.TypeDatastore, "/DC0/vm", "/DC0/vm", nil},
		{vsphere.TypeFolder, "/DC0/vm/golden-template", "/DC0/vm/golden-template", nil},
		{vsphere.TypeResourcePool, "DC0_C7/Resources", "", []string{"/DC0/host/DC0_C0/Resources", "/DC0/host/DC0_C1/Resources"}},
		{vsphere.TypeNetwork, "/DC0/network/vm-network", "", []string{"/DC0/network/VM Network"}},
		{vsphere.TypeVirtualMachine, "/DC1/vm/golden-template", "", []string{"/DC0/vm/golden-template"}},
		{vsphere.TypeStoragePolicy, "vm encryption policy", "", []string{"VM Encryption Policy"}},
		{vsphere.TypeKeyProvider, "none", "", nil},
		{vsphere.TypeTag, "none", "", nil},
		{vsphere.TypeFolder, "/", "", nil},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+" "+tt.path, func(t *testing.T) {
			t.Parallel()
			found, err := client.Near(t.Context(), tt.kind, tt.path)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, object := range found.Objects {
				got = append(got, object.Path)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("paths %q, want %q", got, tt.want)
			}
			if found.At == nil != (tt.at == "") || found.At != nil && found.At.ID != server.ID(tt.at) {
				t.Errorf("at the path: %+v, want %s", found.At, server.ID(tt.at))
			}
		})
	}
}

func TestNearVMs(t *testing.T) {
	t.Parallel()
	_, client := setUp(t)
	for _, query := range []vsphere.VMQuery{{Name: "Golden Template"}, {Path: "/DC0/vm/golden_template"}} {
		found, err := client.NearVMs(t.Context(), query)
		if err != nil || found.At != nil || len(found.Objects) != 1 || found.Objects[0].Name != "golden-template" {
			t.Errorf("%+v: %+v, %v", query, found, err)
		}
	}
}
