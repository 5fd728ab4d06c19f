package zstack

import (
	"cmp"
	"net/http"
)

// vmCreateAPI is the API of VMs that are made from an image or from nothing. It builds them as clones are built.
type vmCreateAPI struct {
	cloneAPI

	catalog *catalog
}

func (a vmCreateAPI) operations() []operation {
	return []operation{{name: "CreateVmInstance", method: http.MethodPost, path: "/v1/vm-instances", action: "params", begin: a.create}}
}

// createParams are the parameters of CreateVmInstance.
type createParams struct {
	namingParams

	Type                  string   `json:"type"`
	Strategy              strategy `json:"strategy"`
	InstanceOfferingUUID  string   `json:"instanceOfferingUuid"`
	CPUNum                int64    `json:"cpuNum"`
	MemorySize            int64    `json:"memorySize"`
	ImageUUID             string   `json:"imageUuid"`
	Platform              string   `json:"platform"` // this and the next two are needed without an image
	GuestOSType           string   `json:"guestOsType"`
	Architecture          string   `json:"architecture"`
	L3NetworkUUIDs        []string `json:"l3NetworkUuids"`
	DefaultL3NetworkUUID  string   `json:"defaultL3NetworkUuid"`
	RootDiskOfferingUUID  string   `json:"rootDiskOfferingUuid"`
	RootDiskSize          int64    `json:"rootDiskSize"`
	DataDiskOfferingUUIDs []string `json:"dataDiskOfferingUuids"`
	DataDiskSizes         []int64  `json:"dataDiskSizes"`
	RootVolumeSystemTags  []string `json:"rootVolumeSystemTags"`
	DataVolumeSystemTags  []string `json:"dataVolumeSystemTags"`
	ZoneUUID              string   `json:"zoneUuid"`
	ClusterUUID           string   `json:"clusterUuid"`
	HostUUID              string   `json:"hostUuid"`
	PrimaryStorageUUID    string   `json:"primaryStorageUuidForRootVolume"`
}

// create is CreateVmInstance. The record exists as soon as the call is accepted; a VM that cannot be built leaves nothing.
func (a vmCreateAPI) create(c *call) (effect, *errorCode) {
	params := createParams{Strategy: instantStart, Type: offeringUserVM}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	like, failure := a.planVM(c, params)
	if failure != nil {
		return nil, failure
	}
	uuid, failure := a.catalog.newUUID(c.resourceUUID)
	if failure != nil {
		return nil, failure
	}
	as := a.vms.clock.newResource(params.Name)
	as.uuid, as.description = uuid, params.Description
	v := a.adopt(c, a.vms.addRecord(as, like), like.plan)
	entry := cloneEntry{vm: v}
	if params.Strategy == instantStart && a.builder.build(v, requirements{}) == nil {
		entry.built, v.state = true, vmStarting
	}
	c.undo = func() { a.discard(c, v) }

	return func() (any, *errorCode) {
		if failure := a.finishEntry(c, params.Strategy, entry); failure != nil {
			a.discard(c, v)

			return nil, failure
		}
		c.created = append(c.created, v.name)

		return vmAnswer(v), nil
	}, nil
}

// planVM checks the parameters of CreateVmInstance. It returns what the VM will be like, and how it is built.
func (a vmCreateAPI) planVM(c *call, params createParams) (*vm, *errorCode) {
	if failure := params.check(); failure != nil {
		return nil, failure
	}
	if failure := checkStrategy(params.Strategy); failure != nil {
		return nil, failure
	}
	if params.Type != offeringUserVM {
		return nil, newError(codeInvalidArgument, "field[type] cannot be %q, a user makes VMs of the type %s", params.Type, offeringUserVM)
	}
	if failure := a.checkTags(c, params.RootVolumeSystemTags, params.DataVolumeSystemTags); failure != nil {
		return nil, failure
	}
	like := &vm{cpus: params.CPUNum, memory: params.MemorySize}
	if failure := a.size(like, params); failure != nil {
		return nil, failure
	}
	plan, failure := a.place(like, params)
	if failure != nil {
		return nil, failure
	}
	if like.image, failure = a.image(params); failure != nil {
		return nil, failure
	}
	if plan.nics, plan.network, failure = a.interfaces(params); failure != nil {
		return nil, failure
	}
	like.plan = plan

	return like, a.disks(like, params)
}

// size sets the CPUs and the memory of a VM, which an offering names before the call itself.
func (a vmCreateAPI) size(like *vm, params createParams) (failure *errorCode) {
	like.offering, failure = a.infra.offerings.findOptional("InstanceOffering", params.InstanceOfferingUUID)
	switch {
	case failure != nil:
		return failure
	case like.offering != nil:
		like.cpus, like.memory = like.offering.cpus, like.offering.memory

		return like.offering.check()
	case like.cpus < 1 || like.memory < 1:
		return newError(codeOperationFailed, "cpuNum[%d] and memorySize[%d] must be at least 1 without an instance offering", like.cpus, like.memory)
	default:
		return nil
	}
}

// place finds where a VM is built. Of host, cluster and zone the smallest one decides.
func (a vmCreateAPI) place(like *vm, params createParams) (*clonePlan, *errorCode) {
	if params.ZoneUUID == "" && params.ClusterUUID == "" && params.HostUUID == "" && len(params.L3NetworkUUIDs) == 0 {
		return nil, newError(codeOperationFailed, "one of l3NetworkUuids, zoneUuid, clusterUuid and hostUuid is needed")
	}
	named, failure := a.infra.zones.findOptional("Zone", params.ZoneUUID)
	if failure != nil {
		return nil, failure
	}
	plan, failure := a.planPlacement(cloneParams{
		ClusterUUID: params.ClusterUUID, HostUUID: params.HostUUID, PrimaryStorageUUIDForRootVolume: params.PrimaryStorageUUID,
	})
	if failure != nil {
		return nil, failure
	}
	like.zone = cmp.Or(named, a.infra.zones.all[0])
	switch {
	case plan.host != nil:
		plan.cluster, like.zone = nil, plan.host.cluster.zone
	case plan.cluster != nil:
		like.zone = plan.cluster.zone
	case like.zone.state != stateEnabled:
		return nil, newError(codeOperationFailed, "zone[uuid:%s] is %s", like.zone.uuid, like.zone.state)
	}

	return plan, nil
}
