package vcenter_test

import (
	"strings"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/pbm"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// incumbent plays the calls of the public vsphere provider: what it asks at login, in its data sources, and in the life of a machine.
type incumbent struct {
	*testing.T

	server *vcenter.Server
	client *govmomi.Client
	rest   *restClient
	finder *find.Finder
}

// TestBlackBoxIncumbent plays a configuration: data sources, a clone, a change of CPUs and memory, a linked clone, and the destruction of both.
func TestBlackBoxIncumbent(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	p := &incumbent{T: t, server: server, client: loginSOAP(t, server), rest: anonymous(t, server)}
	p.logIn()
	p.readDataSources()

	source := p.named("DC0_C0_RP0_VM0")
	plain := p.clone(source, "plain", types.VirtualMachineCloneSpec{})
	before := p.read(plain)
	p.checkUnchanged(before)
	p.resize(plain, 2, 2048)
	if after := p.read(plain).Config.Hardware; after.NumCPU != 2 || after.MemoryMB != 2048 {
		t.Errorf("after the change: %d CPUs, %d MiB", after.NumCPU, after.MemoryMB)
	}

	taken := snapshot(t, source, "base")
	linked := p.clone(source, "linked", types.VirtualMachineCloneSpec{
		Snapshot: &taken, Location: types.VirtualMachineRelocateSpec{DiskMoveType: string(types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking)},
	})
	if disk, ok := p.disk(p.read(linked)).Backing.(*types.VirtualDiskFlatVer2BackingInfo); !ok || disk.Parent == nil {
		t.Errorf("the linked clone's disk stands on nothing: %+v", disk)
	}
	for _, vm := range []*object.VirtualMachine{linked, plain} {
		p.destroy(vm)
	}
}

func (p *incumbent) done(what string, started *object.Task, err error) *types.TaskInfo {
	p.Helper()
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}
	info, err := started.WaitForResult(p.Context())
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}

	return info
}

func (p *incumbent) properties(object types.ManagedObjectReference, names []string, into any) {
	p.Helper()
	if err := property.DefaultCollector(p.client.Client).RetrieveOne(p.Context(), object, names, into); err != nil {
		p.Fatalf("read %s: %v", object, err)
	}
}

// logIn opens the session of tags, beside the one of vim25, and asks for the service of storage policies.
func (p *incumbent) logIn() {
	p.rest.loginOlder(p.Context(), p.T, p.server.Username(), p.server.Password())
	var tags struct{ Value []string }
	p.rest.get(p.T, "/rest/com/vmware/cis/tagging/tag", &tags)
	policies, err := pbm.NewClient(p.Context(), p.client.Client)
	if err != nil {
		p.Fatalf("storage policies: %v", err)
	}
	if _, err := policies.QueryProfile(p.Context(), pbmtypes.PbmProfileResourceType{ResourceType: "STORAGE"}, "REQUIREMENT"); err != nil {
		p.Errorf("storage policies: %v", err)
	}
	p.finder = find.NewFinder(p.client.Client, false)
}

// readDataSources reads each object by its name, then by its reference, as the data sources do.
func (p *incumbent) readDataSources() {
	ctx := p.Context()
	datacenter, err := p.finder.Datacenter(ctx, "DC0")
	if err != nil {
		p.Fatal(err)
	}
	p.finder.SetDatacenter(datacenter)
	for _, source := range []struct {
		name string
		find func() (object.Reference, error)
		want string
	}{
		{"compute_cluster", func() (object.Reference, error) { return p.finder.ClusterComputeResource(ctx, "DC0_C0") }, "ClusterComputeResource"},
		{"host", func() (object.Reference, error) { return p.finder.HostSystem(ctx, "DC0_C0_H0") }, "HostSystem"},
		{"resource_pool", func() (object.Reference, error) { return p.finder.ResourcePool(ctx, "DC0_C0/Resources") }, "ResourcePool"},
		{"datastore", func() (object.Reference, error) { return p.finder.Datastore(ctx, "LocalDS_0") }, "Datastore"},
		{"network", func() (object.Reference, error) { return p.finder.Network(ctx, "DC0_DVPG0") }, "DistributedVirtualPortgroup"},
		{"folder", func() (object.Reference, error) { return p.finder.Folder(ctx, "/DC0/vm") }, "Folder"},
		{"distributed_virtual_switch", func() (object.Reference, error) { return p.finder.Network(ctx, "DVS0") }, vmwareSwitch},
	} {
		found, err := source.find()
		if err != nil {
			p.Errorf("%s: %v", source.name, err)

			continue
		}
		if got := found.Reference().Type; got != source.want {
			p.Errorf("%s is a %s, want %s", source.name, got, source.want)
		}
		if _, err := p.finder.ObjectReference(ctx, found.Reference()); err != nil {
			p.Errorf("%s by its reference: %v", source.name, err)
		}
		var all mo.ManagedEntity
		p.properties(found.Reference(), nil, &all)
	}
	var cluster mo.ComputeResource
	p.properties(reference("ComputeResource", mustID(p.T, p.server, "/DC0/host/DC0_C0")), []string{"resourcePool", "environmentBrowser"}, &cluster)
	p.checkHardware(*cluster.EnvironmentBrowser)
}

func (p *incumbent) named(name string) *object.VirtualMachine {
	vm, err := p.finder.VirtualMachine(p.Context(), "/DC0/vm/"+name)
	if err != nil {
		p.Fatal(err)
	}

	return vm
}

// clone clones a machine switched off, reconfigures the clone, and starts it.
func (p *incumbent) clone(source *object.VirtualMachine, name string, spec types.VirtualMachineCloneSpec) *object.VirtualMachine {
	p.Helper()
	folder, err := p.finder.Folder(p.Context(), "/DC0/vm")
	if err != nil {
		p.Fatal(err)
	}
	spec.Location.Pool = new(reference("ResourcePool", mustID(p.T, p.server, "/DC0/host/DC0_C0/Resources")))
	spec.Location.Datastore = new(reference("Datastore", mustID(p.T, p.server, "/DC0/datastore/LocalDS_0")))
	started, err := source.Clone(p.Context(), folder, name, spec)
	made, ok := p.done("clone "+name, started, err).Result.(types.ManagedObjectReference)
	if !ok {
		p.Fatalf("the clone %s is nothing", name)
	}
	vm := object.NewVirtualMachine(p.client.Client, made)
	started, err = vm.Reconfigure(p.Context(), types.VirtualMachineConfigSpec{
		Annotation: "by the test", MemoryMB: 1024, NumCPUs: 1, NumCoresPerSocket: new(int32(1)), SwapPlacement: "inherit",
		ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.test", Value: "value"}},
	})
	p.done("reconfigure "+name, started, err)
	p.start(vm)

	return vm
}

// start starts a machine and waits for an address that is routed.
func (p *incumbent) start(vm *object.VirtualMachine) {
	p.Helper()
	started, err := vm.PowerOn(p.Context())
	p.done("start", started, err)
	routed := false
	err = property.Wait(p.Context(), p.client.PropertyCollector(), vm.Reference(), []string{"guest.net", "guest.ipStack"}, func(changes []types.PropertyChange) bool {
		for _, change := range changes {
			switch value := change.Val.(type) {
			case types.ArrayOfGuestStackInfo:
				routed = len(value.GuestStackInfo) > 0
			case types.ArrayOfGuestNicInfo: // an address whose gateway it has not seen by now it does not look at again
				if routed && len(value.GuestNicInfo) > 0 && value.GuestNicInfo[0].IpConfig != nil {
					return true
				}
			}
		}

		return false
	})
	if err != nil {
		p.Fatalf("wait for an address: %v", err)
	}
}

// read reads a machine as a refresh does: by its BIOS UUID, then all of it, then the network of its interface and its tags.
func (p *incumbent) read(vm *object.VirtualMachine) *mo.VirtualMachine {
	p.Helper()
	var own mo.VirtualMachine
	p.properties(vm.Reference(), []string{"config.uuid"}, &own)
	found, err := object.NewSearchIndex(p.client.Client).FindByUuid(p.Context(), nil, own.Config.Uuid, true, new(false))
	if err != nil || found == nil || found.Reference() != vm.Reference() {
		p.Fatalf("by its UUID the machine is %v (%v)", found, err)
	}
	if _, err := p.finder.ObjectReference(p.Context(), found.Reference()); err != nil {
		p.Fatal(err)
	}
	var all mo.VirtualMachine
	p.properties(found.Reference(), nil, &all)
	p.readPortGroup(&all)
	tagged := p.rest.do(p.Context(), "POST", "/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags", spec{
		"object_id": spec{"id": vm.Reference().Value, "type": "VirtualMachine"},
	})
	var tags struct{ Value []string }
	if tagged.decode(p.T, &tags); tags.Value == nil {
		p.Errorf("the machine's tags: %s", tagged)
	}

	return &all
}

// readPortGroup finds the port group of a machine's interface by the UUID of its switch.
func (p *incumbent) readPortGroup(vm *mo.VirtualMachine) {
	p.Helper()
	for _, device := range vm.Config.Hardware.Device {
		backing, ok := device.GetVirtualDevice().Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
		if !ok {
			continue
		}
		manager := *p.client.ServiceContent.DvSwitchManager
		if _, err := methods.QueryDvsByUuid(p.Context(), p.client.Client, &types.QueryDvsByUuid{This: manager, Uuid: backing.Port.SwitchUuid}); err != nil {
			p.Errorf("the switch of an interface: %v", err)
		}
		if _, err := methods.DVSManagerLookupDvPortGroup(p.Context(), p.client.Client, &types.DVSManagerLookupDvPortGroup{
			This: manager, SwitchUuid: backing.Port.SwitchUuid, PortgroupKey: backing.Port.PortgroupKey,
		}); err != nil {
			p.Errorf("the port group of an interface: %v", err)
		}

		return
	}
	p.Error("the machine has no interface on a distributed switch")
}

// checkUnchanged compares what an empty plan compares.
func (p *incumbent) checkUnchanged(vm *mo.VirtualMachine) {
	option, err := methods.QueryConfigOption(p.Context(), p.client.Client, &types.QueryConfigOption{This: vm.EnvironmentBrowser})
	if err != nil {
		p.Fatal(err)
	}
	if got := types.HardwareVersion(option.Returnval.HardwareOptions.HwVersion).String(); got != vm.Config.Version {
		p.Errorf("the hardware version is %s, and the machine has %s", got, vm.Config.Version)
	}
	if vm.Config.Annotation != "by the test" || vm.Config.SwapPlacement != "inherit" || vm.Runtime.PowerState != "poweredOn" {
		p.Errorf("the clone: %q, %q, %q", vm.Config.Annotation, vm.Config.SwapPlacement, vm.Runtime.PowerState)
	}
}

// resize changes CPUs and memory: not while the machine runs, which has no hot add; then off, and on again.
func (p *incumbent) resize(vm *object.VirtualMachine, cpus int32, memory int64) {
	change := types.VirtualMachineConfigSpec{NumCPUs: cpus, MemoryMB: memory}
	started, err := vm.Reconfigure(p.Context(), change)
	if err = finish(p.T, started, err); err == nil || !strings.Contains(faultName(err), "HotPlugNotSupported") {
		p.Errorf("a running machine takes CPUs: %v", err)
	}
	if err := vm.ShutdownGuest(p.Context()); err != nil {
		p.Fatal(err)
	}
	if err := vm.WaitForPowerState(p.Context(), types.VirtualMachinePowerStatePoweredOff); err != nil {
		p.Fatal(err)
	}
	started, err = vm.Reconfigure(p.Context(), change)
	p.done("resize", started, err)
	p.start(vm)
}

func (p *incumbent) disk(vm *mo.VirtualMachine) *types.VirtualDisk {
	disks := object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil))
	if len(disks) == 0 {
		p.Fatal("the machine has no disk")
	}

	return disks[0].(*types.VirtualDisk)
}

// destroy switches a machine off and destroys it.
func (p *incumbent) destroy(vm *object.VirtualMachine) {
	p.Helper()
	before := p.read(vm)
	started, err := vm.PowerOff(p.Context())
	p.done("switch off", started, err)
	started, err = vm.Destroy(p.Context())
	p.done("destroy", started, err)
	found, err := object.NewSearchIndex(p.client.Client).FindByUuid(p.Context(), nil, before.Config.Uuid, true, new(false))
	if err != nil || found != nil {
		p.Errorf("after its destruction the machine is %v (%v)", found, err)
	}
}
