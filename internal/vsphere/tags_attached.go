package vsphere

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const (
	associationPath = "/api/cis/tagging/tag-association"
	attachedTagsOp  = "POST " + associationPath + "?action=list-attached-tags-on-objects"
	changeTagsOp    = "POST " + associationPath + "/{id}?action=attach"
)

// tagCalls is how many calls that change tags run at the same time.
const tagCalls = 8

// taggedObject is an object of the inventory as the tagging API names it (std.DynamicID).
type taggedObject struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func taggedVM(id string) taggedObject { return taggedObject{machineType, id} }

// tagRequest is the body of the calls of a tag association; each of them takes a part of it.
type tagRequest struct {
	Object  *taggedObject  `json:"object_id,omitempty"`
	Objects []taggedObject `json:"object_ids,omitempty"`
	Tags    []string       `json:"tag_ids,omitempty"`
}

// AttachedTags returns the ids of a VM's tags, in order (list-attached-tags-on-objects, one call for all VMs that are asked for within a few
// milliseconds). A VM that is not there has none.
func (c *Client) AttachedTags(ctx context.Context, vmID string) ([]string, error) {
	return c.attachedTags.Load(ctx, vmID)
}

func (c *Client) readAttachedTags(ctx context.Context, ids []string) (map[string][]string, error) {
	var (
		body  tagRequest
		found []struct {
			Object taggedObject `json:"object_id"`
			Tags   []string     `json:"tag_ids"`
		}
	)
	for _, id := range ids {
		body.Objects = append(body.Objects, taggedVM(id))
	}
	err := c.associate(ctx, "", "", "list-attached-tags-on-objects", body, &found)
	if err != nil {
		return nil, err
	}
	attached := make(map[string][]string, len(ids))
	for _, one := range found {
		attached[one.Object.ID] = slices.Sorted(slices.Values(one.Tags))
	}

	return attached, nil
}

// associate makes a call of the tagging API, about one tag unless tagID is empty. object is what its errors are about.
func (c *Client) associate(ctx context.Context, object, tagID, action string, in tagRequest, out any) error {
	op := associationPath
	if tagID != "" {
		op += "/{id}"
	}

	return c.conn.REST(ctx, conn.Request{
		Call:   httpapi.Call{Op: "POST " + op + "?action=" + action, Object: object},
		Method: http.MethodPost, Path: associationPath, ID: tagID, Query: url.Values{"action": {action}}, In: in, Out: out,
	})
}

// tagChange is one tag that one VM gets or loses.
type tagChange struct {
	tagID, vmID string
	attach      bool
}

// AttachTags attaches tags to a VM. All that are attached within a few milliseconds take one call for each tag
// (attach-tag-to-multiple-objects), or for each VM where these are fewer (attach-multiple-tags-to-object). A tag that the VM has stays.
// Errors name the tag.
func (c *Client) AttachTags(ctx context.Context, vmID string, tagIDs []string) error {
	return c.changeTags(ctx, vmID, tagIDs, true)
}

// DetachTags takes tags off a VM, in as few calls as [Client.AttachTags]. A tag that the VM does not have, or that does not exist any more, is
// no error.
func (c *Client) DetachTags(ctx context.Context, vmID string, tagIDs []string) error {
	return c.changeTags(ctx, vmID, tagIDs, false)
}

func (c *Client) changeTags(ctx context.Context, vmID string, tagIDs []string, attach bool) error {
	failures := make([]error, len(tagIDs))
	var group sync.WaitGroup
	for i, id := range tagIDs {
		group.Go(func() {
			failed, err := c.tagChanges.Load(ctx, tagChange{tagID: id, vmID: vmID, attach: attach})
			failures[i] = cmp.Or(err, failed)
		})
	}
	group.Wait()

	return cmp.Or(failures...) //nolint:wrapcheck // one of ours
}

// makeTagChanges makes changes, and returns the error of each, nil for those that succeeded.
func (c *Client) makeTagChanges(ctx context.Context, changes []tagChange) (map[tagChange]error, error) {
	groups := groupChanges(changes)
	answers := make([]map[tagChange]error, len(groups))
	var calls errgroup.Group
	calls.SetLimit(tagCalls)
	for i, group := range groups {
		calls.Go(func() error {
			answers[i] = c.makeTogether(ctx, group)

			return nil
		})
	}
	_ = calls.Wait() // nil: each change has its own error
	made := make(map[tagChange]error, len(changes))
	for _, answer := range answers {
		maps.Copy(made, answer)
	}

	return made, nil
}

// groupChanges makes the fewest groups of changes that are one call each: of one tag and many VMs, or of one VM and many tags.
func groupChanges(changes []tagChange) [][]tagChange {
	var groups [][]tagChange
	for _, attach := range []bool{false, true} {
		byTag, byVM := map[string][]tagChange{}, map[string][]tagChange{}
		for _, change := range changes {
			if change.attach == attach {
				byTag[change.tagID] = append(byTag[change.tagID], change)
				byVM[change.vmID] = append(byVM[change.vmID], change)
			}
		}
		fewer := byTag
		if len(byVM) < len(byTag) {
			fewer = byVM
		}
		for _, group := range fewer {
			groups = append(groups, group)
		}
	}

	return groups
}

// makeTogether makes changes of one tag or of one VM by one call. The answer to many does not tell which of them failed: then each is made
// again by itself, which changes nothing where it is made.
func (c *Client) makeTogether(ctx context.Context, group []tagChange) map[tagChange]error {
	made := make(map[tagChange]error, len(group))
	if len(group) > 1 {
		answer, err := c.makeAtOnce(ctx, group)
		if err == nil && answer {
			return made
		}
		if err != nil && !apierr.Is(err, apierr.NotFound, apierr.Denied) {
			for _, change := range group {
				made[change] = err
			}

			return made
		}
	}
	for _, change := range group {
		made[change] = c.makeAlone(ctx, change)
	}

	return made
}

// makeAtOnce makes several changes of one tag or of one VM, and reports whether all succeeded.
func (c *Client) makeAtOnce(ctx context.Context, group []tagChange) (bool, error) {
	first, action := group[0], [2]string{"detach-tag-from-multiple-objects", "detach-multiple-tags-from-object"}
	if first.attach {
		action = [2]string{"attach-tag-to-multiple-objects", "attach-multiple-tags-to-object"}
	}
	var (
		body   tagRequest
		answer struct {
			Success bool `json:"success"`
		}
	)
	if group[1].tagID == first.tagID {
		for _, change := range group {
			body.Objects = append(body.Objects, taggedVM(change.vmID))
		}
		err := c.associate(ctx, first.tagID, first.tagID, action[0], body, &answer)

		return answer.Success, err
	}
	object := taggedVM(first.vmID)
	body.Object = &object
	for _, change := range group {
		body.Tags = append(body.Tags, change.tagID)
	}
	err := c.associate(ctx, first.vmID, "", action[1], body, &answer)

	return answer.Success, err
}

// makeAlone attaches one tag to one VM, or takes it off.
func (c *Client) makeAlone(ctx context.Context, change tagChange) error {
	action := "detach"
	if change.attach {
		action = "attach"
	}
	object := taggedVM(change.vmID)
	err := c.associate(ctx, change.tagID, change.tagID, action, tagRequest{Object: &object}, nil)
	if !change.attach && apierr.Is(err, apierr.NotFound) {
		return nil
	}

	return err
}
