package zstack

import (
	"errors"
	"fmt"
	"slices"
)

var (
	errNoVM       = errors.New("there is no such VM")
	errNoVolume   = errors.New("there is no such volume")
	errNoGroup    = errors.New("there is no such group")
	errNoSnapshot = errors.New("there is no such snapshot")
)

// inventoryEditor changes the inventory behind a client's back, for the control endpoint and for Go callers. It holds the
// inventory's lock. A change takes effect at once, without a job, and whatever the object's state.
type inventoryEditor struct{ inventory *inventory }

// edit changes one object under the lock. what names the change in its error, and unknown is the cause without the object.
func edit[T identified](inv *inventory, of *table[T], what, uuid string, unknown error, change func(T) error) error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	one, ok := of.get(uuid)
	if !ok {
		return fmt.Errorf("%s %s: %w", what, uuid, unknown)
	}
	if err := change(one); err != nil {
		return fmt.Errorf("%s %s: %w", what, uuid, err)
	}

	return nil
}

// ChangeVM changes a VM.
func (e *inventoryEditor) ChangeVM(uuid string, change Change) error {
	return edit(e.inventory, &e.inventory.vms.table, "change VM", uuid, errNoVM, func(v *vm) error {
		return vmChange{e.inventory, v, change}.apply()
	})
}

// ShareVM lets an account see a VM, all accounts where it is empty, or no longer.
func (e *inventoryEditor) ShareVM(uuid, accountUUID string, share bool) error {
	return edit(e.inventory, &e.inventory.vms.table, "share VM", uuid, errNoVM, func(v *vm) error {
		if v.shared == nil {
			v.shared = map[string]bool{}
		}
		v.shared[accountUUID] = share

		return nil
	})
}

// DestroyVM destroys a VM as the deletion policy says.
func (e *inventoryEditor) DestroyVM(uuid string) error {
	return edit(e.inventory, &e.inventory.vms.table, "destroy VM", uuid, errNoVM, func(v *vm) error {
		e.inventory.bin.deleteVM(v)

		return nil
	})
}

// RemoveVM removes a VM whatever the deletion policy. Its data volumes are kept.
func (e *inventoryEditor) RemoveVM(uuid string) error {
	return edit(e.inventory, &e.inventory.vms.table, "remove VM", uuid, errNoVM, func(v *vm) error {
		e.inventory.vms.remove(v)

		return nil
	})
}

// RemoveVolume removes a volume and its snapshots.
func (e *inventoryEditor) RemoveVolume(uuid string) error {
	return edit(e.inventory, &e.inventory.volumes.table, "remove volume", uuid, errNoVolume, func(one *volume) error {
		e.inventory.snapshots.removeVolume(one)

		return nil
	})
}

// ChangeSnapshotGroup gives a snapshot group another name or description. Nil parts stay.
func (e *inventoryEditor) ChangeSnapshotGroup(uuid string, name, description *string) error {
	return edit(e.inventory, &e.inventory.snapshots.groups, "change snapshot group", uuid, errNoGroup, func(group *snapshotGroup) error {
		group.rename(name, description, e.inventory.clock())

		return nil
	})
}

// DeleteSnapshotGroup deletes a snapshot group with all its snapshots.
func (e *inventoryEditor) DeleteSnapshotGroup(uuid string) error {
	return edit(e.inventory, &e.inventory.snapshots.groups, "delete snapshot group", uuid, errNoGroup, func(group *snapshotGroup) error {
		for _, ref := range slices.Clone(group.refs) {
			e.inventory.snapshots.remove(ref.snapshot)
		}
		e.inventory.snapshots.removeGroup(group)

		return nil
	})
}

// ReferToSnapshot makes a volume one that reads from a snapshot, as a clone that was made from it does: while it is there, the snapshot can't
// be deleted.
func (e *inventoryEditor) ReferToSnapshot(uuid, volumeUUID string) error {
	return edit(e.inventory, &e.inventory.snapshots.table, "refer to snapshot", uuid, errNoSnapshot, func(one *snapshot) error {
		reader, ok := e.inventory.volumes.get(volumeUUID)
		if !ok {
			return errNoVolume
		}
		one.references = append(one.references, reader)

		return nil
	})
}

// SetStorageType gives a primary storage another type, by which snapshots that are taken from now on depend on one another ("NFS") or
// stand alone ("Ceph").
func (e *inventoryEditor) SetStorageType(uuid, kind string) error {
	return edit(e.inventory, &e.inventory.infra.storages, "change primary storage", uuid, errNoStorage, func(one *storage) error {
		one.kind = storageKind(kind)

		return nil
	})
}

// DeleteSnapshot deletes one snapshot. Its group keeps it as deleted.
func (e *inventoryEditor) DeleteSnapshot(uuid string) error {
	return edit(e.inventory, &e.inventory.snapshots.table, "delete snapshot", uuid, errNoSnapshot, func(one *snapshot) error {
		e.inventory.snapshots.remove(one)

		return nil
	})
}

// FailSnapshotDeletes makes every deletion of the snapshots fail from now on, or succeed again.
func (e *inventoryEditor) FailSnapshotDeletes(fail bool, snapshotUUIDs ...string) error {
	for _, uuid := range snapshotUUIDs {
		if err := edit(e.inventory, &e.inventory.snapshots.table, "fail deletes of snapshot", uuid, errNoSnapshot, func(one *snapshot) error {
			one.stuck = fail

			return nil
		}); err != nil {
			return err
		}
	}

	return nil
}
