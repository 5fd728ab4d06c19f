package vcenter_test

import (
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// deploy makes a VM of the golden template by CloneVM_Task, in the pool of DC0_C0 unless the specification names one.
func deploy(t *testing.T, server *vcenter.Server, name string, spec types.VirtualMachineCloneSpec) vcenter.VM {
	t.Helper()
	client := loginSOAP(t, server)
	if spec.Location.Pool == nil {
		spec.Location.Pool = new(reference("ResourcePool", mustID(t, server, "/DC0/host/DC0_C0/Resources")))
	}
	folder := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/vm")))
	started, err := virtualMachine(t, server, client, "golden-template").Clone(t.Context(), folder, name, spec)
	if err := finish(t, started, err); err != nil {
		t.Fatalf("deploy the template: %v", err)
	}

	return mustVM(t, server, name)
}

// cloneVM clones the bench's VM, and returns the clone's properties.
func (b *snapshotBench) cloneVM(name string, spec types.VirtualMachineCloneSpec) (mo.VirtualMachine, error) {
	b.t.Helper()
	var read mo.VirtualMachine
	folder := object.NewFolder(b.client.Client, reference("Folder", mustID(b.t, b.server, "/DC0/vm")))
	started, err := b.vm.Clone(b.t.Context(), folder, name, spec)
	if err := finish(b.t, started, err); err != nil {
		return read, err
	}
	clone := virtualMachine(b.t, b.server, b.client, name)

	return read, clone.Properties(b.t.Context(), clone.Reference(), []string{"config", "parent"}, &read)
}

// TestBlackBoxCloneVMDiskMoveType clones a VM with a snapshot in every documented way to move its disks.
func TestBlackBoxCloneVMDiskMoveType(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	point := b.mustCreate(types.CreateSnapshotEx_Task{Name: "point"})
	var source mo.VirtualMachine
	if err := b.vm.Properties(t.Context(), b.vm.Reference(), []string{"config"}, &source); err != nil {
		t.Fatal(err)
	}
	written := chain(source.Config.Hardware.Device) // the delta and the base, which the snapshot holds
	base, elsewhere := written[1], reference("Datastore", mustID(t, b.server, "/DC0/datastore/LocalDS_1"))
	tests := []struct {
		name   string
		spec   types.VirtualMachineCloneSpec
		parent string // the file that is shared with the source
		fault  string
	}{
		{name: "full", spec: types.VirtualMachineCloneSpec{}},
		{name: "full-of-the-point", spec: types.VirtualMachineCloneSpec{Snapshot: &point}},
		{name: "linked", spec: types.VirtualMachineCloneSpec{
			Snapshot: &point, Location: types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"},
		}, parent: base},
		{name: "linked-but-one-disk", spec: types.VirtualMachineCloneSpec{
			Snapshot: &point, Location: types.VirtualMachineRelocateSpec{
				DiskMoveType: "createNewChildDiskBacking",
				Disk: []types.VirtualMachineRelocateSpecDiskLocator{
					{DiskId: 2000, Datastore: elsewhere, DiskMoveType: "moveAllDiskBackingsAndDisallowSharing"},
				},
			},
		}},
		{name: "top", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "moveChildMostDiskBacking"},
		}, parent: base},
		{name: "sharing", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "moveAllDiskBackingsAndAllowSharing"},
		}, parent: base},
		{name: "sharing-elsewhere", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "moveAllDiskBackingsAndAllowSharing", Datastore: &elsewhere},
		}},
		{name: "consolidated", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "moveAllDiskBackingsAndConsolidate"},
		}},
		{name: "unsafe", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "createNewChildDiskBacking"},
		}, fault: "InvalidArgument"},
		{name: "unknown", spec: types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{DiskMoveType: "linked"},
		}, fault: "InvalidArgument"},
		{name: "foreign", spec: types.VirtualMachineCloneSpec{
			Snapshot: new(reference("VirtualMachineSnapshot", "snapshot-99999")),
		}, fault: "ManagedObjectNotFound"},
	}
	for _, test := range tests {
		clone, err := b.cloneVM(test.name, test.spec)
		if faultName(err) != test.fault {
			t.Errorf("%s: %v, want fault %q", test.name, err, test.fault)
		}
		if err != nil {
			continue
		}
		files := chain(clone.Config.Hardware.Device)
		switch {
		case test.parent == "" && len(files) != 1:
			t.Errorf("%s: the disk is %q, want no shared file", test.name, files)
		case test.parent != "" && (len(files) != 2 || files[1] != test.parent):
			t.Errorf("%s: the disk is %q, want it on top of %s", test.name, files, test.parent)
		}
	}
	other := virtualMachine(t, b.server, b.client, "full")
	stranger := &snapshotBench{t: t, server: b.server, client: b.client, vm: other}
	_, err := stranger.cloneVM("not-its-own", types.VirtualMachineCloneSpec{Snapshot: &point})
	wantFault(t, err, "InvalidArgument")
}

// TestBlackBoxCloneVMConfig changes settings along with a clone: they merge with the source's, and the creation date is vCenter's.
func TestBlackBoxCloneVMConfig(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	setting := func(key, value string) types.BaseOptionValue { return &types.OptionValue{Key: key, Value: value} }
	changed, err := b.vm.Reconfigure(t.Context(), types.VirtualMachineConfigSpec{ExtraConfig: []types.BaseOptionValue{
		setting("guestinfo.kept", "source"), setting("guestinfo.changed", "source"), setting("guestinfo.deleted", "source"),
	}})
	if err := finish(t, changed, err); err != nil {
		t.Fatal(err)
	}
	before, longAgo := time.Now(), time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	clone, err := b.cloneVM("configured", types.VirtualMachineCloneSpec{Config: &types.VirtualMachineConfigSpec{
		CreateDate: &longAgo,
		ExtraConfig: []types.BaseOptionValue{
			setting("guestinfo.changed", "clone"), setting("guestinfo.deleted", ""), setting("guestinfo.added", "clone"),
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	settings := object.OptionValueList(clone.Config.ExtraConfig)
	for key, want := range map[string]any{
		"guestinfo.kept": "source", "guestinfo.changed": "clone", "guestinfo.deleted": nil, "guestinfo.added": "clone",
	} {
		if got, _ := settings.Get(key); got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if clone.Config.CreateDate == nil || clone.Config.CreateDate.Before(before) {
		t.Errorf("the clone was created on %v", clone.Config.CreateDate)
	}
	template, err := b.cloneVM("template", types.VirtualMachineCloneSpec{Template: true, PowerOn: true})
	if err != nil || !template.Config.Template || mustVM(t, b.server, "template").PowerState != "poweredOff" {
		t.Errorf("a template is not powered on: %v", err)
	}
	second, err := b.cloneVM("without", types.VirtualMachineCloneSpec{Config: &types.VirtualMachineConfigSpec{
		DeviceChange: []types.BaseVirtualDeviceConfigSpec{&types.VirtualDeviceConfigSpec{
			Operation: types.VirtualDeviceConfigSpecOperationRemove,
			Device:    &types.VirtualDisk{VirtualDevice: types.VirtualDevice{Key: 2000}},
		}},
	}})
	if err != nil || chain(second.Config.Hardware.Device) != nil {
		t.Errorf("the disk that is left out: %q, %v", chain(second.Config.Hardware.Device), err)
	}
	_, err = b.cloneVM("without", types.VirtualMachineCloneSpec{})
	wantFault(t, err, "DuplicateName")
}

// TestBlackBoxCloneVMHistory asks vCenter's events who made what of which source.
func TestBlackBoxCloneVMHistory(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	if _, err := b.cloneVM("cloned", types.VirtualMachineCloneSpec{}); err != nil {
		t.Fatal(err)
	}
	deployed := deploy(t, b.server, "deployed", types.VirtualMachineCloneSpec{})
	template := mustVM(t, b.server, "golden-template").ID
	events := func(of string, kinds ...string) []types.BaseEvent {
		answer, err := methods.QueryEvents(t.Context(), b.client, &types.QueryEvents{
			This: *b.client.ServiceContent.EventManager, Filter: types.EventFilterSpec{
				Entity: &types.EventFilterSpecByEntity{
					Entity: reference("VirtualMachine", of), Recursion: types.EventFilterSpecRecursionOptionSelf,
				},
				EventTypeId: kinds,
			},
		})
		if err != nil {
			t.Fatal(err)
		}

		return answer.Returnval
	}
	being := events(b.vm.Reference().Value, "VmBeingClonedEvent")
	if len(being) != 1 || being[0].GetEvent().UserName != b.server.Username() {
		t.Errorf("clones that began: %+v", being)
	}
	cloned := events(mustVM(t, b.server, "cloned").ID, "VmClonedEvent")
	if len(cloned) != 1 || cloned[0].(*types.VmClonedEvent).SourceVm.Vm != b.vm.Reference() {
		t.Errorf("the clone: %+v", cloned)
	}
	made := events(deployed.ID, "VmDeployedEvent")
	if len(made) != 1 || made[0].(*types.VmDeployedEvent).SrcTemplate.Vm.Value != template {
		t.Errorf("the deployed VM: %+v", made)
	}
}

// TestBlackBoxCloneVMPrivileges needs another privilege for each kind of source and result.
func TestBlackBoxCloneVMPrivileges(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	common := []string{"VirtualMachine.Inventory.CreateFromExisting", "Resource.AssignVMToPool", "Datastore.AllocateSpace"}
	folder := reference("Folder", mustID(t, server, "/DC0/vm"))
	pool := reference("ResourcePool", mustID(t, server, "/DC0/host/DC0_C0/Resources"))
	for _, test := range []struct {
		source     string
		template   bool
		customized bool
		needs      []string
	}{
		{"DC0_C0_RP0_VM0", false, false, []string{"VirtualMachine.Provisioning.Clone"}},
		{"DC0_C0_RP0_VM0", true, false, []string{"VirtualMachine.Provisioning.CreateTemplateFromVM"}},
		{"golden-template", false, false, []string{"VirtualMachine.Provisioning.DeployTemplate"}},
		{"golden-template", true, false, []string{"VirtualMachine.Provisioning.CloneTemplate"}},
		{"golden-template", false, true, []string{
			"VirtualMachine.Provisioning.DeployTemplate", "VirtualMachine.Provisioning.Customize",
		}},
	} {
		spec := types.VirtualMachineCloneSpec{
			Template: test.template, Location: types.VirtualMachineRelocateSpec{Pool: &pool},
		}
		if test.customized {
			spec.Customization = &types.CustomizationSpec{
				Identity:      &types.CustomizationLinuxPrep{HostName: &types.CustomizationVirtualMachineName{}, Domain: "example.com"},
				NicSettingMap: []types.CustomizationAdapterMapping{{Adapter: types.CustomizationIPSettings{Ip: &types.CustomizationDhcpIpGenerator{}}}},
			}
		}
		granted := common
		for _, missing := range append(test.needs, "") {
			server.AddUser("ci", "secret", granted...)
			client, err := dialSOAP(t, server, "ci", "secret")
			if err != nil {
				t.Fatal(err)
			}
			started, err := virtualMachine(t, server, client, test.source).Clone(t.Context(), object.NewFolder(client.Client, folder), "x", spec)
			err = finish(t, started, err)
			if missing == "" {
				wantFault(t, err, "")
				destroyNamed(t, server, "x")

				break
			}
			wantFault(t, err, "NoPermission")
			granted = append([]string{missing}, granted...)
		}
	}
}

// destroyNamed destroys a VM that is off, as the administrator.
func destroyNamed(t *testing.T, server *vcenter.Server, name string) {
	t.Helper()
	started, err := virtualMachine(t, server, loginSOAP(t, server), name).Destroy(t.Context())
	if err := finish(t, started, err); err != nil {
		t.Fatal(err)
	}
}
