package vsphereftsecondary

import (
	"context"
	"fmt"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// secondaryTask makes a secondary. Its fields are guarded by the fake's mutex.
type secondaryTask struct {
	id     string
	fake   *fakeVSphere
	spec   vsphere.SecondarySpec
	goes   behaviour
	end    chan struct{}
	update task.Update[vsphere.SecondaryResult]
	news   bool // the standing of a running task was told
}

func (t *secondaryTask) ID() string { return t.id }

func (t *secondaryTask) Next(ctx context.Context) (task.Update[vsphere.SecondaryResult], error) {
	t.fake.mutex.Lock()
	news, ended, forgotten := t.news, t.update.State.Done(), t.fake.forgetful
	t.news = true
	t.fake.mutex.Unlock()
	switch {
	case forgotten:
		return forgottenTask{t.id}.Next(ctx)
	case !news && !ended:
		return task.Update[vsphere.SecondaryResult]{State: task.StateRunning, Percent: 60}, nil
	}
	select {
	case <-t.end:
		return t.update, nil
	case <-ctx.Done():
		return task.Update[vsphere.SecondaryResult]{}, ctx.Err()
	}
}

func (t *secondaryTask) Cancel(ctx context.Context) error {
	if err := t.fake.note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	switch {
	case t.update.State.Done():
	case t.goes == finishesOnCancel:
		t.goes = succeeds
		t.finish()
	case t.goes == failsOnCancel:
		t.goes = fails
		t.finish()
	case t.goes == hangs:
		t.update = task.Update[vsphere.SecondaryResult]{State: task.StateCancelled}
		close(t.end)
	}

	return nil
}

// release ends a hanging task in a certain way; hangs means cancelled.
func (t *secondaryTask) release(goes behaviour) {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if goes == hangs {
		t.update = task.Update[vsphere.SecondaryResult]{State: task.StateCancelled}
		close(t.end)

		return
	}
	t.goes = goes
	t.finish()
}

// finish ends the task. It is called with the fake's mutex held.
func (t *secondaryTask) finish() {
	failure := &apierr.Error{Kind: apierr.Internal, Code: "VmConfigFault", Messages: []string{"it broke"}}
	switch t.goes {
	case fails:
		t.update = task.Update[vsphere.SecondaryResult]{State: task.StateFailed, Err: failure}
	case failsLate:
		t.fake.add(t.spec)
		t.update = task.Update[vsphere.SecondaryResult]{State: task.StateFailed, Err: failure}
	default:
		result := t.fake.outcome
		result.SecondaryID = t.fake.add(t.spec)
		t.update = task.Update[vsphere.SecondaryResult]{State: task.StateSucceeded, Result: result}
	}
	close(t.end)
}

// add puts a secondary into the inventory. It is called with the mutex held.
func (f *fakeVSphere) add(spec vsphere.SecondarySpec) string {
	f.nextID++
	vm := *f.vms[spec.PrimaryID]
	vm.ID = fmt.Sprintf("vm-%d", f.nextID)
	f.vms[vm.ID] = &vm
	pair := &vsphere.FaultTolerance{
		PrimaryID: spec.PrimaryID, SecondaryID: vm.ID, SecondaryHostID: "host-2", MetroHostGroup: spec.MetroHostGroup,
		State: vsphere.FaultToleranceRunning, SecondaryPowerState: vsphere.PoweredOn,
	}
	if spec.HostID != "" {
		pair.SecondaryHostID = spec.HostID
	}
	f.power(pair)
	f.pairs[spec.PrimaryID] = pair

	return vm.ID
}

// power brings a pair to where the outcome of powering it on leaves it.
func (f *fakeVSphere) power(pair *vsphere.FaultTolerance) {
	pair.State, pair.SecondaryPowerState = vsphere.FaultToleranceRunning, vsphere.PoweredOn
	if !f.outcome.PowerOnAttempted || f.outcome.PowerOnFault != nil || len(f.outcome.Recommendations) > 0 {
		pair.State, pair.SecondaryPowerState = vsphere.FaultToleranceNeedSecondary, vsphere.PoweredOff
	}
	f.start(pair)
}

// start lets a pair start that would run. It is called with the mutex held.
func (f *fakeVSphere) start(pair *vsphere.FaultTolerance) {
	if f.starting && pair.State == vsphere.FaultToleranceRunning {
		pair.State = vsphere.FaultToleranceStarting
	}
}

// protect lets pairs that start run.
func (f *fakeVSphere) protect() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.starting = false
	for _, pair := range f.pairs {
		pair.State = vsphere.FaultToleranceRunning
	}
}

// forgottenTask is a task that vCenter does not know any more.
type forgottenTask struct{ id string }

func (t forgottenTask) ID() string                   { return t.id }
func (t forgottenTask) Cancel(context.Context) error { return nil }
func (t forgottenTask) Next(context.Context) (task.Update[vsphere.SecondaryResult], error) {
	return task.Update[vsphere.SecondaryResult]{}, gone(t.id)
}

// doneTask has ended, in success or with an error.
type doneTask[T any] struct {
	result T
	err    error
}

func (t doneTask[T]) ID() string                   { return "task-0" }
func (t doneTask[T]) Cancel(context.Context) error { return nil }
func (t doneTask[T]) Next(context.Context) (task.Update[T], error) {
	if t.err == nil {
		return task.Update[T]{State: task.StateSucceeded, Result: t.result}, nil
	}

	return task.Update[T]{State: task.StateFailed, Err: t.err}, nil
}

// change changes the primary's pair in a task that ends at once.
func (f *fakeVSphere) change(
	ctx context.Context, method, primary string, change func(pair *vsphere.FaultTolerance),
) (task.Handle[struct{}], error) {
	if err := f.note(ctx, method); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	pair, ok := f.pairs[primary]
	if _, known := f.vms[primary]; !known {
		return nil, gone(primary)
	}
	if !ok {
		return doneTask[struct{}]{err: &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidState"}}, nil
	}
	change(pair)

	return doneTask[struct{}]{}, nil
}

func (f *fakeVSphere) EnableSecondary(
	ctx context.Context, primaryID, secondaryID, _ string,
) (task.Handle[vsphere.SecondaryResult], error) {
	_, err := f.change(ctx, "EnableSecondary", primaryID, f.power)
	result := f.outcome
	result.SecondaryID = secondaryID

	return doneTask[vsphere.SecondaryResult]{result: result}, err
}

func (f *fakeVSphere) DisableSecondary(ctx context.Context, primaryID, _ string) (task.Handle[struct{}], error) {
	return f.change(ctx, "DisableSecondary", primaryID, func(pair *vsphere.FaultTolerance) {
		pair.State, pair.SecondaryPowerState = vsphere.FaultToleranceDisabled, vsphere.PoweredOff
	})
}

func (f *fakeVSphere) MakePrimary(ctx context.Context, primaryID, secondaryID string) (task.Handle[struct{}], error) {
	return f.change(ctx, "MakePrimary", primaryID, func(*vsphere.FaultTolerance) { f.swap(primaryID, secondaryID) })
}

// swap changes the roles of a pair. It is called with the mutex held.
func (f *fakeVSphere) swap(primaryID, secondaryID string) {
	pair := f.pairs[primaryID]
	delete(f.pairs, primaryID)
	pair.PrimaryID, pair.SecondaryID = secondaryID, primaryID
	f.pairs[secondaryID] = pair
}

// failOver changes the roles behind Terraform's back.
func (f *fakeVSphere) failOver() {
	pair := f.pair()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.swap(pair.PrimaryID, pair.SecondaryID)
}

func (f *fakeVSphere) TurnOffFaultTolerance(ctx context.Context, primaryID string) (task.Handle[struct{}], error) {
	return f.change(ctx, "TurnOffFaultTolerance", primaryID, func(pair *vsphere.FaultTolerance) {
		delete(f.vms, pair.SecondaryID)
		delete(f.pairs, primaryID)
	})
}

func (f *fakeVSphere) ApplyRecommendation(ctx context.Context, clusterID, key string) error {
	if err := f.note(ctx, "ApplyRecommendation "+clusterID+" "+key); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, pair := range f.pairs {
		pair.State, pair.SecondaryPowerState = vsphere.FaultToleranceRunning, vsphere.PoweredOn
		f.start(pair)
	}

	return nil
}

func (f *fakeVSphere) WaitForPowerState(ctx context.Context, _ string, _ vsphere.PowerState) error {
	return f.note(ctx, "WaitForPowerState")
}
