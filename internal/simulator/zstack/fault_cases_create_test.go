package zstack_test

import (
	"maps"
	"net/http"
)

// newVM are parameters of CreateVmInstance that make a VM, with other ones on top; nil takes one out.
func (b *bench) newVM(other object) object {
	b.t.Helper()
	params := object{
		"name": "new", "instanceOfferingUuid": b.id("instance_offering", "small"), "imageUuid": b.id("image", "image-1"),
		"l3NetworkUuids": []string{b.id("l3_network", "net-1")},
	}
	maps.Copy(params, other)
	maps.DeleteFunc(params, func(_ string, value any) bool { return value == nil })

	return params
}

// makes is a call of CreateVmInstance.
func makes(other object, more ...object) func(*bench, string) reply {
	return func(b *bench, _ string) reply {
		body := object{"params": b.newVM(other)}
		for _, part := range more {
			maps.Copy(body, part)
		}

		return b.job(http.MethodPost, "/v1/vm-instances", body)
	}
}

// disable disables an object before a case acts.
func disable(kind, name string) func(*bench) string {
	return full(func(b *bench) { must(b.t, b.server.ChangeObject(b.id(kind, name), nil, new("Disabled"), nil)) })
}

// createFaults are the errors of CreateVmInstance.
func createFaults() []faultCase {
	refused := func(code, condition string, other object, more ...object) faultCase {
		return faultCase{method: "CreateVmInstance", code: code, condition: condition, arrange: golden, act: makes(other, more...)}
	}
	disabled := func(condition, kind, name string, other object) faultCase {
		return faultCase{method: "CreateVmInstance", code: "SYS.1006", condition: condition, arrange: disable(kind, name), act: makes(other)}
	}
	unbuilt := func(cause, condition string, fill func(*bench)) faultCase {
		return faultCase{method: "CreateVmInstance", code: "VM.1000", cause: cause, condition: condition, arrange: full(fill), act: makes(nil)}
	}
	withoutImage := object{"imageUuid": nil, "platform": "Linux", "guestOsType": "CentOS 7", "architecture": "x86_64"}

	return []faultCase{
		refused("SYS.1003", "the instance offering does not exist", object{"instanceOfferingUuid": missing}),
		refused("SYS.1003", "the image does not exist", object{"imageUuid": missing}),
		refused("SYS.1003", "the network does not exist", object{"l3NetworkUuids": []string{missing}}),
		refused("SYS.1003", "the zone does not exist", object{"zoneUuid": missing}),
		refused("SYS.1003", "the cluster does not exist", object{"clusterUuid": missing}),
		refused("SYS.1003", "the host does not exist", object{"hostUuid": missing}),
		refused("SYS.1003", "the primary storage does not exist", object{"primaryStorageUuidForRootVolume": missing}),
		refused("SYS.1003", "the disk offering of the root volume does not exist", object{"rootDiskOfferingUuid": missing}),
		refused("SYS.1003", "a disk offering of data volumes does not exist", object{"dataDiskOfferingUuids": []string{missing}}),
		refused("SYS.1007", "no name", object{"name": nil}),
		refused("SYS.1007", "a description of more than 2048 characters", object{"description": long(2049)}),
		refused("SYS.1007", "an unknown strategy", object{"strategy": "Later"}),
		refused("SYS.1007", "the type of the platform's own VMs", object{"type": "ApplianceVm"}),
		refused("SYS.1007", "an unknown system tag", nil, object{"systemTags": []string{"colour::blue"}}),
		refused("SYS.1007", "a malformed tag of the root volume", object{"rootVolumeSystemTags": []string{"nonsense"}}),
		refused("SYS.1007", "neither an image nor what the guest is", object{"imageUuid": nil}),
		refused("SYS.1007", "neither an image nor the size of the root volume", withoutImage),
		refused("SYS.1007", "a default network that is none of the VM's", object{"defaultL3NetworkUuid": missing}),
		refused("SYS.1007", "a malformed resourceUuid", object{"resourceUuid": "new"}),
		refused("SYS.1006", "neither an instance offering nor CPUs and memory", object{"instanceOfferingUuid": nil}),
		refused("SYS.1006", "nothing says where", object{"l3NetworkUuids": nil}),
		refused("SYS.1006", "a data volume without a size", object{"dataDiskSizes": []int{1, 0}}),
		{
			method: "CreateVmInstance", code: "SYS.1006", condition: "a network twice", arrange: golden,
			act: func(b *bench, uuid string) reply {
				net := b.id("l3_network", "net-1")

				return makes(object{"l3NetworkUuids": []string{net, net}})(b, uuid)
			},
		},
		{
			method: "CreateVmInstance", code: "SYS.1006", condition: "an instance offering of virtual routers", arrange: golden,
			act: func(b *bench, uuid string) reply {
				return makes(object{"instanceOfferingUuid": b.id("instance_offering", "router-offering")})(b, uuid)
			},
		},
		{
			method: "CreateVmInstance", code: "SYS.1007", condition: "a system image", arrange: golden,
			act: func(b *bench, uuid string) reply {
				return makes(object{"imageUuid": b.id("image", "router-image")})(b, uuid)
			},
		},
		disabled("the instance offering is disabled", "instance_offering", "small", nil),
		disabled("the image is disabled", "image", "image-1", nil),
		disabled("the network is disabled", "l3_network", "net-1", nil),
		unbuilt("HOST_ALLOCATION.1000", "no host has CPUs and memory left", fullHosts),
		unbuilt("PS.1000", "no primary storage has room", fullStorages),
		unbuilt("L3.1000", "the network has no address left", fullNetwork),
	}
}

// dataVolumeFaults are the errors of CreateDataVolume.
func dataVolumeFaults() []faultCase {
	refused := func(code, condition string, params object) faultCase {
		return faultCase{
			method: "CreateDataVolume", code: code, condition: condition, arrange: golden,
			act: sends(http.MethodPost, "/v1/volumes/data", func(string) any { return object{"params": params} }),
		}
	}

	return []faultCase{
		refused("SYS.1003", "the disk offering does not exist", object{"name": "v", "diskOfferingUuid": missing}),
		refused("SYS.1003", "the primary storage does not exist", object{"name": "v", "diskSize": 1, "primaryStorageUuid": missing}),
		refused("SYS.1007", "no name", object{"diskSize": 1}),
		refused("SYS.1007", "a negative size", object{"name": "v", "diskSize": -1}),
		refused("SYS.1007", "a malformed resourceUuid", object{"name": "v", "diskSize": 1, "resourceUuid": "v"}),
		{
			method: "CreateDataVolume", code: "PS.1000", condition: "the primary storage has no room", arrange: full(fullStorages),
			act: func(b *bench, _ string) reply {
				return b.job(http.MethodPost, "/v1/volumes/data", object{"params": object{
					"name": "v", "diskSize": 1 << 30, "primaryStorageUuid": b.id("primary_storage", "storage-1"),
				}})
			},
		},
	}
}
