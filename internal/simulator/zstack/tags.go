package zstack

import "slices"

// Types of resources, as tags name them.
const (
	typeVM     = "VmInstanceVO"
	typeVolume = "VolumeVO"
)

// tagStore holds the tags of all resources. The inventory's lock guards it.
type tagStore struct {
	table[*tag]

	clock clock
	of    map[string][]*tag // by the uuid of the resource
}

// create adds a tag to a resource. If the resource has the tag already, that one is returned.
func (t *tagStore) create(wanted tag) *tag {
	for _, other := range t.of[wanted.resourceUUID] {
		if other.text == wanted.text && other.system == wanted.system {
			return other
		}
	}
	wanted.resource = t.clock.newResource("")
	t.of[wanted.resourceUUID] = append(t.of[wanted.resourceUUID], &wanted)

	return t.add(&wanted)
}

// createAll adds tags to a resource.
func (t *tagStore) createAll(resourceType, resourceUUID string, system bool, texts []string) {
	for _, text := range texts {
		t.create(tag{text: text, system: system, resourceUUID: resourceUUID, resourceType: resourceType})
	}
}

// createInherent adds to a VM the tags that the platform creates itself.
func (t *tagStore) createInherent(vmUUID string) {
	for _, text := range []string{"vmSystemSerialNumber::" + vmUUID, "vmMachineType::pc"} {
		t.create(tag{text: text, system: true, inherent: true, resourceUUID: vmUUID, resourceType: typeVM})
	}
}

// remove removes one tag.
func (t *tagStore) remove(one *tag) {
	t.table.remove(one)
	left := slices.DeleteFunc(t.of[one.resourceUUID], func(other *tag) bool { return other == one })
	if t.of[one.resourceUUID] = left; len(left) == 0 {
		delete(t.of, one.resourceUUID)
	}
}

// removeAll removes all tags of a resource that is removed.
func (t *tagStore) removeAll(resourceUUID string) {
	for _, one := range t.of[resourceUUID] {
		t.table.remove(one)
	}
	delete(t.of, resourceUUID)
}

// replace gives a resource exactly the given tags, apart from inherent ones.
func (t *tagStore) replace(resourceType, resourceUUID string, system bool, texts []string) {
	for _, one := range slices.Clone(t.of[resourceUUID]) {
		if one.system == system && !one.inherent && !slices.Contains(texts, one.text) {
			t.remove(one)
		}
	}
	t.createAll(resourceType, resourceUUID, system, texts)
}

// texts returns the tags of a resource, without inherent ones.
func (t *tagStore) texts(resourceUUID string, system bool) []string {
	texts := []string{}
	for _, one := range t.of[resourceUUID] {
		if one.system == system && !one.inherent {
			texts = append(texts, one.text)
		}
	}

	return texts
}

// systemValue returns the value of a resource's first system tag with a key, and nothing if there is none.
func (t *tagStore) systemValue(resourceUUID, key string) string {
	for _, one := range t.of[resourceUUID] {
		if found, value := one.split(); one.system && found == key {
			return value
		}
	}

	return ""
}
