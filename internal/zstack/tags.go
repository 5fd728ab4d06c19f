package zstack

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// vmResource is what tags call a VM.
const vmResource = "VmInstanceVO"

// SystemTags reads the system tags of a resource (QuerySystemTag), sorted by uuid. Reads that arrive together are one
// request. A resource that does not exist has none.
func (c *Client) SystemTags(ctx context.Context, resourceUUID string) ([]Tag, error) {
	if err := checkUUIDs(httpapi.Call{Op: "QuerySystemTag", Object: resourceUUID}, resourceUUID); err != nil {
		return nil, err
	}

	return c.systemTags.Load(ctx, resourceUUID)
}

// UserTags reads the user tags of a resource (QueryUserTag), as [Client.SystemTags] does.
func (c *Client) UserTags(ctx context.Context, resourceUUID string) ([]Tag, error) {
	if err := checkUUIDs(httpapi.Call{Op: "QueryUserTag", Object: resourceUUID}, resourceUUID); err != nil {
		return nil, err
	}

	return c.userTags.Load(ctx, resourceUUID)
}

func (c *Client) readTags(op, path string) func(context.Context, []string) (map[string][]Tag, error) {
	return func(ctx context.Context, uuids []string) (map[string][]Tag, error) {
		found, err := queryUUIDs[tagInventory](ctx, c, httpapi.Call{Op: op}, path, "resourceUuid", distinct(uuids))
		tags := make(map[string][]Tag, len(uuids))
		for i := range found {
			tags[found[i].ResourceUUID] = append(tags[found[i].ResourceUUID], found[i].tag())
		}

		return tags, err
	}
}

// CreateSystemTag puts a system tag on a VM (CreateSystemTag).
func (c *Client) CreateSystemTag(ctx context.Context, vmUUID, tag string) (task.Handle[Tag], error) {
	return c.createTag(ctx, "CreateSystemTag", systemTagPath, vmUUID, tag)
}

// CreateUserTag puts a user tag on a VM (CreateUserTag).
func (c *Client) CreateUserTag(ctx context.Context, vmUUID, tag string) (task.Handle[Tag], error) {
	return c.createTag(ctx, "CreateUserTag", userTagPath, vmUUID, tag)
}

func (c *Client) createTag(ctx context.Context, op, path, vmUUID, tag string) (task.Handle[Tag], error) {
	what := httpapi.Call{Op: op, Object: vmUUID}
	if err := checkUUIDs(what, vmUUID); err != nil {
		return nil, err
	}
	parameters := struct {
		ResourceType string `json:"resourceType"`
		ResourceUUID string `json:"resourceUuid"`
		Tag          string `json:"tag"`
	}{vmResource, vmUUID, tag}

	return startJob(ctx, c, request{
		Call: what, method: http.MethodPost, path: path, in: actionBody("params", parameters),
	}, func(result json.RawMessage) (Tag, error) {
		told, err := inventory[tagInventory](result)
		if err != nil {
			return Tag{}, err
		}

		return told.tag(), nil
	})
}

// DeleteTag deletes a system or user tag (DeleteTag). One that is gone is an error of kind NotFound.
func (c *Client) DeleteTag(ctx context.Context, tagUUID string) (task.Handle[struct{}], error) {
	return c.remove(ctx, "DeleteTag", "/v1/tags", tagUUID, "")
}
