package zstack

import (
	"fmt"
	"maps"
	"net/netip"
)

const (
	platform     = "Linux"
	guestOS      = "CentOS 7"
	architecture = "x86_64"
)

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

// uuidsOf returns the uuids of resources.
func uuidsOf[T identified](resources []T) []string {
	uuids := make([]string, len(resources))
	for i, one := range resources {
		uuids[i] = one.id()
	}

	return uuids
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
	return c.show(record{"zoneUuid": c.zone.uuid, "hypervisorType": "KVM", "type": "zstack", "architecture": architecture})
}

func imageRecord(i *image) record {
	refs := make([]record, len(i.stores))
	for at, store := range i.stores {
		refs[at] = record{
			"imageUuid": i.uuid, "backupStorageUuid": store.uuid, "installPath": "zstore://" + i.uuid, "status": statusReady,
			"createDate": date(i.created), "lastOpDate": date(i.changed),
		}
	}

	return i.show(record{
		"format": imageFormat, "mediaType": "RootVolumeTemplate", "platform": platform, "guestOsType": guestOS, "architecture": architecture,
		"size": i.bytes, "actualSize": i.bytes, "type": "zstack", "system": i.system, "virtio": true, "backupStorageRefs": refs,
	})
}

func networkRecord(n *network) record {
	return n.show(record{
		"zoneUuid": n.zone.uuid, "l2NetworkUuid": n.l2.uuid, "type": "L3BasicNetwork", "category": "Private", "system": false,
		"ipVersion": int64(4), "enableIPAM": true, "dns": []string{}, "ipRanges": []record{rangeRecord(n)},
	})
}

// rangeRecord shows the range of addresses that a network has.
func rangeRecord(n *network) record {
	cidr := netip.PrefixFrom(n.gateway, prefixLength).Masked()

	return compact(record{
		"uuid": n.rangeUUID, "name": "range-of-" + n.name, "l3NetworkUuid": n.uuid, "startIp": n.first.String(), "endIp": n.last().String(),
		"netmask": n.netmask, "gateway": n.gateway.String(), "networkCidr": cidr.String(), "prefixLen": int64(prefixLength),
		"ipVersion": int64(4), "ipRangeType": "Normal", "createDate": date(n.created), "lastOpDate": date(n.created),
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
		nics[i] = nicRecord(v, one)
	}

	return v.show(record{
		"state": string(v.state), "zoneUuid": v.zone.uuid, "clusterUuid": uuidOf(v.cluster), "hostUuid": uuidOf(v.host),
		"lastHostUuid": uuidOf(v.lastHost), "imageUuid": uuidOf(v.image), "instanceOfferingUuid": uuidOf(v.offering),
		"rootVolumeUuid": uuidOf(v.root), "defaultL3NetworkUuid": uuidOf(v.network), "platform": platform, "type": "UserVm",
		"architecture": architecture, "guestOsType": guestOS,
		"hypervisorType": "KVM", "cpuNum": v.cpus, "memorySize": v.memory, "cpuSpeed": int64(0),
		"allocatorStrategy": "LastHostPreferredAllocatorStrategy", "allVolumes": volumes, "vmNics": nics,
	})
}

// nicRecord shows an interface of a VM.
func nicRecord(v *vm, one *nic) record {
	return one.show(record{
		"vmInstanceUuid": v.uuid, "l3NetworkUuid": one.network.uuid, "ip": one.address.String(), "mac": one.mac, "netmask": one.network.netmask,
		"gateway": one.network.gateway.String(), "deviceId": one.deviceID, "internalName": one.name, "ipVersion": int64(4),
		"hypervisorType": "KVM", "driverType": "virtio", "type": "VNIC", "state": "enable",
	})
}

func volumeRecord(one *volume) record {
	shown := record{
		"primaryStorageUuid": uuidOf(one.storage), "diskOfferingUuid": uuidOf(one.offering), "vmInstanceUuid": uuidOf(one.vm), "lastVmInstanceUuid": uuidOf(one.lastVM),
		"rootImageUuid": uuidOf(one.image), "type": string(one.kind), "format": one.format, "size": one.size, "actualSize": one.actual,
		"state": one.state, "status": one.status, "isShareable": one.shareable,
	}
	if one.storage != nil {
		shown["installPath"] = fmt.Sprintf("/opt/zstack/%s/%sVolumes/vol-%s/%s.qcow2", one.storage.name, one.kind, one.uuid, one.uuid)
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
