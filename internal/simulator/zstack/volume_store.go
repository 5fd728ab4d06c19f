package zstack

import (
	"slices"
	"time"
)

// recycleBin is how long what is deleted can be recovered, unless a deletion policy says otherwise.
const recycleBin = 7 * 24 * time.Hour

// newVolume makes a detached volume.
func (w *world) newVolume(kind volumeKind, name string, on *storage, size, actual int64) *volume {
	return w.volumes.add(&volume{
		resource: w.newResource(name), kind: kind, storage: on, format: imageFormat, state: stateEnabled, status: statusReady,
		size: size, actual: actual,
	})
}

// attach gives a volume to a VM.
func (w *world) attach(one *volume, to *vm) {
	one.vm, one.changed = to, w.now()
	one.deviceID = 0
	for slices.ContainsFunc(to.volumes, func(other *volume) bool { return other.deviceID == one.deviceID }) {
		one.deviceID++
	}
	to.volumes = append(to.volumes, one)
	if one.kind == rootVolume {
		to.root = one
	}
}

// detach takes a volume from its VM and keeps it.
func (w *world) detach(one *volume) {
	if one.vm == nil {
		return
	}
	one.vm.volumes = slices.DeleteFunc(one.vm.volumes, func(other *volume) bool { return other == one })
	if one.vm.root == one {
		one.vm.root = nil
	}
	one.lastVM, one.vm, one.changed = one.vm, nil, w.now()
}

// removeVolume makes an end of a volume and of its snapshots.
func (w *world) removeVolume(one *volume) {
	w.detach(one)
	for _, taken := range slices.Clone(w.snapshots.all) {
		if taken.volume == one {
			w.removeSnapshot(taken)
		}
	}
	w.volumes.remove(one)
	w.dropTags(one.uuid)
}

// removeVM makes an end of a VM, of its root volume, of its memory and of its interfaces. Data volumes are kept.
func (w *world) removeVM(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		if one.kind == dataVolume {
			w.detach(one)
		} else {
			w.removeVolume(one)
		}
	}
	v.root = nil
	w.removeNICs(v)
	w.dropTags(v.uuid)
	w.vms.remove(v)
}

// trashVolume deletes a data volume as the deletion policy says.
func (w *world) trashVolume(one *volume) {
	if w.policy == DeletionDirect {
		w.removeVolume(one)

		return
	}
	w.detach(one)
	one.status, one.changed, one.trashed = statusDeleted, w.now(), w.now()
}

// empty expunges what has been in the recycle bin for longer than the platform keeps it there.
func (w *world) empty() {
	if w.policy != DeletionDelay {
		return
	}
	limit := w.now().Add(-recycleBin)
	for _, v := range slices.Clone(w.vms.all) {
		if v.state == vmDestroyed && v.trashed.Before(limit) {
			w.removeVM(v)
		}
	}
	for _, one := range slices.Clone(w.volumes.all) {
		if one.status == statusDeleted && one.trashed.Before(limit) {
			w.removeVolume(one)
		}
	}
}
