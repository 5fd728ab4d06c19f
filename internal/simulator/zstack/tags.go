package zstack

import (
	"net/http"
	"slices"
)

// Types of resources, as tags call them.
const (
	typeVM     = "VmInstanceVO"
	typeVolume = "VolumeVO"
)

func tagOperations() []operation {
	return []operation{
		{name: "CreateSystemTag", method: http.MethodPost, path: "/v1/system-tags", action: "params", begin: beginTag},
		{name: "CreateUserTag", method: http.MethodPost, path: "/v1/user-tags", action: "params", begin: beginTag},
		{name: "DeleteTag", method: http.MethodDelete, path: "/v1/tags/{uuid}", begin: beginDeleteTag},
	}
}

// beginTag makes a tag. One that the resource has already is answered as it is.
func beginTag(c *call) (effect, *errorCode) {
	w := c.server.world
	var params struct {
		ResourceType string `json:"resourceType"`
		ResourceUUID string `json:"resourceUuid"`
		Tag          string `json:"tag"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	wanted := tag{
		text: params.Tag, system: c.operation.name == "CreateSystemTag", resourceUUID: params.ResourceUUID, resourceType: params.ResourceType,
	}
	if failure := w.checkTag(wanted); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := w.checkTag(wanted); failure != nil {
			return nil, failure
		}

		return map[string]any{"inventory": w.tagRecord(w.addTag(wanted))}, nil
	}, nil
}

func (w *world) checkTag(wanted tag) *errorCode {
	there, known := w.tagged(wanted.resourceType, wanted.resourceUUID)
	if !known {
		return newError(codeInvalidArgument, "no resource type[%s] found in tag system", wanted.resourceType)
	}
	if !there {
		return newError(codeNotFound, "%s[uuid:%s] is not found", wanted.resourceType, wanted.resourceUUID)
	}
	if !wanted.system {
		return checkUserTags([]string{wanted.text})
	}

	return w.checkSystemTags(wanted.resourceType, append(w.systemTags(wanted), wanted.text))
}

// systemTags are the tags that a system tag has to get along with, without itself.
func (w *world) systemTags(wanted tag) []string {
	var texts []string
	for _, other := range w.tagsOf[wanted.resourceUUID] {
		if other.system && !other.inherent && other.text != wanted.text {
			texts = append(texts, other.text)
		}
	}

	return texts
}

// addTag gives a resource a tag, once.
func (w *world) addTag(wanted tag) *tag {
	for _, other := range w.tagsOf[wanted.resourceUUID] {
		if other.text == wanted.text && other.system == wanted.system {
			return other
		}
	}
	wanted.resource = w.newResource("")
	if w.tagsOf == nil {
		w.tagsOf = map[string][]*tag{}
	}
	w.tagsOf[wanted.resourceUUID] = append(w.tagsOf[wanted.resourceUUID], &wanted)

	return w.tags.add(&wanted)
}

func (w *world) removeTag(one *tag) {
	w.tags.remove(one)
	left := slices.DeleteFunc(w.tagsOf[one.resourceUUID], func(other *tag) bool { return other == one })
	if w.tagsOf[one.resourceUUID] = left; len(left) == 0 {
		delete(w.tagsOf, one.resourceUUID)
	}
}

// beginDeleteTag deletes a tag of either kind, but none of the platform's own.
func beginDeleteTag(c *call) (effect, *errorCode) {
	w := c.server.world
	if one, ok := w.tags.get(c.values["uuid"]); ok && one.inherent {
		return nil, newError(codeOperationFailed, "tag[uuid:%s] is an inherent system tag, can not be removed", one.uuid)
	}

	return func() (any, *errorCode) {
		if one, ok := w.tags.get(c.values["uuid"]); ok {
			w.removeTag(one)
		}

		return nothing()
	}, nil
}

// dropTags removes all tags of a resource that is gone.
func (w *world) dropTags(uuid string) {
	for _, one := range w.tagsOf[uuid] {
		w.tags.remove(one)
	}
	delete(w.tagsOf, uuid)
}

// addPlatformTags gives a VM the tags that the platform makes by itself.
func (w *world) addPlatformTags(v *vm) {
	for _, text := range []string{"vmSystemSerialNumber::" + v.uuid, "vmMachineType::pc"} {
		w.addTag(tag{text: text, system: true, inherent: true, resourceUUID: v.uuid, resourceType: typeVM})
	}
}

// tagged reports whether a resource of a type exists, and whether resources of that type can have tags at all.
func (w *world) tagged(resourceType, uuid string) (there, known bool) {
	switch resourceType {
	case typeVM:
		_, there = w.vms.get(uuid)
	case typeVolume:
		_, there = w.volumes.get(uuid)
	case "VolumeSnapshotVO":
		_, there = w.snapshots.get(uuid)
	case "VolumeSnapshotGroupVO":
		_, there = w.bundles.get(uuid)
	case "ZoneVO":
		_, there = w.zones.get(uuid)
	case "ClusterVO":
		_, there = w.clusters.get(uuid)
	case "HostVO":
		_, there = w.hosts.get(uuid)
	case "ImageVO":
		_, there = w.images.get(uuid)
	case "L3NetworkVO":
		_, there = w.networks.get(uuid)
	case "PrimaryStorageVO":
		_, there = w.storages.get(uuid)
	case "AffinityGroupVO":
		_, there = w.groups.get(uuid)
	default:
		return false, false
	}

	return there, true
}

// exists reports whether anything has a uuid.
func (w *world) exists(uuid string) bool {
	for _, kind := range []string{
		typeVM, typeVolume, "VolumeSnapshotVO", "VolumeSnapshotGroupVO", "ZoneVO", "ClusterVO", "HostVO", "ImageVO", "L3NetworkVO",
		"PrimaryStorageVO", "AffinityGroupVO",
	} {
		if there, _ := w.tagged(kind, uuid); there {
			return true
		}
	}
	_, there := w.tags.get(uuid)

	return there
}
