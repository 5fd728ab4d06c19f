package zstack

import "testing"

func TestVolumeStore(t *testing.T) {
	t.Parallel()
	inv, clock := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	second := inv.volumes.create(dataVolume, "data-2", data.storage, dataBytes, dataUsedBytes)
	inv.volumes.attach(second, machine)
	if second.deviceID != 2 {
		t.Errorf("the second data volume has device number %d, want 2", second.deviceID)
	}
	clock.now = clock.now.Add(1)
	inv.volumes.detach(data)
	if data.vm != nil || data.lastVM != machine || data.changed != clock.now {
		t.Errorf("a detached volume: vm %v, last VM %v, changed %v", data.vm, data.lastVM, data.changed)
	}
	inv.volumes.attach(data, machine)
	if data.deviceID != 1 {
		t.Errorf("attached again with device number %d, want the free 1", data.deviceID)
	}
	inv.volumes.detachData(machine)
	if len(machine.volumes) != 1 || machine.root == nil {
		t.Errorf("%d volumes are attached, want the root volume", len(machine.volumes))
	}
	inv.volumes.detach(machine.root)
	if machine.root != nil {
		t.Error("a detached root volume is still the VM's root")
	}
	inv.tags.createAll(typeVolume, data.uuid, true, []string{"capability::virtio-scsi"})
	inv.volumes.remove(data)
	if inv.volumes.has(data) || len(inv.tags.of[data.uuid]) != 0 {
		t.Error("a removed volume or its tag is left")
	}
}
