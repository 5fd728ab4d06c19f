package zstack

import "strings"

// queriedKind is a kind of resources that the API queries.
type queriedKind struct {
	kind string
	path string
	api  string // the name of the query behind its prefix, where that is not the kind
}

// queries are all queries of the REST API. Each takes the parameters q, sort, start, limit, count, replyWithCount, fields and groupBy, or one
// uuid in its path. Where two paths match a request, the first is used.
var queries = []queriedKind{
	{kind: "Zone", path: "/v1/zones"},
	{kind: "Cluster", path: "/v1/clusters"},
	{kind: "Host", path: "/v1/hosts"},
	{kind: "Image", path: "/v1/images"},
	{kind: "VirtualRouterOffering", path: "/v1/instance-offerings/virtual-routers"},
	{kind: "InstanceOffering", path: "/v1/instance-offerings"},
	{kind: "DiskOffering", path: "/v1/disk-offerings"},
	{kind: "L2VlanNetwork", path: "/v1/l2-networks/vlan"},
	{kind: "L2Network", path: "/v1/l2-networks"},
	{kind: "IpRange", path: "/v1/l3-networks/ip-ranges"},
	{kind: "L3Network", path: "/v1/l3-networks"},
	{kind: "PrimaryStorage", path: "/v1/primary-storage"},
	{kind: "ImageStoreBackupStorage", path: "/v1/backup-storage/image-store"},
	{kind: "BackupStorage", path: "/v1/backup-storage"},
	{kind: "ManagementNode", path: "/v1/management-nodes"},
	{kind: "GlobalConfig", path: "/v1/global-configurations"},
	{kind: "AffinityGroup", path: "/v1/affinity-groups"},
	{kind: "SecurityGroupRule", path: "/v1/security-groups/rules"},
	{kind: "SecurityGroup", path: "/v1/security-groups"},
	{kind: "Vip", path: "/v1/vips"},
	{kind: "Eip", path: "/v1/eips"},
	{kind: "PortForwardingRule", path: "/v1/port-forwarding"},
	{kind: "LoadBalancerListener", path: "/v1/load-balancers/listeners"},
	{kind: "LoadBalancer", path: "/v1/load-balancers"},
	{kind: "SdnController", path: "/v1/sdn-controllers"},
	{kind: "VirtualRouterVm", path: "/v1/vm-instances/appliances/virtual-routers"},
	{kind: "VmUserDefinedXmlHookScript", path: "/v1/vm-instances/xml-hook-script"},
	{kind: "GuestVmScript", path: "/v1/scripts"},
	{kind: "VmNic", path: "/v1/vm-instances/nics"},
	{kind: "VmInstance", path: "/v1/vm-instances"},
	{kind: "Volume", path: "/v1/volumes"},
	{kind: "VolumeSnapshotGroup", path: groupPath},
	{kind: "VolumeSnapshotTree", path: "/v1/volume-snapshots/trees"},
	{kind: "VolumeSnapshot", path: "/v1/volume-snapshots"},
	{kind: "SystemTag", path: "/v1/system-tags"},
	{kind: "UserTag", path: "/v1/user-tags"},
	{kind: "TagPattern", path: "/v1/tags", api: "Tag"},
}

// kindNamed returns the kind that a text names in any case.
func kindNamed(name string) (string, bool) {
	for _, one := range queries {
		if strings.EqualFold(one.kind, name) {
			return one.kind, true
		}
	}

	return "", false
}
