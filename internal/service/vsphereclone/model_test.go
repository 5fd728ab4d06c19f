package vsphereclone

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// planned returns a plan in which all that is computed is unknown.
func planned(parts vm.Placement) model {
	return model{
		Attributes: vm.Attributes{
			Name: types.StringValue("web"), SourceVMID: types.StringValue("vm-1"), PowerOn: types.BoolUnknown(),
			ID: types.StringUnknown(), InstanceUUID: types.StringUnknown(), BIOSUUID: types.StringUnknown(),
			PowerState: types.StringUnknown(), HostID: types.StringUnknown(), Disks: types.MapUnknown(tfattr.VSphereDisksType()),
			GuestIPAddresses: types.ListUnknown(types.StringType), PendingTaskID: types.StringUnknown(),
		},
		Placement:         parts.Object(placementTypes),
		disks:             disks{DisksToRemove: types.SetNull(types.StringType), DisksToUpdate: types.MapNull(types.ObjectType{})},
		networkInterfaces: networkInterfaces{NetworkInterfaces: types.MapUnknown(tfattr.VSphereNetworkInterfacesType())},
	}
}

func partsUnknown() vm.Placement {
	open := types.StringUnknown()

	return vm.Placement{FolderID: open, ResourcePoolID: open, HostID: open, ClusterID: open, DatastoreID: open}
}

func machine() *vsphere.VirtualMachine {
	return &vsphere.VirtualMachine{
		ID: "vm-42", Name: "50% off/on", InstanceUUID: "i-42", BIOSUUID: "b-42", PowerState: vsphere.PoweredOn,
		Placement: vsphere.Placement{
			FolderID: "group-v1", ResourcePoolID: "resgroup-1", HostID: "host-1", ClusterID: "domain-c1", DatastoreID: "datastore-1",
		},
		Disks:             map[string]vsphere.Disk{"2000": {Label: "Hard disk 1", CapacityBytes: 1 << 40, DatastoreID: "datastore-1"}},
		NetworkInterfaces: map[string]vsphere.NetworkInterface{"4000": {Label: "Network adapter 1", Type: "vmxnet3", Connected: true}},
		GuestIPAddresses:  []string{"192.0.2.7"},
	}
}

func TestObservedPlacement(t *testing.T) {
	t.Parallel()
	text, null := types.StringValue, types.StringNull()
	reality := vm.Placement{
		FolderID: text("group-v1"), ResourcePoolID: text("resgroup-1"), HostID: text("host-1"), ClusterID: text("domain-c1"),
		DatastoreID: text("datastore-1"),
	}
	elsewhere := vm.Placement{
		FolderID: text("group-v9"), ResourcePoolID: text("resgroup-9"), HostID: text("host-9"), ClusterID: text("domain-c9"),
		DatastoreID: text("datastore-9"),
	}
	keepsHost := reality
	keepsHost.HostID = text("host-9")
	alone := keepsHost
	alone.ClusterID = text("domain-c9")
	template := alone
	template.ResourcePoolID = text("resgroup-9")
	for name, test := range map[string]struct {
		before model
		change func(vm *vsphere.VirtualMachine)
		want   vm.Placement
	}{
		"nothing known":       {planned(partsUnknown()), func(*vsphere.VirtualMachine) {}, reality},
		"nothing there":       {planned(vm.Placement{}), func(*vsphere.VirtualMachine) {}, reality},
		"no placement at all": {model{Placement: types.ObjectNull(placementTypes)}, func(*vsphere.VirtualMachine) {}, reality},
		"the host is DRS's":   {planned(elsewhere), func(*vsphere.VirtualMachine) {}, keepsHost},
		"a stand-alone host":  {planned(elsewhere), func(vm *vsphere.VirtualMachine) { vm.Placement.ClusterID = "" }, alone},
		"a template has no pool": {planned(elsewhere), func(vm *vsphere.VirtualMachine) {
			vm.Template, vm.Placement.ClusterID, vm.Placement.ResourcePoolID = true, "", ""
		}, template},
		"a cluster that is not asked for": {planned(partsUnknown()), func(vm *vsphere.VirtualMachine) { vm.Placement.ClusterID = "" }, vm.Placement{
			FolderID: reality.FolderID, ResourcePoolID: reality.ResourcePoolID, HostID: reality.HostID, ClusterID: null,
			DatastoreID: reality.DatastoreID,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vm := machine()
			test.change(vm)
			observed := test.before.observed(vm)
			if got := observed.Parts(); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if observed.HostID.ValueString() != "host-1" {
				t.Errorf("host_id is %s", observed.HostID)
			}
		})
	}
}

func TestObserved(t *testing.T) {
	t.Parallel()
	got := planned(partsUnknown()).observed(machine())
	for name, pair := range map[string][2]attr.Value{
		"name":               {got.Name, types.StringValue("50% off/on")},
		"source_vm_id":       {got.SourceVMID, types.StringValue("vm-1")},
		"id":                 {got.ID, types.StringValue("vm-42")},
		"instance_uuid":      {got.InstanceUUID, types.StringValue("i-42")},
		"bios_uuid":          {got.BIOSUUID, types.StringValue("b-42")},
		"power_on":           {got.PowerOn, types.BoolValue(true)},
		"power_state":        {got.PowerState, types.StringValue("poweredOn")},
		"guest_ip_addresses": {got.GuestIPAddresses, types.ListValueMust(types.StringType, []attr.Value{types.StringValue("192.0.2.7")})},
		"pending_task_id":    {got.PendingTaskID, types.StringNull()},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s is %s, want %s", name, pair[0], pair[1])
		}
	}
	if !got.Complete() {
		t.Error("something is unknown")
	}
}

func TestKeeping(t *testing.T) {
	t.Parallel()
	plan := planned(partsUnknown())
	plan.HostID, plan.GuestIPAddresses = types.StringValue("host-7"), vm.Addresses(nil)
	got := plan.observed(machine()).Keeping(plan)
	if got.HostID.ValueString() != "host-7" || len(got.GuestIPAddresses.Elements()) != 0 {
		t.Error("what the plan knew was not kept")
	}
	if got.ID.ValueString() != "vm-42" || got.Parts().HostID.ValueString() != "host-1" {
		t.Error("what the plan left open was not filled in")
	}
}

func TestUnknownAsNull(t *testing.T) {
	t.Parallel()
	parts := partsUnknown()
	parts.FolderID = types.StringValue("group-v2")
	got := planned(parts).Bare("", "")
	if !got.Complete() || !got.Pending() || got.Parts().FolderID.ValueString() != "group-v2" || !got.Parts().HostID.IsNull() {
		t.Errorf("%+v", got)
	}
	open := planned(parts)
	open.Placement = types.ObjectUnknown(placementTypes)
	if got := open.Bare("", ""); !got.Placement.IsNull() {
		t.Error(got.Placement)
	}
}

func TestCloneSpec(t *testing.T) {
	t.Parallel()
	disk := types.ObjectType{AttrTypes: map[string]attr.Type{"datastore_id": types.StringType}}
	spec := types.ObjectValueMust(map[string]attr.Type{"name": types.StringType}, map[string]attr.Value{"name": types.StringValue("linux")})
	parts := partsUnknown()
	parts.ClusterID = types.StringValue("domain-c1")
	full := planned(parts)
	full.PowerOn, full.GuestCustomizationSpec = types.BoolValue(true), spec
	full.DisksToRemove = types.SetValueMust(types.StringType, []attr.Value{types.StringValue("2002"), types.StringValue("2001")})
	full.DisksToUpdate = types.MapValueMust(disk, map[string]attr.Value{
		"2000": types.ObjectValueMust(disk.AttrTypes, map[string]attr.Value{"datastore_id": types.StringValue("datastore-2")}),
	})
	smallest := planned(partsUnknown())
	smallest.Placement = types.ObjectUnknown(placementTypes)
	for name, test := range map[string]struct {
		plan model
		want vsphere.CloneSpec
	}{
		"smallest": {smallest, vsphere.CloneSpec{SourceID: "vm-1", Name: "web"}},
		"full": {full, vsphere.CloneSpec{
			SourceID: "vm-1", Name: "web", Placement: vsphere.Placement{ClusterID: "domain-c1"}, DisksToRemove: []string{"2001", "2002"},
			DisksToUpdate: map[string]string{"2000": "datastore-2"}, PowerOn: true, CustomizationSpec: "linux",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.plan.cloneSpec(test.plan); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
