package vcenter_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestBlackBoxSnapshotTree(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	before := time.Now().Add(-time.Second)
	root := b.mustCreate(types.CreateSnapshotEx_Task{Name: "root", Description: "the first"})
	child := b.mustCreate(types.CreateSnapshotEx_Task{Name: "child"})
	if err := b.revert(types.RevertToSnapshot_Task{This: root}); err != nil {
		t.Fatal(err)
	}
	sibling := b.mustCreate(types.CreateSnapshotEx_Task{Name: "child"})
	read := b.read()
	tree := read.Snapshot.RootSnapshotList
	if len(tree) != 1 || len(tree[0].ChildSnapshotList) != 2 || tree[0].ChildSnapshotList[0].Snapshot != child ||
		tree[0].ChildSnapshotList[1].Snapshot != sibling || *read.Snapshot.CurrentSnapshot != sibling {
		t.Errorf("the tree is %+v", read.Snapshot)
	}
	if len(read.RootSnapshot) != 1 || read.RootSnapshot[0] != root {
		t.Errorf("rootSnapshot: %v", read.RootSnapshot)
	}
	ids := []int32{tree[0].Id, b.node(child).Id, b.node(sibling).Id}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 3 {
		t.Errorf("ids %v", ids)
	}
	node := b.node(root)
	if node.Description != "the first" || node.Vm != b.vm.Reference() || node.CreateTime.Before(before) || node.State != "poweredOff" {
		t.Errorf("the root is %+v", node)
	}
	if description := b.node(child).Description; description == "" {
		t.Error("no default description")
	}
	var object mo.VirtualMachineSnapshot
	if err := b.vm.Properties(t.Context(), root, []string{"childSnapshot", "vm"}, &object); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(object.ChildSnapshot, []types.ManagedObjectReference{child, sibling}) || object.Vm != b.vm.Reference() {
		t.Errorf("the root object says %+v", object)
	}
}

func TestBlackBoxSnapshotState(t *testing.T) {
	t.Parallel()
	quiesce := &types.VirtualMachineGuestQuiesceSpec{}
	no := vcenter.Change{}
	for name, test := range map[string]struct {
		power    string
		change   vcenter.Change
		request  types.CreateSnapshotEx_Task
		state    types.VirtualMachinePowerState
		quiesced bool
	}{
		"disk only":            {"poweredOn", no, types.CreateSnapshotEx_Task{}, "poweredOff", false},
		"memory":               {"poweredOn", no, types.CreateSnapshotEx_Task{Memory: true}, "poweredOn", false},
		"quiesced":             {"poweredOn", no, types.CreateSnapshotEx_Task{QuiesceSpec: quiesce}, "poweredOff", true},
		"off with memory":      {"poweredOff", no, types.CreateSnapshotEx_Task{Memory: true}, "poweredOff", false},
		"off, quiesce ignored": {"poweredOff", no, types.CreateSnapshotEx_Task{QuiesceSpec: quiesce}, "poweredOff", false},
		"off, Windows specification ignored": {
			"poweredOff", no, types.CreateSnapshotEx_Task{QuiesceSpec: &types.VirtualMachineWindowsQuiesceSpec{}}, "poweredOff", false,
		},
		"no Tools, quiesce ignored": {
			"poweredOn", vcenter.Change{ToolsRunning: new(false)}, types.CreateSnapshotEx_Task{QuiesceSpec: quiesce}, "poweredOff", false,
		},
		"Windows": {
			"poweredOn",
			vcenter.Change{GuestID: new("windows9Server64Guest")},
			types.CreateSnapshotEx_Task{QuiesceSpec: &types.VirtualMachineWindowsQuiesceSpec{VssBackupType: 1, VssBackupContext: "ctx_auto"}},
			"poweredOff", true,
		},
		"suspended": {"suspended", no, types.CreateSnapshotEx_Task{}, "suspended", false},
		"suspended, disk only": {
			"suspended",
			vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{DiskOnlySuspended: new(true)}},
			types.CreateSnapshotEx_Task{},
			"poweredOff", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSnapshotBench(t)
			setPower(t, b.server, golden, test.power)
			b.change(test.change)
			test.request.Name = "taken"
			node := b.node(b.mustCreate(test.request))
			if node.State != test.state || node.Quiesced != test.quiesced {
				t.Errorf("state %s, quiesced %v; want %s, %v", node.State, node.Quiesced, test.state, test.quiesced)
			}
		})
	}
}

func TestBlackBoxSnapshotOldMethod(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	started, err := b.vm.CreateSnapshot(t.Context(), "old", "way", true, true)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	node := b.node(reference("VirtualMachineSnapshot", b.current()))
	if node.State != "poweredOn" || !node.Quiesced || node.Description != "way" {
		t.Errorf("%+v", node)
	}
}

func TestBlackBoxSnapshotDisks(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	base := chain(b.read().Config.Hardware.Device)
	first := b.mustCreate(types.CreateSnapshotEx_Task{Name: "first"})
	second := b.mustCreate(types.CreateSnapshotEx_Task{Name: "second"})
	files := chain(b.read().Config.Hardware.Device)
	if len(files) != 3 || files[2] != base[0] || !strings.HasSuffix(files[1], "-000001.vmdk") || !strings.HasSuffix(files[0], "-000002.vmdk") {
		t.Fatalf("the chain is %v, it was %v", files, base)
	}
	config := func(taken types.ManagedObjectReference) []string {
		var snapshot mo.VirtualMachineSnapshot
		if err := b.vm.Properties(t.Context(), taken, []string{"config"}, &snapshot); err != nil {
			t.Fatal(err)
		}

		return chain(snapshot.Config.Hardware.Device)
	}
	if got := config(second); !slices.Equal(got, files[1:]) {
		t.Errorf("the second snapshot holds %v, want %v", got, files[1:])
	}
	if len(b.read().LayoutEx.Snapshot) != 2 {
		t.Errorf("layoutEx.snapshot: %+v", b.read().LayoutEx.Snapshot)
	}
	// Without consolidation the files stay, with it they become one.
	started, err := methods.RemoveSnapshot_Task(t.Context(), b.client, &types.RemoveSnapshot_Task{This: first, Consolidate: new(false)})
	if err != nil {
		t.Fatal(err)
	}
	if err := object.NewTask(b.client.Client, started.Returnval).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if read := b.read(); !slices.Equal(chain(read.Config.Hardware.Device), files) || !read.Runtime.ConsolidationNeeded {
		t.Errorf("not consolidated: %v", chain(read.Config.Hardware.Device))
	}
	if err := removeSnapshot(t.Context(), b.client, second, false); err != nil {
		t.Fatal(err)
	}
	if read := b.read(); !slices.Equal(chain(read.Config.Hardware.Device), base) || read.Runtime.ConsolidationNeeded || read.Snapshot != nil ||
		len(read.RootSnapshot) != 0 || len(read.LayoutEx.Snapshot) != 0 {
		t.Errorf("after the last removal: %v, %+v", chain(read.Config.Hardware.Device), read.Snapshot)
	}
}

func TestBlackBoxSnapshotRename(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	parent := b.mustCreate(types.CreateSnapshotEx_Task{Name: "parent", Description: "one"})
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "old", Description: "two"})
	rename := func(name, description string) {
		t.Helper()
		if _, err := methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{
			This: taken, Name: name, Description: description,
		}); err != nil {
			t.Fatal(err)
		}
	}
	rename("new%2fname", "")
	if node := b.node(taken); node.Name != "new%2fname" || node.Description != "two" {
		t.Errorf("%+v", node)
	}
	rename("", "other")
	if node := b.node(taken); node.Name != "new%2fname" || node.Description != "other" {
		t.Errorf("%+v", node)
	}
	if node := b.node(parent); node.Name != "parent" || node.Description != "one" || b.current() != taken.Value {
		t.Errorf("the parent changed: %+v", node)
	}
	_, err := methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{This: reference("VirtualMachineSnapshot", "snapshot-99999"), Name: "x"})
	wantFault(t, err, "ManagedObjectNotFound")
}

func TestBlackBoxSnapshotRemove(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	var taken []types.ManagedObjectReference
	for i := range 4 {
		taken = append(taken, b.mustCreate(types.CreateSnapshotEx_Task{Name: fmt.Sprint("s", i)}))
	}
	// One in the middle: its child moves up.
	if err := removeSnapshot(t.Context(), b.client, taken[1], false); err != nil {
		t.Fatal(err)
	}
	if got := snapshotNames(t, b.vm); !slices.Equal(got, []string{"s0", "s2", "s3"}) || b.current() != taken[3].Value {
		t.Errorf("after the middle: %v, current %s", got, b.current())
	}
	// The current one: its parent is current.
	if err := removeSnapshot(t.Context(), b.client, taken[3], false); err != nil {
		t.Fatal(err)
	}
	if b.current() != taken[2].Value {
		t.Errorf("current %s, want %s", b.current(), taken[2].Value)
	}
	// With its children, the current one among them.
	if err := removeSnapshot(t.Context(), b.client, taken[0], true); err != nil {
		t.Fatal(err)
	}
	if read := b.read(); read.Snapshot != nil || len(read.RootSnapshot) != 0 || len(chain(read.Config.Hardware.Device)) != 1 {
		t.Errorf("something is left: %+v", read.Snapshot)
	}
	wantFault(t, removeSnapshot(t.Context(), b.client, taken[2], false), "ManagedObjectNotFound")
}

func TestBlackBoxSnapshotRemoveAll(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	base := chain(b.read().Config.Hardware.Device)
	root := b.mustCreate(types.CreateSnapshotEx_Task{Name: "a"})
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "b"})
	if err := b.revert(types.RevertToSnapshot_Task{This: root}); err != nil {
		t.Fatal(err)
	}
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "c", Memory: true})
	removeAll := func(spec *types.SnapshotSelectionSpec) {
		t.Helper()
		started, err := methods.RemoveAllSnapshots_Task(t.Context(), b.client, &types.RemoveAllSnapshots_Task{This: b.vm.Reference(), Spec: spec})
		if err != nil {
			t.Fatal(err)
		}
		if err := object.NewTask(b.client.Client, started.Returnval).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	removeAll(&types.SnapshotSelectionSpec{RetentionDays: 1})
	if b.read().Snapshot == nil {
		t.Error("snapshots of today are gone")
	}
	removeAll(nil)
	if read := b.read(); read.Snapshot != nil || !slices.Equal(chain(read.Config.Hardware.Device), base) {
		t.Errorf("left: %+v, %v", read.Snapshot, chain(read.Config.Hardware.Device))
	}
	removeAll(nil)
}

func TestBlackBoxSnapshotRevert(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	off := b.mustCreate(types.CreateSnapshotEx_Task{Name: "off"})
	running := b.mustCreate(types.CreateSnapshotEx_Task{Name: "running", Memory: true})
	setPower(t, b.server, golden, "suspended")
	asleep := b.mustCreate(types.CreateSnapshotEx_Task{Name: "asleep"})
	before := b.read()
	reconfigured, err := b.vm.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{
		Annotation: "changed", ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.late", Value: "yes"}},
	})
	if err := finish(t, reconfigured, err); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		to       types.ManagedObjectReference
		suppress bool
		want     string
	}{
		{off, false, "poweredOff"},
		{running, false, "poweredOn"},
		{off, false, "poweredOff"},
		{running, true, "poweredOff"},
		{asleep, false, "suspended"},
		{running, false, "poweredOn"},
		{running, true, "poweredOff"},
	} {
		if err := b.revert(types.RevertToSnapshot_Task{This: step.to, SuppressPowerOn: &step.suppress}); err != nil {
			t.Fatalf("%+v: %v", step, err)
		}
		if got := mustVM(t, b.server, golden).PowerState; got != step.want || b.current() != step.to.Value {
			t.Errorf("%+v: %s, current %s", step, got, b.current())
		}
	}
	after := b.read()
	if after.Config.Annotation != before.Config.Annotation ||
		after.Config.InstanceUuid != before.Config.InstanceUuid || len(after.Config.ExtraConfig) != len(before.Config.ExtraConfig) {
		t.Errorf("the configuration did not come back: %+v", after.Config)
	}
	started, err := b.vm.RevertToCurrentSnapshot(t.Context(), false)
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
	if got := mustVM(t, b.server, golden).PowerState; got != "poweredOn" {
		t.Errorf("after RevertToCurrentSnapshot_Task: %s", got)
	}
	other := virtualMachine(t, b.server, b.client, "DC0_C0_RP0_VM1")
	_, err = other.RevertToCurrentSnapshot(t.Context(), false)
	wantFault(t, err, "NotFound")
}

func TestBlackBoxSnapshotRevertToHost(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "running", Memory: true})
	setPower(t, b.server, golden, "poweredOff")
	far := reference("HostSystem", mustID(t, b.server, "/DC0/host/DC0_C1/DC0_C1_H0"))
	wantFault(t, b.revert(types.RevertToSnapshot_Task{This: taken, Host: &far}), "InvalidArgument")
	near := reference("HostSystem", mustID(t, b.server, "/DC0/host/DC0_C0/DC0_C0_H2"))
	if err := b.revert(types.RevertToSnapshot_Task{This: taken, Host: &near}); err != nil {
		t.Fatal(err)
	}
	if vm := mustVM(t, b.server, golden); vm.HostID != near.Value || vm.PowerState != "poweredOn" {
		t.Errorf("%+v", vm)
	}
	b.change(vcenter.Change{SnapshotCapabilities: &vcenter.SnapshotCapabilities{Revert: new(false)}})
	wantExplained(t, b.revert(types.RevertToSnapshot_Task{This: taken}), "NotSupported")
}

func TestBlackBoxSnapshotUpdates(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	updates, stop := b.watch("snapshot")
	defer stop()
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "watched"})
	info, _ := (<-updates).(types.VirtualMachineSnapshotInfo)
	if info.CurrentSnapshot == nil || *info.CurrentSnapshot != taken {
		t.Errorf("the collector says %+v", info)
	}
	if _, err := methods.RenameSnapshot(t.Context(), b.client, &types.RenameSnapshot{This: taken, Name: "renamed"}); err != nil {
		t.Fatal(err)
	}
	info, _ = (<-updates).(types.VirtualMachineSnapshotInfo)
	if len(info.RootSnapshotList) != 1 || info.RootSnapshotList[0].Name != "renamed" {
		t.Errorf("the collector says %+v", info)
	}
	if err := removeSnapshot(t.Context(), b.client, taken, false); err != nil {
		t.Fatal(err)
	}
	if gone := <-updates; gone != nil {
		t.Errorf("the collector says %+v", gone)
	}
}

func TestBlackBoxSnapshotCancelled(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.server.HoldTasks("CreateSnapshot_Task")
	started, err := b.vm.CreateSnapshot(t.Context(), "never", "", false, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := started.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFault(t, started.Wait(t.Context()), "RequestCanceled")
	if read := b.read(); read.Snapshot != nil || len(chain(read.Config.Hardware.Device)) != 1 {
		t.Errorf("left: %+v", read.Snapshot)
	}
}

func TestBlackBoxSnapshotsOfManyVMs(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 50})
	client := loginSOAP(t, server)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			vm := virtualMachine(t, server, client, fmt.Sprintf("DC0_C0_RP0_VM%d", i))
			started, err := vm.CreateSnapshot(t.Context(), "many", "", i%2 == 0, false)
			if err := finish(t, started, err); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// Files of a VM with snapshots move with it, and go with it.
func TestBlackBoxSnapshotRelocated(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	first := b.mustCreate(types.CreateSnapshotEx_Task{Name: "first"})
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "second"})
	to := types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1")))}
	if err := relocate(t, b.server, to); err != nil {
		t.Fatal(err)
	}
	for _, file := range chain(b.read().Config.Hardware.Device) {
		if !strings.HasPrefix(file, "[LocalDS_1]") {
			t.Errorf("%s stayed", file)
		}
	}
	if err := removeSnapshot(t.Context(), b.client, first, true); err != nil {
		t.Fatal(err)
	}
	if got := chain(b.read().Config.Hardware.Device); len(got) != 1 || got[0] != "[LocalDS_1] DC0_C0_RP0_VM0/DC0_C0_RP0_VM0.vmdk" {
		t.Errorf("the chain is %v", got)
	}
	b.mustCreate(types.CreateSnapshotEx_Task{Name: "third"})
	if err := b.server.DestroyVM(b.vm.Reference().Value); err != nil {
		t.Fatal(err)
	}
	wantAlive(t, b.client)
}
