package vsphere

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const cloneOp = "POST /api/vcenter/vm?action=clone"

// cloneBody is the request as vCenter wants it (VM.CloneSpec).
type cloneBody struct {
	Source        string               `json:"source"`
	Name          string               `json:"name"`
	Placement     *clonePlacement      `json:"placement,omitempty"`
	DisksToRemove []string             `json:"disks_to_remove,omitempty"`
	DisksToUpdate map[string]cloneDisk `json:"disks_to_update,omitempty"`
	PowerOn       bool                 `json:"power_on"`
	Customization *cloneCustomization  `json:"guest_customization_spec,omitempty"`
}

type clonePlacement struct {
	Folder       string `json:"folder,omitempty"`
	ResourcePool string `json:"resource_pool,omitempty"`
	Host         string `json:"host,omitempty"`
	Cluster      string `json:"cluster,omitempty"`
	Datastore    string `json:"datastore,omitempty"`
}

type cloneDisk struct {
	Datastore string `json:"datastore,omitempty"`
}

type cloneCustomization struct {
	Name string `json:"name"`
}

func newCloneBody(spec CloneSpec) cloneBody {
	body := cloneBody{
		Source: spec.SourceID, Name: spec.Name, DisksToRemove: slices.Sorted(slices.Values(spec.DisksToRemove)),
		PowerOn: spec.PowerOn,
	}
	if spec.Placement != (Placement{}) {
		body.Placement = &clonePlacement{
			Folder: spec.Placement.FolderID, ResourcePool: spec.Placement.ResourcePoolID, Host: spec.Placement.HostID,
			Cluster: spec.Placement.ClusterID, Datastore: spec.Placement.DatastoreID,
		}
	}
	if len(spec.DisksToUpdate) > 0 {
		body.DisksToUpdate = make(map[string]cloneDisk, len(spec.DisksToUpdate))
		for key, datastoreID := range spec.DisksToUpdate {
			body.DisksToUpdate[key] = cloneDisk{Datastore: datastoreID}
		}
	}
	if spec.CustomizationSpec != "" {
		body.Customization = &cloneCustomization{Name: spec.CustomizationSpec}
	}

	return body
}

// StartClone starts a clone (POST /api/vcenter/vm?action=clone&vmw-task=true); the task's result is the new VM's id. It is
// sent once, and again only after vCenter refused to begin (503, busy). An error with AnswerLost means that the clone may
// be under way: see [Client.FindClone]. When ctx ends while vCenter is about to answer, the answer is waited for a second
// longer, so that the task is known and can be settled. A refusal of kind Denied does not say what is missing:
// [Client.MissingClonePrivileges] does.
func (c *Client) StartClone(ctx context.Context, spec CloneSpec) (task.Handle[string], error) {
	what := httpapi.Call{Op: cloneOp, Object: spec.SourceID, Effect: httpapi.Changes}
	var id string
	err := c.conn.REST(ctx, conn.Request{
		Call:   what,
		Method: http.MethodPost, Path: vmPath, Query: url.Values{"action": {"clone"}, "vmw-task": {"true"}},
		In: newCloneBody(spec), Out: &id,
	})
	if err != nil {
		return nil, err
	}
	if id == "" {
		failure := what.Error(apierr.Internal, apierr.CodeMalformedAnswer)
		failure.AnswerLost = true

		return nil, failure
	}

	return c.tasks.StartedCIS(id, what), nil
}

// ClonesByREST reports whether vCenter can clone by [Client.StartClone], from 7.0 U2 on. It needs no request after the first call.
func (c *Client) ClonesByREST(ctx context.Context) (bool, error) { return c.conn.WholeREST(ctx) }

// CloneTask returns the handle of a clone that this or another process started. Nothing is asked until its Next.
func (c *Client) CloneTask(id string) task.Handle[string] {
	return c.tasks.ResumeCIS(id, httpapi.Call{Op: cloneOp})
}
