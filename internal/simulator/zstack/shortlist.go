package zstack

import "strings"

// shortlist returns the records of a kind that conditions can meet: where one names uuids, the others are not even made,
// which counts when there are thousands.
func (w *world) shortlist(kind string, conditions []condition) []record {
	switch kind {
	case "VmInstance":
		if wanted, ok := namedBy(conditions, "uuid"); ok {
			return some(w.vms, w.vmRecord, func(one *vm) bool { return wanted[one.uuid] })
		}
	case "Volume":
		if wanted, ok := namedBy(conditions, "uuid"); ok {
			return some(w.volumes, w.volumeRecord, func(one *volume) bool { return wanted[one.uuid] })
		}
	case "VolumeSnapshot":
		if wanted, ok := namedBy(conditions, "uuid"); ok {
			return some(w.snapshots, w.snapshotRecord, func(one *snapshot) bool { return wanted[one.uuid] })
		}
		if wanted, ok := namedBy(conditions, "groupUuid"); ok {
			return some(w.snapshots, w.snapshotRecord, func(one *snapshot) bool { return one.group != nil && wanted[one.group.uuid] })
		}
	case "VolumeSnapshotGroup":
		if wanted, ok := namedBy(conditions, "uuid"); ok {
			return some(w.bundles, w.bundleRecord, func(one *snapshotGroup) bool { return wanted[one.uuid] })
		}
		if wanted, ok := namedBy(conditions, "vmInstanceUuid"); ok {
			return some(w.bundles, w.bundleRecord, func(one *snapshotGroup) bool { return wanted[one.vm.uuid] })
		}
	case "SystemTag", "UserTag":
		if wanted, ok := namedBy(conditions, "resourceUuid"); ok {
			return some(w.tags, w.tagRecord, func(one *tag) bool { return wanted[one.resourceUUID] && one.system == (kind == "SystemTag") })
		}
	}

	return w.records(kind)
}

// namedBy returns the uuids that a condition asks for, and reports whether there is one. The platform writes uuids in lower
// case, and its database does not mind how they are asked for.
func namedBy(conditions []condition, field string) (map[string]bool, bool) {
	for _, one := range conditions {
		if one.field != field || one.operator != equal && one.operator != in {
			continue
		}
		wanted := map[string]bool{}
		for uuid := range strings.SplitSeq(one.value, ",") {
			wanted[folded(uuid)] = true
		}

		return wanted, true
	}

	return nil, false
}

func some[T identified](from store[T], show func(T) record, wanted func(T) bool) []record {
	shown := []record{}
	for _, one := range from.all {
		if wanted(one) {
			shown = append(shown, show(one))
		}
	}

	return shown
}
