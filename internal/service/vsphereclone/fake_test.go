package vsphereclone

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Ids in the fake's inventory.
const (
	fakeVCenter = "11111111-2222-3333-4444-555555555555"
	goldenID    = "vm-1"
)

// fakeVSphere is a small vCenter with knobs for everything that can go wrong. It records every call, so that a test can
// prove that one was not made.
type fakeVSphere struct {
	mutex   sync.Mutex
	vcenter string
	vms     map[string]*vsphere.VirtualMachine
	objects map[string]vsphere.Object
	origins map[string]vsphere.Origin
	tasks   map[string]*fakeTask
	nextID  int

	calls  []string
	errs   map[string][]error                                         // by method, for the next calls; nil passes
	before map[string]func(ctx context.Context, f *fakeVSphere) error // by method, instead of errs

	forgetful  bool                        // it forgets a clone task at once, though not its work
	clone      cloneBehaviour              // how clone tasks go
	finding    func() vsphere.CloneFinding // what FindClone answers; nil: looks in the inventory
	missing    []apierr.MissingPrivilege   // what MissingClonePrivileges answers
	slow       map[string]cloneBehaviour   // how the tasks of a method go that don't end at once
	guestStuck bool                        // the guest ignores a shutdown
	guestIPs   []string                    // what WaitForGuestIP answers; nil: it waits for ever
	relocated  []vsphere.RelocateSpec      // what was asked for
	specs      []vsphere.CloneSpec         // what was asked for
}

// cloneBehaviour says how a clone task goes.
type cloneBehaviour int

const (
	cloneSucceeds         cloneBehaviour = iota
	cloneHangs                           // it goes on until it is cancelled
	cloneIgnoresCancel                   // it goes on whatever is asked
	cloneFinishesOnCancel                // it is done when somebody asks to cancel it
	cloneFails                           // it fails and leaves nothing
	cloneFailsLate                       // it fails after the VM came to be
	cloneTaken                           // it fails since the name is taken
)

func newFake() *fakeVSphere {
	f := &fakeVSphere{
		vcenter: fakeVCenter, vms: map[string]*vsphere.VirtualMachine{}, objects: map[string]vsphere.Object{},
		origins: map[string]vsphere.Origin{}, tasks: map[string]*fakeTask{}, nextID: 100,
		errs: map[string][]error{}, before: map[string]func(context.Context, *fakeVSphere) error{},
	}
	f.vms[goldenID] = &vsphere.VirtualMachine{
		ID: goldenID, Name: "golden", InstanceUUID: "i-1", BIOSUUID: "b-1", PowerState: vsphere.PoweredOff, Template: true,
		ConnectionState: "connected",
		Placement:       vsphere.Placement{FolderID: "group-v1", HostID: "host-1", DatastoreID: "datastore-1", ClusterID: "domain-c1", ResourcePoolID: "resgroup-1"},
		Disks: map[string]vsphere.Disk{
			"2000": {Label: "Hard disk 1", CapacityBytes: 1 << 30, DatastoreID: "datastore-1"},
			"2001": {Label: "Hard disk 2", CapacityBytes: 2 << 30, DatastoreID: "datastore-1"},
		},
		NetworkInterfaces: map[string]vsphere.NetworkInterface{
			"4000": {Label: "Network adapter 1", Type: "vmxnet3", NetworkID: "network-1", MACAddress: "00:50:56:00:00:01", Connected: true},
		},
	}
	for _, object := range []vsphere.Object{
		{Type: vsphere.TypeFolder, ID: "group-v1"},
		{Type: vsphere.TypeFolder, ID: "group-v2"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-1", ClusterID: "domain-c1"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-2", ClusterID: "domain-c2"},
		{Type: vsphere.TypeHost, ID: "host-1", ClusterID: "domain-c1"},
		{Type: vsphere.TypeHost, ID: "host-2", ClusterID: "domain-c2"},
		{Type: vsphere.TypeHost, ID: "host-3", ClusterID: "domain-c1"},
		{Type: vsphere.TypeCluster, ID: "domain-c1"},
		{Type: vsphere.TypeCluster, ID: "domain-c2"},
		{Type: vsphere.TypeDatastore, ID: "datastore-1"},
		{Type: vsphere.TypeDatastore, ID: "datastore-2"},
	} {
		object.Accessible = true
		f.objects[object.ID] = object
	}

	return f
}

// note records a call and returns the error that a test wants for it.
func (f *fakeVSphere) note(ctx context.Context, method string) error {
	f.mutex.Lock()
	f.calls = append(f.calls, method)
	hook := f.before[method]
	var err error
	if queue := f.errs[method]; len(queue) > 0 {
		err, f.errs[method] = queue[0], queue[1:]
	}
	f.mutex.Unlock()
	if hook != nil {
		return hook(ctx, f)
	}
	if err == nil {
		err = ctx.Err()
	}

	return err
}

// made returns how often a method was called.
func (f *fakeVSphere) made(method string) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	count := 0
	for _, call := range f.calls {
		if call == method {
			count++
		}
	}

	return count
}

// forget empties the record of calls.
func (f *fakeVSphere) forget() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.calls = nil
}

// vmNamed returns the VM by that name, nil where there is none.
func (f *fakeVSphere) vmNamed(name string) *vsphere.VirtualMachine {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, vm := range f.vms {
		if vm.Name == name {
			return vm
		}
	}

	return nil
}

// change changes a VM behind Terraform's back.
func (f *fakeVSphere) change(name string, change func(vm *vsphere.VirtualMachine)) {
	vm := f.vmNamed(name)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	change(vm)
}

func (f *fakeVSphere) About(ctx context.Context) (vsphere.About, error) {
	return vsphere.About{InstanceUUID: f.vcenter}, f.note(ctx, "About")
}

func (f *fakeVSphere) ServerTime(ctx context.Context) (time.Time, error) {
	return time.Now(), f.note(ctx, "ServerTime")
}

func (f *fakeVSphere) VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if err := f.note(ctx, "VirtualMachine"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	if !ok {
		return nil, gone("RetrievePropertiesEx", id)
	}
	seen := *vm

	return &seen, nil
}

func (f *fakeVSphere) Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error) {
	if err := f.note(ctx, "Object"); err != nil {
		return vsphere.Object{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	object, ok := f.objects[id]
	if !ok || object.Type != kind {
		return vsphere.Object{}, gone("RetrievePropertiesEx", id)
	}

	return object, nil
}

func (f *fakeVSphere) VMsNamed(ctx context.Context, folderID, name string) ([]vsphere.Object, error) {
	if err := f.note(ctx, "VMsNamed"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return vm.Name == name && vm.Placement.FolderID == folderID }), nil
}

func (f *fakeVSphere) FindObjects(ctx context.Context, _ vsphere.ObjectType, path string) ([]vsphere.Object, error) {
	if err := f.note(ctx, "FindObjects"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return "/DC/vm/"+vm.Name == path }), nil
}

func (f *fakeVSphere) find(match func(vm *vsphere.VirtualMachine) bool) []vsphere.Object {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var found []vsphere.Object
	for _, vm := range f.vms {
		if match(vm) {
			found = append(found, vsphere.Object{Type: vsphere.TypeVirtualMachine, ID: vm.ID, Name: vm.Name, Path: "/DC/vm/" + vm.Name})
		}
	}

	return found
}

func (f *fakeVSphere) CustomizationSpecExists(ctx context.Context, name string) (bool, error) {
	return name == "linux", f.note(ctx, "CustomizationSpecExists")
}

func (f *fakeVSphere) Origin(ctx context.Context, vmID string) (vsphere.Origin, error) {
	return f.origins[vmID], f.note(ctx, "Origin")
}

func (f *fakeVSphere) MissingClonePrivileges(ctx context.Context, _ vsphere.CloneSpec) ([]apierr.MissingPrivilege, error) {
	return f.missing, f.note(ctx, "MissingClonePrivileges")
}

func (f *fakeVSphere) AcquireTaskSlot(ctx context.Context) (func(), error) {
	return func() { _ = f.note(context.WithoutCancel(ctx), "release") }, f.note(ctx, "AcquireTaskSlot")
}

func (f *fakeVSphere) StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error) {
	err := f.note(ctx, "StartClone")
	if err != nil && !apierr.IsAnswerLost(err) {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.specs = append(f.specs, spec)
	f.nextID++
	started := &fakeTask{id: fmt.Sprintf("task-%d", f.nextID), end: make(chan struct{}), fake: f, spec: spec, goes: f.clone, forgotten: f.forgetful}
	f.tasks[started.id] = started
	switch f.clone {
	case cloneSucceeds, cloneFails, cloneFailsLate, cloneTaken:
		started.finish()
	case cloneHangs, cloneIgnoresCancel, cloneFinishesOnCancel:
	}
	if err != nil {
		return nil, err
	}

	return started, nil
}

func (f *fakeVSphere) CloneTask(id string) task.Handle[string] {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, ok := f.tasks[id]; ok {
		known.news = false // a new handle is told first how the task stands

		return known
	}

	return &fakeTask{id: id, forgotten: true, fake: f}
}

func (f *fakeVSphere) FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	if err := f.note(ctx, "FindClone"); err != nil {
		return vsphere.CloneFinding{}, err
	}
	if f.finding != nil {
		return f.finding(), nil
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var finding vsphere.CloneFinding
	for _, vm := range f.vms {
		if vm.Name == search.Name && !vm.CreatedAt.Before(search.Since) {
			finding.VMID = vm.ID
		}
	}

	return finding, nil
}

func (f *fakeVSphere) Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Rename", id, func(vm *vsphere.VirtualMachine) error { vm.Name = name; return nil })
}

func (f *fakeVSphere) Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Move", id, func(vm *vsphere.VirtualMachine) error { vm.Placement.FolderID = folderID; return nil })
}

func (f *fakeVSphere) Relocate(ctx context.Context, id string, spec vsphere.RelocateSpec) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Relocate", id, func(vm *vsphere.VirtualMachine) error {
		f.relocated = append(f.relocated, spec)
		f.place(vm, vsphere.Placement{
			ResourcePoolID: spec.ResourcePoolID, HostID: spec.HostID, ClusterID: spec.ClusterID, DatastoreID: spec.DatastoreID,
		}, spec.DiskDatastores)

		return nil
	})
}

// place puts a VM somewhere as vCenter would. It is called with the mutex held.
func (f *fakeVSphere) place(vm *vsphere.VirtualMachine, to vsphere.Placement, disks map[string]string) {
	if to.FolderID != "" {
		vm.Placement.FolderID = to.FolderID
	}
	for _, id := range []string{to.ResourcePoolID, to.HostID, to.ClusterID} {
		if id == "" {
			continue
		}
		number := map[string]string{"domain-c1": "1", "domain-c2": "2"}[f.objects[id].ClusterID+map[bool]string{true: id}[f.objects[id].Type == vsphere.TypeCluster]]
		vm.Placement.ClusterID, vm.Placement.ResourcePoolID, vm.Placement.HostID = "domain-c"+number, "resgroup-"+number, "host-"+number
	}
	if to.HostID != "" {
		vm.Placement.HostID = to.HostID
	}
	if to.DatastoreID != "" {
		vm.Placement.DatastoreID = to.DatastoreID
	}
	moved := map[string]vsphere.Disk{}
	for key, disk := range vm.Disks {
		if to.DatastoreID != "" {
			disk.DatastoreID = to.DatastoreID
		}
		if own := disks[key]; own != "" {
			disk.DatastoreID = own
		}
		moved[key] = disk
	}
	vm.Disks = moved
}

func (f *fakeVSphere) PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOn", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOn) })
}

func (f *fakeVSphere) PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOff", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOff) })
}

func switchTo(vm *vsphere.VirtualMachine, wanted vsphere.PowerState) error {
	if vm.PowerState == wanted {
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: vm.ID}
	}
	vm.PowerState, vm.ToolsRunning = wanted, wanted == vsphere.PoweredOn

	return nil
}

func (f *fakeVSphere) ShutdownGuest(ctx context.Context, id string) error {
	if err := f.note(ctx, "ShutdownGuest"); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	switch {
	case !ok:
		return gone("ShutdownGuest", id)
	case vm.PowerState != vsphere.PoweredOn:
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
	case !vm.ToolsRunning:
		return &apierr.Error{Kind: apierr.Unavailable, Code: "ToolsUnavailable", Object: id}
	case !f.guestStuck:
		vm.PowerState = vsphere.PoweredOff
	}

	return nil
}

func (f *fakeVSphere) WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error {
	if err := f.note(ctx, "WaitForPowerState"); err != nil {
		return err
	}
	f.mutex.Lock()
	reached := f.vms[id].PowerState == state
	f.mutex.Unlock()
	if reached {
		return nil
	}
	<-ctx.Done()

	return ctx.Err()
}

func (f *fakeVSphere) WaitForGuestIP(ctx context.Context, _ string) ([]string, error) {
	if err := f.note(ctx, "WaitForGuestIP"); err != nil {
		return nil, err
	}
	if f.guestIPs == nil {
		<-ctx.Done()

		return nil, (&apierr.Error{Kind: apierr.TimedOut, Messages: []string{"no address yet"}}).Wrap(ctx.Err())
	}

	return f.guestIPs, nil
}

func (f *fakeVSphere) Destroy(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Destroy", id, func(vm *vsphere.VirtualMachine) error {
		if vm.PowerState == vsphere.PoweredOn {
			return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
		}
		delete(f.vms, id)

		return nil
	})
}

// edit is a task that is done at once.
func (f *fakeVSphere) edit(
	ctx context.Context, method, id string, change func(vm *vsphere.VirtualMachine) error,
) (task.Handle[struct{}], error) {
	if err := f.note(ctx, method); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	if !ok {
		return nil, gone(method+"_Task", id)
	}
	apply := func() error {
		// A reader may hold what VirtualMachine returned: the inventory gets a new VM.
		edited := *vm
		if err := change(&edited); err != nil {
			return err
		}
		if _, there := f.vms[id]; there {
			f.vms[id] = &edited
		}

		return nil
	}
	if goes, hangs := f.slow[method]; hangs {
		return &slowTask{fake: f, goes: goes, apply: apply, end: make(chan task.Update[struct{}], 1)}, nil
	}

	return doneTask{err: apply()}, nil
}

// slowTask changes a VM when somebody asks to cancel it, or never.
type slowTask struct {
	fake  *fakeVSphere
	goes  cloneBehaviour
	apply func() error
	end   chan task.Update[struct{}]
}

func (t *slowTask) ID() string { return "task-1" }

func (t *slowTask) Next(ctx context.Context) (task.Update[struct{}], error) {
	select {
	case update := <-t.end:
		return update, nil
	case <-ctx.Done():
		return task.Update[struct{}]{}, ctx.Err()
	}
}

func (t *slowTask) Cancel(ctx context.Context) error {
	if err := t.fake.note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	switch t.goes {
	case cloneFinishesOnCancel:
		t.end <- task.Update[struct{}]{State: task.StateSucceeded, Err: t.apply()}
	case cloneHangs:
		t.end <- task.Update[struct{}]{State: task.StateCancelled}
	case cloneFails:
		t.end <- task.Update[struct{}]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}
	default:
	}

	return nil
}

func gone(op, id string) error {
	return &apierr.Error{Kind: apierr.NotFound, Op: op, Object: id, Code: "ManagedObjectNotFound"}
}

// doneTask has ended, in success or with an error.
type doneTask struct{ err error }

func (t doneTask) ID() string                   { return "task-0" }
func (t doneTask) Cancel(context.Context) error { return nil }
func (t doneTask) Next(context.Context) (task.Update[struct{}], error) {
	if t.err == nil {
		return task.Update[struct{}]{State: task.StateSucceeded}, nil
	}

	return task.Update[struct{}]{State: task.StateFailed, Err: t.err}, nil
}

// fakeTask is a clone. Its fields are guarded by the fake's mutex.
type fakeTask struct {
	id        string
	fake      *fakeVSphere
	spec      vsphere.CloneSpec
	goes      cloneBehaviour
	end       chan struct{}
	update    task.Update[string]
	news      bool // the standing of a running task was told
	forgotten bool
	askErr    error
}

func (t *fakeTask) ID() string { return t.id }

func (t *fakeTask) Next(ctx context.Context) (task.Update[string], error) {
	t.fake.mutex.Lock()
	forgotten, askErr, news, update := t.forgotten, t.askErr, t.news, t.update
	t.news = true
	t.fake.mutex.Unlock()
	switch {
	case askErr != nil:
		return task.Update[string]{}, askErr
	case forgotten:
		return task.Update[string]{}, gone("CIS tasks", t.id)
	case !news && !update.State.Done():
		return task.Update[string]{State: task.StateRunning, Percent: 60}, nil
	}
	select {
	case <-t.end:
		return t.update, nil
	case <-ctx.Done():
		return task.Update[string]{}, ctx.Err()
	}
}

func (t *fakeTask) Cancel(ctx context.Context) error {
	if err := t.fake.note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if t.update.State.Done() {
		return nil
	}
	switch t.goes {
	case cloneFinishesOnCancel:
		t.goes = cloneSucceeds
		t.finish()
	case cloneHangs:
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)
	case cloneIgnoresCancel, cloneSucceeds, cloneFails, cloneFailsLate, cloneTaken:
	}

	return nil
}

// release lets a hanging clone succeed.
func (t *fakeTask) release() {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	t.goes = cloneSucceeds
	t.finish()
}

// finish ends the task. It is called with the fake's mutex held.
func (t *fakeTask) finish() {
	failure := &apierr.Error{Kind: apierr.Internal, Code: "ERROR", Messages: []string{"the clone broke"}}
	switch t.goes {
	case cloneFails:
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case cloneFailsLate:
		t.fake.add(t.spec, vsphere.PoweredOff)
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case cloneTaken:
		t.update = task.Update[string]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.AlreadyExists, Code: "ALREADY_EXISTS"}}
	default:
		power := vsphere.PoweredOff
		if t.spec.PowerOn {
			power = vsphere.PoweredOn
		}
		t.update = task.Update[string]{State: task.StateSucceeded, Result: t.fake.add(t.spec, power)}
	}
	close(t.end)
}

// add puts a clone into the inventory. It is called with the mutex held.
func (f *fakeVSphere) add(spec vsphere.CloneSpec, power vsphere.PowerState) string {
	f.nextID++
	vm := *f.vms[goldenID]
	vm.ID = fmt.Sprintf("vm-%d", f.nextID)
	vm.Name, vm.InstanceUUID, vm.BIOSUUID = spec.Name, fmt.Sprintf("i-%d", f.nextID), fmt.Sprintf("b-%d", f.nextID)
	vm.Template, vm.PowerState, vm.ToolsRunning, vm.CreatedAt = false, power, power == vsphere.PoweredOn, time.Now()
	disks := map[string]vsphere.Disk{}
	for key, disk := range vm.Disks {
		if !slices.Contains(spec.DisksToRemove, key) {
			disks[key] = disk
		}
	}
	vm.Disks = disks
	f.place(&vm, spec.Placement, spec.DisksToUpdate)
	f.vms[vm.ID] = &vm

	return vm.ID
}

// endAs ends a hanging clone in a certain way; cloneHangs means cancelled.
func (t *fakeTask) endAs(goes cloneBehaviour) {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if goes == cloneHangs {
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)

		return
	}
	t.goes = goes
	t.finish()
}
