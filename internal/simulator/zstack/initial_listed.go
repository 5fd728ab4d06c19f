package zstack

import "strings"

// What a small installation has beside what VMs are made of.
const (
	managementAddress = "172.20.0.2"
	routerCPUs        = 2
	routerMemory      = 2 << 30
	routerImageBytes  = 1 << 30
	storeBytes        = 10 << 40
	vlan              = 100
)

// addOfferings adds the offerings, the backup storage with the images, and the L2 networks.
func (inv *inventory) addOfferings() {
	home := inv.infra.zones.all[0]
	enabled := func(name string) place {
		return place{resource: inv.clock.newResource(name), state: stateEnabled}
	}
	inv.infra.offerings.add(&instanceOffering{place: enabled("small"), cpus: vmCPUs, memory: vmMemory})
	inv.infra.offerings.add(&instanceOffering{place: enabled("medium"), cpus: 2 * vmCPUs, memory: 4 * vmMemory})
	inv.infra.diskOfferings.add(&diskOffering{place: enabled("disk-20g"), bytes: dataBytes})
	store := inv.infra.stores.add(&backupStorage{place: enabled("backup-1"), zone: home, address: managementAddress, bytes: storeBytes})
	store.status = statusConnected
	for _, one := range []*image{{place: enabled("image-1"), bytes: rootBytes}, {place: enabled("router-image"), bytes: routerImageBytes, system: true}} {
		one.status, one.stores = statusReady, []*backupStorage{store}
		inv.infra.images.add(one)
		if one.system {
			inv.tags.create(tag{text: "applianceType::vrouter", system: true, inherent: true, resourceUUID: one.uuid, resourceType: "ImageVO"})
		}
	}
	for _, one := range []*l2Network{{physical: "eth0"}, {physical: "eth1", vlan: vlan}} {
		one.zone, one.clusters = home, inv.infra.clusters.all
		one.resource = inv.clock.newResource("l2-" + one.physical)
		inv.infra.l2s.add(one)
	}
}

// addRouterOffering adds an offering of virtual routers, which names a network.
func (inv *inventory) addRouterOffering() {
	inv.infra.offerings.add(&instanceOffering{
		place: place{resource: inv.clock.newResource("router-offering"), state: stateEnabled}, cpus: routerCPUs, memory: routerMemory,
		router: &routerPart{zone: inv.infra.zones.all[0], network: inv.infra.networks.all[0], image: inv.infra.images.all[1]},
	})
}

// addListed adds the objects that the API only lists. Kinds that are missing here, such as SDN controllers, are empty.
func (inv *inventory) addListed() {
	on := inv.infra.networks.all[0]
	add := func(kind, name, state string, more record) {
		inv.infra.listed.add(&listed{place: place{resource: inv.clock.newResource(name), state: state}, kind: kind, more: more})
	}
	joined := date(inv.clock())
	add("ManagementNode", "", "", record{"hostName": managementAddress, "joinDate": joined, "heartBeat": joined})
	add("GlobalConfig", "numa", "", record{
		"uuid": nil, "category": "vm", "defaultValue": "false", "value": "false", "createDate": nil, "lastOpDate": nil,
		"description": "CPUs and memory of a VM may grow while it runs",
	})
	add("TagPattern", "project", "", record{"value": "project", "color": "#57D344", "type": "simple"})
	add("GuestVmScript", "hostname", "", record{
		"scriptContent": "hostname", "renderParams": "[]", "platform": platform, "scriptType": "Shell", "scriptTimeout": int64(60), "version": int64(1),
		"encodingType": "PlainText",
	})
	add("VmUserDefinedXmlHookScript", "no-change", "", record{"type": "Customization", "hookScript": "def modify_xml(root, hook):\n    pass\n"})
	address := on.last()
	on.used[address] = true
	add("Vip", "vip-1", stateEnabled, record{
		"l3NetworkUuid": on.uuid, "ipRangeUuid": on.rangeUUID, "ip": address.String(), "gateway": on.gateway.String(), "netmask": on.netmask,
		"prefixLen": int64(prefixLength), "peerL3NetworkUuids": []string{}, "servicesRefs": []record{}, "system": false,
	})
	inv.addSecurityGroup(on)
}

// addSecurityGroup adds a group that lets its own members in, and everything out.
func (inv *inventory) addSecurityGroup(on *network) {
	group := &listed{place: place{resource: inv.clock.newResource("default-group"), state: stateEnabled}, kind: "SecurityGroup"}
	rules := make([]record, 0, 2)
	for _, direction := range []string{"Ingress", "Egress"} {
		rule := inv.infra.listed.add(&listed{
			place: place{resource: inv.clock.newResource(""), state: stateEnabled}, kind: "SecurityGroupRule", more: record{
				"securityGroupUuid": group.uuid, "type": direction, "ipVersion": int64(4), "protocol": "ALL", "priority": int64(0), "action": "ACCEPT",
				"startPort": int64(-1), "endPort": int64(-1), "allowedCidr": "0.0.0.0/0",
			},
		})
		if direction == "Ingress" {
			rule.more["remoteSecurityGroupUuid"] = group.uuid
		}
		rule.description = strings.ToLower(direction) + " of default-group"
		rules = append(rules, listedRecord(rule))
	}
	group.more = record{"ipVersion": int64(4), "internalId": int64(1), "vSwitchType": "LinuxBridge", "rules": rules, "attachedL3NetworkUuids": []string{on.uuid}}
	inv.infra.listed.add(group)
}
