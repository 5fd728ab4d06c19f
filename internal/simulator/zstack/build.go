package zstack

import "slices"

// build makes a machine of a VM that is only a record: a host, volumes and an interface with an address. What fails leaves
// the record as it was. The wish overrides what the plan says of cluster and host.
func (w *world) build(v *vm, wanted wish) *errorCode {
	plan := v.plan
	if wanted.host == nil && wanted.cluster == nil {
		wanted.host, wanted.cluster = plan.host, plan.cluster
	}
	wanted.group = w.groupOf(v)
	wanted.storages = slices.DeleteFunc([]*storage{plan.rootStorage, plan.dataStorage}, func(s *storage) bool { return s == nil })
	chosen, failure := w.takeHost(v, wanted)
	if failure != nil {
		return failure
	}
	if failure := w.buildVolumes(v, chosen.cluster); failure != nil {
		w.unbuild(v)

		return failure
	}
	address, failure := w.takeAddress(v.network)
	if failure != nil {
		w.unbuild(v)

		return failure
	}
	w.addNIC(v, address)
	v.host, v.cluster, v.plan = chosen, chosen.cluster, nil

	return nil
}

func (w *world) unbuild(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		w.removeVolume(one)
	}
	v.root = nil
}

func (w *world) buildVolumes(v *vm, in *cluster) *errorCode {
	for i, plan := range append([]volumePlan{v.plan.root}, v.plan.data...) {
		wanted, name := v.plan.dataStorage, plan.name
		if i == 0 {
			wanted, name = v.plan.rootStorage, rootVolumeName(v)
		}
		on, failure := w.chooseStorage(wanted, plan, in)
		if failure != nil {
			return failure
		}
		made := w.newVolume(plan.kind, name, on, plan.size, plan.actual)
		made.image, made.format = plan.image, plan.format
		w.attach(made, v)
		for _, text := range plan.tags {
			w.addTag(tag{text: text, system: true, resourceUUID: made.uuid, resourceType: typeVolume})
		}
	}

	return nil
}

// chooseStorage finds room for a volume: on the storage that was asked for, else on the source's, else on any that the
// cluster has.
func (w *world) chooseStorage(wanted *storage, plan volumePlan, in *cluster) (*storage, *errorCode) {
	if wanted != nil {
		return wanted, w.checkRoom(wanted, plan.size)
	}
	failure := newError(codeNoStorage, "no primary storage of cluster[uuid:%s] can take %d bytes", in.uuid, plan.size)
	for _, candidate := range append([]*storage{plan.like}, w.storages.all...) {
		if slices.Contains(candidate.clusters, in) && w.checkRoom(candidate, plan.size) == nil {
			return candidate, nil
		}
	}

	return nil, failure
}
