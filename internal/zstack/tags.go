package zstack

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	querySystemTagOp = "QuerySystemTag"
	queryUserTagOp   = "QueryUserTag"
	systemTagPath    = "/v1/system-tags"
	userTagPath      = "/v1/user-tags"
	// vmResource is what tags call a VM.
	vmResource = "VmInstanceVO"
)

// SystemTags reads the system tags of a resource (QuerySystemTag), sorted by uuid. Reads that arrive together are one
// request. A resource that does not exist has none.
func (c *Client) SystemTags(ctx context.Context, resourceUUID string) ([]Tag, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: querySystemTagOp, Object: resourceUUID}, resourceUUID); err != nil {
		return nil, err
	}

	return c.systemTags.Load(ctx, resourceUUID)
}

// UserTags reads the user tags of a resource (QueryUserTag), as [Client.SystemTags] does.
func (c *Client) UserTags(ctx context.Context, resourceUUID string) ([]Tag, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryUserTagOp, Object: resourceUUID}, resourceUUID); err != nil {
		return nil, err
	}

	return c.userTags.Load(ctx, resourceUUID)
}

// readTags returns what reads the tags of a kind.
func (c *Client) readTags(op, path string) func(context.Context, []string) (map[string][]Tag, error) {
	return func(ctx context.Context, uuids []string) (map[string][]Tag, error) {
		found, err := queryUUIDs[Tag](ctx, c, op, path, "resourceUuid", uuids)
		tags := make(map[string][]Tag, len(uuids))
		for _, tag := range found {
			tags[tag.ResourceUUID] = append(tags[tag.ResourceUUID], tag)
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
	parameters := struct {
		ResourceType string `json:"resourceType"`
		ResourceUUID string `json:"resourceUuid"`
		Tag          string `json:"tag"`
	}{vmResource, vmUUID, tag}

	return start(ctx, c, creation(op, path, vmUUID, parameters), inventory[Tag])
}

// DeleteTag deletes a system or user tag (DeleteTag). One that is gone is an error of kind NotFound.
func (c *Client) DeleteTag(ctx context.Context, tagUUID string) (task.Handle[struct{}], error) {
	return start(ctx, c, removal("DeleteTag", "/v1/tags", tagUUID), noResult)
}
