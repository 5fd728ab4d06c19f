package zstack

import (
	"cmp"
	"slices"
)

// image returns the image of a VM, nil where the call says instead what the guest will be.
func (a vmCreateAPI) image(params createParams) (*image, *errorCode) {
	one, failure := a.infra.images.findOptional("Image", params.ImageUUID)
	switch {
	case failure != nil:
		return nil, failure
	case one == nil && (params.Platform == "" || params.GuestOSType == "" || params.Architecture == ""):
		return nil, newError(codeInvalidArgument, "platform, guestOsType and architecture are needed without an image")
	case one == nil && params.RootDiskOfferingUUID == "" && params.RootDiskSize == 0:
		return nil, newError(codeInvalidArgument, "rootDiskOfferingUuid or rootDiskSize is needed without an image")
	case one == nil:
		return nil, nil
	case one.state != stateEnabled || one.status != statusReady:
		return nil, newError(codeOperationFailed, "image[uuid:%s] is %s and %s", one.uuid, one.state, one.status)
	case one.system:
		return nil, newError(codeInvalidArgument, "image[uuid:%s] is a system image, no VM of a user is made from it", one.uuid)
	default:
		return one, nil
	}
}

// disks plans the volumes of a VM. A root volume is at least as large as its image.
func (a vmCreateAPI) disks(like *vm, params createParams) *errorCode {
	root := volumePlan{kind: rootVolume, image: like.image, format: imageFormat, size: params.RootDiskSize, tags: params.RootVolumeSystemTags}
	offered, failure := a.offered(params.RootDiskOfferingUUID)
	if failure != nil {
		return failure
	}
	root.size = cmp.Or(offered, root.size)
	if like.image != nil {
		root.size, root.actual = max(root.size, like.image.bytes), like.image.bytes
	}
	if root.size < 1 {
		return newError(codeOperationFailed, "rootDiskSize[%d] must be at least 1", root.size)
	}
	like.plan.root = root
	sizes := slices.Clone(params.DataDiskSizes)
	for _, uuid := range params.DataDiskOfferingUUIDs {
		size, failure := a.offered(uuid)
		if failure != nil {
			return failure
		}
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		if size < 1 {
			return newError(codeOperationFailed, "dataDiskSizes must be at least 1, one is %d", size)
		}
		like.plan.data = append(like.plan.data, volumePlan{
			kind: dataVolume, name: "DATA-for-" + params.Name, format: imageFormat, size: size, tags: params.DataVolumeSystemTags,
		})
	}

	return nil
}

// offered returns the size of a disk offering, 0 for none.
func (a vmCreateAPI) offered(uuid string) (int64, *errorCode) {
	one, failure := a.infra.diskOfferings.findOptional("DiskOffering", uuid)
	if failure != nil || one == nil {
		return 0, failure
	}

	return one.bytes, one.check()
}

// interfaces returns the interfaces of a VM, one on each network, and its default network. Of several networks the call names the default one.
func (a vmCreateAPI) interfaces(params createParams) ([]nicPlan, *network, *errorCode) {
	var plans []nicPlan
	var byDefault *network
	for i, uuid := range params.L3NetworkUUIDs {
		if slices.Contains(params.L3NetworkUUIDs[:i], uuid) {
			return nil, nil, newError(codeOperationFailed, "l3NetworkUuids has l3Network[uuid:%s] twice", uuid)
		}
		plan, failure := a.infra.planNIC(nicParams{L3NetworkUUID: uuid})
		if failure != nil {
			return nil, nil, failure
		}
		if uuid == cmp.Or(params.DefaultL3NetworkUUID, params.L3NetworkUUIDs[0]) {
			byDefault = plan.network
		}
		plans = append(plans, plan)
	}
	switch {
	case params.DefaultL3NetworkUUID != "" && byDefault == nil:
		return nil, nil, newError(codeInvalidArgument, "defaultL3NetworkUuid[uuid:%s] is not among l3NetworkUuids", params.DefaultL3NetworkUUID)
	case params.DefaultL3NetworkUUID == "" && len(plans) > 1:
		return nil, nil, newError(codeInvalidArgument, "of several l3NetworkUuids defaultL3NetworkUuid must name one")
	default:
		return plans, byDefault, nil
	}
}
