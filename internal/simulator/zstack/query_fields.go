package zstack

// offeringFields are the fields of an instance offering, and of what is one.
var offeringFields = []string{"description", "cpuNum", "cpuSpeed", "memorySize", "reservedMemorySize", "type", "allocatorStrategy", "sortKey", "state"}

// vmFields are the fields of a VM, and of what is one.
var vmFields = []string{
	"description", "zoneUuid", "clusterUuid", "imageUuid", "hostUuid", "lastHostUuid", "instanceOfferingUuid", "rootVolumeUuid", "platform",
	"architecture", "defaultL3NetworkUuid", "type", "hypervisorType", "memorySize", "reservedMemorySize", "cpuNum", "cpuSpeed", "allocatorStrategy",
	"state", "internalId", "vmNics", "allVolumes", "vmCdRoms", "guestOsType",
}

// storageFields are the fields that backup storages of all types have.
var storageFields = []string{"description", "url", "totalCapacity", "availableCapacity", "type", "state", "status", "attachedZoneUuids"}

// l2Fields are the fields of L2 networks of all types.
var l2Fields = []string{
	"description", "zoneUuid", "physicalInterface", "type", "vSwitchType", "virtualNetworkId", "vlan", "isolated", "pvlan", "attachedClusterUuids",
}

// optionalFields are the platform's fields that may be absent from all records, by kind. Other kinds have none such.
var optionalFields = map[string][]string{
	"Zone":    {"description", "state", "type", "isDefault"},
	"Cluster": {"description", "state", "hypervisorType", "zoneUuid", "type", "architecture"},
	"Host": {
		"description", "zoneUuid", "clusterUuid", "managementIp", "hypervisorType", "state", "status", "totalCpuCapacity", "availableCpuCapacity",
		"cpuSockets", "totalMemoryCapacity", "availableMemoryCapacity", "cpuNum", "architecture", "username", "sshPort", "osDistribution",
		"osRelease", "osVersion",
	},
	"Image": {
		"description", "state", "status", "size", "actualSize", "md5Sum", "url", "mediaType", "guestOsType", "type", "platform", "architecture",
		"format", "system", "virtio", "backupStorageRefs", "systemTags",
	},
	"InstanceOffering": offeringFields,
	"VirtualRouterOffering": append([]string{
		"managementNetworkUuid", "publicNetworkUuid", "zoneUuid", "isDefault", "imageUuid",
	}, offeringFields...),
	"DiskOffering":  {"description", "diskSize", "sortKey", "state", "type", "allocatorStrategy"},
	"L2Network":     l2Fields,
	"L2VlanNetwork": l2Fields,
	"L3Network": {
		"description", "type", "zoneUuid", "l2NetworkUuid", "state", "dnsDomain", "system", "category", "ipVersion", "enableIPAM", "isolated", "dns",
		"ipRanges", "reservedIpRanges", "networkServices", "hostRoute",
	},
	"IpRange": {
		"l3NetworkUuid", "description", "startIp", "endIp", "netmask", "gateway", "networkCidr", "ipVersion", "addressMode", "prefixLen", "ipRangeType",
	},
	"PrimaryStorage": {
		"zoneUuid", "url", "description", "totalCapacity", "availableCapacity", "totalPhysicalCapacity", "availablePhysicalCapacity",
		"systemUsedCapacity", "type", "state", "status", "mountPath", "attachedClusterUuids",
	},
	"BackupStorage":           storageFields,
	"ImageStoreBackupStorage": append([]string{"hostname", "username", "sshPort"}, storageFields...),
	"ManagementNode":          {"hostName", "joinDate", "heartBeat"},
	"GlobalConfig":            {"category", "description", "defaultValue", "value"},
	"SecurityGroup":           {"description", "state", "ipVersion", "internalId", "rules", "attachedL3NetworkUuids", "vSwitchType"},
	"SecurityGroupRule": {
		"securityGroupUuid", "type", "ipVersion", "protocol", "state", "priority", "description", "srcIpRange", "dstIpRange", "srcPortRange",
		"dstPortRange", "action", "remoteSecurityGroupUuid", "allowedCidr", "startPort", "endPort",
	},
	"Vip": {
		"description", "ipRangeUuid", "l3NetworkUuid", "ip", "state", "gateway", "netmask", "prefixLen", "serviceProvider", "peerL3NetworkUuids",
		"servicesRefs", "useFor", "system", "usedIpUuid",
	},
	"Eip": {"description", "vmNicUuid", "vipUuid", "state", "vipIp", "guestIp"},
	"PortForwardingRule": {
		"description", "vipIp", "guestIp", "vipUuid", "vipPortStart", "vipPortEnd", "privatePortStart", "privatePortEnd", "vmNicUuid", "protocolType",
		"state", "allowedCidr",
	},
	"LoadBalancer": {"description", "serverGroupUuid", "state", "type", "vipUuid", "ipv6VipUuid", "listeners"},
	"LoadBalancerListener": {
		"description", "loadBalancerUuid", "instancePort", "loadBalancerPort", "protocol", "serverGroupUuid", "securityPolicyType", "vmNicRefs",
		"aclRefs", "certificateRefs", "serverGroupRefs",
	},
	"SdnController": {"vendorType", "description", "ip", "username", "status", "vniRanges", "vxlanPools", "hostRefs"},
	"VirtualRouterVm": append([]string{
		"applianceVmType", "managementNetworkUuid", "defaultRouteL3NetworkUuid", "status", "agentPort", "haStatus", "publicNetworkUuid",
		"virtualRouterVips",
	}, vmFields...),
	"VmUserDefinedXmlHookScript": {"description", "type", "hookScript", "libvirtVersion"},
	"GuestVmScript":              {"description", "scriptContent", "renderParams", "platform", "scriptType", "scriptTimeout", "version", "encodingType"},
	"VmNic": {
		"vmInstanceUuid", "usedIpUuid", "l3NetworkUuid", "ip", "mac", "hypervisorType", "netmask", "gateway", "metaData", "ipVersion", "driverType",
		"usedIps", "internalName", "deviceId", "type", "state",
	},
	"VmInstance": vmFields,
	"Volume": {
		"description", "primaryStorageUuid", "vmInstanceUuid", "diskOfferingUuid", "rootImageUuid", "installPath", "type",
		"format", "size", "actualSize", "deviceId", "state", "status", "isShareable", "lastVmInstanceUuid", "lastDetachDate",
	},
	"VolumeSnapshot": {
		"description", "type", "volumeUuid", "treeUuid", "parentUuid", "primaryStorageUuid", "primaryStorageInstallPath",
		"volumeType", "format", "latest", "size", "state", "status", "groupUuid", "distance", "backupStorageRefs",
	},
	"VolumeSnapshotGroup": {"description", "vmInstanceUuid", "snapshotCount", "volumeSnapshotRefs"},
	"VolumeSnapshotTree":  {"volumeUuid", "current", "status", "tree"},
	"SystemTag":           {"tag", "type", "resourceUuid", "resourceType", "inherent"},
	"UserTag":             {"tag", "type", "resourceUuid", "resourceType", "tagPatternUuid", "tagPattern"},
	"TagPattern":          {"description", "value", "color", "type"},
}
