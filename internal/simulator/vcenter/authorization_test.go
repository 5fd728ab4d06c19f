package vcenter

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

func TestAuthorization(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.users.grant("ci", "secret", []string{privilegeClone})
	stores.users.add("root", user{password: "secret", all: true})
	folder, lost := idOf(t, stores, "/DC0/vm"), vmRef("vm-9999")
	wanted := []string{privilegeClone, privilegeDelete}

	answer := stores.authorization.hasPrivilegeOnEntity(&call{
		user: "ci", body: &types.HasPrivilegeOnEntity{Entity: folder, PrivId: wanted},
	})
	body, ok := answer.(*methods.HasPrivilegeOnEntityBody)
	if !ok || !slices.Equal(body.Res.Returnval, []bool{true, false}) {
		t.Errorf("the caller's privileges: %+v", answer)
	}
	for name, granted := range map[string][]bool{"ci": {true, false}, "root": {true, true}, "other": {false, false}} {
		got := stores.authorization.availability(name, []types.ManagedObjectReference{folder}, wanted)
		for i, each := range got[0].PrivAvailability {
			if each.PrivId != wanted[i] || each.IsGranted != granted[i] {
				t.Errorf("%s: %+v", name, each)
			}
		}
	}
	if got := stores.authorization.privilegesOf("ci", anywhere); !slices.Contains(got, privilegeClone) || !slices.Contains(got, "System.Read") {
		t.Errorf("the user's privileges are %v", got)
	}
	if got := stores.authorization.privilegesOf("root", anywhere); !slices.Contains(got, privilegeDelete) {
		t.Errorf("the administrator's privileges are %v", got)
	}
	wantFault(t, "known objects", stores.authorization.unknownEntities([]types.ManagedObjectReference{folder}), "")
	wantFault(t, "an unknown object", stores.authorization.unknownEntities([]types.ManagedObjectReference{folder, lost}), "ManagedObjectNotFound")
}
