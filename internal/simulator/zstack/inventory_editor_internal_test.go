package zstack

import (
	"errors"
	"testing"
)

func TestInventoryEditorUnknownObjects(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	editor := &inventoryEditor{inv}
	for name, test := range map[string]struct{ got, want error }{
		"change VM":             {editor.ChangeVM("x", Change{}), errNoVM},
		"destroy VM":            {editor.DestroyVM("x"), errNoVM},
		"remove VM":             {editor.RemoveVM("x"), errNoVM},
		"remove volume":         {editor.RemoveVolume("x"), errNoVolume},
		"change snapshot group": {editor.ChangeSnapshotGroup("x", nil, nil), errNoGroup},
		"delete snapshot group": {editor.DeleteSnapshotGroup("x"), errNoGroup},
		"delete snapshot":       {editor.DeleteSnapshot("x"), errNoSnapshot},
		"fail deletes":          {editor.FailSnapshotDeletes(true, "x"), errNoSnapshot},
		"host capacity":         {editor.SetHostCapacity("x", 1, 1), errNoHost},
		"storage capacity":      {editor.SetStorageCapacity("x", 1), errNoStorage},
		"address capacity":      {editor.SetAddressCapacity("x", 1), errNoNetwork},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
	if editor.ChangeObject("x", nil, nil, nil) == nil {
		t.Error("an unknown object is changed")
	}
}

func TestInventoryEditor(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	editor, view := &inventoryEditor{inv}, &inventoryView{inv}
	machine, data := golden(t, inv)
	group := inv.snapshots.createGroup(machine, newUUID(), "group", "", false)
	snapshot := group.refs[1].snapshot
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	name, unknown := "new", "Nonsense"
	must(editor.ChangeSnapshotGroup(group.uuid, &name, nil))
	must(editor.FailSnapshotDeletes(true, snapshot.uuid))
	if !snapshot.stuck || group.name != name {
		t.Errorf("stuck %t, name %q", snapshot.stuck, group.name)
	}
	must(editor.DeleteSnapshot(snapshot.uuid))
	must(editor.DeleteSnapshotGroup(group.uuid))
	if got := view.SnapshotGroups(); len(got) != 0 {
		t.Errorf("groups are left: %+v", got)
	}
	if editor.ChangeVM(machine.uuid, Change{State: &unknown}) == nil || machine.state != vmRunning {
		t.Errorf("the VM is %s after an unknown state", machine.state)
	}
	state := string(vmStopped)
	must(editor.ChangeVM(machine.uuid, Change{Name: &name, State: &state, UserTags: &[]string{"a"}}))
	if got, ok := view.VM(name); !ok || got.State != state || got.HostUUID != "" || len(got.UserTags) != 1 {
		t.Errorf("the changed VM is %+v", got)
	}
	must(editor.RemoveVolume(data.uuid))
	must(editor.DestroyVM(machine.uuid))
	if _, ok := view.VM(name); ok || len(view.Volumes()) != 2 {
		t.Errorf("a Destroyed VM is found by name, or %d volumes are left", len(view.Volumes()))
	}
	must(editor.RemoveVM(machine.uuid))
	if len(view.VMs()) != 1 {
		t.Errorf("%d VMs are left", len(view.VMs()))
	}
}
