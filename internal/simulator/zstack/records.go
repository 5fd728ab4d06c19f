package zstack

import (
	"maps"
)

// record is a resource as the API shows it. Integers are int or int64, so that queries compare them as numbers.
type record = map[string]any

// show starts a record with what every resource has.
func (r *resource) show(more record) record {
	shown := record{
		"uuid": r.uuid, "name": r.name, "description": r.description, "createDate": date(r.created), "lastOpDate": date(r.changed),
	}
	maps.Copy(shown, more)

	return compact(shown)
}

// compact leaves out what is empty, as the platform leaves out what is null.
func compact(shown record) record {
	maps.DeleteFunc(shown, func(_ string, value any) bool { return value == "" || value == nil })

	return shown
}

// uuidOf is the uuid of a resource, and nothing for nil.
func uuidOf[T any, P interface {
	*T
	identified
}](one P,
) string {
	if one == nil {
		return ""
	}

	return one.id()
}

// records returns all resources of a kind as the API shows them: "Zone", "VmInstance". The lock must be held.
func (w *world) records(kind string) []record {
	switch kind {
	case "Zone":
		return all(w.zones, func(one *zone) record { return one.show(record{"type": "zstack"}) })
	case "Cluster":
		return all(w.clusters, clusterRecord)
	case "Host":
		return all(w.hosts, w.hostRecord)
	case "Image":
		return all(w.images, imageRecord)
	case "L3Network":
		return all(w.networks, w.networkRecord)
	case "PrimaryStorage":
		return all(w.storages, w.storageRecord)
	case "AffinityGroup":
		return all(w.groups, w.groupRecord)
	case "VmInstance":
		return all(w.vms, w.vmRecord)
	case "Volume":
		return all(w.volumes, w.volumeRecord)
	case "VolumeSnapshot":
		return all(w.snapshots, w.snapshotRecord)
	case "VolumeSnapshotGroup":
		return all(w.bundles, w.bundleRecord)
	case "SystemTag":
		return w.tagRecords(true)
	case "UserTag":
		return w.tagRecords(false)
	default:
		return nil
	}
}

func all[T identified](in store[T], show func(T) record) []record {
	shown := make([]record, len(in.all))
	for i, one := range in.all {
		shown[i] = show(one)
	}

	return shown
}

func (p *place) show(more record) record {
	shown := record{"state": p.state, "status": p.status}
	maps.Copy(shown, more)

	return p.resource.show(shown)
}

func clusterRecord(c *cluster) record {
	return c.show(record{"zoneUuid": c.zone.uuid, "hypervisorType": "KVM", "type": "zstack"})
}

func (w *world) hostRecord(h *host) record {
	cpus, memory := w.load(h)

	return h.show(record{
		"zoneUuid": h.cluster.zone.uuid, "clusterUuid": h.cluster.uuid, "managementIp": h.address, "hypervisorType": "KVM",
		"totalCpuCapacity": h.cpus, "availableCpuCapacity": max(h.cpus-cpus, 0), "cpuNum": h.cpus,
		"totalMemoryCapacity": h.memory, "availableMemoryCapacity": max(h.memory-memory, 0),
	})
}

func imageRecord(i *image) record {
	return i.show(record{
		"format": imageFormat, "mediaType": "RootVolumeTemplate", "platform": platform, "size": i.bytes, "actualSize": i.bytes,
		"type": "zstack", "system": false,
	})
}

func (w *world) networkRecord(n *network) record {
	return n.show(record{
		"zoneUuid": n.zone.uuid, "type": "L3BasicNetwork", "category": "Private", "system": false,
		"ipRanges": []record{{
			"startIp": n.first.String(), "netmask": n.netmask, "gateway": n.gateway.String(), "l3NetworkUuid": n.uuid,
		}},
	})
}

func (w *world) storageRecord(s *storage) record {
	clusters := make([]string, len(s.clusters))
	for i, one := range s.clusters {
		clusters[i] = one.uuid
	}

	return s.show(record{
		"zoneUuid": s.zone.uuid, "type": "NFS", "url": "172.20.0.2:/" + s.name, "mountPath": "/opt/zstack/" + s.name,
		"totalCapacity": s.bytes, "availableCapacity": max(s.bytes-w.stored(s), 0), "attachedClusterUuids": clusters,
	})
}

func (w *world) groupRecord(g *affinityGroup) record {
	usages := []record{}
	for _, v := range w.vms.all {
		if w.groupOf(v) == g {
			usages = append(usages, record{"affinityGroupUuid": g.uuid, "resourceUuid": v.uuid, "resourceType": typeVM})
		}
	}

	return g.show(record{"zoneUuid": g.zone.uuid, "policy": g.policy, "type": "HOST", "appliance": "CUSTOMER", "version": "1.0", "usages": usages})
}

func (w *world) tagRecords(system bool) []record {
	var shown []record
	for _, one := range w.tags.all {
		if one.system == system {
			shown = append(shown, w.tagRecord(one))
		}
	}

	return shown
}

func (w *world) tagRecord(one *tag) record {
	shown := record{"tag": one.text, "resourceUuid": one.resourceUUID, "resourceType": one.resourceType, "type": "User"}
	if one.system {
		shown["type"], shown["inherent"] = "System", one.inherent
	}

	return one.show(shown)
}
