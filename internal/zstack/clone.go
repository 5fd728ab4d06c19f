package zstack

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

const cloneOp = "CloneVmInstance"

var errNoName = errors.New("a clone needs a name")

// Clone starts a clone (CloneVmInstance). Clones that arrive within a moment of one another, with equal settings but distinct
// names, share one call, and each gets its own VM or its own error; a caller that gives up before the call is sent is left out
// of it, and afterwards harms no other. An error of Clone is a refusal: nothing was made. An answer that was lost is no error:
// the handle asks for the job. A caller whose ctx ends while the call is on its way gets the handle, so that the job is known.
func (c *Client) Clone(ctx context.Context, spec CloneSpec) (task.Handle[VirtualMachine], error) {
	r := action(cloneOp, vmPath, spec.SourceUUID, "", nil)
	r.Effect = httpapi.Changes
	if err := conn.CheckUUID(r.Call, spec.SourceUUID); err != nil {
		return nil, err
	}
	if spec.Name == "" {
		return nil, r.Error(apierr.InvalidArgument, conn.CodeInvalidArgument).Wrap(errNoName)
	}
	shared, names, err := c.jobs.Clone(ctx, r, spec)
	if err != nil {
		return nil, err
	}

	return cloneHandle(shared, r.Call, names, spec.Name), nil
}

// CloneJob returns the handle of a clone that another process started, by the job's uuid. The job may have made more VMs: the
// one by the name is meant.
func (c *Client) CloneJob(uuid, name string) task.Handle[VirtualMachine] {
	what := httpapi.Call{Op: cloneOp, Effect: httpapi.Changes}

	return cloneHandle(c.jobs.Resume(what, uuid), what, nil, name)
}

// cloneHandle is the part of a name in a job that clones under several, which are unknown (nil) to another process.
func cloneHandle(shared *job.Job, what httpapi.Call, names []string, name string) task.Handle[VirtualMachine] {
	return &handle[VirtualMachine]{Job: shared, what: what, decode: func(result json.RawMessage) (VirtualMachine, error) {
		told, err := decodeClones(result)
		if err != nil {
			return VirtualMachine{}, err
		}
		vm, err := told.of(what, names, name)
		if err != nil {
			return VirtualMachine{}, err
		}

		return *vm, nil
	}}
}
