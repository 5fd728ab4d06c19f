package zstack_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// publicQuery is a query of ZStack's public clients, their SDK and their Terraform provider: its path, how many records the initial inventory
// and one snapshot group have, and which fields of a record the clients read.
type publicQuery struct {
	path   string
	want   int
	fields string
}

// publicQueries are the queries of those clients. A kind of which a small installation has none must answer an empty list.
var publicQueries = []publicQuery{
	{"/v1/zones", 1, "name state type uuid"},
	{"/v1/clusters", 2, "name state type uuid zoneUuid hypervisorType architecture"},
	{"/v1/hosts", 6, "name state status uuid architecture hypervisorType zoneUuid clusterUuid managementIp cpuNum " +
		"cpuSockets totalCpuCapacity availableCpuCapacity totalMemoryCapacity availableMemoryCapacity " +
		"username sshPort"},
	{"/v1/images", 2, "name state status uuid guestOsType format platform architecture mediaType size actualSize type " +
		"system virtio backupStorageRefs"},
	{"/v1/instance-offerings", 3, "name uuid cpuNum cpuSpeed memorySize type allocatorStrategy sortKey state"},
	{"/v1/instance-offerings/virtual-routers", 1, "name uuid cpuNum memorySize type zoneUuid managementNetworkUuid publicNetworkUuid imageUuid " +
		"isDefault state"},
	{"/v1/disk-offerings", 1, "name uuid diskSize type allocatorStrategy sortKey state"},
	{"/v1/l2-networks", 2, "name uuid zoneUuid physicalInterface type attachedClusterUuids"},
	{"/v1/l2-networks/vlan", 1, "name uuid vlan"},
	{"/v1/l3-networks", 1, "name uuid category type zoneUuid l2NetworkUuid state system ipVersion enableIPAM dns ipRanges"},
	{"/v1/l3-networks/ip-ranges", 1, "name uuid l3NetworkUuid startIp endIp netmask gateway networkCidr prefixLen ipVersion"},
	{"/v1/primary-storage", 3, "name uuid state status type url totalCapacity availableCapacity totalPhysicalCapacity " +
		"availablePhysicalCapacity systemUsedCapacity attachedClusterUuids"},
	{"/v1/backup-storage", 1, "name uuid state status type totalCapacity availableCapacity attachedZoneUuids"},
	{"/v1/backup-storage/image-store", 1, "name uuid hostname username sshPort"},
	{"/v1/management-nodes", 1, "uuid hostName joinDate heartBeat"},
	{"/v1/global-configurations", 1, "category name value defaultValue"},
	{"/v1/affinity-groups", 1, "name uuid policy type"},
	{"/v1/security-groups", 1, "name uuid state vSwitchType attachedL3NetworkUuids rules"},
	{"/v1/security-groups/rules", 2, "uuid securityGroupUuid action protocol ipVersion priority type state description"},
	{"/v1/vips", 1, "name uuid state l3NetworkUuid ip gateway netmask peerL3NetworkUuids"},
	{"/v1/eips", 0, "vipIp"},
	{"/v1/port-forwarding", 0, "vipPortStart"},
	{"/v1/load-balancers", 0, "vipUuid"},
	{"/v1/load-balancers/listeners", 0, "loadBalancerPort"},
	{"/v1/sdn-controllers", 0, "ip"},
	{"/v1/vm-instances/appliances/virtual-routers", 0, "agentPort"},
	{"/v1/vm-instances/xml-hook-script", 1, "name uuid type hookScript"},
	{"/v1/scripts", 1, "name uuid scriptContent renderParams platform scriptType scriptTimeout"},
	{"/v1/vm-instances", 3, "name uuid state type zoneUuid clusterUuid imageUuid platform architecture guestOsType " +
		"hypervisorType cpuNum memorySize instanceOfferingUuid rootVolumeUuid defaultL3NetworkUuid vmNics " +
		"allVolumes"},
	{"/v1/vm-instances/nics", 3, "uuid vmInstanceUuid l3NetworkUuid ip mac netmask gateway deviceId ipVersion type"},
	{"/v1/volumes", 4, "name uuid primaryStorageUuid vmInstanceUuid type format size actualSize state status isShareable " +
		"installPath"},
	{"/v1/volume-snapshots", 2, "name uuid type volumeUuid treeUuid latest distance groupUuid volumeType format size state status " +
		"primaryStorageUuid primaryStorageInstallPath"},
	{"/v1/volume-snapshots/trees", 2, "uuid volumeUuid current status tree"},
	{groupsPath, 1, "name uuid snapshotCount vmInstanceUuid volumeSnapshotRefs"},
	{"/v1/system-tags", 7, "uuid resourceUuid resourceType tag inherent type"},
	{"/v1/user-tags", 1, "uuid resourceUuid resourceType tag type"},
	{"/v1/tags", 1, "name uuid color type value"},
}

// TestPublicQueries plays every query of the public clients, with each parameter that they send.
func TestPublicQueries(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	b.group("g", "golden", nil)
	b.tag("/v1/user-tags", "VmInstanceVO", golden(b), "web")
	type page struct {
		Inventories []map[string]any
		Total       *int
	}
	get := func(path string) page {
		var found page
		b.do(http.MethodGet, path, nil).wantStatus(t, http.StatusOK).decode(t, &found)

		return found
	}
	for _, one := range publicQueries {
		fields := strings.Fields(one.fields)
		found := get(one.path)
		if len(found.Inventories) != one.want || found.Total != nil {
			t.Errorf("%s: %d records, want %d", one.path, len(found.Inventories), one.want)
		}
		for _, shown := range found.Inventories {
			for _, field := range fields {
				if _, given := shown[field]; !given {
					t.Errorf("%s: no field %s in %v", one.path, field, shown)
				}
			}
		}
		for _, query := range []string{
			"replyWithCount=true&start=0&limit=50", "count=true", "replyWithCount=true&limit=0", "count=true&q=" + fields[0] + "%20not%20null",
		} {
			if got := get(one.path + "?" + query); got.Total == nil || *got.Total != one.want {
				t.Errorf("%s?%s: %+v", one.path, query, got)
			}
		}
		rest := get(one.path + "?start=1&sort=-createDate&fields=" + fields[0]).Inventories
		if len(rest) != max(one.want-1, 0) || len(rest) > 0 && len(rest[0]) != 1 {
			t.Errorf("%s: %+v", one.path, rest)
		}
		if got := get(one.path + "?groupBy=" + fields[0]); len(got.Inventories) > one.want || one.want > 0 && len(got.Inventories) == 0 {
			t.Errorf("%s: %+v", one.path, got)
		}
		if got := get(one.path + "?q=__userTag__=nonsense"); len(got.Inventories) != 0 {
			t.Errorf("%s: %+v", one.path, got)
		}
		for _, query := range []string{"q=nonsense=1", "sort=nonsense", "fields=uuid,nonsense", "groupBy=nonsense"} {
			b.do(http.MethodGet, one.path+"?"+query, nil).wantError(t, "SYS.1000")
		}
		if got := get(one.path + "/" + missing); len(got.Inventories) != 0 {
			t.Errorf("%s: %+v", one.path, got)
		}
		if one.want == 0 || !slices.Contains(fields, "uuid") {
			continue
		}
		uuid := fmt.Sprint(found.Inventories[one.want-1]["uuid"])
		if got := get(one.path + "/" + uuid); len(got.Inventories) != 1 || got.Inventories[0]["uuid"] != uuid {
			t.Errorf("%s/%s: %+v", one.path, uuid, got)
		}
	}
}

// TestPublicDataSources plays the conditions and the other calls of the public Terraform provider's data sources.
func TestPublicDataSources(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	for path, want := range map[string]string{
		"/v1/zones?q=name=zone-1":                                          "zone-1",
		"/v1/hosts?q=name~=host-_":                                         "host-1 host-2 host-3 host-4 host-5 host-6",
		"/v1/instance-offerings?q=type=UserVm":                             "small medium",
		"/v1/instance-offerings?q=name=small&q=type=UserVm":                "small",
		"/v1/vips?q=system=false":                                          "vip-1",
		"/v1/security-groups?q=name~=default%25":                           "default-group",
		"/v1/l3-networks?q=ipRanges.networkCidr=10.20.0.0/18":              "net-1",
		"/v1/images?q=system=false":                                        "image-1",
		"/v1/images?q=__systemTag__=applianceType::vrouter":                "router-image",
		"/v1/images?q=__systemTag__!=applianceType::vrouter":               "image-1",
		"/v1/images?q=__systemTag__~=applianceType%25&q=__userTag__!~=%25": "router-image",
		"/v1/images?q=__systemTag__?=x,applianceType::vrouter":             "router-image",
		"/v1/images?q=__systemTag__ is null":                               "",
		"/v1/vm-instances/xml-hook-script?q=name~=no%25":                   "no-change",
	} {
		if got := strings.Join(names(t, b.do(http.MethodGet, strings.ReplaceAll(path, " ", "%20"), nil)), " "); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	rules := read[struct{ Priority int64 }](b, "/v1/security-groups/rules", "priority=0")
	if len(rules) != 2 {
		t.Errorf("%+v", rules)
	}
	var tools struct{ Version, Status string }
	path := "/v1/vm-instances/" + golden(b) + "/guest-tools-infos"
	b.do(http.MethodGet, path, nil).wantStatus(t, http.StatusOK).decode(t, &tools)
	if tools.Version == "" || tools.Status != "Running" {
		t.Errorf("%+v", tools)
	}
	b.do(http.MethodGet, strings.Replace(path, golden(b), missing, 1), nil).wantError(t, "SYS.1003")
	var answer struct {
		Results []struct{ Inventories []struct{ Name string } }
	}
	b.do(http.MethodGet, "/v1/zql?zql="+url.QueryEscape("query Image where __systemTag__='applianceType::vrouter' and name like 'router%'"), nil).
		wantStatus(t, http.StatusOK).decode(t, &answer)
	if len(answer.Results) != 1 || len(answer.Results[0].Inventories) != 1 || answer.Results[0].Inventories[0].Name != "router-image" {
		t.Errorf("%+v", answer)
	}
}

// TestFreeAddresses lists the free addresses of a network, as the public clients do.
func TestFreeAddresses(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	net := b.id("l3_network", "net-1")
	rangeUUID := read[struct{ UUID string }](b, "/v1/l3-networks/ip-ranges", "l3NetworkUuid="+net)[0].UUID
	type free struct{ IPRangeUUID, IP, Netmask, Gateway string }
	first := free{rangeUUID, "10.20.0.13", "255.255.192.0", "10.20.0.1"} // three VMs have the ones before
	for path, want := range map[string]int{
		"/v1/l3-networks/" + net + "/ip/free":                            100,
		"/v1/l3-networks/" + net + "/ip/free?limit=7":                    7,
		"/v1/l3-networks/" + net + "/ip/free?limit=-1":                   16000 - 4, // and the VIP
		"/v1/l3-networks/ip/free?l3NetworkUuid=" + net:                   100,
		"/v1/l3-networks/ip/free?limit=1&ipRangeUuid=" + rangeUUID:       1,
		"/v1/l3-networks/ip-ranges/" + rangeUUID + "/ip/free?limit=2":    2,
		"/v1/l3-networks/" + net + "/ip/free?start=10.20.0.10&limit=100": 100,
	} {
		if got := read[free](b, path); len(got) != want || got[0] != first {
			t.Errorf("%s: %d addresses, want %d", path, len(got), want)
		}
	}
	if got := read[free](b, "/v1/l3-networks/"+net+"/ip/free?limit=1&start=10.20.1.0"); len(got) != 1 || got[0].IP != "10.20.1.0" {
		t.Errorf("%+v", got)
	}
	b.do(http.MethodGet, "/v1/l3-networks/ip/free", nil).wantError(t, "SYS.1007")
	b.do(http.MethodGet, "/v1/l3-networks/"+net+"/ip/free?start=nonsense", nil).wantError(t, "SYS.1007")
	b.do(http.MethodGet, "/v1/l3-networks/"+missing+"/ip/free", nil).wantError(t, "SYS.1003")
	b.do(http.MethodGet, "/v1/l3-networks/ip-ranges/"+missing+"/ip/free", nil).wantError(t, "SYS.1003")
	b.do(http.MethodGet, "/v1/l3-networks/"+net+"/ip/free?limit=many", nil).wantStatus(t, http.StatusBadRequest)
}
