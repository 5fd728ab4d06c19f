package zstack

// allocatorStrategy is how the platform chooses hosts, and defaultStrategy how it chooses primary storages.
const (
	allocatorStrategy = "LeastVmPreferredHostAllocatorStrategy"
	defaultStrategy   = "DefaultPrimaryStorageAllocationStrategy"
)

// Types of instance offerings.
const (
	offeringUserVM = "UserVm"
	offeringRouter = "VirtualRouter"
)

// instanceOffering is a number of CPUs and an amount of memory by a name.
type instanceOffering struct {
	place

	cpus   int64
	memory int64       // bytes
	router *routerPart // nil for one of users' VMs
}

// routerPart is what an instance offering of virtual routers has more.
type routerPart struct {
	zone    *zone
	network *network // for management, and the public one
	image   *image
}

// diskOffering is the size of a data volume by a name.
type diskOffering struct {
	place

	bytes int64
}

func offeringRecord(o *instanceOffering) record {
	shown := record{
		"cpuNum": o.cpus, "cpuSpeed": int64(0), "memorySize": o.memory, "reservedMemorySize": int64(0), "type": offeringUserVM,
		"allocatorStrategy": allocatorStrategy, "sortKey": int64(0),
	}
	if o.router != nil {
		shown["type"] = offeringRouter
	}

	return o.show(shown)
}

// routerOfferingRecord shows an offering of virtual routers with all that it has.
func routerOfferingRecord(o *instanceOffering) record {
	shown := offeringRecord(o)
	shown["managementNetworkUuid"], shown["publicNetworkUuid"] = o.router.network.uuid, o.router.network.uuid
	shown["zoneUuid"], shown["imageUuid"], shown["isDefault"] = o.router.zone.uuid, o.router.image.uuid, true

	return shown
}

func diskOfferingRecord(o *diskOffering) record {
	return o.show(record{"diskSize": o.bytes, "sortKey": int64(0), "type": "DefaultDiskOfferingType", "allocatorStrategy": defaultStrategy})
}

// check refuses an offering of which no VM of a user can be made.
func (o *instanceOffering) check() *errorCode {
	switch {
	case o.state != stateEnabled:
		return newError(codeOperationFailed, "instance offering[uuid:%s] is %s", o.uuid, o.state)
	case o.router != nil:
		return newError(codeOperationFailed, "instance offering[uuid:%s] is of the type %s, a VM needs %s", o.uuid, offeringRouter, offeringUserVM)
	default:
		return nil
	}
}

// check refuses an offering that is disabled.
func (o *diskOffering) check() *errorCode {
	if o.state != stateEnabled {
		return newError(codeOperationFailed, "disk offering[uuid:%s] is %s", o.uuid, o.state)
	}

	return nil
}
