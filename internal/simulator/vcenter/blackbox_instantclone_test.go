package vcenter_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// instantClone runs InstantClone_Task on the bench's VM.
func (b *snapshotBench) instantClone(spec types.VirtualMachineInstantCloneSpec) error {
	b.t.Helper()
	started, err := b.vm.InstantClone(b.t.Context(), spec)

	return finish(b.t, started, err)
}

func (b *snapshotBench) devices(name string) object.VirtualDeviceList {
	b.t.Helper()
	devices, err := virtualMachine(b.t, b.server, b.client, name).Device(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}

	return devices
}

func card(t *testing.T, devices object.VirtualDeviceList) *types.VirtualEthernetCard {
	t.Helper()
	for _, device := range devices {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			return card.GetVirtualEthernetCard()
		}
	}
	t.Fatal("no network interface")

	return nil
}

func edit(device types.BaseVirtualDevice) []types.BaseVirtualDeviceConfigSpec {
	return []types.BaseVirtualDeviceConfigSpec{&types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: device,
	}}
}

func networkCard(key int32, network string) *types.VirtualVmxnet3 {
	edited := &types.VirtualVmxnet3{}
	edited.Key = key
	edited.Backing = &types.VirtualEthernetCardNetworkBackingInfo{
		VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: network},
	}

	return edited
}

func TestBlackBoxInstantClone(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{InstantCloneFrozen: new(true)})
	const uuid = "12345678-abcd-1234-cdef-123456789abc"
	source := mustVM(t, b.server, golden)
	folder, pool := newFolder(t, b.server, "clones"), newPool(t, b.server, "/DC0/host/DC0_C0", "clones")
	datastore := mustID(t, b.server, "/DC0/datastore/LocalDS_1")
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{
		Name: "fork%2f1", BiosUuid: uuid,
		Location: types.VirtualMachineRelocateSpec{
			Folder: new(reference("Folder", folder)), Pool: new(reference("ResourcePool", pool)),
			Datastore: new(reference("Datastore", datastore)),
		},
		Config: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.name", Value: "fork"}},
	}); err != nil {
		t.Fatal(err)
	}
	clone := mustVM(t, b.server, "fork/1")
	if clone.PowerState != "poweredOn" || clone.HostID != source.HostID || clone.FolderID != folder || clone.ResourcePoolID != pool ||
		clone.DatastoreID != datastore || clone.BIOSUUID != uuid || clone.InstanceUUID == source.InstanceUUID ||
		clone.ExtraConfig["guestinfo.name"] != "fork" || clone.InstantCloneFrozen {
		t.Errorf("the clone is %+v", clone)
	}
	if !mustVM(t, b.server, golden).InstantCloneFrozen {
		t.Error("the source is frozen no more")
	}
	disk := clone.Disks["2000"]
	if disk.ParentFile != source.Disks["2000"].File || disk.DatastoreID != datastore || disk.CapacityBytes != source.Disks["2000"].CapacityBytes {
		t.Errorf("the disk is %+v, the source's %+v", disk, source.Disks["2000"])
	}
	before, after := card(t, b.devices(golden)), card(t, b.devices("fork/1"))
	if after.MacAddress != before.MacAddress || after.Key != before.Key || !after.Connectable.Connected {
		t.Errorf("the network interface is %+v, the source's %+v", after, before)
	}
	eventually(t, "the guest has an address", func() bool { return len(mustVM(t, b.server, "fork/1").GuestIPAddresses) > 0 })
}

func TestBlackBoxInstantCloneDefaults(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	// The default folder is the datacenter's, wherever the source lies.
	into := newFolder(t, b.server, "deep")
	b.change(vcenter.Change{FolderID: &into})
	free := b.free("LocalDS_0")
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "fork"}); err != nil {
		t.Fatal(err)
	}
	source, clone := mustVM(t, b.server, golden), mustVM(t, b.server, "fork")
	if clone.Path != "/DC0/vm/fork" || clone.ResourcePoolID != source.ResourcePoolID || clone.DatastoreID != source.DatastoreID ||
		clone.BIOSUUID == source.BIOSUUID || clone.BIOSUUID == "" {
		t.Errorf("the clone is %+v", clone)
	}
	if now := b.free("LocalDS_0"); now != free {
		t.Errorf("a clone that shares its disk took %d bytes", free-now)
	}
	if err := b.server.DestroyVM(clone.ID); err != nil {
		t.Fatal(err)
	}
	if now := b.free("LocalDS_0"); now != free {
		t.Errorf("the destroyed clone gave back %d bytes that it never had", now-free)
	}
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "again"}); err != nil {
		t.Errorf("the source's disk is gone with its clone: %v", err)
	}
	// A full clone takes its space, and gives it back.
	full := loginREST(t, b.server).cloneNow(t, b.server, spec{"source": source.ID, "name": "full"})
	if now := b.free("LocalDS_0"); now != free-10<<30 {
		t.Errorf("a full clone took %d bytes", free-now)
	}
	if err := b.server.DestroyVM(full.ID); err != nil {
		t.Fatal(err)
	}
	if now := b.free("LocalDS_0"); now != free {
		t.Errorf("the destroyed full clone left %d bytes of difference", now-free)
	}
}

func (b *snapshotBench) free(datastore string) int64 {
	b.t.Helper()
	var read mo.Datastore
	ref := reference("Datastore", mustID(b.t, b.server, "/DC0/datastore/"+datastore))
	if err := b.vm.Properties(b.t.Context(), ref, []string{"summary"}, &read); err != nil {
		b.t.Fatal(err)
	}

	return read.Summary.FreeSpace
}

func TestBlackBoxInstantCloneDevices(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{AttachDevice: new("file-serial-port")})
	b.change(vcenter.Change{AttachDevice: new("file-parallel-port")})
	source := b.devices(golden)
	serial := source.SelectByType((*types.VirtualSerialPort)(nil))[0].GetVirtualDevice()
	edited := networkCard(card(t, source).Key, "VM Network")
	edited.MacAddress, edited.AddressType = "00:50:56:12:34:56", string(types.VirtualEthernetCardMacTypeManual)
	edited.Connectable = &types.VirtualDeviceConnectInfo{StartConnected: false, Connected: false}
	port := &types.VirtualSerialPort{}
	port.Key = serial.Key
	port.Backing = &types.VirtualSerialPortFileBackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{
		FileName: "[LocalDS_1] fork.log",
	}}
	if err := b.instantClone(types.VirtualMachineInstantCloneSpec{Name: "fork", Location: types.VirtualMachineRelocateSpec{
		DeviceChange: append(edit(edited), edit(port)...),
	}}); err != nil {
		t.Fatal(err)
	}
	devices := b.devices("fork")
	got := card(t, devices)
	backing, ok := got.Backing.(*types.VirtualEthernetCardNetworkBackingInfo)
	if !ok || backing.DeviceName != "VM Network" || got.MacAddress != "00:50:56:12:34:56" || got.AddressType != "manual" ||
		got.Connectable.Connected || got.Connectable.StartConnected {
		t.Errorf("the network interface is %+v on %+v", got, got.Backing)
	}
	file, ok := devices.FindByKey(serial.Key).GetVirtualDevice().Backing.(*types.VirtualSerialPortFileBackingInfo)
	if !ok || file.FileName != "[LocalDS_1] fork.log" {
		t.Errorf("the serial port writes to %+v", file)
	}
	if len(devices.SelectByType((*types.VirtualParallelPort)(nil))) != 1 {
		t.Error("the parallel port is missing")
	}
	if unchanged := card(t, b.devices(golden)); unchanged.MacAddress == got.MacAddress || !unchanged.Connectable.Connected {
		t.Errorf("the source's network interface changed: %+v", unchanged)
	}
}

func TestBlackBoxInstantCloneCancelled(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	before := len(b.server.VMs())
	b.server.HoldTasks("InstantClone_Task")
	started, err := b.vm.InstantClone(t.Context(), types.VirtualMachineInstantCloneSpec{Name: "never"})
	if err != nil {
		t.Fatal(err)
	}
	if err := started.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFault(t, started.Wait(t.Context()), "RequestCanceled")
	if len(b.server.VMs()) != before {
		t.Errorf("the cancelled clone left a VM: %v", vmNames(b.server))
	}
}

// TestBlackBoxInstantCloneMany clones one source fifty times, by clients that wait while the source is busy.
func TestBlackBoxInstantCloneMany(t *testing.T) {
	t.Parallel()
	server := startServer(t, vcenter.Options{VMs: 1})
	client := loginSOAP(t, server)
	b := &snapshotBench{t: t, server: server, client: client, vm: virtualMachine(t, server, client, golden)}
	b.change(vcenter.Change{InstantCloneFrozen: new(true)})
	var all sync.WaitGroup
	for worker := range 10 {
		all.Go(func() {
			for i := range 5 {
				spec := types.VirtualMachineInstantCloneSpec{Name: fmt.Sprintf("fork-%d-%d", worker, i)}
				for {
					err := b.instantClone(spec)
					if err == nil {
						break
					}
					if faultName(err) != "TaskInProgress" {
						t.Error(err)

						return
					}
				}
			}
		})
	}
	all.Wait()
	if got := len(server.VMs()); got != 52 {
		t.Errorf("%d VMs", got)
	}
}

func TestBlackBoxInstantCloneGovc(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)
	cli.Run("vm.instantclone", "-vm", golden, "-net", "VM Network", "-e", "guestinfo.role=runner", "-ds", "LocalDS_1", "by-govc")
	clone := mustVM(t, server, "by-govc")
	if clone.PowerState != "poweredOn" || clone.ExtraConfig["guestinfo.role"] != "runner" || clone.DatastoreID != server.ID("/DC0/datastore/LocalDS_1") {
		t.Errorf("%+v", clone)
	}
	wantPrinted(t, cli.Run("device.info", "-vm", "by-govc", "ethernet-0"), "VM Network")
	cli.Run("vm.instantclone", "-vm", golden, "plain")
	mustVM(t, server, "plain")
}

func TestBlackBoxSnapshotGovc(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	cli := newGovc(t, server)
	cli.Run("snapshot.create", "-vm", golden, "-m=false", "-d", "before", "first")
	cli.Run("snapshot.create", "-vm", golden, "-m=true", "second")
	wantPrinted(t, cli.Run("snapshot.tree", "-vm", golden, "-d", "-i", "-c"), "first", "second", "before")
	if current := cli.Run("snapshot.tree", "-vm", golden, "-C"); !strings.Contains(current, "second") || strings.Contains(current, "first") {
		t.Errorf("the current snapshot: %s", current)
	}
	cli.Run("vm.power", "-off", golden)
	cli.Run("snapshot.revert", "-vm", golden)
	if got := mustVM(t, server, golden).PowerState; got != "poweredOn" {
		t.Errorf("after the revert: %s", got)
	}
	cli.Run("snapshot.revert", "-vm", golden, "first")
	if got := mustVM(t, server, golden).PowerState; got != "poweredOff" {
		t.Errorf("after the revert: %s", got)
	}
	cli.Run("snapshot.revert", "-vm", golden, "-s", "second")
	cli.Run("snapshot.remove", "-vm", golden, "first")
	wantPrinted(t, cli.Run("snapshot.tree", "-vm", golden), "second")
	cli.Run("snapshot.remove", "-vm", golden, "*")
	if output := cli.Run("snapshot.tree", "-vm", golden); strings.Contains(output, "second") {
		t.Errorf("snapshot.remove '*' left %s", output)
	}
}

// as logs in as another user.
func (b *snapshotBench) as(user, password string) *snapshotBench {
	b.t.Helper()
	client, err := dialSOAP(b.t, b.server, user, password)
	if err != nil {
		b.t.Fatal(err)
	}

	return &snapshotBench{t: b.t, server: b.server, client: client, vm: virtualMachineOf(b, client)}
}

func virtualMachineOf(b *snapshotBench, client *govmomi.Client) *object.VirtualMachine {
	return object.NewVirtualMachine(client.Client, b.vm.Reference())
}
