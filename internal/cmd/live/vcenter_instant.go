package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// faultName is the name of a fault, such as "DuplicateName".
func faultName(of types.BaseMethodFault) string {
	return reflect.Indirect(reflect.ValueOf(of)).Type().Name()
}

// running is the clone that runs.
func (v *vcenter) running(ctx context.Context) (mo.VirtualMachine, error) {
	running, err := v.named(ctx, v.prefix+"-running")
	if err != nil {
		return mo.VirtualMachine{}, err
	}
	if len(running) != 1 || running[0].Config == nil {
		return mo.VirtualMachine{}, notAsked("no clone runs")
	}

	return running[0], nil
}

// fork begins an instant clone.
func (v *vcenter) fork(ctx context.Context, of mo.VirtualMachine, name string) (*object.Task, error) {
	folder := v.folder.Reference()
	answer, err := methods.InstantClone_Task(ctx, v.client.Client, &types.InstantClone_Task{
		This: of.Self,
		Spec: types.VirtualMachineInstantCloneSpec{Name: v.prefix + name, Location: types.VirtualMachineRelocateSpec{Folder: &folder}},
	})
	if err != nil {
		return nil, fmt.Errorf("make an instant clone: %w", err)
	}

	return object.NewTask(v.client.Client, answer.Returnval), nil
}

// discard destroys the forks that a question has made, and adds its error to the question's: no machine of the proof can be destroyed as long as
// their disks stand on it.
func (v *vcenter) discard(ctx context.Context, failed *error, names ...string) {
	for _, name := range names {
		forks, err := v.named(ctx, v.prefix+name)
		*failed = errors.Join(*failed, err)
		for _, fork := range forks {
			*failed = errors.Join(*failed, v.destroy(ctx, fork))
		}
	}
}

func (v *vcenter) creationDate(ctx context.Context) (answer string, err error) {
	source, err := v.running(ctx)
	if err != nil {
		return "", err
	}
	defer v.discard(ctx, &err, "-dated")
	if err := v.await(ctx)(v.fork(ctx, source, "-dated")); err != nil {
		return "", err
	}
	forks, err := v.named(ctx, v.prefix+"-dated")
	if err != nil {
		return "", err
	}
	if len(forks) != 1 || forks[0].Config == nil {
		return "", wrong("the instant clone is not there")
	}

	return dated(forks[0].Config.CreateDate, source.Config.CreateDate), nil
}

func dated(fork, source *time.Time) string {
	switch {
	case fork == nil:
		return "absent"
	case source != nil && fork.Equal(*source):
		return "its source's"
	default:
		return "its own"
	}
}

// concurrent begins two instant clones of one source and waits for both.
func (v *vcenter) concurrent(ctx context.Context) (answer string, err error) {
	source, err := v.running(ctx)
	if err != nil {
		return "", err
	}
	defer v.discard(ctx, &err, "-first", "-second")
	first, err := v.fork(ctx, source, "-first")
	if err != nil {
		return "", err
	}
	second, err := v.fork(ctx, source, "-second")
	if err == nil {
		err = v.await(ctx)(second, nil)
	}
	if failed := v.await(ctx)(first, nil); failed != nil {
		return "", failed
	}
	answer, err = outcome(err, "made")
	if err != nil || answer != "made" {
		return "refused with " + answer, err
	}

	return v.together(ctx, first, second)
}

// together tells of two tasks that have ended well whether the second one began while the first one ran.
func (v *vcenter) together(ctx context.Context, first, second *object.Task) (string, error) {
	var one, other mo.Task
	if err := errors.Join(
		v.read(ctx, first.Reference(), []string{"info"}, &one), v.read(ctx, second.Reference(), []string{"info"}, &other),
	); err != nil {
		return "", err
	}
	switch ended, began := one.Info.CompleteTime, other.Info.StartTime; {
	case ended == nil || began == nil:
		return "", wrong("a task that has ended has no times")
	case other.Info.QueueTime.After(*ended):
		return "", notAsked("the first one had ended already")
	case began.Before(*ended):
		return "made at once", nil
	default:
		return "queued", nil
	}
}

// withoutHost clones into the resource pool of the source's cluster, where that is one without DRS.
func (v *vcenter) withoutHost(ctx context.Context) (string, error) {
	pool, err := v.poolWithoutDRS(ctx)
	if err != nil {
		return "", err
	}
	answer, err := v.rest.call(ctx, http.MethodPost, "/api/vcenter/vm?action=clone&vmw-task=true", map[string]any{
		"source": v.source.Reference().Value, "name": v.prefix + "-without-host",
		"placement": map[string]any{"folder": v.folder.Reference().Value, "resource_pool": pool.Value},
	})
	if err != nil {
		return "", err
	}
	var task string
	if refused := answer.into(&task); refused != nil {
		return answer.problem(), nil //nolint:nilerr // the refusal is the answer
	}
	_, ended, err := v.watch(ctx, task)
	if err == nil && ended.Status == "FAILED" {
		return "a task that fails", nil
	}

	return "a VM", err
}

// poolWithoutDRS is the root resource pool of the source's cluster, where that has no DRS.
func (v *vcenter) poolWithoutDRS(ctx context.Context) (types.ManagedObjectReference, error) {
	var none types.ManagedObjectReference
	var source mo.VirtualMachine
	if err := v.read(ctx, v.source.Reference(), []string{"runtime.host"}, &source); err != nil {
		return none, err
	}
	if source.Runtime.Host == nil {
		return none, notAsked("the source is on no host")
	}
	var host mo.HostSystem
	if err := v.read(ctx, *source.Runtime.Host, []string{"parent"}, &host); err != nil {
		return none, err
	}
	if host.Parent == nil || host.Parent.Type != "ClusterComputeResource" {
		return none, notAsked("the source's host is in no cluster")
	}
	var cluster mo.ClusterComputeResource
	if err := v.read(ctx, *host.Parent, []string{"configurationEx", "resourcePool"}, &cluster); err != nil {
		return none, err
	}
	config, known := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	if !known || cluster.ResourcePool == nil || config.DrsConfig.Enabled == nil || *config.DrsConfig.Enabled {
		return none, notAsked("the source's cluster has DRS")
	}

	return *cluster.ResourcePool, nil
}

// invisible reads the source as the user who may not see it.
func (v *vcenter) invisible(ctx context.Context) (string, error) {
	if v.second == nil {
		return "", notAsked("VMFORK_LIVE_VSPHERE_USER is not set")
	}
	stranger, err := v.second.open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = stranger.Logout(ctx) }() // it idles out
	var source mo.VirtualMachine
	err = object.NewVirtualMachine(stranger.Client, v.source.Reference()).Properties(ctx, v.source.Reference(), []string{"name"}, &source)

	return outcome(err, "visible")
}
