package zstack

import "slices"

// plan checks the parameters of CloneVmInstance and returns how to build the clones.
func (a cloneAPI) plan(c *call, source *vm, params cloneParams) (*clonePlan, *errorCode) {
	if failure := source.requireState("APICloneVmInstanceMsg", vmRunning, vmPaused, vmStopped); failure != nil {
		return nil, failure
	}
	if source.root == nil {
		return nil, newError(codeOperationFailed, "vm[uuid:%s] has no root volume", source.uuid)
	}
	if failure := checkCloneNames(params); failure != nil {
		return nil, failure
	}
	if failure := a.checkTags(c, params.RootVolumeSystemTags, params.DataVolumeSystemTags); failure != nil {
		return nil, failure
	}
	plan, failure := a.planPlacement(params)
	if failure != nil {
		return nil, failure
	}
	if plan.nics, plan.network, failure = a.planNICs(source, params); failure != nil {
		return nil, failure
	}
	plan.root = planVolume(source.root, params.RootVolumeSystemTags)
	plan.root.name = "" // the platform names root volumes
	for _, one := range source.volumes {
		if params.Full && one.kind == dataVolume && !one.shareable {
			plan.data = append(plan.data, planVolume(one, params.DataVolumeSystemTags))
		}
	}

	return plan, nil
}

// checkTags checks the tags that a call gives new VMs and their volumes.
func (a cloneAPI) checkTags(c *call, ofVolumes ...[]string) *errorCode {
	if failure := a.infra.checkSystemTags(typeVM, c.systemTags); failure != nil {
		return failure
	}
	if failure := checkUserTags(c.userTags); failure != nil {
		return failure
	}
	for _, tags := range ofVolumes {
		if failure := a.infra.checkSystemTags(typeVolume, tags); failure != nil {
			return failure
		}
	}

	return nil
}

func planVolume(like *volume, tags []string) volumePlan {
	return volumePlan{
		kind: like.kind, like: like.storage, image: like.image, name: like.name, format: like.format, size: like.size,
		actual: like.actual, tags: tags,
	}
}

func checkCloneNames(params cloneParams) *errorCode {
	if len(params.Names) == 0 {
		return newError(codeInvalidArgument, "field[names] of message[APICloneVmInstanceMsg] is mandatory, can not be empty")
	}
	for _, name := range params.Names {
		if failure := checkName("names", name); failure != nil {
			return failure
		}
	}

	return checkStrategy(params.Strategy)
}

func checkStrategy(wanted strategy) *errorCode {
	known := []strategy{instantStart, createStopped, justCreate}
	if !slices.Contains(known, wanted) {
		return newError(codeInvalidArgument, "field[strategy] cannot be %q, valid values are %v", wanted, known)
	}

	return nil
}

// planPlacement finds the objects that the call names. A host that cannot run any VM is refused at once.
func (a cloneAPI) planPlacement(params cloneParams) (*clonePlan, *errorCode) {
	plan := &clonePlan{}
	var failure *errorCode
	if plan.cluster, failure = a.infra.clusters.findOptional("Cluster", params.ClusterUUID); failure != nil {
		return nil, failure
	}
	if plan.host, failure = a.infra.hosts.findOptional("Host", params.HostUUID); failure != nil {
		return nil, failure
	}
	if plan.rootStorage, failure = a.infra.storages.findOptional("PrimaryStorage", params.PrimaryStorageUUIDForRootVolume); failure != nil {
		return nil, failure
	}
	if plan.dataStorage, failure = a.infra.storages.findOptional("PrimaryStorage", params.PrimaryStorageUUIDForDataVolume); failure != nil {
		return nil, failure
	}
	if plan.cluster != nil && plan.cluster.state != stateEnabled {
		return nil, newError(codeOperationFailed, "cluster[uuid:%s] is %s", plan.cluster.uuid, plan.cluster.state)
	}
	if plan.host != nil && (plan.host.state != stateEnabled || plan.host.status != statusConnected) {
		return nil, newError(codeOperationFailed, "host[uuid:%s] is %s and %s", plan.host.uuid, plan.host.state, plan.host.status)
	}

	return plan, nil
}
