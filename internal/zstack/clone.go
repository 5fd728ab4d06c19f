package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

const cloneOp = "CloneVmInstance"

// settings are what clones must have in common to share a call: all but the name. Tags are sets, so their order is none of it.
func (s CloneSpec) settings() job.CloneBody {
	return job.CloneBody{
		Clone: job.CloneParameters{
			Strategy: string(s.Strategy), Full: s.Full,
			RootVolumeSystemTags: distinct(s.RootVolumeSystemTags), DataVolumeSystemTags: distinct(s.DataVolumeSystemTags),
			PrimaryStorageUUIDForRootVolume: s.PrimaryStorageUUIDForRootVolume,
			PrimaryStorageUUIDForDataVolume: s.PrimaryStorageUUIDForDataVolume,
			ClusterUUID:                     s.ClusterUUID, HostUUID: s.HostUUID,
		},
		SystemTags: distinct(s.SystemTags), UserTags: distinct(s.UserTags),
	}
}

var errNoName = errors.New("a clone needs a name")

// Clone starts a clone (CloneVmInstance). Clones that arrive within a moment of one another, with equal settings but distinct
// names, share one call, and each gets its own VM or its own error; a caller that gives up before the call is sent is left out
// of it, and afterwards harms no other. An error of Clone is a refusal: nothing was made. An answer that was lost is no error:
// the handle asks for the job. A caller whose ctx ends while the call is on its way gets the handle, so that the job is known.
func (c *Client) Clone(ctx context.Context, spec CloneSpec) (task.Handle[VirtualMachine], error) {
	r := action(cloneOp, vmPath, spec.SourceUUID, "", nil)
	r.Effect = httpapi.Changes
	if err := conn.CheckUUID(r.Call, spec.SourceUUID); err != nil {
		return nil, err //nolint:wrapcheck // it names the call
	}
	if spec.Name == "" {
		return nil, r.Error(apierr.InvalidArgument, conn.CodeInvalidArgument).Wrap(errNoName)
	}
	shared, names, err := c.jobs.Clone(ctx, r, spec.settings(), spec.Name)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the call
	}

	return cloneHandle(shared, r.Call, names, spec.Name), nil
}

// CloneJob returns the handle of a clone that another process started, by the job's uuid. The job may have made more VMs: the
// one by the name is meant.
func (c *Client) CloneJob(uuid, name string) task.Handle[VirtualMachine] {
	what := httpapi.Call{Op: cloneOp, Effect: httpapi.Changes}

	return cloneHandle(c.jobs.Resume(what, uuid), what, nil, name)
}

// cloneHandle is the part of a name in a job that clones under several.
func cloneHandle(shared *job.Job, what httpapi.Call, names []string, name string) task.Handle[VirtualMachine] {
	return &handle[VirtualMachine]{Job: shared, what: what, decode: func(result json.RawMessage) (VirtualMachine, error) {
		outcomes, err := decodeClones(what, result, names)
		if err != nil {
			return VirtualMachine{}, err
		}

		return outcomes.of(what, name)
	}}
}

// cloneAnswer is the result of CloneVmInstance on the wire.
type cloneAnswer struct {
	NumberOfClonedVM number       `json:"numberOfClonedVm"`
	Inventories      []cloneEntry `json:"inventories"`
}

// cloneEntry is one VM, or why one was not made.
type cloneEntry struct {
	Inventory *VirtualMachine `json:"inventory"`
	Error     *conn.CodeError `json:"error"`
}

// cloneOutcomes is what became of the names of one call.
type cloneOutcomes struct {
	machines map[string]*VirtualMachine
	failures map[string]*apierr.Error // of the names that no VM has, as far as the names are known
	unnamed  []*apierr.Error          // in the answer's order
	untold   int64                    // VMs that the answer counts but does not show
}

// decodeClones matches the answer to the names of the request, which are unknown (nil) to another process. Which VM is whose
// tells its name; the order of the entries is not promised. An entry with a VM and an error is a VM: it exists. Errors hold no
// name, so the names that no VM has share them, in order.
func decodeClones(what httpapi.Call, result json.RawMessage, names []string) (*cloneOutcomes, error) {
	var told struct {
		Result *cloneAnswer `json:"result"`
		cloneAnswer
	}
	if err := json.Unmarshal(result, &told); err != nil {
		return nil, err //nolint:wrapcheck // handle.failure wraps it
	}
	reply := told.cloneAnswer
	if told.Result != nil {
		reply = *told.Result
	}
	outcomes := &cloneOutcomes{machines: make(map[string]*VirtualMachine), failures: make(map[string]*apierr.Error)}
	var others []*VirtualMachine
	made := int64(0)
	for _, entry := range reply.Inventories {
		switch {
		case entry.Inventory != nil && entry.Inventory.UUID != "":
			made++
			vm := entry.Inventory
			if _, twice := outcomes.machines[vm.Name]; twice || names != nil && !slices.Contains(names, vm.Name) {
				others = append(others, vm)
			} else {
				outcomes.machines[vm.Name] = vm
			}
		case entry.Error != nil:
			outcomes.unnamed = append(outcomes.unnamed, conn.Failure(what, entry.Error))
		}
	}
	outcomes.untold = max(0, int64(reply.NumberOfClonedVM)-made) + int64(len(others))
	outcomes.share(what, names, others)

	return outcomes, nil
}

// share gives the names that no VM has what is left: a VM of another name where nothing else can be meant (the platform may
// normalise names), else the errors.
func (o *cloneOutcomes) share(what httpapi.Call, names []string, others []*VirtualMachine) {
	var without []string
	for _, name := range names {
		if o.machines[name] == nil {
			without = append(without, name)
		}
	}
	if len(without) == 1 && len(others) == 1 && len(o.unnamed) == 0 {
		o.machines[without[0]] = others[0]
		o.untold--

		return
	}
	for i, name := range without {
		if len(o.unnamed) > 0 {
			o.failures[name] = o.unnamed[min(i, len(o.unnamed)-1)]
		} else {
			o.failures[name] = o.notMade(what)
		}
	}
}

var errNotMade = errors.New("the answer holds neither a VM nor an error for it")

// notMade is the failure of a name that the answer says nothing of. Where it counts more VMs than it shows, the VM may exist.
func (o *cloneOutcomes) notMade(what httpapi.Call) *apierr.Error {
	failure := what.Error(apierr.Internal, conn.CodeOperationFailed).Wrap(errNotMade)
	failure.AnswerLost = o.untold > 0

	return failure
}

// of returns what became of a name.
func (o *cloneOutcomes) of(what httpapi.Call, name string) (VirtualMachine, error) {
	if vm := o.machines[name]; vm != nil {
		return *vm, nil
	}
	failure := o.failures[name]
	switch {
	case failure != nil:
	case len(o.unnamed) > 0:
		failure = o.unnamed[0]
	default:
		failure = o.notMade(what)
	}
	own := *failure // names share failures

	return VirtualMachine{}, &own
}
