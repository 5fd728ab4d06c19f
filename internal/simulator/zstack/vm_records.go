package zstack

import "fmt"

const platform = "Linux"

func (w *world) vmRecord(v *vm) record {
	volumes := make([]record, len(v.volumes))
	for i, one := range v.volumes {
		volumes[i] = w.volumeRecord(one)
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

func (w *world) volumeRecord(one *volume) record {
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

func (w *world) snapshotRecord(one *snapshot) record {
	shown := record{
		"type": "Storage", "volumeUuid": one.volume.uuid, "volumeType": string(one.volume.kind), "format": one.volume.format,
		"primaryStorageUuid": one.storage.uuid, "primaryStorageInstallPath": one.path(), "size": one.size, "state": stateEnabled,
		"status": statusReady, "latest": false,
	}
	if one.group != nil {
		shown["groupUuid"] = one.group.uuid
	}

	return one.show(shown)
}

func (one *snapshot) path() string {
	return fmt.Sprintf("/opt/zstack/%s/snapshots/%s.qcow2", one.storage.name, one.uuid)
}

func (w *world) bundleRecord(g *snapshotGroup) record {
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
