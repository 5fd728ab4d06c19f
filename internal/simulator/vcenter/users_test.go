package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// anywhere is no object in particular.
var anywhere types.ManagedObjectReference

func TestUserStore(t *testing.T) {
	t.Parallel()
	users := &userStore{}
	users.grant("ci", "secret", []string{privilegeClone})
	for _, name := range []string{"ci", "ci@vsphere.local", `VSPHERE.LOCAL\ci`} {
		if !users.valid(name, "secret") || users.valid(name, "wrong") || users.valid(name, "") {
			t.Errorf("%s: wrong about the password", name)
		}
		if !users.has(name, privilegeClone, anywhere) || !users.has(name, "System.Read", anywhere) || users.has(name, privilegeDelete, anywhere) {
			t.Errorf("%s: wrong about privileges", name)
		}
	}
	if users.valid("other", "secret") || users.has("ci@elsewhere", "System.Read", anywhere) {
		t.Error("an unknown user is known")
	}
}

func TestUserStore_require(t *testing.T) {
	t.Parallel()
	users := &userStore{}
	users.grant("ci", "secret", []string{privilegeClone})
	users.add("root", user{password: "secret", all: true})
	vm := vmRef("vm-1")
	wantFault(t, "granted", users.require("ci", privilegeClone, vm), "")
	wantFault(t, "every privilege", users.require("root", privilegeDelete, vm), "")
	wantFault(t, "an unknown user", users.require("other", privilegeClone, vm), "NoPermission")
	p := users.require("ci", privilegeDelete, vm)
	wantFault(t, "not granted", p, "NoPermission")
	if fault, ok := p.fault.(*types.NoPermission); !ok || fault.PrivilegeId != privilegeDelete || *fault.Object != vm {
		t.Errorf("the fault is %+v", p.fault)
	}
}
