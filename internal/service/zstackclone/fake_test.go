package zstackclone

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// What is in the fake's inventory.
const (
	sourceUUID   = "20debd9bc9594d70b1ec81d7d31b29cc"
	rootUUID     = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	dataUUID     = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	sharedUUID   = "5555555555555555555555555555555d"
	clusterUUID  = "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
	hostUUID     = "d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1"
	storageUUID  = "e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1"
	groupUUID    = "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"
	theirsUUID   = "99999999999999999999999999999999"
	otherAccount = "88888888888888888888888888888888"
	absentUUID   = "00000000000000000000000000000000"
)

// fakeZStack is a small ZStack with knobs for everything that can go wrong. Its calls are methods; StopVM has its way.
type fakeZStack struct {
	*fakezstack.Node

	vms        map[string]*zstack.VirtualMachine
	volumes    map[string]*zstack.Volume
	objects    map[string]zstack.Object
	owners     map[string]zstack.Account // of VMs; others are our account's
	systemTags map[string][]zstack.Tag
	userTags   map[string][]zstack.Tag
	nextID     int

	specs  []zstack.CloneSpec
	direct bool // destroyed VMs and volumes are gone at once
}

func newFake() *fakeZStack {
	f := &fakeZStack{
		Node: fakezstack.NewNode(sourceUUID),
		vms:  map[string]*zstack.VirtualMachine{}, volumes: map[string]*zstack.Volume{}, systemTags: map[string][]zstack.Tag{},
		userTags: map[string][]zstack.Tag{}, owners: map[string]zstack.Account{},
		objects: map[string]zstack.Object{
			clusterUUID: {Type: zstack.TypeCluster, UUID: clusterUUID, State: "Enabled"},
			hostUUID:    {Type: zstack.TypeHost, UUID: hostUUID, State: "Enabled", ClusterUUID: clusterUUID},
			storageUUID: {Type: zstack.TypePrimaryStorage, UUID: storageUUID, State: "Enabled"},
			groupUUID:   {Type: zstack.TypeAffinityGroup, UUID: groupUUID},
		},
	}
	f.vms[sourceUUID] = &zstack.VirtualMachine{
		UUID: sourceUUID, Name: "golden", State: zstack.VMRunning, RootVolumeUUID: rootUUID, ZoneUUID: "zone", ClusterUUID: clusterUUID,
		HostUUID: hostUUID, ImageUUID: "image", CPUCount: 2, MemoryBytes: 1 << 30, CreatedAt: "Nov 14, 2017 10:20:57 PM",
		Volumes: []zstack.Volume{
			{UUID: rootUUID, Type: zstack.VolumeRoot},
			{UUID: dataUUID, Type: zstack.VolumeData, DeviceID: 1, VMInstanceUUID: sourceUUID},
			{UUID: sharedUUID, Type: zstack.VolumeData, DeviceID: 2, Shareable: true},
		},
	}

	return f
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
			r := &served{cloneResource{lifecycle.NewResource[model, zstack.VirtualMachine, wanted](kind)}}
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
type served struct{ cloneResource }

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
	merged := config{"source_vm_uuid": sourceUUID, "name": "web"}
	for _, change := range changes {
		maps.Copy(merged, change)
	}

	return merged
}

// cloned applies the smallest configuration.
func (c core) cloned(t *testing.T, changes ...config) *zstack.VirtualMachine {
	t.Helper()
	c.Apply(t.Context(), basic(changes...)).Clean(t)

	return c.f.vms[c.Get("id")]
}

// changes returns the calls that are no reads, since the last time that it was asked.
func (f *fakeZStack) changes() []string {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	var all []string
	for _, call := range f.Calls {
		switch call {
		case "VirtualMachine", "VirtualMachinesNamed", "VirtualMachinesNear", "Object", "Volume", "Owner", "HotPlug", "AddressFree", "SystemTags", "UserTags", "Cancel":
		default:
			all = append(all, call)
		}
	}
	f.Calls = nil

	return all
}

// change changes the fake under its lock.
func (f *fakeZStack) change(act func()) {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	act()
}

// fault is a failure about the source.
func fault(kind apierr.Kind, code string) *apierr.Error {
	return fakezstack.Fault(kind, code, sourceUUID)
}

// add puts a VM there.
func (f *fakeZStack) add(uuid, name string, state zstack.VMState) *zstack.VirtualMachine {
	f.vms[uuid] = &zstack.VirtualMachine{
		UUID: uuid, Name: name, State: state, RootVolumeUUID: rootUUID, ZoneUUID: "zone", CreatedAt: "Nov 14, 2017 10:20:57 PM",
		NICs: []zstack.NIC{{UUID: "nic", L3NetworkUUID: "net", IP: "10.0.0.9", MAC: "fa:00:00:00:00:01"}}, CPUCount: 2, MemoryBytes: 1 << 30,
	}

	return f.vms[uuid]
}

// named returns the VMs of a name that are not in the recycle bin.
func (f *fakeZStack) named(name string) []string {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	var found []string
	for uuid, vm := range f.vms {
		if vm.Name == name && vm.State != zstack.VMDestroyed {
			found = append(found, uuid)
		}
	}

	return found
}

func (f *fakeZStack) uuid() string {
	f.nextID++

	return fmt.Sprintf("%032x", 0xabc000+f.nextID)
}

// clone makes a VM of a source. The mutex is held.
func (f *fakeZStack) clone(spec zstack.CloneSpec) any {
	source, ok := f.vms[spec.SourceUUID]
	if !ok {
		return fakezstack.Missing("CloneVmInstance", spec.SourceUUID)
	}
	vm := f.add(f.uuid(), spec.Name, zstack.VMRunning)
	vm.ImageUUID, vm.ClusterUUID, vm.HostUUID, vm.Description = source.ImageUUID, source.ClusterUUID, source.HostUUID, source.Description
	switch spec.Strategy {
	case zstack.StrategyCreateStopped:
		vm.State, vm.HostUUID = zstack.VMStopped, ""
	case zstack.StrategyJustCreate:
		vm.State, vm.HostUUID, vm.ClusterUUID = zstack.VMCreated, "", ""
	case zstack.StrategyInstantStart:
	}
	vm.Volumes = []zstack.Volume{{UUID: f.uuid(), Type: zstack.VolumeRoot, VMInstanceUUID: vm.UUID}}
	vm.RootVolumeUUID = vm.Volumes[0].UUID
	for _, uuid := range dataVolumes(source) {
		if spec.Full {
			volume := zstack.Volume{UUID: f.uuid(), Name: "of " + uuid, Type: zstack.VolumeData, DeviceID: 1, VMInstanceUUID: vm.UUID, Status: "Ready"}
			vm.Volumes, f.volumes[volume.UUID] = append(vm.Volumes, volume), &volume
		}
	}
	for _, tag := range append(slices.Clone(spec.SystemTags), "vmConfigTag::theirs") {
		f.systemTags[vm.UUID] = append(f.systemTags[vm.UUID], zstack.Tag{UUID: f.uuid(), Tag: tag, Inherent: tag == "vmConfigTag::theirs"})
	}
	for _, tag := range spec.UserTags {
		f.userTags[vm.UUID] = append(f.userTags[vm.UUID], zstack.Tag{UUID: f.uuid(), Tag: tag})
	}

	told := *vm
	told.NICs = nil // a clone's answer leaves them out

	return told
}

func (f *fakeZStack) Clone(ctx context.Context, spec zstack.CloneSpec) (task.Handle[zstack.VirtualMachine], error) {
	if err := f.Note(ctx, "Clone", ""); err != nil {
		return nil, err
	}
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	f.specs = append(f.specs, spec)

	return fakezstack.Result[zstack.VirtualMachine]{Job: f.Start("Clone", func() any { return f.clone(spec) })}, nil
}

func (f *fakeZStack) CloneJob(uuid, _ string) task.Handle[zstack.VirtualMachine] {
	return fakezstack.Result[zstack.VirtualMachine]{Job: f.Job(uuid)}
}

// texts returns the elements of an attribute that is a list of texts.
func (c core) texts(name string) []string {
	c.T.Helper()
	parts := map[string]tftypes.Value{}
	var elements []tftypes.Value
	if err := c.State.As(&parts); err != nil {
		c.T.Fatal(err)
	}
	if err := parts[name].As(&elements); err != nil {
		c.T.Fatal(err)
	}
	all := make([]string, len(elements))
	for i, element := range elements {
		if err := element.As(&all[i]); err != nil {
			c.T.Fatal(err)
		}
	}

	return all
}
