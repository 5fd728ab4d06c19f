package zstack

import (
	"slices"
	"time"
)

// recycleTime is how long a deleted VM or volume can be recovered, unless a deletion policy says otherwise.
const recycleTime = 7 * 24 * time.Hour

// recycleBin applies the deletion policy to VMs and volumes. The inventory's lock guards it.
type recycleBin struct {
	policy    DeletionPolicy
	clock     clock
	vms       *vmStore
	volumes   *volumeStore
	snapshots *snapshotStore
}

// deleteVM destroys a VM as the policy says. Data volumes are detached and kept.
func (b *recycleBin) deleteVM(v *vm) {
	if b.policy == DeletionDirect {
		b.vms.remove(v)

		return
	}
	b.volumes.detachData(v)
	b.vms.settle(v, vmDestroyed)
}

// recoverVM takes a VM out of the recycle bin. Its data volumes stay detached.
func (b *recycleBin) recoverVM(v *vm) {
	state := vmStopped
	if v.root == nil {
		state = vmCreated
	}
	b.vms.settle(v, state)
}

// deleteVolume deletes a data volume as the policy says; one that takes no space yet is removed at once.
func (b *recycleBin) deleteVolume(one *volume) {
	if b.policy == DeletionDirect || one.status == statusNotInstantiated {
		b.snapshots.removeVolume(one)

		return
	}
	b.volumes.detach(one)
	one.status, one.changed, one.trashed = statusDeleted, b.clock(), b.clock()
}

// recoverVolume takes a volume out of the recycle bin.
func (b *recycleBin) recoverVolume(one *volume) { one.status, one.changed = statusReady, b.clock() }

// expire expunges what has been in the recycle bin for longer than the platform keeps it there.
func (b *recycleBin) expire() {
	if b.policy != DeletionDelay {
		return
	}
	limit := b.clock().Add(-recycleTime)
	for _, v := range slices.Clone(b.vms.all) {
		if v.state == vmDestroyed && v.trashed.Before(limit) {
			b.vms.remove(v)
		}
	}
	for _, one := range slices.Clone(b.volumes.all) {
		if one.status == statusDeleted && one.trashed.Before(limit) {
			b.snapshots.removeVolume(one)
		}
	}
}
