package zstack

// shortlist returns the records of a kind that can meet the conditions. Where a condition names uuids, no other records are
// built, which saves time with thousands of resources.
func (c *catalog) shortlist(kind string, conditions conjunction) []record {
	switch kind {
	case "VmInstance":
		return asked(&c.vms.table, vmRecord, conditions)
	case "Volume":
		return asked(&c.volumes.table, volumeRecord, conditions)
	case "VolumeSnapshot":
		return asked(&c.snapshots.table, snapshotRecord, conditions, key[*snapshot]{"groupUuid", func(one *snapshot) string {
			if one.group == nil {
				return ""
			}

			return one.group.uuid
		}})
	case "VolumeSnapshotTree":
		return asked(&c.snapshots.trees, treeRecord, conditions, key[*snapshotTree]{"volumeUuid", func(one *snapshotTree) string { return one.volume.uuid }})
	case "VolumeSnapshotGroup":
		return asked(&c.snapshots.groups, groupOfSnapshotsRecord, conditions, key[*snapshotGroup]{"vmInstanceUuid", func(one *snapshotGroup) string { return one.vm.uuid }})
	case "SystemTag", "UserTag":
		if wanted, ok := namedBy(conditions, "resourceUuid"); ok {
			return some(&c.tags.table, tagRecord, func(one *tag) bool { return wanted[one.resourceUUID] && one.system == (kind == "SystemTag") })
		}
	}

	return c.records(kind)
}

// namedBy returns the uuids that a condition names, and reports whether there is such a condition. The platform writes uuids in
// lower case, and its database ignores the case of a condition.
func namedBy(conditions conjunction, field string) (map[string]bool, bool) {
	for _, part := range conditions {
		one, ok := part.(condition)
		if !ok || one.field != field || one.operator != equal && one.operator != in {
			continue
		}
		named := one.list
		if one.operator == equal {
			named = []string{one.value}
		}
		wanted := map[string]bool{}
		for _, uuid := range named {
			wanted[folded(uuid)] = true
		}

		return wanted, true
	}

	return nil, false
}

// key is a field whose uuids conditions name.
type key[T identified] struct {
	field string
	of    func(T) string
}

// asked returns the records that can meet a condition on the uuid or on a key, or all.
func asked[T identified](from *table[T], show func(T) record, conditions conjunction, keys ...key[T]) []record {
	for _, one := range append([]key[T]{{"uuid", T.id}}, keys...) {
		if wanted, ok := namedBy(conditions, one.field); ok {
			return some(from, show, func(resource T) bool { return wanted[one.of(resource)] })
		}
	}

	return all(from, show)
}
