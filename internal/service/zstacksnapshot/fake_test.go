package zstacksnapshot

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// What is in the fake's inventory.
const (
	vmUUID   = "20debd9bc9594d70b1ec81d7d31b29cc"
	rootUUID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	dataUUID = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// fakeZStack is a small ZStack with one VM and knobs for everything that can go wrong.
type fakeZStack struct {
	*fakezstack.Node

	vm     *zstack.VirtualMachine // nil: gone
	groups []zstack.SnapshotGroup
	nextID int

	stuck     map[string]error // snapshots that can't be deleted
	dissolves bool             // a group that loses its root volume's snapshot is none any more
	specs     []zstack.SnapshotGroupSpec
	scopes    []zstack.DeleteScope // of the deletions
	version   string
	built     map[string]string // VMs by their volumes that are built on snapshots of this one
}

func newFake() *fakeZStack {
	return &fakeZStack{
		Node:  fakezstack.NewNode(rootUUID),
		stuck: map[string]error{}, version: "5.2.1",
		vm: &zstack.VirtualMachine{
			UUID: vmUUID, Name: "golden", State: zstack.VMRunning, RootVolumeUUID: rootUUID,
			Volumes: []zstack.Volume{
				{UUID: rootUUID, Type: zstack.VolumeRoot, SizeBytes: 10}, {UUID: dataUUID, Type: zstack.VolumeData, DeviceID: 1, SizeBytes: 20},
			},
		},
	}
}

// core is the CLI and a ZStack.
type core struct {
	*playedcli.CLI

	f *fakeZStack
}

// serve returns the resource on a client, as a configured provider would. A nil client is a configuration that is not known.
func serve(c client) func() func() resource.Resource {
	return func() func() resource.Resource {
		shared := playedcli.Shared()

		return func() resource.Resource {
			r := &served{snapshotResource{lifecycle.NewResource[model, zstack.SnapshotGroup, evidence](kind)}}
			logger := slog.New(slog.DiscardHandler)
			if c == nil {
				r.Use(nil, shared, logger)
			} else {
				r.Use(&adapter{client: c, shared: shared, logger: logger}, shared, logger)
			}

			return r
		}
	}
}

// served is the resource with a client that no provider gave it.
type served struct{ snapshotResource }

func (r *served) Configure(context.Context, resource.ConfigureRequest, *resource.ConfigureResponse) {}

// inBubble runs a test on a clock of its own, against a fresh fake.
func inBubble(t *testing.T, test func(c core, f *fakeZStack)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		test(core{playedcli.New(t, serve(f)), f}, f)
	})
}

// config is a configuration.
type config = playedcli.Config

// basic is the smallest configuration, with changes.
func basic(changes ...config) config {
	merged := config{"vm_uuid": vmUUID, "name": "before"}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// taken applies the smallest configuration.
func (c core) taken(t *testing.T, changes ...config) {
	t.Helper()
	c.Apply(t.Context(), basic(changes...)).Clean(t)
}

// fault is a failure about the root volume.
func fault(kind apierr.Kind, code string) *apierr.Error {
	return fakezstack.Fault(kind, code, rootUUID)
}

func (f *fakeZStack) VirtualMachine(ctx context.Context, uuid string) (*zstack.VirtualMachine, error) {
	if err := f.Note(ctx, "VirtualMachine", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	if f.vm == nil || uuid != f.vm.UUID {
		return nil, fakezstack.Missing("QueryVmInstance", uuid)
	}
	seen := *f.vm

	return &seen, nil
}

func (f *fakeZStack) SnapshotGroup(ctx context.Context, uuid string) (*zstack.SnapshotGroup, error) {
	if err := f.Note(ctx, "SnapshotGroup", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	for _, group := range f.groups {
		if group.UUID == uuid {
			group.Snapshots = slices.Clone(group.Snapshots)

			return &group, nil
		}
	}

	return nil, fakezstack.Missing("QueryVolumeSnapshotGroup", uuid)
}

func (f *fakeZStack) SnapshotGroupsNamed(ctx context.Context, uuid, name string) ([]zstack.SnapshotGroup, error) {
	if err := f.Note(ctx, "SnapshotGroupsNamed", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()

	return slices.DeleteFunc(slices.Clone(f.groups), func(group zstack.SnapshotGroup) bool {
		return group.VMUUID != uuid || group.Name != name
	}), nil
}

func (f *fakeZStack) CreateSnapshotGroup(ctx context.Context, spec zstack.SnapshotGroupSpec) (task.Handle[zstack.SnapshotGroup], error) {
	if err := f.Note(ctx, "CreateSnapshotGroup", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	f.specs = append(f.specs, spec)

	return fakezstack.Result[zstack.SnapshotGroup]{Job: f.Start("CreateSnapshotGroup", func() any { return f.add(spec) })}, nil
}

func (f *fakeZStack) SnapshotGroupJob(uuid string) task.Handle[zstack.SnapshotGroup] {
	return fakezstack.Result[zstack.SnapshotGroup]{Job: f.Job(uuid)}
}

func (f *fakeZStack) UpdateSnapshotGroup(ctx context.Context, uuid, name, description string) (task.Handle[zstack.SnapshotGroup], error) {
	if err := f.Note(ctx, "UpdateSnapshotGroup", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()

	return fakezstack.Result[zstack.SnapshotGroup]{Job: f.Start("UpdateSnapshotGroup", func() any {
		i := slices.IndexFunc(f.groups, func(group zstack.SnapshotGroup) bool { return group.UUID == uuid })
		if i < 0 {
			return fakezstack.Missing("UpdateVolumeSnapshotGroup", uuid)
		}
		f.groups[i].Name, f.groups[i].Description = name, description

		return f.groups[i]
	})}, nil
}

func (f *fakeZStack) SnapshotTrees(ctx context.Context, volume string) ([]zstack.SnapshotNode, error) {
	if err := f.Note(ctx, "SnapshotTrees", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	var chain []zstack.SnapshotNode // from the newest back
	for _, group := range slices.Backward(f.groups) {
		for _, snapshot := range group.Snapshots {
			if snapshot.VolumeUUID == volume && !snapshot.Deleted {
				chain = []zstack.SnapshotNode{{UUID: snapshot.UUID, VolumeUUID: volume, GroupUUID: group.UUID, Children: chain}}
			}
		}
	}

	return chain, nil
}

func (f *fakeZStack) Volume(ctx context.Context, uuid string) (*zstack.Volume, error) {
	if err := f.Note(ctx, "Volume", ""); err != nil {
		return nil, err
	}
	if vm, built := f.built[uuid]; built {
		return &zstack.Volume{UUID: uuid, VMInstanceUUID: vm}, nil
	}

	return nil, fakezstack.Missing("QueryVolume", uuid)
}

func (f *fakeZStack) Version(ctx context.Context) (string, error) {
	return f.version, f.Note(ctx, "Version", "")
}

func (f *fakeZStack) DeleteSnapshotGroup(
	ctx context.Context, uuid string, scope zstack.DeleteScope,
) (task.Handle[[]zstack.SnapshotResult], error) {
	if err := f.Note(ctx, "DeleteSnapshotGroup", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()

	f.scopes = append(f.scopes, scope)

	return fakezstack.Result[[]zstack.SnapshotResult]{Job: f.Start("DeleteSnapshotGroup", func() any { return f.remove(uuid) })}, nil
}

// add takes a group. The mutex is held.
func (f *fakeZStack) add(spec zstack.SnapshotGroupSpec) zstack.SnapshotGroup {
	group := zstack.SnapshotGroup{
		UUID: spec.ResourceUUID, Name: spec.Name, Description: spec.Description, VMUUID: vmUUID, CreatedAt: "Nov 14, 2017 10:20:57 PM",
	}
	volumes := f.vm.Volumes
	if spec.WithMemory {
		volumes = append(slices.Clone(volumes), zstack.Volume{UUID: "memory", Type: memoryVolume, DeviceID: 2})
	}
	for _, volume := range volumes {
		f.nextID++
		group.Snapshots = append(group.Snapshots, zstack.VolumeSnapshot{
			UUID: fmt.Sprintf("%032d", f.nextID), VolumeUUID: volume.UUID, VolumeType: volume.Type, DeviceID: volume.DeviceID,
			SizeBytes: volume.SizeBytes, PrimaryStorageUUID: "storage",
		})
	}
	group.SnapshotCount = int64(len(group.Snapshots))
	f.groups = append(f.groups, group)
	told := group
	told.Snapshots = nil // a job does not tell them

	return told
}

// remove deletes a group as far as it can. The mutex is held.
func (f *fakeZStack) remove(uuid string) any {
	i := slices.IndexFunc(f.groups, func(group zstack.SnapshotGroup) bool { return group.UUID == uuid })
	if i < 0 {
		return fakezstack.Missing("DeleteVolumeSnapshotGroup", uuid)
	}
	var results []zstack.SnapshotResult
	left, dissolved := false, false
	for n, snapshot := range f.groups[i].Snapshots {
		if snapshot.Deleted {
			continue
		}
		if err := f.stuck[snapshot.UUID]; err != nil {
			results, left = append(results, zstack.SnapshotResult{SnapshotUUID: snapshot.UUID, Err: err}), true

			continue
		}
		f.groups[i].Snapshots[n].Deleted = true
		dissolved = dissolved || f.dissolves && snapshot.VolumeType == zstack.VolumeRoot
		results = append(results, zstack.SnapshotResult{SnapshotUUID: snapshot.UUID, Success: true})
	}
	if !left || dissolved {
		f.groups = slices.Delete(f.groups, i, i+1)
	}

	return results
}
