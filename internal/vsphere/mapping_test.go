package vsphere

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

func TestUsableAddresses(t *testing.T) {
	t.Parallel()
	structured := types.GuestNicInfo{
		IpAddress: []string{"192.0.2.99"},
		IpConfig: &types.NetIpConfigInfo{IpAddress: []types.NetIpConfigInfoIpAddress{
			{IpAddress: "fe80::1"}, {IpAddress: "2001:db8::2"}, {IpAddress: "10.0.0.2"},
		}},
	}
	flat := types.GuestNicInfo{IpAddress: []string{
		"127.0.0.1", "::1", "169.254.7.7", "0.0.0.0", "10.0.0.1", "::ffff:10.0.0.3", "2001:db8::1%eth0", "10.0.0.2", "junk",
		"224.0.0.1",
	}}
	cards := types.ArrayOfGuestNicInfo{GuestNicInfo: []types.GuestNicInfo{structured, flat}}
	want := []string{"10.0.0.2", "10.0.0.1", "10.0.0.3", "2001:db8::2", "2001:db8::1"}
	if got := usableAddresses(cards); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := usableAddresses(nil); len(got) != 0 {
		t.Errorf("of nothing: %q", got)
	}
}

func TestNewMachine(t *testing.T) {
	t.Parallel()
	datastore := types.ManagedObjectReference{Type: "Datastore", Value: "datastore-2"}
	card := func(key int32, backing types.BaseVirtualDeviceBackingInfo) types.VirtualEthernetCard {
		return types.VirtualEthernetCard{
			VirtualDevice: types.VirtualDevice{
				Key: key, Backing: backing, DeviceInfo: &types.Description{Label: fmt.Sprintf("Network adapter %d", key-3999)},
				Connectable: &types.VirtualDeviceConnectInfo{Connected: true, StartConnected: key == 4000},
			},
			MacAddress: "00:50:56:00:00:01",
		}
	}
	standard := card(4000, &types.VirtualEthernetCardNetworkBackingInfo{
		Network: &types.ManagedObjectReference{Type: "Network", Value: "network-7"},
	})
	distributed := card(4001, &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
		Port: types.DistributedVirtualSwitchPortConnection{PortgroupKey: "dvportgroup-8"},
	})
	opaque := card(4002, &types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: "segment"})
	unknown := card(4003, &types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: "unknown"})
	p := conn.Properties{Ref: vmRef("vm-1"), Values: map[string]any{
		"name":                    "a%2fb",
		"parentVApp":              types.ManagedObjectReference{Type: "VirtualApp", Value: "resgroup-v1"},
		"runtime.host":            types.ManagedObjectReference{Type: "HostSystem", Value: "host-1"},
		"config.files.vmPathName": "[my [odd] ds] a_b/a_b.vmx",
		"datastore": types.ArrayOfManagedObjectReference{ManagedObjectReference: []types.ManagedObjectReference{
			{Type: "Datastore", Value: "datastore-1"}, datastore,
		}},
		"guest.toolsRunningStatus": "guestToolsRunning",
		"snapshot.currentSnapshot": &types.ManagedObjectReference{Type: "VirtualMachineSnapshot", Value: "snapshot-3"},
		"config.hardware.device": types.ArrayOfVirtualDevice{VirtualDevice: []types.BaseVirtualDevice{
			&types.VirtualDisk{
				VirtualDevice: types.VirtualDevice{Key: 2000, Backing: &types.VirtualDiskFlatVer2BackingInfo{
					VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{Datastore: &datastore},
				}},
				CapacityInKB: 4,
			},
			&types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: standard}},
			&types.VirtualE1000e{VirtualEthernetCard: distributed},
			&types.VirtualSriovEthernetCard{VirtualEthernetCard: opaque},
			&types.VirtualPCNet32{VirtualEthernetCard: unknown},
			&types.VirtualSerialPort{VirtualDevice: types.VirtualDevice{
				Key: 9000, DeviceInfo: &types.Description{Label: "Serial port 1"},
				Backing: &types.VirtualSerialPortFileBackingInfo{
					VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[ds] a/serial.log"},
				},
			}},
			&types.VirtualParallelPort{VirtualDevice: types.VirtualDevice{
				Key: 10000, DeviceInfo: &types.Description{Label: "Parallel port 1"},
				Backing: &types.VirtualParallelPortDeviceBackingInfo{}, Connectable: &types.VirtualDeviceConnectInfo{},
			}},
		}},
		"runtime.faultToleranceState": types.VirtualMachineFaultToleranceStateRunning,
		"config.ftInfo": &types.FaultTolerancePrimaryConfigInfo{
			FaultToleranceConfigInfo: types.FaultToleranceConfigInfo{Role: 1},
		},
	}}
	known := neighbours{
		clusterOfHost:  map[string]string{"host-1": "domain-c1"},
		datastoreNamed: map[string]string{"datastore-1": "my ", "datastore-2": "my [odd] ds"},
		opaqueNetworks: map[string]string{"segment": "network-o9"},
		folderOfVApp:   map[string]string{"resgroup-v1": "group-v5"},
	}
	want := VirtualMachine{
		ID: "vm-1", Name: "a/b", ToolsRunning: true, CurrentSnapshotID: "snapshot-3",
		Placement: Placement{
			FolderID: "group-v5", HostID: "host-1", ClusterID: "domain-c1", DatastoreID: "datastore-2",
		},
		Disks:      map[string]Disk{"2000": {CapacityBytes: 4096, DatastoreID: "datastore-2", Provisioning: string(Thick)}},
		KeepsBases: true,
		CPU:        CPU{Allocation: Allocation{Limit: -1}},
		Memory:     Memory{Allocation: Allocation{Limit: -1}},
		NetworkInterfaces: map[string]NetworkInterface{
			"4000": {Label: "Network adapter 1", Type: "vmxnet3", NetworkID: "network-7"},
			"4001": {Label: "Network adapter 2", Type: "e1000e", NetworkID: "dvportgroup-8"},
			"4002": {Label: "Network adapter 3", Type: "sriov", NetworkID: "network-o9"},
			"4003": {Label: "Network adapter 4", Type: "pcnet32"},
		},
		StartConnected:      map[string]bool{"4000": true, "4001": false, "4002": false, "4003": false},
		SerialPorts:         map[string]Port{"9000": {Label: "Serial port 1", File: "[ds] a/serial.log"}},
		ParallelPorts:       map[string]Port{"10000": {Label: "Parallel port 1"}},
		FaultToleranceState: "running", FaultToleranceRole: RolePrimary,
		UnsupportedDevices: []Device{{Key: "4002", Label: "Network adapter 3", Type: "VirtualSriovEthernetCard"}},
	}
	for key, nic := range want.NetworkInterfaces {
		nic.MACAddress, nic.Connected = "00:50:56:00:00:01", true
		want.NetworkInterfaces[key] = nic
	}
	machine := *newMachine(p, known)
	if len(machine.devices) == 0 {
		t.Error("the devices are not kept for edits")
	}
	machine.devices = nil
	got, wanted := fmt.Sprintf("%+v", machine), fmt.Sprintf("%+v", want)
	if got != wanted {
		t.Errorf("\n got %s\nwant %s", got, wanted)
	}
}

func TestObjectRef(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind ObjectType
		id   string
		want string
	}{
		{TypeVirtualMachine, "vm-1", "VirtualMachine"},
		{TypeDatacenter, "datacenter-1", "Datacenter"},
		{TypeFolder, "group-v1", "Folder"},
		{TypeFolder, "group-p1", "StoragePod"},
		{TypeResourcePool, "resgroup-1", "ResourcePool"},
		{TypeResourcePool, "resgroup-v1", "VirtualApp"},
		{TypeHost, "host-1", "HostSystem"},
		{TypeCluster, "domain-c1", "ClusterComputeResource"},
		{TypeCluster, "domain-s1", "ComputeResource"},
		{TypeDatastore, "datastore-1", "Datastore"},
		{TypeNetwork, "network-1", "Network"},
		{TypeNetwork, "network-o1", "OpaqueNetwork"},
		{TypeNetwork, "dvportgroup-1", "DistributedVirtualPortgroup"},
	}
	for _, tt := range tests {
		if got := objectRef(tt.kind, tt.id); got.Type != tt.want || got.Value != tt.id {
			t.Errorf("objectRef(%s, %s) = %v", tt.kind, tt.id, got)
		}
		if kind, ok := kindOf(tt.want); !ok || kind != tt.kind {
			t.Errorf("kindOf(%s) = %s", tt.want, kind)
		}
	}
}

func TestCloneBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		spec CloneSpec
		want string
	}{
		{"the least", CloneSpec{SourceID: "vm-1", Name: "a/b%"}, `{"source":"vm-1","name":"a/b%","power_on":false}`},
		{"all", CloneSpec{
			SourceID: "vm-1", Name: "web",
			Placement: Placement{
				FolderID: "group-v1", ResourcePoolID: "resgroup-1", HostID: "host-1", ClusterID: "domain-c1",
				DatastoreID: "datastore-1",
			},
			DisksToRemove: []string{"2002", "2001"}, DisksToUpdate: map[string]string{"2000": "datastore-2"}, PowerOn: true,
			CustomizationSpec: "linux",
		}, `{"source":"vm-1","name":"web","placement":{"folder":"group-v1","resource_pool":"resgroup-1","host":"host-1",` +
			`"cluster":"domain-c1","datastore":"datastore-1"},"disks_to_remove":["2001","2002"],` +
			`"disks_to_update":{"2000":{"datastore":"datastore-2"}},"power_on":true,` +
			`"guest_customization_spec":{"name":"linux"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(newCloneBody(tt.spec))
			if err != nil || string(got) != tt.want {
				t.Errorf("\n got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestOriginFrom(t *testing.T) {
	t.Parallel()
	about := func(id, user string) types.VmEvent {
		return types.VmEvent{Event: types.Event{UserName: user, Vm: &types.VmEventArgument{Vm: vmRef(id)}}}
	}
	events := []types.BaseEvent{
		&types.VmClonedEvent{ // of the VM's own clone
			VmCloneEvent: types.VmCloneEvent{VmEvent: about("vm-9", "other")},
			SourceVm:     types.VmEventArgument{Vm: vmRef("vm-2")},
		},
		&types.VmClonedEvent{
			VmCloneEvent: types.VmCloneEvent{VmEvent: about("vm-2", "ci")},
			SourceVm:     types.VmEventArgument{Vm: vmRef("vm-1")},
		},
		&types.VmCreatedEvent{},
	}
	if got := originFrom("vm-2", events); got.User != "ci" || got.SourceID != "vm-1" {
		t.Errorf("origin %+v", got)
	}
	if got := originFrom("vm-3", events); got != (Origin{}) {
		t.Errorf("origin of another %+v", got)
	}
}
