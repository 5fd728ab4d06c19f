package vspheresnapshot

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
	vmID        = "vm-1"
)

// behaviour says how the tasks of a method go.
type behaviour int

const (
	succeeds         behaviour = iota
	hangs                      // it goes on until it is cancelled
	ignoresCancel              // it goes on whatever is asked
	finishesOnCancel           // it is done when it is asked to cancel
	fails                      // it fails and leaves nothing
	busyInTask                 // it finds the VM busy
	tellsNothing               // it succeeds, but does not say what it made
)

// fakeVSphere is a small vCenter with one VM and knobs for everything that can go wrong. It records every call, so that a
// test can prove that one was not made.
type fakeVSphere struct {
	mutex     sync.Mutex
	vcenter   string
	vm        *vsphere.VirtualMachine // nil: gone
	snapshots []vsphere.Snapshot
	tasks     map[string]*fakeTask
	nextID    int

	calls  []string
	errs   map[string][]error // by method, for the next calls; nil passes
	before map[string]func()  // by method, before each call

	goes       map[string]behaviour // by method, for the next task: succeeds where it says nothing
	forgetful  bool                 // vCenter forgets tasks at once, though not their work
	described  string               // the description of a snapshot that asks for none
	running    []string             // tasks that a search for a lost snapshot finds
	missing    []apierr.MissingPrivilege
	specs      []vsphere.SnapshotSpec
	removed    []string // "snapshot-101 children=false consolidate=true"
	linked     []vsphere.LinkedClone
	concurrent int // tasks on the VM at this moment
	most       int // the most of them at any moment
}

func newFake() *fakeVSphere {
	return &fakeVSphere{
		vcenter: fakeVCenter, tasks: map[string]*fakeTask{}, nextID: 100, errs: map[string][]error{}, before: map[string]func(){},
		goes: map[string]behaviour{}, described: "",
		vm: &vsphere.VirtualMachine{
			ID: vmID, Name: "web", InstanceUUID: "i-1", PowerState: vsphere.PoweredOn, ToolsRunning: true, ConnectionState: "connected",
			FaultToleranceState: "notConfigured",
		},
	}
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
		hook()
	}
	if err == nil && ctx.Err() != nil {
		err = &apierr.Error{Kind: apierr.Cancelled, Op: method, Code: apierr.CodeInterrupted}
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

func gone(op, object string) *apierr.Error {
	return &apierr.Error{Kind: apierr.NotFound, Op: op, Object: object, Code: "ManagedObjectNotFound"}
}

func fault(kind apierr.Kind, code string) *apierr.Error {
	return &apierr.Error{Kind: kind, Code: code, Object: vmID, Messages: []string{"what vCenter says"}}
}

// lostAnswer is a request that may have taken effect.
func lostAnswer() error {
	return &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, AnswerLost: true}
}

func (f *fakeVSphere) About(ctx context.Context) (vsphere.About, error) {
	return vsphere.About{InstanceUUID: f.vcenter}, f.note(ctx, "About")
}

func (f *fakeVSphere) ServerTime(ctx context.Context) (time.Time, error) {
	return time.Now(), f.note(ctx, "ServerTime")
}

func (f *fakeVSphere) UserName(ctx context.Context) (string, error) {
	return "ci", f.note(ctx, "UserName")
}

func (f *fakeVSphere) AcquireTaskSlot(ctx context.Context) (func(), error) {
	return func() {}, f.note(ctx, "AcquireTaskSlot")
}

func (f *fakeVSphere) VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if err := f.note(ctx, "VirtualMachine"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.vm == nil || id != f.vm.ID {
		return nil, gone("RetrievePropertiesEx", id)
	}
	seen := *f.vm

	return &seen, nil
}

func (f *fakeVSphere) MissingPrivileges(ctx context.Context, _ string, _ ...string) ([]apierr.MissingPrivilege, error) {
	return f.missing, f.note(ctx, "MissingPrivileges")
}

func (f *fakeVSphere) VMsWithoutConfig(ctx context.Context) ([]*vsphere.VirtualMachine, error) {
	return nil, f.note(ctx, "VMsWithoutConfig")
}

func (f *fakeVSphere) VMWithInstanceUUID(ctx context.Context, uuid string) (string, error) {
	if err := f.note(ctx, "VMWithInstanceUUID"); err != nil {
		return "", err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.vm == nil || f.vm.InstanceUUID != uuid {
		return "", nil
	}

	return f.vm.ID, nil
}

func (f *fakeVSphere) SnapshotTree(ctx context.Context, id string) (vsphere.SnapshotTree, error) {
	all, err := f.Snapshots(ctx, id)
	if err != nil {
		return vsphere.SnapshotTree{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()

	return vsphere.SnapshotTree{
		VMID: f.vm.ID, VMName: f.vm.Name, InstanceUUID: f.vm.InstanceUUID, ConnectionState: f.vm.ConnectionState, NoConfig: f.vm.NoConfig,
		Snapshots: all,
	}, nil
}

func (f *fakeVSphere) Snapshots(ctx context.Context, id string) ([]vsphere.Snapshot, error) {
	if err := f.note(ctx, "Snapshots"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.vm == nil || id != f.vm.ID {
		return nil, gone("RetrievePropertiesEx", id)
	}

	return slices.Clone(f.snapshots), nil
}

func (f *fakeVSphere) SnapshotsAt(ctx context.Context, id, path string) ([]vsphere.Snapshot, error) {
	all, err := f.Snapshots(ctx, id)

	return slices.DeleteFunc(all, func(s vsphere.Snapshot) bool { return s.Path != path }), err
}

func (f *fakeVSphere) CreateSnapshot(ctx context.Context, spec vsphere.SnapshotSpec) (task.Handle[string], error) {
	err := f.note(ctx, "CreateSnapshot")
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err != nil {
		if apierr.IsAnswerLost(err) && f.goes["CreateSnapshot"] == tellsNothing {
			f.add(spec) // it had its effect
		}

		return nil, err
	}
	f.specs = append(f.specs, spec)

	return f.start("CreateSnapshot", func() string { return f.add(spec) }), nil
}

func (f *fakeVSphere) SnapshotTask(id string) task.Handle[string] {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, ok := f.tasks[id]; ok {
		return known
	}

	return &fakeTask{id: id, fake: f, forgotten: true}
}

func (f *fakeVSphere) FindSnapshot(ctx context.Context, search vsphere.SnapshotSearch) (vsphere.SnapshotFinding, error) {
	if err := f.note(ctx, "FindSnapshot"); err != nil {
		return vsphere.SnapshotFinding{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.vm == nil {
		return vsphere.SnapshotFinding{}, gone("RetrievePropertiesEx", search.VMID)
	}
	finding := vsphere.SnapshotFinding{TaskIDs: f.running}
	f.running = nil
	for _, snapshot := range f.snapshots {
		if snapshot.Name == search.Name && !snapshot.CreatedAt.Before(search.Since) {
			finding.SnapshotID = snapshot.ID
		}
	}

	return finding, nil
}

func (f *fakeVSphere) RenameSnapshot(ctx context.Context, id, name, description string) error {
	if err := f.note(ctx, "RenameSnapshot"); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for i := range f.snapshots {
		if f.snapshots[i].ID == id {
			f.snapshots[i].Name, f.snapshots[i].Description = name, description

			return nil
		}
	}

	return gone("RenameSnapshot", id)
}

func (f *fakeVSphere) RemoveSnapshot(ctx context.Context, id string, children, consolidate bool) (task.Handle[struct{}], error) {
	if err := f.note(ctx, "RemoveSnapshot"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if !slices.ContainsFunc(f.snapshots, func(s vsphere.Snapshot) bool { return s.ID == id }) {
		return nil, gone("RemoveSnapshot_Task", id)
	}
	f.removed = append(f.removed, fmt.Sprintf("%s children=%t consolidate=%t", id, children, consolidate))

	return removal{f.start("RemoveSnapshot", func() string {
		f.snapshots = slices.DeleteFunc(f.snapshots, func(s vsphere.Snapshot) bool { return s.ID == id })

		return ""
	})}, nil
}

// add takes a snapshot. The mutex is held.
func (f *fakeVSphere) add(spec vsphere.SnapshotSpec) string {
	f.nextID++
	taken := vsphere.Snapshot{
		ID: fmt.Sprintf("snapshot-%d", f.nextID), VMID: spec.VMID, Name: spec.Name, Path: spec.Name, Description: spec.Description,
		Current: true, CreatedAt: time.Now(), Quiesced: spec.Quiesce != nil, PowerState: vsphere.PoweredOff,
	}
	if taken.Description == "" {
		taken.Description = f.described
	}
	if spec.Memory {
		taken.PowerState = f.vm.PowerState
	}
	for i := range f.snapshots {
		if f.snapshots[i].Current {
			f.snapshots[i].Current, taken.ParentID = false, f.snapshots[i].ID
			taken.Path, taken.Depth = f.snapshots[i].Path+"/"+taken.Name, f.snapshots[i].Depth+1
		}
	}
	f.snapshots = append(f.snapshots, taken)

	return taken.ID
}
