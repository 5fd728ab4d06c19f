package fakevsphere

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
	UUID     = "11111111-2222-3333-4444-555555555555"
	GoldenID = "vm-1"
)

// VCenter is a small vCenter with knobs for everything that can go wrong. It records every call, so that a test can
// prove that one was not made.
type VCenter struct {
	mutex   sync.Mutex
	UUID    string
	VMs     map[string]*vsphere.VirtualMachine
	Places  map[string]vsphere.Object
	Origins map[string]vsphere.Origin
	Tasks   map[string]*Task
	nextID  int

	Calls  []string
	Errs   map[string][]error                                     // by method, for the next calls; nil passes
	Before map[string]func(ctx context.Context, f *VCenter) error // by method, instead of errs

	Forgetful  bool                        // it forgets a clone task at once, though not its work
	Goes       Behaviour                   // how clone tasks go
	Finding    func() vsphere.CloneFinding // what FindClone answers; nil: looks in the inventory
	Missing    []apierr.MissingPrivilege   // what MissingClonePrivileges answers
	Slow       map[string]Behaviour        // how the tasks of a method go that don't end at once
	GuestStuck bool                        // the guest ignores a shutdown
	GuestIPs   []string                    // what WaitForGuestIP answers; nil: it waits for ever
	Relocated  []vsphere.RelocateSpec      // what was asked for
	Specs      []vsphere.CloneSpec         // what was asked for

	InstantSpecs []vsphere.InstantCloneSpec   // what was asked for
	Reconfigured []vsphere.ReconfigureSpec    // what was asked for
	Extra        map[string]map[string]string // extraConfig by VM
	TooOld       bool                         // it has no instant clones
}

// New returns a vCenter with one golden VM, which is off.
func New() *VCenter {
	f := &VCenter{
		UUID: UUID, VMs: map[string]*vsphere.VirtualMachine{}, Places: map[string]vsphere.Object{},
		Origins: map[string]vsphere.Origin{}, Tasks: map[string]*Task{}, nextID: 100,
		Errs: map[string][]error{}, Before: map[string]func(context.Context, *VCenter) error{},
	}
	f.VMs[GoldenID] = &vsphere.VirtualMachine{
		ID: GoldenID, Name: "golden", InstanceUUID: "i-1", BIOSUUID: "b-1", PowerState: vsphere.PoweredOff,
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
		f.Places[object.ID] = object
	}

	return f
}

// Note records a call and returns the error that a test wants for it.
func (f *VCenter) Note(ctx context.Context, method string) error {
	f.mutex.Lock()
	f.Calls = append(f.Calls, method)
	hook := f.Before[method]
	var err error
	if queue := f.Errs[method]; len(queue) > 0 {
		err, f.Errs[method] = queue[0], queue[1:]
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

// Made returns how often a method was called.
func (f *VCenter) Made(method string) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	count := 0
	for _, call := range f.Calls {
		if call == method {
			count++
		}
	}

	return count
}

// Forget empties the record of calls.
func (f *VCenter) Forget() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.Calls = nil
}

// Named returns the VM by that name, nil where there is none.
func (f *VCenter) Named(name string) *vsphere.VirtualMachine {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, vm := range f.VMs {
		if vm.Name == name {
			return vm
		}
	}

	return nil
}

// Change changes a VM behind Terraform's back.
func (f *VCenter) Change(name string, change func(vm *vsphere.VirtualMachine)) {
	vm := f.Named(name)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	change(vm)
}

// About is part of the client.
func (f *VCenter) About(ctx context.Context) (vsphere.About, error) {
	return vsphere.About{InstanceUUID: f.UUID}, f.Note(ctx, "About")
}

// ServerTime is part of the client.
func (f *VCenter) ServerTime(ctx context.Context) (time.Time, error) {
	return time.Now(), f.Note(ctx, "ServerTime")
}

// VirtualMachine is part of the client.
func (f *VCenter) VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if err := f.Note(ctx, "VirtualMachine"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.VMs[id]
	if !ok {
		return nil, Gone("RetrievePropertiesEx", id)
	}
	seen := *vm

	return &seen, nil
}

// Object is part of the client.
func (f *VCenter) Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error) {
	if err := f.Note(ctx, "Object"); err != nil {
		return vsphere.Object{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	object, ok := f.Places[id]
	if !ok || object.Type != kind {
		return vsphere.Object{}, Gone("RetrievePropertiesEx", id)
	}

	return object, nil
}

// VMsNamed is part of the client.
func (f *VCenter) VMsNamed(ctx context.Context, folderID, name string) ([]vsphere.Object, error) {
	if err := f.Note(ctx, "VMsNamed"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return vm.Name == name && vm.Placement.FolderID == folderID }), nil
}

// FindObjects is part of the client.
func (f *VCenter) FindObjects(ctx context.Context, _ vsphere.ObjectType, path string) ([]vsphere.Object, error) {
	if err := f.Note(ctx, "FindObjects"); err != nil {
		return nil, err
	}

	return f.find(func(vm *vsphere.VirtualMachine) bool { return "/DC/vm/"+vm.Name == path }), nil
}

func (f *VCenter) find(match func(vm *vsphere.VirtualMachine) bool) []vsphere.Object {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var found []vsphere.Object
	for _, vm := range f.VMs {
		if match(vm) {
			found = append(found, vsphere.Object{Type: vsphere.TypeVirtualMachine, ID: vm.ID, Name: vm.Name, Path: "/DC/vm/" + vm.Name})
		}
	}

	return found
}

// CustomizationSpecExists is part of the client.
func (f *VCenter) CustomizationSpecExists(ctx context.Context, name string) (bool, error) {
	return name == "linux", f.Note(ctx, "CustomizationSpecExists")
}

// Origin is part of the client.
func (f *VCenter) Origin(ctx context.Context, vmID string) (vsphere.Origin, error) {
	return f.Origins[vmID], f.Note(ctx, "Origin")
}

// MissingClonePrivileges is part of the client.
func (f *VCenter) MissingClonePrivileges(ctx context.Context, _ vsphere.CloneSpec) ([]apierr.MissingPrivilege, error) {
	return f.Missing, f.Note(ctx, "MissingClonePrivileges")
}

// AcquireTaskSlot is part of the client.
func (f *VCenter) AcquireTaskSlot(ctx context.Context) (func(), error) {
	return func() { _ = f.Note(context.WithoutCancel(ctx), "release") }, f.Note(ctx, "AcquireTaskSlot")
}

// StartClone is part of the client.
func (f *VCenter) StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error) {
	err := f.Note(ctx, "StartClone")
	if err != nil && !apierr.IsAnswerLost(err) {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.Specs = append(f.Specs, spec)
	started := f.start(func(power vsphere.PowerState) string {
		if power == "" {
			power = vsphere.PoweredOff
			if spec.PowerOn {
				power = vsphere.PoweredOn
			}
		}

		return f.Add(spec, power)
	})
	if err != nil {
		return nil, err
	}

	return started, nil
}

// start starts a task that makes a VM. It is called with the mutex held.
func (f *VCenter) start(mk func(power vsphere.PowerState) string) *Task {
	f.nextID++
	started := &Task{
		id: fmt.Sprintf("task-%d", f.nextID), end: make(chan struct{}), fake: f, make: mk, goes: f.Goes, forgotten: f.Forgetful,
	}
	f.Tasks[started.id] = started
	switch f.Goes {
	case Succeeds, Fails, FailsLate, Taken:
		started.finish()
	case Hangs, IgnoresCancel, FinishesOnCancel:
	}

	return started
}

// CloneTask is part of the client.
func (f *VCenter) CloneTask(id string) task.Handle[string] {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, ok := f.Tasks[id]; ok {
		known.news = false // a new handle is told first how the task stands

		return known
	}

	return &Task{id: id, forgotten: true, fake: f}
}

// FindClone is part of the client.
func (f *VCenter) FindClone(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	if err := f.Note(ctx, "FindClone"); err != nil {
		return vsphere.CloneFinding{}, err
	}
	if f.Finding != nil {
		return f.Finding(), nil
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var finding vsphere.CloneFinding
	for _, vm := range f.VMs {
		if vm.Name == search.Name && !vm.CreatedAt.Before(search.Since) {
			finding.VMID = vm.ID
		}
	}

	return finding, nil
}

// Add puts a clone into the inventory. It is called with the mutex held.
func (f *VCenter) Add(spec vsphere.CloneSpec, power vsphere.PowerState) string {
	f.nextID++
	vm := *f.VMs[GoldenID]
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
	f.VMs[vm.ID] = &vm

	return vm.ID
}
