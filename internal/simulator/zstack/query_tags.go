package zstack

// tagFields are the fields that stand for the tags of a resource of any kind, by the kind of the tags.
var tagFields = map[string]string{"__userTag__": "UserTag", "__systemTag__": "SystemTag"}

// tagComplements are the operators that look for resources without a tag: a resource meets them unless one of its tags meets the
// operator on the right.
var tagComplements = map[operator]operator{notEqual: equal, notIn: in, notLike: like}

// byTag returns a condition on uuids for one on tags, and any other condition as it is.
func (c *catalog) byTag(asked condition) (condition, *errorCode) {
	kind, ok := tagFields[asked.field]
	if !ok {
		return asked, nil
	}
	resources := condition{field: "uuid", operator: in}
	tag := condition{field: "tag", operator: asked.operator, value: asked.value, list: asked.list}
	if positive, negative := tagComplements[asked.operator]; negative {
		resources.operator, tag.operator = notIn, positive
	}
	for _, one := range c.records(kind) {
		met, failure := tag.met(one)
		if failure != nil {
			return asked, failure
		}
		if uuid, ok := one["resourceUuid"].(string); ok && met {
			resources.list = append(resources.list, uuid)
		}
	}

	return resources, nil
}
