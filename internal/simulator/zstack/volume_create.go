package zstack

// dataVolumeParams are the parameters of CreateDataVolume.
type dataVolumeParams struct {
	namingParams

	DiskOfferingUUID   string `json:"diskOfferingUuid"`
	DiskSize           int64  `json:"diskSize"`
	PrimaryStorageUUID string `json:"primaryStorageUuid"`
}

// dataVolumePlan is a data volume to be made.
type dataVolumePlan struct {
	uuid     string
	offering *diskOffering // nil without one
	size     int64
	on       *storage // nil: the volume takes no space until it is attached
}

// create is CreateDataVolume: a detached volume of the size that an offering or the call itself names. It checks again before the effect, as
// the storage may have filled up.
func (a volumeAPI) create(c *call) (effect, *errorCode) {
	var params dataVolumeParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if _, failure := a.planData(c, params); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		plan, failure := a.planData(c, params)
		if failure != nil {
			return nil, failure
		}
		created := a.volumes.createAs(plan.uuid, dataVolume, params.Name, plan.on, plan.size, 0)
		created.description, created.offering, created.owner = params.Description, plan.offering, c.session.account
		if plan.on == nil {
			created.status, created.format = statusNotInstantiated, ""
		}
		a.tags.createAll(typeVolume, created.uuid, true, c.systemTags)
		a.tags.createAll(typeVolume, created.uuid, false, c.userTags)
		c.created = append(c.created, params.Name)

		return map[string]any{"inventory": volumeRecord(created)}, nil
	}, nil
}

// planData checks the parameters of CreateDataVolume.
func (a volumeAPI) planData(c *call, params dataVolumeParams) (dataVolumePlan, *errorCode) {
	plan := dataVolumePlan{size: params.DiskSize}
	failure := params.check()
	if failure != nil {
		return plan, failure
	}
	if plan.offering, failure = a.infra.diskOfferings.findOptional("DiskOffering", params.DiskOfferingUUID); failure != nil {
		return plan, failure
	}
	if plan.offering != nil {
		plan.size = plan.offering.bytes
	}
	if plan.size < 0 {
		return plan, newError(codeInvalidArgument, "diskSize[%d] must not be negative", plan.size)
	}
	if failure = a.infra.checkSystemTags(typeVolume, c.systemTags); failure != nil {
		return plan, failure
	}
	if failure = checkUserTags(c.userTags); failure != nil {
		return plan, failure
	}
	if plan.uuid, failure = a.catalog.newUUID(c.resourceUUID); failure != nil {
		return plan, failure
	}
	if plan.on, failure = a.infra.storages.findOptional("PrimaryStorage", params.PrimaryStorageUUID); failure != nil || plan.on == nil {
		return plan, failure
	}

	return plan, a.space.check(plan.on, plan.size)
}
