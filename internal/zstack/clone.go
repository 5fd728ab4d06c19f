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

// cloneAnswer is the result of CloneVmInstance on the wire.
type cloneAnswer struct {
	NumberOfClonedVM number       `json:"numberOfClonedVm"`
	Inventories      []cloneEntry `json:"inventories"`
}

// cloneEntry is one VM, or why one was not made. One with a VM and an error is a VM: it exists.
type cloneEntry struct {
	Inventory *VirtualMachine `json:"inventory"`
	Error     *conn.CodeError `json:"error"`
}

func decodeClones(result json.RawMessage) (cloneAnswer, error) {
	var told struct {
		Result *cloneAnswer `json:"result"`
		cloneAnswer
	}
	if err := json.Unmarshal(result, &told); err != nil {
		return cloneAnswer{}, err //nolint:wrapcheck // handle.failure wraps it
	}
	if told.Result != nil {
		return *told.Result, nil
	}

	return told.cloneAnswer, nil
}

var errNotMade = errors.New("the answer holds neither a VM nor an error for it")

// of returns what became of a name of the call. The name of a VM tells which one is meant; the order of the entries is not promised.
// A VM of another name is meant where nothing else can be (the platform may normalise names). Errors hold no name, so the names
// that no VM has share them, in order. Where neither is left, the VM may exist if the answer counts more VMs than it shows.
func (a cloneAnswer) of(what httpapi.Call, names []string, name string) (*VirtualMachine, error) {
	machines := make(map[string]*VirtualMachine)
	var (
		others []*VirtualMachine
		errs   []*conn.CodeError
	)
	for _, entry := range a.Inventories {
		switch vm := entry.Inventory; {
		case vm != nil && vm.UUID != "":
			if machines[vm.Name] != nil || names != nil && !slices.Contains(names, vm.Name) {
				others = append(others, vm)
			} else {
				machines[vm.Name] = vm
			}
		case entry.Error != nil:
			errs = append(errs, entry.Error)
		}
	}
	if vm := machines[name]; vm != nil {
		return vm, nil
	}
	without := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return machines[name] != nil })
	switch {
	case len(errs) > 0:
		return nil, conn.Failure(what, errs[min(max(0, slices.Index(without, name)), len(errs)-1)])
	case len(without) == 1 && len(others) == 1 && without[0] == name:
		return others[0], nil
	}
	failure := what.Error(apierr.Internal, conn.CodeOperationFailed).Wrap(errNotMade)
	failure.AnswerLost = len(others) > 0 || int64(a.NumberOfClonedVM) > int64(len(machines))

	return nil, failure
}
