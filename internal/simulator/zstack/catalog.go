package zstack

// catalog shows all resources as records, by kind: "Zone", "VmInstance". It has no state of its own.
type catalog struct {
	infra     *infrastructure
	tags      *tagStore
	volumes   *volumeStore
	snapshots *snapshotStore
	space     *space
	vms       *vmStore
	scheduler *scheduler
}

// records returns all resources of a kind.
func (c *catalog) records(kind string) []record {
	switch kind {
	case "Host":
		return all(&c.infra.hosts, c.hostRecord)
	case "PrimaryStorage":
		return all(&c.infra.storages, c.storageRecord)
	case "AffinityGroup":
		return all(&c.infra.groups, c.groupRecord)
	case "VmInstance":
		return all(&c.vms.table, vmRecord)
	case "Volume":
		return all(&c.volumes.table, volumeRecord)
	case "VolumeSnapshot":
		return all(&c.snapshots.table, snapshotRecord)
	case "VolumeSnapshotTree":
		return all(&c.snapshots.trees, treeRecord)
	case "VolumeSnapshotGroup":
		return all(&c.snapshots.groups, groupOfSnapshotsRecord)
	case "SystemTag", "UserTag":
		return some(&c.tags.table, tagRecord, func(one *tag) bool { return one.system == (kind == "SystemTag") })
	case "VmNic":
		return c.vms.nicRecords()
	default:
		return c.infra.records(kind)
	}
}

func all[T identified](in *table[T], show func(T) record) []record {
	shown := make([]record, len(in.all))
	for i, one := range in.all {
		shown[i] = show(one)
	}

	return shown
}

func some[T identified](in *table[T], show func(T) record, wanted func(T) bool) []record {
	shown := []record{}
	for _, one := range in.all {
		if wanted(one) {
			shown = append(shown, show(one))
		}
	}

	return shown
}

// has reports whether a resource of a type exists. known is false for a type whose resources have no tags.
func (c *catalog) has(resourceType, uuid string) (found, known bool) {
	switch resourceType {
	case typeVM:
		_, found = c.vms.get(uuid)
	case typeVolume:
		_, found = c.volumes.get(uuid)
	case "VolumeSnapshotVO":
		_, found = c.snapshots.get(uuid)
	case "VolumeSnapshotGroupVO":
		_, found = c.snapshots.groups.get(uuid)
	default:
		look, isPlace := c.infra.lookups()[resourceType]

		return isPlace && look(uuid) != nil, isPlace
	}

	return found, true
}

// newUUID returns the uuid that a call wants for its new resource, or a new one. A used one is refused.
func (c *catalog) newUUID(wanted string) (string, *errorCode) {
	if wanted == "" {
		return newUUID(), nil
	}
	_, tagged := c.tags.get(wanted)
	_, machine := c.vms.get(wanted)
	_, volume := c.volumes.get(wanted)
	_, snapshot := c.snapshots.get(wanted)
	_, group := c.snapshots.groups.get(wanted)
	_, tree := c.snapshots.trees.get(wanted)
	if tagged || machine || volume || snapshot || tree || group || c.infra.find(wanted) != nil {
		return "", newError(codeInvalidArgument, "resourceUuid[%s] is used by another resource", wanted)
	}

	return wanted, nil
}

func (c *catalog) hostRecord(h *host) record {
	cpus, memory := c.scheduler.load(h)

	return h.show(record{
		"zoneUuid": h.cluster.zone.uuid, "clusterUuid": h.cluster.uuid, "managementIp": h.address, "hypervisorType": "KVM",
		"totalCpuCapacity": h.cpus, "availableCpuCapacity": max(h.cpus-cpus, 0), "cpuNum": h.cpus, "cpuSockets": int64(2),
		"architecture": architecture, "username": "root", "sshPort": int64(22),
		"totalMemoryCapacity": h.memory, "availableMemoryCapacity": max(h.memory-memory, 0),
	})
}

func (c *catalog) storageRecord(s *storage) record {
	free := max(s.bytes-c.space.used(s), 0)

	return s.show(record{
		"zoneUuid": s.zone.uuid, "type": string(s.kind), "url": "172.20.0.2:/" + s.name, "mountPath": "/opt/zstack/" + s.name,
		"totalCapacity": s.bytes, "availableCapacity": free, "totalPhysicalCapacity": s.bytes, "availablePhysicalCapacity": free,
		"systemUsedCapacity": int64(0), "attachedClusterUuids": uuidsOf(s.clusters),
	})
}

func (c *catalog) groupRecord(g *affinityGroup) record {
	usages := []record{}
	for _, v := range c.vms.all {
		if c.scheduler.groupOf(v) == g {
			usages = append(usages, record{"affinityGroupUuid": g.uuid, "resourceUuid": v.uuid, "resourceType": typeVM})
		}
	}

	return g.show(record{"zoneUuid": g.zone.uuid, "policy": g.policy, "type": "HOST", "appliance": "CUSTOMER", "version": "1.0", "usages": usages})
}
