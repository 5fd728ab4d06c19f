package zstack

import "net/http"

// tagAPI is the API of tags.
type tagAPI struct {
	infra   *infrastructure
	tags    *tagStore
	catalog *catalog
}

func (a tagAPI) operations() []operation {
	return []operation{
		{name: "CreateSystemTag", method: http.MethodPost, path: "/v1/system-tags", action: "params", begin: a.create},
		{name: "CreateUserTag", method: http.MethodPost, path: "/v1/user-tags", action: "params", begin: a.create},
		{name: "DeleteTag", method: http.MethodDelete, path: "/v1/tags/{uuid}", begin: a.delete},
	}
}

// create is CreateSystemTag and CreateUserTag. If the resource has the tag already, that one is the answer.
func (a tagAPI) create(c *call) (effect, *errorCode) {
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
	if failure := a.check(wanted); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := a.check(wanted); failure != nil {
			return nil, failure
		}

		return map[string]any{"inventory": tagRecord(a.tags.create(wanted))}, nil
	}, nil
}

// check refuses a tag that its resource cannot have.
func (a tagAPI) check(wanted tag) *errorCode {
	found, known := a.catalog.has(wanted.resourceType, wanted.resourceUUID)
	if !known {
		return newError(codeInvalidArgument, "no resource type[%s] found in tag system", wanted.resourceType)
	}
	if !found {
		return newError(codeNotFound, "%s[uuid:%s] is not found", wanted.resourceType, wanted.resourceUUID)
	}
	if !wanted.system {
		return checkUserTags([]string{wanted.text})
	}

	return a.infra.checkSystemTags(wanted.resourceType, append(a.others(wanted), wanted.text))
}

// others returns the system tags of the resource that the new one must not contradict.
func (a tagAPI) others(wanted tag) []string {
	var texts []string
	for _, other := range a.tags.of[wanted.resourceUUID] {
		if other.system && !other.inherent && other.text != wanted.text {
			texts = append(texts, other.text)
		}
	}

	return texts
}

// delete is DeleteTag, for tags of both kinds. It refuses inherent ones.
func (a tagAPI) delete(c *call) (effect, *errorCode) {
	if one, ok := a.tags.get(c.values["uuid"]); ok && one.inherent {
		return nil, newError(codeOperationFailed, "tag[uuid:%s] is an inherent system tag, can not be removed", one.uuid)
	}

	return func() (any, *errorCode) {
		if one, ok := a.tags.get(c.values["uuid"]); ok {
			a.tags.remove(one)
		}

		return c.nothing()
	}, nil
}
