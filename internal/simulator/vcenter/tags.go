package vcenter

import (
	"slices"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
)

// The privileges of tags.
const (
	privilegeAttachTag      = "InventoryService.Tagging.AttachTag"
	privilegeTagged         = "InventoryService.Tagging.ObjectAttachable" // on the object, from API 7.0.3.0 on
	privilegeCreateTag      = "InventoryService.Tagging.CreateTag"
	privilegeEditTag        = "InventoryService.Tagging.EditTag"
	privilegeDeleteTag      = "InventoryService.Tagging.DeleteTag"
	privilegeCreateCategory = "InventoryService.Tagging.CreateCategory"
	privilegeEditCategory   = "InventoryService.Tagging.EditCategory"
	privilegeDeleteCategory = "InventoryService.Tagging.DeleteCategory"
)

// singleCardinality is that of a category of which an object has one tag at most.
const singleCardinality = "SINGLE"

// tagCategory is a category of tags, as the API shows it.
type tagCategory struct {
	ID              string   `json:"id"`
	Name            string   `json:"name"`
	Description     string   `json:"description"`
	Cardinality     string   `json:"cardinality"`
	AssociableTypes []string `json:"associable_types"`
	UsedBy          []string `json:"used_by"`
}

// tag is a tag, as the API shows it.
type tag struct {
	ID          string   `json:"id"`
	CategoryID  string   `json:"category_id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	UsedBy      []string `json:"used_by"`
}

// tagStore holds tags, their categories, and which objects have them. Only objects of the inventory have tags.
type tagStore struct {
	inventory *inventory

	mu         sync.Mutex
	categories []*tagCategory
	tags       []*tag
	attached   map[types.ManagedObjectReference][]string // ids of tags, in the order in which they were attached
}

func newTagID(kind string) string {
	return "urn:vmomi:InventoryService" + kind + ":" + newUUID() + ":GLOBAL"
}

func (s *tagStore) category(id string) (*tagCategory, *problem) {
	for _, category := range s.categories {
		if category.ID == id {
			return category, nil
		}
	}

	return nil, tagNotFound("category", id)
}

func (s *tagStore) tag(id string) (*tag, *problem) {
	for _, each := range s.tags {
		if each.ID == id {
			return each, nil
		}
	}

	return nil, tagNotFound("tag", id)
}

// exists refuses an id that no tag has.
func (s *tagStore) exists(id string) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, p := s.tag(id)

	return p
}

func tagNotFound(kind, id string) *problem {
	return &problem{errorType: errorNotFound, messages: []string{"The " + kind + " " + id + " was not found."}}
}

// addCategory creates a category. Its name must be free.
func (s *tagStore) addCategory(added tagCategory) (string, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case added.Name == "" || !slices.Contains([]string{singleCardinality, "MULTIPLE"}, added.Cardinality):
		return "", &problem{errorType: errorInvalidArgument, messages: []string{"A category has a name, and the cardinality SINGLE or MULTIPLE."}}
	case slices.ContainsFunc(s.categories, func(other *tagCategory) bool { return other.Name == added.Name }):
		return "", &problem{errorType: errorAlreadyExists, messages: []string{"There is a category " + added.Name + " already."}}
	}
	added.ID = newTagID("Category")
	added.AssociableTypes, added.UsedBy = nonNil(added.AssociableTypes), []string{}
	s.categories = append(s.categories, &added)

	return added.ID, nil
}

// addTag creates a tag. Its name must be free within its category.
func (s *tagStore) addTag(added tag) (string, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, p := s.category(added.CategoryID); p != nil {
		return "", p
	}
	switch {
	case added.Name == "":
		return "", &problem{errorType: errorInvalidArgument, messages: []string{"A tag has a name."}}
	case slices.ContainsFunc(s.tags, func(other *tag) bool { return other.Name == added.Name && other.CategoryID == added.CategoryID }):
		return "", &problem{errorType: errorAlreadyExists, messages: []string{"There is a tag " + added.Name + " already."}}
	}
	added.ID, added.UsedBy = newTagID("Tag"), []string{}
	s.tags = append(s.tags, &added)

	return added.ID, nil
}

// removeCategory deletes a category with its tags.
func (s *tagStore) removeCategory(id string) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, p := s.category(id); p != nil {
		return p
	}
	s.categories = slices.DeleteFunc(s.categories, func(category *tagCategory) bool { return category.ID == id })
	for _, each := range slices.Clone(s.tags) {
		if each.CategoryID == id {
			s.dropTag(each.ID)
		}
	}

	return nil
}

// removeTag deletes a tag, and takes it off all objects.
func (s *tagStore) removeTag(id string) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, p := s.tag(id); p != nil {
		return p
	}
	s.dropTag(id)

	return nil
}

func (s *tagStore) dropTag(id string) {
	s.tags = slices.DeleteFunc(s.tags, func(each *tag) bool { return each.ID == id })
	for object, ids := range s.attached {
		s.attached[object] = slices.DeleteFunc(ids, func(other string) bool { return other == id })
	}
}

// attach gives an object a tag. One that it has already stays.
func (s *tagStore) attach(id string, object types.ManagedObjectReference) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	added, p := s.tag(id)
	if p != nil {
		return p
	}
	category, p := s.category(added.CategoryID)
	if p != nil {
		return p
	}
	has := s.attached[object]
	if slices.Contains(has, id) {
		return nil
	}
	if len(category.AssociableTypes) > 0 && !slices.Contains(category.AssociableTypes, object.Type) {
		return &problem{errorType: errorInvalidArgument, messages: []string{"A tag of category " + category.Name + " cannot be attached to a " + object.Type + "."}}
	}
	if category.Cardinality == singleCardinality && slices.ContainsFunc(has, func(other string) bool {
		its, p := s.tag(other)

		return p == nil && its.CategoryID == category.ID
	}) {
		return &problem{errorType: errorInvalidArgument, messages: []string{"The object has a tag of category " + category.Name + " already, and may have one."}}
	}
	s.attached[object] = append(has, id)

	return nil
}

// detach takes a tag off an object. One that it does not have stays off.
func (s *tagStore) detach(id string, object types.ManagedObjectReference) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, p := s.tag(id); p != nil {
		return p
	}
	s.attached[object] = slices.DeleteFunc(s.attached[object], func(other string) bool { return other == id })

	return nil
}

// attachedTo returns the ids of an object's tags.
func (s *tagStore) attachedTo(object types.ManagedObjectReference) []string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return nonNil(slices.Clone(s.attached[object]))
}

// move lets objects keep their tags under other references.
func (s *tagStore) move(refs references) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attached = moved(s.attached, refs)
}

// objectsWith returns the objects of the inventory that have a tag.
func (s *tagStore) objectsWith(id string) []types.ManagedObjectReference {
	s.mu.Lock()
	defer s.mu.Unlock()
	objects := []types.ManagedObjectReference{}
	for object, ids := range s.attached {
		if slices.Contains(ids, id) && s.inventory.registry.Get(object) != nil {
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b types.ManagedObjectReference) int { return compareIDs(a.Value, b.Value) })

	return objects
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}

	return list
}
