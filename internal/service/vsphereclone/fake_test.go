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

func newFake() *fakeVSphere {
	f := &fakeVSphere{
		vcenter: fakeVCenter, vms: map[string]*vsphere.VirtualMachine{}, objects: map[string]vsphere.Object{},
		origins: map[string]vsphere.Origin{}, tasks: map[string]*fakeTask{}, nextID: 100,
		errs: map[string][]error{}, before: map[string]func(context.Context, *fakeVSphere) error{},
	}
	f.vms[goldenID] = &vsphere.VirtualMachine{
		ID: goldenID, Name: "golden", InstanceUUID: "i-1", BIOSUUID: "b-1", PowerState: vsphere.PoweredOff,
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
