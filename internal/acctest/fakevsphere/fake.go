package fakevsphere

import (
	"context"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Ids in the fake's inventory.
const (
	UUID     = "11111111-2222-3333-4444-555555555555"
	GoldenID = "vm-1"
)

// VCenter is a small vCenter with fields that make its calls and tasks fail. It records every call, so that a test can
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
	Copies     bool                        // linked clones come out full
	Found      []vsphere.CheckFinding      // what checks of the provisioning checker answer
	Slow       map[string]Behaviour        // how the tasks of a method go that don't end at once
	Old        bool                        // it is older than 7.0 U2, and does not clone by REST
	GuestStuck bool                        // the guest ignores a shutdown
	GuestIPs   []string                    // what WaitForGuestIP answers; nil: it waits for ever
	Relocated  []vsphere.RelocateSpec      // what was asked for
	Specs      []vsphere.CloneSpec         // what was asked for

	Linked    map[string][]vsphere.LinkedClone // by source: what LinkedClones answers
	Snapshots map[string][]vsphere.Snapshot    // by VM: what SnapshotTree answers

	Policies map[vsphere.Policied]string // what StoragePolicyOf answers; StoragePolicyIDs answers these, too

	InstantSpecs []vsphere.InstantCloneSpec   // what was asked for
	Reconfigured []vsphere.ReconfigureSpec    // what was asked for
	Extra        map[string]map[string]string // extraConfig by VM
	TooOld       bool                         // it has no instant clones

	Tags       map[string]vsphere.Tag         // by id
	Categories map[string]vsphere.TagCategory // by id
	Attributes []vsphere.CustomAttribute      // what CustomAttributes answers
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
		CPU:             vsphere.CPU{Count: 2, CoresPerSocket: 1, Allocation: vsphere.Allocation{Limit: vsphere.NoLimit, Shares: "normal"}},
		Memory:          vsphere.Memory{SizeMiB: 1024, Allocation: vsphere.Allocation{Limit: vsphere.NoLimit, Shares: "normal"}},
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
		{Type: vsphere.TypeCluster, ID: "domain-c1", RootResourcePoolID: "resgroup-1", DRSBehavior: "fullyAutomated"},
		{Type: vsphere.TypeCluster, ID: "domain-c2", RootResourcePoolID: "resgroup-2", DRSBehavior: "fullyAutomated"},
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
