package vsphere

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// A path names its datastore in brackets, and both the datastore's name and the machine's may hold some.
func TestHomeDatastore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		datastores map[string]string // literal names by id
		want       string
	}{
		{"plain", "[ds] web/web.vmx", map[string]string{"d-1": "ds"}, "d-1"},
		{"brackets and a space in the machine's name", "[ds] web [blue] 1/web [blue] 1.vmx", map[string]string{"d-1": "ds"}, "d-1"},
		{"a machine named as a path", "[ds] [x] y/[x] y.vmx", map[string]string{"d-1": "ds", "d-2": "x"}, "d-1"},
		{"a closing bracket alone", "[ds] a] b/a] b.vmx", map[string]string{"d-1": "ds", "d-2": "b"}, "d-1"},
		{"brackets in the datastore's name", "[my [odd] ds] a/a.vmx", map[string]string{"d-1": "my ", "d-2": "my [odd] ds"}, "d-2"},
		{"one name begins another", "[a] b] vm/vm.vmx", map[string]string{"d-1": "a", "d-2": "a] b"}, "d-2"},
		{"escapes in the datastore's name", "[a%2fb] vm/vm.vmx", map[string]string{"d-1": "a/b"}, "d-1"},
		{"a literal slash in the datastore's name", "[a/b] vm/vm.vmx", map[string]string{"d-1": "a/b"}, "d-1"},
		{"no file", "[ds]", map[string]string{"d-1": "ds"}, "d-1"},
		{"another datastore", "[other] vm/vm.vmx", map[string]string{"d-1": "ds"}, ""},
		{"no path", "", map[string]string{"d-1": "ds"}, ""},
		{"no brackets", "/vmfs/volumes/ds/vm/vm.vmx", map[string]string{"d-1": "ds"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var own types.ArrayOfManagedObjectReference
			for id := range tt.datastores {
				own.ManagedObjectReference = append(own.ManagedObjectReference, types.ManagedObjectReference{Type: "Datastore", Value: id})
			}
			p := conn.Properties{Values: map[string]any{"config.files.vmPathName": tt.path, "datastore": own}}
			if got := homeDatastore(p, neighbours{datastoreNamed: tt.datastores}); got != tt.want {
				t.Errorf("homeDatastore = %q, want %q", got, tt.want)
			}
		})
	}
}
