package vsphere

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// sourceDevices are the devices of a VM whose source is edited by several clones at a time.
func sourceDevices() []types.BaseVirtualDevice {
	card := types.VirtualEthernetCard{
		VirtualDevice: types.VirtualDevice{
			Key: 4000, ControllerKey: 100, Backing: &types.VirtualEthernetCardNetworkBackingInfo{},
			Connectable: &types.VirtualDeviceConnectInfo{Connected: true, StartConnected: true, AllowGuestControl: true, Status: "ok"},
		},
		AddressType: "assigned", MacAddress: "00:50:56:00:00:01",
	}

	return []types.BaseVirtualDevice{
		&types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: card}},
		&types.VirtualE1000{VirtualEthernetCard: types.VirtualEthernetCard{VirtualDevice: types.VirtualDevice{Key: 4001}}},
		&types.VirtualSerialPort{VirtualDevice: types.VirtualDevice{Key: 9000}},
		&types.VirtualParallelPort{VirtualDevice: types.VirtualDevice{Key: 10000}},
		&types.VirtualDisk{VirtualDevice: types.VirtualDevice{Key: 2000}},
	}
}

// newDeviceClient makes a client that has the VM's devices and any network at hand.
func newDeviceClient(t *testing.T, devices []types.BaseVirtualDevice) *Client {
	t.Helper()
	c, life := new(Client), new(httpapi.Lifetime)
	itself := func(id string) string { return id }
	c.devices = httpapi.NewBatch(life, conn.RetrieveOp, itself,
		func(_ context.Context, ids []string) (map[string]outcome[[]types.BaseVirtualDevice], error) {
			read := map[string]outcome[[]types.BaseVirtualDevice]{}
			for _, id := range ids {
				read[id] = outcome[[]types.BaseVirtualDevice]{value: devices}
			}

			return read, nil
		}, missing)
	c.backings = httpapi.NewBatch(life, conn.RetrieveOp, itself,
		func(_ context.Context, ids []string) (map[string]outcome[types.BaseVirtualDeviceBackingInfo], error) {
			read := map[string]outcome[types.BaseVirtualDeviceBackingInfo]{}
			for _, id := range ids {
				if id != "network-none" {
					read[id] = newBacking(conn.Properties{Ref: objectRef(TypeNetwork, id), Values: map[string]any{"name": "lan%2fa"}}, "uuid")
				}
			}

			return read, nil
		}, missing)
	t.Cleanup(func() { _ = life.End(context.WithoutCancel(t.Context())) })

	return c
}

func TestDeviceChanges(t *testing.T) {
	t.Parallel()
	devices := sourceDevices()
	client := newDeviceClient(t, devices)
	edits := ReconfigureSpec{
		NetworkInterfaces: map[string]NetworkInterfaceEdit{
			"4000": {NetworkID: "network-7", MACAddress: "00:50:56:00:00:02", Connected: new(false)},
			"4001": {StartConnected: new(false)},
		},
		SerialPorts:   map[string]string{"9000": "[ds] a/serial.log"},
		ParallelPorts: map[string]string{"10000": "[ds] a/parallel.log"},
	}
	var clones sync.WaitGroup
	for range 10 {
		clones.Go(func() {
			changes, err := client.deviceChanges(t.Context(), httpapi.Call{Op: instantCloneOp}, editedVM{id: "vm-1"}, edits)
			if err != nil || len(changes) != 4 {
				t.Errorf("%d changes, %v", len(changes), err)

				return
			}
			checkChanges(t, changes)
		})
	}
	clones.Wait()
	if !reflect.DeepEqual(devices, sourceDevices()) {
		t.Error("the source's own devices were changed")
	}
}

func checkChanges(t *testing.T, changes []types.BaseVirtualDeviceConfigSpec) {
	t.Helper()
	network := objectRef(TypeNetwork, "network-7")
	backing := &types.VirtualEthernetCardNetworkBackingInfo{Network: &network}
	backing.DeviceName = "lan/a"
	want := []types.BaseVirtualDevice{
		&types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: types.VirtualEthernetCard{
			VirtualDevice: types.VirtualDevice{
				Key: 4000, ControllerKey: 100, Backing: backing,
				Connectable: &types.VirtualDeviceConnectInfo{StartConnected: true, AllowGuestControl: true},
			},
			AddressType: "manual", MacAddress: "00:50:56:00:00:02",
		}}},
		&types.VirtualE1000{VirtualEthernetCard: types.VirtualEthernetCard{VirtualDevice: types.VirtualDevice{
			Key: 4001, Connectable: &types.VirtualDeviceConnectInfo{AllowGuestControl: true, Connected: true},
		}}},
		&types.VirtualSerialPort{VirtualDevice: types.VirtualDevice{Key: 9000, Backing: &types.VirtualSerialPortFileBackingInfo{
			VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[ds] a/serial.log"},
		}}},
		&types.VirtualParallelPort{VirtualDevice: types.VirtualDevice{
			Key: 10000, Backing: &types.VirtualParallelPortFileBackingInfo{
				VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[ds] a/parallel.log"},
			},
		}},
	}
	for i, change := range changes {
		got := change.GetVirtualDeviceConfigSpec()
		if got.Operation != types.VirtualDeviceConfigSpecOperationEdit || !reflect.DeepEqual(got.Device, want[i]) {
			t.Errorf("change %d: %s of %+v, want %+v", i, got.Operation, got.Device, want[i])
		}
	}
}

func TestDeviceChanges_mistakes(t *testing.T) {
	t.Parallel()
	client := newDeviceClient(t, sourceDevices())
	tests := map[string]struct {
		edits  ReconfigureSpec
		kind   apierr.Kind
		code   string
		object string
		names  []string
	}{
		"no such card": {
			ReconfigureSpec{NetworkInterfaces: map[string]NetworkInterfaceEdit{"4711": {}}},
			apierr.InvalidArgument, codeNoDevice, "vm-1",
			[]string{"4711"},
		},
		"a disk is no card": {
			ReconfigureSpec{NetworkInterfaces: map[string]NetworkInterfaceEdit{"2000": {}}},
			apierr.InvalidArgument, codeNoDevice, "vm-1",
			[]string{"2000"},
		},
		"no such serial port": {
			ReconfigureSpec{SerialPorts: map[string]string{"10000": "x"}},
			apierr.InvalidArgument, codeNoDevice, "vm-1",
			[]string{"10000"},
		},
		"no such parallel port": {
			ReconfigureSpec{ParallelPorts: map[string]string{"9000": "x"}},
			apierr.InvalidArgument, codeNoDevice, "vm-1",
			[]string{"9000"},
		},
		"no such network": {
			ReconfigureSpec{NetworkInterfaces: map[string]NetworkInterfaceEdit{"4000": {NetworkID: "network-none"}}},
			apierr.NotFound, conn.CodeGone, "network-none", nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.deviceChanges(t.Context(), httpapi.Call{Op: instantCloneOp, Object: "vm-1"}, editedVM{id: "vm-1"}, tt.edits)
			want := &apierr.Error{Kind: tt.kind, Code: tt.code, Object: tt.object, Arguments: tt.names, Op: instantCloneOp}
			if tt.code == conn.CodeGone {
				want.Op = conn.RetrieveOp
			}
			if got, ok := errors.AsType[*apierr.Error](err); !ok || whole(*got) != whole(*want) {
				t.Errorf("got %+v, want %+v", err, want)
			}
		})
	}
	if none, err := client.deviceChanges(t.Context(), httpapi.Call{}, editedVM{id: "vm-none"}, ReconfigureSpec{}); none != nil || err != nil {
		t.Errorf("without edits: %v, %v", none, err)
	}
}

func TestNewBacking(t *testing.T) {
	t.Parallel()
	group := conn.Properties{
		Ref: objectRef(TypeNetwork, "dvportgroup-8"), Values: map[string]any{"name": "g", "key": "dvportgroup-8"},
	}
	opaque := conn.Properties{Ref: objectRef(TypeNetwork, "network-o9"), Values: map[string]any{
		"name": "o", "summary": types.OpaqueNetworkSummary{OpaqueNetworkId: "segment", OpaqueNetworkType: "nsx.LogicalSwitch"},
	}}
	got := newBacking(group, "uuid-1")
	want := &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
		Port: types.DistributedVirtualSwitchPortConnection{PortgroupKey: "dvportgroup-8", SwitchUuid: "uuid-1"},
	}
	if got.err != nil || !reflect.DeepEqual(got.value, types.BaseVirtualDeviceBackingInfo(want)) {
		t.Errorf("a port group: %+v", got)
	}
	if got = newBacking(group, ""); !apierr.Is(got.err, apierr.Denied) {
		t.Errorf("a port group whose switch is not to be seen: %+v", got)
	}
	got = newBacking(opaque, "")
	backing := &types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: "segment", OpaqueNetworkType: "nsx.LogicalSwitch"}
	if got.err != nil || !reflect.DeepEqual(got.value, types.BaseVirtualDeviceBackingInfo(backing)) {
		t.Errorf("an opaque network: %+v", got)
	}
}

func TestInstantCloneable(t *testing.T) {
	t.Parallel()
	shared := &types.ParaVirtualSCSIController{}
	shared.SharedBus = types.VirtualSCSISharingPhysicalSharing
	own := &types.ParaVirtualSCSIController{}
	own.SharedBus = types.VirtualSCSISharingNoSharing
	refused := []types.BaseVirtualDevice{
		&types.VirtualPCIPassthrough{}, &types.VirtualSriovEthernetCard{}, shared,
		&types.VirtualCdrom{VirtualDevice: types.VirtualDevice{Backing: &types.VirtualCdromAtapiBackingInfo{}}},
		&types.VirtualUSB{VirtualDevice: types.VirtualDevice{Backing: &types.VirtualUSBRemoteClientBackingInfo{}}},
		&types.VirtualDisk{VirtualDevice: types.VirtualDevice{Backing: &types.VirtualDiskRawDiskMappingVer1BackingInfo{}}},
	}
	unplugged := &types.VirtualCdrom{VirtualDevice: types.VirtualDevice{
		Backing: &types.VirtualCdromAtapiBackingInfo{}, Connectable: &types.VirtualDeviceConnectInfo{},
	}}
	for _, device := range slices.Concat(refused, sourceDevices(), []types.BaseVirtualDevice{own, unplugged}) {
		if want := !slices.Contains(refused, device); instantCloneable(device) != want {
			t.Errorf("%T: %t, want %t", device, !want, want)
		}
	}
}

// An instant clone's network interface gets a port of its own; a VM's own interface keeps the one that it has.
func TestDeviceChanges_ports(t *testing.T) {
	t.Parallel()
	port := types.DistributedVirtualSwitchPortConnection{
		SwitchUuid: "uuid", PortgroupKey: "dvportgroup-8", PortKey: "101", ConnectionCookie: 7,
	}
	backing := &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: port}
	devices := []types.BaseVirtualDevice{&types.VirtualE1000{VirtualEthernetCard: types.VirtualEthernetCard{
		VirtualDevice: types.VirtualDevice{Key: 4000, Backing: backing},
	}}}
	client := newDeviceClient(t, devices)
	free := types.DistributedVirtualSwitchPortConnection{SwitchUuid: "uuid", PortgroupKey: "dvportgroup-8"}
	for _, tt := range []struct {
		name   string
		copied bool
		edit   NetworkInterfaceEdit
		want   types.DistributedVirtualSwitchPortConnection
	}{
		{"instant clone, connection alone", true, NetworkInterfaceEdit{Connected: new(false)}, free},
		{"instant clone, address alone", true, NetworkInterfaceEdit{MACAddress: "00:50:56:00:00:02"}, free},
		{"the VM's own", false, NetworkInterfaceEdit{Connected: new(false)}, port},
	} {
		changes, err := client.deviceChanges(t.Context(), httpapi.Call{}, editedVM{id: "vm-1", copied: tt.copied}, ReconfigureSpec{
			NetworkInterfaces: map[string]NetworkInterfaceEdit{"4000": tt.edit},
		})
		if err != nil || len(changes) != 1 {
			t.Fatalf("%s: %d changes, %v", tt.name, len(changes), err)
		}
		sent, ok := changes[0].GetVirtualDeviceConfigSpec().Device.GetVirtualDevice().Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
		if !ok || sent.Port != tt.want {
			t.Errorf("%s: sent %+v, want %+v", tt.name, sent, tt.want)
		}
	}
	if backing.Port != port {
		t.Error("the source's own device was changed")
	}
}
