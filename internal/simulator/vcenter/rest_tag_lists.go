package vcenter

import (
	"net/http"
	"strings"
)

// tagChange is the body that creates or updates a tag or a category. What is unset in an update stays.
type tagChange struct {
	CategoryID      string   `json:"category_id"`
	Name            *string  `json:"name"`
	Description     *string  `json:"description"`
	Cardinality     string   `json:"cardinality"`
	AssociableTypes []string `json:"associable_types"`
}

// tagChange returns the body of a request, and refuses a user without the privilege for it.
func (s *restAPI) tagChange(c *restCall, privilege string) (tagChange, *problem) {
	var body tagChange
	if p := c.decode(&body); p != nil {
		return body, p
	}
	for i, of := range body.AssociableTypes { // clients name types with a namespace or without; vCenter tells them without
		body.AssociableTypes[i] = strings.TrimPrefix(of, "urn:vim25:")
	}

	return body, s.mayTag(c, privilege)
}

func (s *restAPI) listCategories(*restCall) (int, any, *problem) {
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	ids := []string{}
	for _, category := range s.tags.categories {
		ids = append(ids, category.ID)
	}

	return http.StatusOK, ids, nil
}

func (s *restAPI) createCategory(c *restCall) (int, any, *problem) {
	body, p := s.tagChange(c, privilegeCreateCategory)
	if p != nil {
		return 0, nil, p
	}
	added := tagCategory{Cardinality: body.Cardinality, AssociableTypes: body.AssociableTypes}
	setIfGiven(&added.Name, body.Name)
	setIfGiven(&added.Description, body.Description)
	id, p := s.tags.addCategory(added)

	return http.StatusCreated, id, p
}

func (s *restAPI) getCategory(c *restCall) (int, any, *problem) {
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	category, p := s.tags.category(c.params["id"])
	if p != nil {
		return 0, nil, p
	}

	return http.StatusOK, *category, nil
}

func (s *restAPI) updateCategory(c *restCall) (int, any, *problem) {
	body, p := s.tagChange(c, privilegeEditCategory)
	if p != nil {
		return 0, nil, p
	}
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	category, p := s.tags.category(c.params["id"])
	if p != nil {
		return 0, nil, p
	}
	setIfGiven(&category.Name, body.Name)
	setIfGiven(&category.Description, body.Description)
	setUnlessZero(&category.Cardinality, body.Cardinality)
	category.AssociableTypes = append(category.AssociableTypes, body.AssociableTypes...)

	return http.StatusNoContent, nil, nil
}

func (s *restAPI) deleteCategory(c *restCall) (int, any, *problem) {
	if p := s.mayTag(c, privilegeDeleteCategory); p != nil {
		return 0, nil, p
	}

	return http.StatusNoContent, nil, s.tags.removeCategory(c.params["id"])
}

func (s *restAPI) listTags(*restCall) (int, any, *problem) { return http.StatusOK, s.tagsOf(""), nil }

func (s *restAPI) listTagsOfCategory(c *restCall) (int, any, *problem) {
	var body tagChange
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}

	return http.StatusOK, s.tagsOf(body.CategoryID), nil
}

// tagsOf returns the ids of the tags of a category; of all, where none is named.
func (s *restAPI) tagsOf(category string) []string {
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	ids := []string{}
	for _, each := range s.tags.tags {
		if category == "" || each.CategoryID == category {
			ids = append(ids, each.ID)
		}
	}

	return ids
}

func (s *restAPI) createTag(c *restCall) (int, any, *problem) {
	body, p := s.tagChange(c, privilegeCreateTag)
	if p != nil {
		return 0, nil, p
	}
	added := tag{CategoryID: body.CategoryID}
	setIfGiven(&added.Name, body.Name)
	setIfGiven(&added.Description, body.Description)
	id, p := s.tags.addTag(added)

	return http.StatusCreated, id, p
}

func (s *restAPI) getTag(c *restCall) (int, any, *problem) {
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	found, p := s.tags.tag(c.params["id"])
	if p != nil {
		return 0, nil, p
	}

	return http.StatusOK, *found, nil
}

func (s *restAPI) updateTag(c *restCall) (int, any, *problem) {
	body, p := s.tagChange(c, privilegeEditTag)
	if p != nil {
		return 0, nil, p
	}
	s.tags.mu.Lock()
	defer s.tags.mu.Unlock()
	found, p := s.tags.tag(c.params["id"])
	if p != nil {
		return 0, nil, p
	}
	setIfGiven(&found.Name, body.Name)
	setIfGiven(&found.Description, body.Description)

	return http.StatusNoContent, nil, nil
}

func (s *restAPI) deleteTag(c *restCall) (int, any, *problem) {
	if p := s.mayTag(c, privilegeDeleteTag); p != nil {
		return 0, nil, p
	}

	return http.StatusNoContent, nil, s.tags.removeTag(c.params["id"])
}
