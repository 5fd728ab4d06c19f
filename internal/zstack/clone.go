package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

const cloneOp = "CloneVmInstance"

// cloneBody is the request as ZStack wants it (CloneVmInstance).
type cloneBody struct {
	Clone      cloneParameters `json:"cloneVmInstance"`
	SystemTags []string        `json:"systemTags,omitempty"`
	UserTags   []string        `json:"userTags,omitempty"`
}

type cloneParameters struct {
	Names                           []string `json:"names"`
	Strategy                        Strategy `json:"strategy,omitempty"`
	Full                            bool     `json:"full"`
	RootVolumeSystemTags            []string `json:"rootVolumeSystemTags,omitempty"`
	DataVolumeSystemTags            []string `json:"dataVolumeSystemTags,omitempty"`
	PrimaryStorageUUIDForRootVolume string   `json:"primaryStorageUuidForRootVolume,omitempty"`
	PrimaryStorageUUIDForDataVolume string   `json:"primaryStorageUuidForDataVolume,omitempty"`
	ClusterUUID                     string   `json:"clusterUuid,omitempty"`
	HostUUID                        string   `json:"hostUuid,omitempty"`
}

// newCloneBody makes the request for clones of these names, whose settings are all those of spec.
func newCloneBody(spec CloneSpec, names []string) cloneBody {
	return cloneBody{
		Clone: cloneParameters{
			Names: names, Strategy: spec.Strategy, Full: spec.Full, RootVolumeSystemTags: spec.RootVolumeSystemTags,
			DataVolumeSystemTags:            spec.DataVolumeSystemTags,
			PrimaryStorageUUIDForRootVolume: spec.PrimaryStorageUUIDForRootVolume,
			PrimaryStorageUUIDForDataVolume: spec.PrimaryStorageUUIDForDataVolume,
			ClusterUUID:                     spec.ClusterUUID, HostUUID: spec.HostUUID,
		},
		SystemTags: spec.SystemTags, UserTags: spec.UserTags,
	}
}

// settings are what clones must have in common to share a call: all but the name. Tags are sets, so their order is none of it.
func (s CloneSpec) settings() string {
	for _, tags := range []*[]string{&s.SystemTags, &s.UserTags, &s.RootVolumeSystemTags, &s.DataVolumeSystemTags} {
		*tags = distinct(*tags)
	}
	text, _ := json.Marshal([]any{s.SourceUUID, newCloneBody(s, nil)}) // strings and a boolean: it never fails

	return string(text)
}

var errNoName = errors.New("a clone needs a name")

// Clone starts a clone (CloneVmInstance). Clones that arrive within a moment of one another, with equal settings but distinct
// names, share one call, and each gets its own VM or its own error; a caller that gives up before the call is sent is left out
// of it, and afterwards harms nobody else. An error of Clone is a refusal: nothing was made. An answer that was lost is no error:
// the handle asks for the job. A caller whose ctx ends while the call is on its way gets the handle, so that the job is known.
func (c *Client) Clone(ctx context.Context, spec CloneSpec) (task.Handle[VirtualMachine], error) {
	what := httpapi.Call{Op: cloneOp, Object: spec.SourceUUID, Effect: httpapi.Changes}
	if err := checkUUIDs(what, spec.SourceUUID); err != nil {
		return nil, err
	}
	if spec.Name == "" {
		return nil, what.Error(apierr.InvalidArgument, "SYS.1007").Wrap(errNoName)
	}
	if ctx.Err() != nil {
		return nil, what.Interrupted(ctx, nil)
	}
	var call *cloneCall
	defer c.life.EnterRound(ctx, func() { call = c.clones.join(ctx, spec) }).Leave()
	if call == nil {
		return nil, what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(httpapi.ErrClosed)
	}
	select {
	case <-call.answered:
	case <-ctx.Done():
		if c.clones.withdraw(call, spec.Name) {
			return nil, what.Interrupted(ctx, nil)
		}
	}
	c.clones.leave(call)
	h := &handle[VirtualMachine]{job: call.job, what: what, decode: func(result json.RawMessage) (VirtualMachine, error) {
		return call.outcome(result, spec.Name)
	}}
	select {
	case <-call.answered:
		if call.refused != nil {
			own := *ownFailure(what, call.refused)

			return nil, &own
		}
	default:
	}

	return h, nil
}

// CloneJob returns the handle of a clone that another process started, by the job's uuid. The job may have made more VMs: the
// one by the name is meant.
func (c *Client) CloneJob(uuid, name string) task.Handle[VirtualMachine] {
	what := httpapi.Call{Op: cloneOp, Effect: httpapi.Changes}

	return &handle[VirtualMachine]{
		job: c.resumedJob(what, uuid), what: what, decode: func(result json.RawMessage) (VirtualMachine, error) {
			outcomes, err := decodeClones(what, result, nil)
			if err != nil {
				return VirtualMachine{}, err
			}

			return outcomes.of(what, name)
		},
	}
}

// cloneAnswer is the result of CloneVmInstance on the wire.
type cloneAnswer struct {
	NumberOfClonedVM number       `json:"numberOfClonedVm"`
	Inventories      []cloneEntry `json:"inventories"`
}

// cloneEntry is one VM, or why one was not made.
type cloneEntry struct {
	Inventory *vmInventory `json:"inventory"`
	Error     *CodeError   `json:"error"`
}

// cloneOutcomes is what became of the names of one call.
type cloneOutcomes struct {
	machines map[string]*VirtualMachine
	failures map[string]*apierr.Error // of the names that no VM has, as far as the names are known
	unnamed  []*apierr.Error          // in the answer's order
	untold   int64                    // VMs that the answer counts but does not show
}

// decodeClones matches the answer to the names of the request, which are unknown (nil) to another process. Which VM is whose
// tells its name; the order of the entries is not promised. An entry with a VM and an error is a VM: it exists. Errors name
// nobody, so those whose names no VM has share them, in order.
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
	var strangers []*VirtualMachine
	made := int64(0)
	for _, entry := range reply.Inventories {
		switch {
		case entry.Inventory != nil && entry.Inventory.UUID != "":
			made++
			vm := entry.Inventory.machine()
			if _, twice := outcomes.machines[vm.Name]; twice || names != nil && !slices.Contains(names, vm.Name) {
				strangers = append(strangers, vm)
			} else {
				outcomes.machines[vm.Name] = vm
			}
		case entry.Error != nil:
			outcomes.unnamed = append(outcomes.unnamed, codeError(what, entry.Error))
		}
	}
	outcomes.untold = max(0, int64(reply.NumberOfClonedVM)-made) + int64(len(strangers))
	outcomes.share(what, names, strangers)

	return outcomes, nil
}

// share gives the names that no VM has what is left: a VM of another name where nothing else can be meant (the platform may
// normalise names), else the errors.
func (o *cloneOutcomes) share(what httpapi.Call, names []string, strangers []*VirtualMachine) {
	var without []string
	for _, name := range names {
		if o.machines[name] == nil {
			without = append(without, name)
		}
	}
	if len(without) == 1 && len(strangers) == 1 && len(o.unnamed) == 0 {
		o.machines[without[0]] = strangers[0]
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
	failure := what.Error(apierr.Internal, codeOperationFailed).Wrap(errNotMade)
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
	own := *failure

	return VirtualMachine{}, &own
}
