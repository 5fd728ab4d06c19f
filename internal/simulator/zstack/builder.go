package zstack

import "slices"

// builder gives a VM that is only a record a host, volumes and an interface. It has no state of its own.
type builder struct {
	infra     *infrastructure
	tags      *tagStore
	nics      *nicStore
	volumes   *volumeStore
	snapshots *snapshotStore
	space     *space
	scheduler *scheduler
}

// build carries out a VM's plan. A failure leaves the record as it was. A cluster or a host in wanted overrides the
// plan's.
func (b *builder) build(v *vm, wanted requirements) *errorCode {
	plan := v.plan
	if wanted.host == nil && wanted.cluster == nil {
		wanted.host, wanted.cluster = plan.host, plan.cluster
	}
	wanted.storages = slices.DeleteFunc([]*storage{plan.rootStorage, plan.dataStorage}, func(s *storage) bool { return s == nil })
	chosen, failure := b.scheduler.choose(v, wanted)
	if failure != nil {
		return failure
	}
	if failure := b.buildVolumes(v, chosen.cluster); failure != nil {
		b.removeVolumes(v)

		return failure
	}
	for _, one := range plan.nics {
		if failure := b.nics.create(v, one); failure != nil {
			b.nics.removeAll(v)
			b.removeVolumes(v)

			return failure
		}
	}
	v.host, v.cluster, v.plan = chosen, chosen.cluster, nil

	return nil
}

// removeVolumes removes the volumes that buildVolumes created, data volumes too.
func (b *builder) removeVolumes(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		b.snapshots.removeVolume(one)
	}
	v.root = nil
}

// buildVolumes creates the volumes of a VM's plan.
func (b *builder) buildVolumes(v *vm, in *cluster) *errorCode {
	for i, plan := range append([]volumePlan{v.plan.root}, v.plan.data...) {
		wanted, name := v.plan.dataStorage, plan.name
		if i == 0 {
			wanted, name = v.plan.rootStorage, rootVolumeName(v)
		}
		on, failure := b.chooseStorage(wanted, plan, in)
		if failure != nil {
			return failure
		}
		created := b.volumes.create(plan.kind, name, on, plan.size, plan.actual)
		created.image, created.format = plan.image, plan.format
		b.volumes.attach(created, v)
		b.tags.createAll(typeVolume, created.uuid, true, plan.tags)
	}

	return nil
}

// chooseStorage returns a primary storage with room for a volume: the requested one, or else the source's, or else any that
// is attached to the cluster.
func (b *builder) chooseStorage(wanted *storage, plan volumePlan, in *cluster) (*storage, *errorCode) {
	if wanted != nil {
		return wanted, b.space.check(wanted, plan.size)
	}
	for _, candidate := range append([]*storage{plan.like}, b.infra.storages.all...) {
		if candidate != nil && slices.Contains(candidate.clusters, in) && b.space.check(candidate, plan.size) == nil {
			return candidate, nil
		}
	}

	return nil, newError(codeNoStorage, "no primary storage of cluster[uuid:%s] can take %d bytes", in.uuid, plan.size)
}
