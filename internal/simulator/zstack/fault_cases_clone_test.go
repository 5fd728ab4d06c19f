package zstack_test

import zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"

func cloneFaults() []faultCase {
	const method = "CloneVmInstance"
	tags := func(texts ...string) object { return object{"systemTags": texts} }
	badTag := func(condition string, act func(*bench, string) reply) faultCase {
		return faultCase{method: method, code: "SYS.1007", condition: condition, arrange: golden, act: act}
	}
	missingObject := func(condition, parameter string) faultCase {
		return faultCase{
			method: method, code: "SYS.1003", condition: condition, arrange: golden, act: clones(object{parameter: missing}),
		}
	}

	return []faultCase{
		{method: method, code: "SYS.1003", condition: "the source does not exist", arrange: gone, act: clones(object{})},
		missingObject("the cluster does not exist", "clusterUuid"),
		missingObject("the host does not exist", "hostUuid"),
		missingObject("the primary storage for the root volume does not exist", "primaryStorageUuidForRootVolume"),
		missingObject("the primary storage for data volumes does not exist", "primaryStorageUuidForDataVolume"),
		{
			method: method, code: "SYS.1003", condition: "the affinity group does not exist", arrange: golden,
			act: clones(object{}, tags("affinityGroupUuid::"+missing)),
		},
		badTag("no name", clones(object{"names": []string{}})),
		badTag("an empty name", clones(object{"names": []string{"a", ""}})),
		badTag("a name of more than 255 characters", clones(object{"names": []string{long(256)}})),
		badTag("names are no list", clones(object{"names": "clone"})),
		badTag("an unknown strategy", clones(object{"strategy": "Later"})),
		badTag("a system tag without a value", clones(object{}, tags("affinityGroupUuid"))),
		badTag("a system tag with a malformed uuid", clones(object{}, tags("affinityGroupUuid::spread"))),
		badTag("an unknown system tag", clones(object{}, tags("colour::blue"))),
		badTag("two system tags of a kind that a VM has one of", clones(object{}, tags("vmPriority::High", "vmPriority::Normal"))),
		badTag("a provisioning strategy among the VM's tags", clones(object{}, tags("volumeProvisioningStrategy::ThinProvisioning"))),
		badTag("an unknown provisioning strategy", clones(object{"rootVolumeSystemTags": []string{"volumeProvisioningStrategy::Thin"}})),
		badTag("a malformed tag of data volumes", clones(object{"dataVolumeSystemTags": []string{"nonsense"}})),
		badTag("an empty user tag", clones(object{}, object{"userTags": []string{""}})),
		{method: method, code: "VM.1010", condition: "the source passes from one state to another", arrange: busy, act: clones(object{})},
		{method: method, code: "VM.1010", condition: "the source is Destroyed", arrange: inState("Destroyed"), act: clones(object{})},
		{method: method, code: "VM.1010", condition: "the source is only a record", arrange: inState("Created"), act: clones(object{})},
		{
			method: method, code: "SYS.1006", condition: "the host is disconnected", arrange: unreachable,
			act: func(b *bench, uuid string) reply {
				return clones(object{"hostUuid": b.vm("golden").HostUUID})(b, uuid)
			},
		},
		{
			method: method, code: "SYS.1006", condition: "the cluster is disabled",
			arrange: full(func(b *bench) {
				must(b.t, b.server.ChangeObject(b.id("cluster", "cluster-2"), nil, new("Disabled"), nil))
			}),
			act: func(b *bench, uuid string) reply {
				return clones(object{"clusterUuid": b.id("cluster", "cluster-2")})(b, uuid)
			},
		},
		{
			method: method, code: "VM.1000", cause: "HOST_ALLOCATION.1000", condition: "no host has CPUs and memory left", entry: true,
			arrange: full(fullHosts), act: clones(object{}),
		},
		{
			method: method, code: "VM.1000", cause: "HOST_ALLOCATION.1000", condition: "the host is not in the cluster", entry: true,
			arrange: golden, act: func(b *bench, uuid string) reply {
				return clones(object{"clusterUuid": b.id("cluster", "cluster-1"), "hostUuid": b.id("host", "host-6")})(b, uuid)
			},
		},
		{
			method: method, code: "VM.1000", cause: "HOST_ALLOCATION.1000", condition: "the primary storage is not attached to the cluster",
			entry: true, arrange: golden, act: func(b *bench, uuid string) reply {
				return clones(object{
					"clusterUuid":                     b.id("cluster", "cluster-1"),
					"primaryStorageUuidForRootVolume": b.id("primary_storage", "storage-3"),
				})(b, uuid)
			},
		},
		{
			method: method, code: "VM.1000", cause: "PS.1000", condition: "no primary storage has room", entry: true,
			arrange: full(fullStorages), act: clones(object{}),
		},
		{
			method: method, code: "VM.1000", cause: "PS.1000", condition: "the primary storage that is asked for has no room for data volumes",
			entry:   true,
			arrange: full(func(b *bench) { must(b.t, b.server.SetStorageCapacity(b.id("primary_storage", "storage-2"), 11<<30)) }),
			act: func(b *bench, uuid string) reply {
				storage := b.id("primary_storage", "storage-2")

				return clones(object{
					"full": true, "primaryStorageUuidForRootVolume": storage, "primaryStorageUuidForDataVolume": storage,
				})(b, uuid)
			},
		},
		{
			method: method, code: "VM.1000", cause: "L3.1000", condition: "the network has no address left", entry: true,
			arrange: full(fullNetwork), act: clones(object{"full": true}),
		},
		disabled("SYS.1006", "", "the affinity group is disabled", "affinity_group", "spread"),
		disabled("VM.1000", "HOST_ALLOCATION.1000", "the zone is disabled", "zone", "zone-1"),
		disabled("VM.1000", "L3.1000", "the network is disabled", "l3_network", "net-1"),
		disabled("VM.1000", "PS.1000", "every primary storage is disabled", "primary_storage", "storage-1", "storage-2", "storage-3"),
		{
			method: method, code: "VM.1000", cause: "L3.1000", condition: "a fault is injected into the entry", entry: true,
			arrange: full(func(b *bench) {
				b.server.Inject(zstacksim.Fault{
					Method: method, Where: zstacksim.FaultInEntry, Name: "clone", Code: "VM.1000",
					Causes: []zstacksim.FaultCause{{Code: "SYS.1006", Message: "why"}, {Code: "L3.1000", Message: "and why that"}},
				})
			}),
			act: clones(object{}),
		},
	}
}

// disabled is a clone into the affinity group while an object is disabled.
func disabled(code, cause, condition, kind string, names ...string) faultCase {
	return faultCase{
		method: "CloneVmInstance", code: code, cause: cause, condition: condition, entry: cause != "",
		arrange: full(func(b *bench) {
			for _, name := range names {
				must(b.t, b.server.ChangeObject(b.id(kind, name), nil, new("Disabled"), nil))
			}
		}),
		act: func(b *bench, uuid string) reply {
			spread := []string{"affinityGroupUuid::" + b.id("affinity_group", "spread")}

			return clones(object{}, object{"systemTags": spread})(b, uuid)
		},
	}
}
