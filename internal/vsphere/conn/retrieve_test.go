package conn

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	missing := func(fault types.BaseMethodFault) []types.MissingProperty {
		return []types.MissingProperty{{Path: "name", Fault: types.LocalizedMethodFault{Fault: fault}}}
	}
	all := readable([]types.ObjectContent{
		{Obj: types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-1"}, PropSet: []types.DynamicProperty{{Name: "name", Val: "web"}}},
		{Obj: types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-2"}, MissingSet: missing(&types.ManagedObjectNotFound{})},
		{Obj: types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-3"}, MissingSet: missing(&types.NoPermission{})},
	})
	if len(all) != 2 || all[0].Denied() != nil || !apierr.Is(all[1].Denied(), apierr.Denied) {
		t.Errorf("read %+v", all)
	}
}
