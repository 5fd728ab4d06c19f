package zstack

import (
	"fmt"
	"maps"
)

const platform = "Linux"

// record is a resource as the API shows it. Integers are int or int64, so that queries compare them as numbers.
type record = map[string]any

// show returns a record with the fields that every resource has, and more.
func (r *resource) show(more record) record {
	shown := record{
		"uuid": r.uuid, "name": r.name, "description": r.description, "createDate": date(r.created), "lastOpDate": date(r.changed),
	}
	maps.Copy(shown, more)

	return compact(shown)
}

// compact removes empty fields, as the platform omits null ones.
func compact(shown record) record {
	maps.DeleteFunc(shown, func(_ string, value any) bool { return value == "" || value == nil })

	return shown
}

// uuidOf returns the uuid of a resource, and nothing for nil.
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

func (p *place) show(more record) record {
	shown := record{"state": p.state, "status": p.status}
	maps.Copy(shown, more)

	return p.resource.show(shown)
}

func zoneRecord(z *zone) record { return z.show(record{"type": "zstack"}) }

func clusterRecord(c *cluster) record {
	return c.show(record{"zoneUuid": c.zone.uuid, "hypervisorType": "KVM", "type": "zstack"})
}

func imageRecord(i *image) record {
	return i.show(record{
		"format": imageFormat, "mediaType": "RootVolumeTemplate", "platform": platform, "size": i.bytes, "actualSize": i.bytes,
		"type": "zstack", "system": false,
	})
}

func networkRecord(n *network) record {
	return n.show(record{
		"zoneUuid": n.zone.uuid, "type": "L3BasicNetwork", "category": "Private", "system": false,
		"ipRanges": []record{{
			"startIp": n.first.String(), "endIp": n.last().String(), "netmask": n.netmask, "gateway": n.gateway.String(), "l3NetworkUuid": n.uuid,
		}},
	})
}

func tagRecord(one *tag) record {
	shown := record{"tag": one.text, "resourceUuid": one.resourceUUID, "resourceType": one.resourceType, "type": "User"}
	if one.system {
		shown["type"], shown["inherent"] = "System", one.inherent
	}

	return one.show(shown)
}

func vmRecord(v *vm) record {
	volumes := make([]record, len(v.volumes))
	for i, one := range v.volumes {
		volumes[i] = volumeRecord(one)
	}
	nics := make([]record, len(v.nics))
	for i, one := range v.nics {
		nics[i] = one.show(record{
			"vmInstanceUuid": v.uuid, "l3NetworkUuid": one.network.uuid, "ip": one.address.String(), "mac": one.mac,
			"netmask": one.network.netmask, "gateway": one.network.gateway.String(), "deviceId": one.deviceID, "internalName": one.name,
		})
	}

	return v.show(record{
		"state": string(v.state), "zoneUuid": v.zone.uuid, "clusterUuid": uuidOf(v.cluster), "hostUuid": uuidOf(v.host),
		"lastHostUuid": uuidOf(v.lastHost), "imageUuid": uuidOf(v.image), "instanceOfferingUuid": v.offering,
		"rootVolumeUuid": uuidOf(v.root), "defaultL3NetworkUuid": v.network.uuid, "platform": platform, "type": "UserVm",
		"hypervisorType": "KVM", "cpuNum": v.cpus, "memorySize": v.memory, "cpuSpeed": int64(0),
		"allocatorStrategy": "LastHostPreferredAllocatorStrategy", "allVolumes": volumes, "vmNics": nics,
	})
}

func volumeRecord(one *volume) record {
	shown := record{
		"primaryStorageUuid": one.storage.uuid, "vmInstanceUuid": uuidOf(one.vm), "lastVmInstanceUuid": uuidOf(one.lastVM),
		"rootImageUuid": uuidOf(one.image), "type": string(one.kind), "format": one.format, "size": one.size, "actualSize": one.actual,
		"state": one.state, "status": one.status, "isShareable": one.shareable,
		"installPath": fmt.Sprintf("/opt/zstack/%s/%sVolumes/vol-%s/%s.qcow2", one.storage.name, one.kind, one.uuid, one.uuid),
	}
	if one.vm != nil {
		shown["deviceId"] = one.deviceID
	}

	return one.show(shown)
}

func snapshotRecord(one *snapshot) record {
	shown := record{
		"type": "Storage", "volumeUuid": one.volume.uuid, "volumeType": string(one.volume.kind), "format": one.volume.format,
		"primaryStorageUuid": one.storage.uuid, "primaryStorageInstallPath": one.path(), "size": one.size, "state": stateEnabled,
		"status": statusReady, "latest": one.latest, "treeUuid": one.tree.uuid, "parentUuid": uuidOf(one.parent), "distance": one.distance,
	}
	if one.group != nil {
		shown["groupUuid"] = one.group.uuid
	}

	return one.show(shown)
}

// path returns where the primary storage keeps the snapshot.
func (one *snapshot) path() string {
	return fmt.Sprintf("/opt/zstack/%s/snapshots/%s.qcow2", one.storage.name, one.uuid)
}

func groupOfSnapshotsRecord(g *snapshotGroup) record {
	refs := make([]record, len(g.refs))
	for i, ref := range g.refs {
		refs[i] = compact(record{
			"volumeSnapshotUuid": ref.snapshot.uuid, "volumeSnapshotGroupUuid": g.uuid, "deviceId": ref.snapshot.volume.deviceID,
			"snapshotDeleted": ref.deleted, "volumeUuid": ref.snapshot.volume.uuid, "volumeName": ref.snapshot.volume.name,
			"volumeType": string(ref.snapshot.volume.kind), "volumeSnapshotInstallPath": ref.snapshot.path(),
			"volumeSnapshotName": ref.snapshot.name, "createDate": date(ref.snapshot.created), "lastOpDate": date(ref.changed),
		})
	}

	return g.show(record{"vmInstanceUuid": g.vm.uuid, "snapshotCount": len(g.refs), "volumeSnapshotRefs": refs})
}
