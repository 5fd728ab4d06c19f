package vsphereftsecondary

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Ids in the fake's inventory.
const (
	fakeVCenter = "11111111-2222-3333-4444-555555555555"
	primaryID   = "vm-1"
)

// behaviour says how the task that makes a secondary goes.
type behaviour int

const (
	succeeds         behaviour = iota
	hangs                      // it goes on until it is cancelled
	ignoresCancel              // it goes on whatever is asked
	finishesOnCancel           // it is done when it is asked to cancel
	failsOnCancel              // it fails by itself then
	fails                      // it fails and leaves nothing
	failsLate                  // it fails after the secondary came to be
)

// fakeVSphere is a small vCenter with knobs for everything that can go wrong. It records every call, so that a test can
// prove that one was not made.
type fakeVSphere struct {
	mutex   sync.Mutex
	version string
	vms     map[string]*vsphere.VirtualMachine
	objects map[string]vsphere.Object
	pairs   map[string]*vsphere.FaultTolerance // by primary
	tasks   map[string]*secondaryTask
	nextID  int

	calls  []string
	specs  []vsphere.SecondarySpec
	errs   map[string][]error                                         // by method, for the next calls; nil passes
	before map[string]func(ctx context.Context, f *fakeVSphere) error // by method, instead of errs

	goes      behaviour
	outcome   vsphere.SecondaryResult // how powering on goes
	starting  bool                    // a pair that is powered on starts, and does not run before protect
	findings  []vsphere.CheckFinding
	missing   []apierr.MissingPrivilege
	foreign   bool // another client made the pair
	forgetful bool // tasks are forgotten at once, though not their work
}

func newFake() *fakeVSphere {
	f := &fakeVSphere{
		version: "8.0.3.0", vms: map[string]*vsphere.VirtualMachine{}, objects: map[string]vsphere.Object{},
		pairs: map[string]*vsphere.FaultTolerance{}, tasks: map[string]*secondaryTask{}, nextID: 100,
		errs: map[string][]error{}, before: map[string]func(context.Context, *fakeVSphere) error{},
		outcome: vsphere.SecondaryResult{PowerOnAttempted: true},
	}
	f.vms[primaryID] = &vsphere.VirtualMachine{
		ID: primaryID, Name: "db", PowerState: vsphere.PoweredOn, ConnectionState: "connected",
		Placement: vsphere.Placement{HostID: "host-1", DatastoreID: "datastore-1", ClusterID: "domain-c1"},
		Disks:     map[string]vsphere.Disk{"2000": {Label: "Hard disk 1", DatastoreID: "datastore-1"}},
	}
	for _, object := range []vsphere.Object{
		{Type: vsphere.TypeHost, ID: "host-1", ClusterID: "domain-c1"},
		{Type: vsphere.TypeHost, ID: "host-2", ClusterID: "domain-c1"},
		{Type: vsphere.TypeHost, ID: "host-3", ClusterID: "domain-c2"},
		{Type: vsphere.TypeHost, ID: "host-4", ClusterID: "domain-c1", Maintenance: true},
		{Type: vsphere.TypeCluster, ID: "domain-c1", Name: "prod", HighAvailability: true},
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

	return len(slices.DeleteFunc(slices.Clone(f.calls), func(call string) bool { return call != method }))
}

// pair returns the pair of the primary; nil where it has none.
func (f *fakeVSphere) pair() *vsphere.FaultTolerance {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, pair := range f.pairs {
		return pair
	}

	return nil
}

// is fails the test unless the only pair, if any, is the one given by its members and state.
func (f *fakeVSphere) is(t *testing.T, primary string, state vsphere.FaultToleranceState) {
	t.Helper()
	pair := f.pair()
	if pair == nil || pair.PrimaryID != primary || pair.State != state {
		t.Fatalf("vCenter has the pair %+v, want one of %s that is %s", pair, primary, state)
	}
}

func gone(id string) error {
	return &apierr.Error{Kind: apierr.NotFound, Op: "RetrievePropertiesEx", Object: id, Code: "ManagedObjectNotFound"}
}

func (f *fakeVSphere) About(ctx context.Context) (vsphere.About, error) {
	return vsphere.About{InstanceUUID: fakeVCenter, APIVersion: f.version}, f.note(ctx, "About")
}

func (f *fakeVSphere) VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if err := f.note(ctx, "VirtualMachine"); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	if !ok {
		return nil, gone(id)
	}
	seen := *vm
	for _, pair := range f.pairs {
		switch id {
		case pair.PrimaryID:
			seen.FaultToleranceRole = vsphere.RolePrimary
		case pair.SecondaryID:
			seen.FaultToleranceRole = vsphere.RoleSecondary
		}
	}

	return &seen, nil
}

func (f *fakeVSphere) Object(ctx context.Context, kind vsphere.ObjectType, id string) (vsphere.Object, error) {
	if err := f.note(ctx, "Object"); err != nil {
		return vsphere.Object{}, err
	}
	object, ok := f.objects[id]
	if !ok || object.Type != kind {
		return vsphere.Object{}, gone(id)
	}

	return object, nil
}

func (f *fakeVSphere) FindObjects(ctx context.Context, _ vsphere.ObjectType, path string) ([]vsphere.Object, error) {
	if err := f.note(ctx, "FindObjects"); err != nil {
		return nil, err
	}
	var found []vsphere.Object
	for _, vm := range f.vms {
		if "/DC/vm/"+vm.Name == path {
			found = append(found, vsphere.Object{Type: vsphere.TypeVirtualMachine, ID: vm.ID, Name: vm.Name, Path: path})
		}
	}

	return found, nil
}

// Near knows nothing that a path may mean.
func (f *fakeVSphere) Near(ctx context.Context, _ vsphere.ObjectType, _ string) (vsphere.Nearby, error) {
	return vsphere.Nearby{}, f.note(ctx, "Near")
}

// uuidOf is the instance UUID of a VM, which no test but those of identity changes.
func (f *fakeVSphere) uuidOf(id string) string {
	if known, ok := f.vms[id]; ok && known.InstanceUUID != "" {
		return known.InstanceUUID
	}

	return "i-" + id
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
	for id := range f.vms {
		if f.uuidOf(id) == uuid {
			return id, nil
		}
	}

	return "", nil
}

func (f *fakeVSphere) FaultToleranceWith(ctx context.Context, vmID, _ string) (vsphere.FaultTolerance, error) {
	return f.FaultTolerance(ctx, vmID)
}

func (f *fakeVSphere) FaultTolerance(ctx context.Context, vmID string) (vsphere.FaultTolerance, error) {
	if err := f.note(ctx, "FaultTolerance"); err != nil {
		return vsphere.FaultTolerance{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, ok := f.vms[vmID]; !ok {
		return vsphere.FaultTolerance{}, gone(vmID)
	}
	for _, pair := range f.pairs {
		if vmID != pair.PrimaryID && vmID != pair.SecondaryID {
			continue
		}
		seen := *pair
		seen.VMID, seen.Role = vmID, vsphere.RolePrimary
		seen.InstanceUUID, seen.PrimaryInstanceUUID = f.uuidOf(vmID), f.uuidOf(pair.PrimaryID)
		if pair.SecondaryID != "" {
			seen.SecondaryInstanceUUID = f.uuidOf(pair.SecondaryID)
		}
		if vmID == pair.SecondaryID {
			seen.Role = vsphere.RoleSecondary
		}

		return seen, nil
	}

	return vsphere.FaultTolerance{VMID: vmID, InstanceUUID: f.uuidOf(vmID), State: vsphere.FaultToleranceNotConfigured}, nil
}

func (f *fakeVSphere) CheckFaultTolerance(ctx context.Context, _ string) ([]vsphere.CheckFinding, error) {
	return f.findings, f.note(ctx, "CheckFaultTolerance")
}

func (f *fakeVSphere) MissingPrivileges(ctx context.Context, _ string, _ ...string) ([]apierr.MissingPrivilege, error) {
	return f.missing, f.note(ctx, "MissingPrivileges")
}

func (f *fakeVSphere) MissingClusterPrivileges(ctx context.Context, _ string, _ ...string) ([]apierr.MissingPrivilege, error) {
	return nil, f.note(ctx, "MissingClusterPrivileges")
}

func (f *fakeVSphere) AcquireTaskSlot(ctx context.Context) (func(), error) {
	return func() { _ = f.note(context.WithoutCancel(ctx), "release") }, f.note(ctx, "AcquireTaskSlot")
}

func (f *fakeVSphere) CreateSecondary(
	ctx context.Context, spec vsphere.SecondarySpec,
) (task.Handle[vsphere.SecondaryResult], error) {
	err := f.note(ctx, "CreateSecondary")
	if err != nil && !apierr.IsAnswerLost(err) {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.specs = append(f.specs, spec)
	f.nextID++
	started := &secondaryTask{id: fmt.Sprintf("task-%d", f.nextID), fake: f, spec: spec, goes: f.goes, end: make(chan struct{})}
	f.tasks[started.id] = started
	if slices.Contains([]behaviour{succeeds, fails, failsLate}, f.goes) {
		started.finish()
	}
	if err != nil {
		return nil, err
	}

	return started, nil
}

func (f *fakeVSphere) SecondaryTask(id string) task.Handle[vsphere.SecondaryResult] {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if known, ok := f.tasks[id]; ok && !f.forgetful {
		known.news = false // a new handle is told first how the task stands

		return known
	}

	return forgottenTask{id}
}

func (f *fakeVSphere) SecondaryOrigin(ctx context.Context, _, _ string) (vsphere.Origin, error) {
	return vsphere.Origin{User: "CORP\\backup"}, f.note(ctx, "SecondaryOrigin")
}

func (f *fakeVSphere) ServerTime(ctx context.Context) (time.Time, error) {
	return time.Now(), f.note(ctx, "ServerTime")
}

func (f *fakeVSphere) UserName(ctx context.Context) (string, error) {
	return "VSPHERE.LOCAL\\ci", f.note(ctx, "UserName")
}

func (f *fakeVSphere) FindSecondary(ctx context.Context, search vsphere.SecondarySearch) (vsphere.SecondaryFinding, error) {
	if err := f.note(ctx, "FindSecondary"); err != nil {
		return vsphere.SecondaryFinding{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, ok := f.vms[search.PrimaryID]; !ok {
		return vsphere.SecondaryFinding{}, gone(search.PrimaryID)
	}
	var finding vsphere.SecondaryFinding
	switch pair, ok := f.pairs[search.PrimaryID]; {
	case !ok || f.foreign:
	case search.TaskID == "":
		finding.Candidate = &vsphere.Candidate{ID: pair.SecondaryID}
	default:
		finding.SecondaryID = pair.SecondaryID
	}
	for id, known := range f.tasks {
		if !known.update.State.Done() {
			finding.TaskIDs = append(finding.TaskIDs, id)
		}
	}

	return finding, nil
}
