package vcenter

import (
	"net/http"

	"github.com/vmware/govmomi/vim25/types"
)

// tagObject is the object of a tag, as the API writes it.
type tagObject struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func (o tagObject) ref() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: o.Type, Value: o.ID}
}

// tagAnswer is the answer to a request that changes several tags, or one of several objects: Messages has one entry for each that failed.
type tagAnswer struct {
	Success  bool          `json:"success"`
	Messages []vapiMessage `json:"error_messages"`
}

func newTagAnswer() *tagAnswer { return &tagAnswer{Success: true, Messages: []vapiMessage{}} }

// add adds what became of one tag, or of one object; nil is a success.
func (a *tagAnswer) add(p *problem) {
	if p != nil {
		a.Success = false
		a.Messages = append(a.Messages, vapiMessage{ID: "cis.tagging.error", DefaultMessage: p.message(), Args: []string{}})
	}
}

// tagRoutes returns the operations on tags.
func (s *restAPI) tagRoutes() []route {
	const category, tags, association = "/api/cis/tagging/category", "/api/cis/tagging/tag", "/api/cis/tagging/tag-association"

	return []route{
		{verb: http.MethodGet, path: category, serve: s.listCategories},
		{verb: http.MethodPost, path: category, serve: s.createCategory},
		{verb: http.MethodGet, path: category + "/{id}", serve: s.getCategory},
		{verb: http.MethodPatch, path: category + "/{id}", serve: s.updateCategory},
		{verb: http.MethodDelete, path: category + "/{id}", serve: s.deleteCategory},

		{verb: http.MethodGet, path: tags, serve: s.listTags},
		{verb: http.MethodPost, path: tags, serve: s.createTag},
		{verb: http.MethodPost, path: tags, action: "list-tags-for-category", serve: s.listTagsOfCategory},
		{verb: http.MethodGet, path: tags + "/{id}", serve: s.getTag},
		{verb: http.MethodPatch, path: tags + "/{id}", serve: s.updateTag},
		{verb: http.MethodDelete, path: tags + "/{id}", serve: s.deleteTag},

		{verb: http.MethodPost, path: association + "/{id}", action: "attach", serve: s.attachTag},
		{verb: http.MethodPost, path: association + "/{id}", action: "detach", serve: s.detachTag},
		{verb: http.MethodPost, path: association + "/{id}", action: "list-attached-objects", serve: s.listAttachedObjects},
		{verb: http.MethodPost, path: association + "/{id}", action: "attach-tag-to-multiple-objects", serve: s.attachTagToObjects},
		{verb: http.MethodPost, path: association + "/{id}", action: "detach-tag-from-multiple-objects", serve: s.detachTagFromObjects},
		{verb: http.MethodPost, path: association, action: "attach-multiple-tags-to-object", serve: s.attachTags},
		{verb: http.MethodPost, path: association, action: "detach-multiple-tags-from-object", serve: s.detachTags},
		{verb: http.MethodPost, path: association, action: "list-attached-objects-on-tags", serve: s.listAttachedObjectsOnTags},
		{verb: http.MethodPost, path: association, action: "list-attached-tags", serve: s.listAttachedTags},
		{verb: http.MethodPost, path: association, action: "list-attached-tags-on-objects", serve: s.listAttachedTagsOnObjects},
	}
}

// mayTag refuses a user without a privilege of tags, which are above all datacenters.
func (s *restAPI) mayTag(c *restCall, privilege string) *problem {
	return s.users.require(c.user, privilege, s.inventory.rootFolder())
}

// readable refuses objects that are not there: the user cannot read them.
func (s *restAPI) readable(object tagObject) *problem {
	if s.inventory.registry.Get(object.ref()) != nil {
		return nil
	}

	return &problem{errorType: errorUnauthorized, messages: []string{"You have no privilege to read the object " + object.ID + "."}}
}

// taggable refuses objects that are not there, and those whose tags the user may not change.
func (s *restAPI) taggable(c *restCall, object tagObject) *problem {
	if p := s.readable(object); p != nil || !s.inventory.apiAtLeast("7.0.3") {
		return p
	}

	return s.users.require(c.user, privilegeTagged, object.ref())
}

// mayAttach refuses a user without the privilege to attach and detach tags, and objects that are not there.
func (s *restAPI) mayAttach(c *restCall, object tagObject) *problem {
	if p := s.mayTag(c, privilegeAttachTag); p != nil {
		return p
	}

	return s.taggable(c, object)
}

// changeTag attaches a tag, or takes it off.
func (s *restAPI) changeTag(c *restCall, change func(string, types.ManagedObjectReference) *problem) (int, any, *problem) {
	var body struct {
		Object tagObject `json:"object_id"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	if p := s.mayAttach(c, body.Object); p != nil {
		return 0, nil, p
	}

	return http.StatusNoContent, nil, change(c.params["id"], body.Object.ref())
}

func (s *restAPI) attachTag(c *restCall) (int, any, *problem) { return s.changeTag(c, s.tags.attach) }

func (s *restAPI) detachTag(c *restCall) (int, any, *problem) { return s.changeTag(c, s.tags.detach) }

// changeTags attaches tags, or takes them off, one after the other. It goes on after a tag that fails.
func (s *restAPI) changeTags(c *restCall, change func(string, types.ManagedObjectReference) *problem) (int, any, *problem) {
	var body struct {
		Object tagObject `json:"object_id"`
		Tags   []string  `json:"tag_ids"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	if p := s.mayAttach(c, body.Object); p != nil {
		return 0, nil, p
	}
	answer := newTagAnswer()
	for _, id := range body.Tags {
		answer.add(change(id, body.Object.ref()))
	}

	return http.StatusOK, answer, nil
}

func (s *restAPI) attachTags(c *restCall) (int, any, *problem) { return s.changeTags(c, s.tags.attach) }

func (s *restAPI) detachTags(c *restCall) (int, any, *problem) { return s.changeTags(c, s.tags.detach) }

// changeObjects attaches a tag to objects, or takes it off, one after the other. It goes on after an object that fails. A tag that is not
// there fails the whole request.
func (s *restAPI) changeObjects(c *restCall, change func(string, types.ManagedObjectReference) *problem) (int, any, *problem) {
	var body struct {
		Objects []tagObject `json:"object_ids"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	if p := s.mayTag(c, privilegeAttachTag); p != nil {
		return 0, nil, p
	}
	if p := s.tags.exists(c.params["id"]); p != nil {
		return 0, nil, p
	}
	answer := newTagAnswer()
	for _, object := range body.Objects {
		p := s.taggable(c, object)
		if p == nil {
			p = change(c.params["id"], object.ref())
		}
		answer.add(p)
	}

	return http.StatusOK, answer, nil
}

func (s *restAPI) attachTagToObjects(c *restCall) (int, any, *problem) {
	return s.changeObjects(c, s.tags.attach)
}

func (s *restAPI) detachTagFromObjects(c *restCall) (int, any, *problem) {
	return s.changeObjects(c, s.tags.detach)
}

func (s *restAPI) listAttachedTags(c *restCall) (int, any, *problem) {
	var body struct {
		Object tagObject `json:"object_id"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	if p := s.readable(body.Object); p != nil {
		return 0, nil, p
	}

	return http.StatusOK, s.tags.attachedTo(body.Object.ref()), nil
}

// listAttachedTagsOnObjects leaves out objects that are not there.
func (s *restAPI) listAttachedTagsOnObjects(c *restCall) (int, any, *problem) {
	var body struct {
		Objects []tagObject `json:"object_ids"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	type attachments struct {
		Object tagObject `json:"object_id"`
		Tags   []string  `json:"tag_ids"`
	}
	found := []attachments{}
	for _, object := range body.Objects {
		if s.readable(object) == nil {
			found = append(found, attachments{object, s.tags.attachedTo(object.ref())})
		}
	}

	return http.StatusOK, found, nil
}

func (s *restAPI) listAttachedObjects(c *restCall) (int, any, *problem) {
	return http.StatusOK, s.objectsWith(c.params["id"]), nil
}

func (s *restAPI) listAttachedObjectsOnTags(c *restCall) (int, any, *problem) {
	var body struct {
		Tags []string `json:"tag_ids"`
	}
	if p := c.decode(&body); p != nil {
		return 0, nil, p
	}
	type attachments struct {
		Tag     string      `json:"tag_id"`
		Objects []tagObject `json:"object_ids"`
	}
	found := []attachments{}
	for _, id := range body.Tags {
		found = append(found, attachments{id, s.objectsWith(id)})
	}

	return http.StatusOK, found, nil
}

func (s *restAPI) objectsWith(id string) []tagObject {
	objects := []tagObject{}
	for _, ref := range s.tags.objectsWith(id) {
		objects = append(objects, tagObject{ID: ref.Value, Type: ref.Type})
	}

	return objects
}
