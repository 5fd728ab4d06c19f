package zstack

// l2Network is a layer-2 network, on which L3 networks are.
type l2Network struct {
	place

	zone     *zone
	physical string // the interface of the hosts
	vlan     int64  // 0 for one without
	clusters []*cluster
}

func l2Record(n *l2Network) record {
	shown := record{
		"zoneUuid": n.zone.uuid, "physicalInterface": n.physical, "type": "L2NoVlanNetwork", "vSwitchType": "LinuxBridge", "virtualNetworkId": n.vlan,
		"isolated": false, "attachedClusterUuids": uuidsOf(n.clusters),
	}
	if n.vlan > 0 {
		shown["type"], shown["vlan"] = "L2VlanNetwork", n.vlan
	}

	return n.show(shown)
}
