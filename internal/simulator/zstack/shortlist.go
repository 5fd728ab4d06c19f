package zstack

import "strings"

// shortlist returns the records of a kind that conditions can meet: where one names uuids, the others are not even made,
// which counts when there are thousands.
func (w *world) shortlist(kind string, conditions []condition) []record {
	switch kind {
	case "VmInstance":
		return asked(w.vms, w.vmRecord, conditions)
	case "Volume":
		return asked(w.volumes, w.volumeRecord, conditions)
	case "VolumeSnapshot":
		return asked(w.snapshots, w.snapshotRecord, conditions, key[*snapshot]{"groupUuid", func(one *snapshot) string {
			if one.group == nil {
				return ""
			}

			return one.group.uuid
		}})
	case "VolumeSnapshotGroup":
		return asked(w.bundles, w.bundleRecord, conditions, key[*snapshotGroup]{"vmInstanceUuid", func(one *snapshotGroup) string { return one.vm.uuid }})
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

// key is a field whose uuids queries ask for.
type key[T identified] struct {
	field string
	of    func(T) string
}

// asked returns the records that a condition on the uuid or on a key can meet, or all.
func asked[T identified](from store[T], show func(T) record, conditions []condition, keys ...key[T]) []record {
	for _, one := range append([]key[T]{{"uuid", T.id}}, keys...) {
		if wanted, ok := namedBy(conditions, one.field); ok {
			return some(from, show, func(resource T) bool { return wanted[one.of(resource)] })
		}
	}

	return all(from, show)
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
