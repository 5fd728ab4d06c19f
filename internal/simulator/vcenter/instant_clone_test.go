package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestInstantCloner_checks(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.users.add(administrator, user{all: true})
	running, off := addTestVM(t, stores, "running"), addTestVM(t, stores, "off")
	wantFault(t, "power on", stores.power.powerOn(testContext(stores), running.Self), "")
	for _, test := range []struct {
		name   string
		source types.ManagedObjectReference
		spec   types.VirtualMachineInstantCloneSpec
		want   string
	}{
		{"a running source", running.Self, types.VirtualMachineInstantCloneSpec{Name: "fork"}, ""},
		{"a source that is off", off.Self, types.VirtualMachineInstantCloneSpec{Name: "fork"}, "InvalidArgument"},
		{"an unknown source", vmRef("vm-9999"), types.VirtualMachineInstantCloneSpec{Name: "fork"}, "ManagedObjectNotFound"},
		{"a name in use", running.Self, types.VirtualMachineInstantCloneSpec{Name: "off"}, "DuplicateName"},
		{"a name that is not escaped", running.Self, types.VirtualMachineInstantCloneSpec{Name: "50%"}, "InvalidName"},
		{"a UUID that is none", running.Self, types.VirtualMachineInstantCloneSpec{Name: "fork", BiosUuid: "1"}, "InvalidArgument"},
		{"a host", running.Self, types.VirtualMachineInstantCloneSpec{
			Name: "fork", Location: types.VirtualMachineRelocateSpec{Host: running.Runtime.Host},
		}, "InvalidArgument"},
		{"a pool of another cluster", running.Self, types.VirtualMachineInstantCloneSpec{
			Name: "fork", Location: types.VirtualMachineRelocateSpec{
				Pool: new(idOf(t, stores, "/DC0/host/"+secondCluster+"/Resources")),
			},
		}, "InvalidArgument"},
	} {
		_, p := stores.instantClones.checkInstantClone(instantRequest{source: test.source, spec: test.spec, user: administrator})
		wantFault(t, test.name, p, test.want)
	}
}

// TestInstantCloner_instantClone forks a VM: the clone runs, stands on the source's disk and takes no space of its own.
func TestInstantCloner_instantClone(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	stores.users.add(administrator, user{all: true})
	source := addTestVM(t, stores, "web")
	stores.guests.disableTools(source.Self.Value, true)
	wantFault(t, "power on", stores.power.powerOn(ctx, source.Self), "")
	plan, p := stores.instantClones.checkInstantClone(instantRequest{
		source: source.Self, spec: types.VirtualMachineInstantCloneSpec{Name: "fork"}, user: administrator,
	})
	if p != nil {
		t.Fatal(p.messages)
	}
	shared := copyDisk(disksOf(source)[0]).File
	result, p := stores.instantClones.instantClone(ctx, plan)
	wantFault(t, "the clone", p, "")
	ref, _ := result.(types.ManagedObjectReference)
	clone, ok := stores.inventory.vm(ref)
	if !ok {
		t.Fatalf("the clone is %v", result)
	}
	disk := copyDisk(disksOf(clone)[0])
	if clone.Runtime.PowerState != poweredOn || disk.ParentFile != shared {
		t.Errorf("the clone is %s with disk %+v", clone.Runtime.PowerState, disk)
	}
	if _, bytes := stores.storage.ownSpace(disksOf(clone)[0]); bytes != 0 {
		t.Errorf("the clone's disk takes %d bytes", bytes)
	}
	if *clone.Runtime.Host != *source.Runtime.Host || !stores.guests.toolsDisabled(ref.Value) {
		t.Error("the clone is not in the state of its source")
	}
}

func TestMergeOptions(t *testing.T) {
	t.Parallel()
	option := func(key, value string) types.BaseOptionValue { return &types.OptionValue{Key: key, Value: value} }
	got := map[string]any{}
	for _, each := range mergeOptions(
		[]types.BaseOptionValue{option("kept", "1"), option("changed", "1"), option("removed", "1")},
		[]types.BaseOptionValue{option("changed", "2"), option("removed", ""), option("added", "2")},
	) {
		got[each.GetOptionValue().Key] = each.GetOptionValue().Value
	}
	if len(got) != 3 || got["kept"] != "1" || got["changed"] != "2" || got["added"] != "2" {
		t.Errorf("the options are %v", got)
	}
}
