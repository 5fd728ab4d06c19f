package vcenter_test

import (
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

type configSpec = types.VirtualMachineConfigSpec

// reconfigure runs ReconfigVM_Task on the bench's VM.
func (b *snapshotBench) reconfigure(spec configSpec) error {
	b.t.Helper()
	started, err := b.vm.Reconfigure(b.t.Context(), spec)

	return finish(b.t, started, err)
}

func (b *snapshotBench) mustReconfigure(spec configSpec) {
	b.t.Helper()
	if err := b.reconfigure(spec); err != nil {
		b.t.Fatalf("reconfigure: %v", err)
	}
}

// config reads the configuration of the bench's VM.
func (b *snapshotBench) config() *types.VirtualMachineConfigInfo {
	b.t.Helper()

	return b.read().Config
}

// power brings the bench's VM into a power state.
func (b *snapshotBench) power(state string) {
	b.t.Helper()
	b.change(vcenter.Change{PowerState: &state})
}

// on returns a bench for another VM of the same server.
func (b *snapshotBench) on(name string) *snapshotBench {
	b.t.Helper()

	return &snapshotBench{t: b.t, server: b.server, client: b.client, vm: virtualMachine(b.t, b.server, b.client, name)}
}

// refusal is a change that is refused, or accepted where there is no fault.
type refusal struct {
	name  string
	spec  configSpec
	fault string
	says  string // a part of the message or of a cause
}

// run tries the changes one after the other. What is refused leaves the configuration as it was.
func (b *snapshotBench) refuses(tests []refusal) {
	b.t.Helper()
	for _, test := range tests {
		before := b.config()
		err := b.reconfigure(test.spec)
		if got := faultName(err); got != test.fault {
			b.t.Errorf("%s: got fault %q (%v), want %q", test.name, got, err, test.fault)

			continue
		}
		if err == nil {
			continue
		}
		if said := messagesOf(b.t, err); !strings.Contains(said, test.says) {
			b.t.Errorf("%s: %q does not say %q", test.name, said, test.says)
		}
		if after := b.config(); after.ChangeVersion != before.ChangeVersion || len(after.Hardware.Device) != len(before.Hardware.Device) {
			b.t.Errorf("%s: the refused change left version %s after %s", test.name, after.ChangeVersion, before.ChangeVersion)
		}
	}
}

// messagesOf returns the message of an error and those of its causes.
func messagesOf(t *testing.T, err error) string {
	t.Helper()
	said := err.Error()
	for cause := faultIn(t, err).GetMethodFault().FaultCause; cause != nil; cause = cause.Fault.GetMethodFault().FaultCause {
		said += "\n" + cause.LocalizedMessage
	}

	return said
}

// cloneTask clones the bench's VM and returns how the task failed; a failure must leave no VM behind.
func (b *snapshotBench) refusesCloneWith(name string, spec configSpec, fault string) error {
	b.t.Helper()
	_, err := b.cloneVM(name, types.VirtualMachineCloneSpec{Config: &spec})
	if got := faultName(err); got != fault {
		b.t.Errorf("%s: got fault %q (%v), want %q", name, got, err, fault)
	}
	if _, found := b.server.VM(name); found {
		b.t.Errorf("%s: the failed clone left a VM", name)
	}

	return err
}

func changed(changes ...types.BaseVirtualDeviceConfigSpec) configSpec {
	return configSpec{DeviceChange: changes}
}

func operate(
	operation types.VirtualDeviceConfigSpecOperation, files types.VirtualDeviceConfigSpecFileOperation, device types.BaseVirtualDevice,
) *types.VirtualDeviceConfigSpec {
	return &types.VirtualDeviceConfigSpec{Operation: operation, FileOperation: files, Device: device}
}

func adding(device types.BaseVirtualDevice) *types.VirtualDeviceConfigSpec {
	return operate("add", "", device)
}

func editing(device types.BaseVirtualDevice) *types.VirtualDeviceConfigSpec {
	return operate("edit", "", device)
}

func removing(device types.BaseVirtualDevice) *types.VirtualDeviceConfigSpec {
	return operate("remove", "", device)
}

func creating(device types.BaseVirtualDevice) *types.VirtualDeviceConfigSpec {
	return operate("add", "create", device)
}

// newDisk describes a disk of some GiB.
func newDisk(controller, unit int32, gib int64, backing types.VirtualDiskFlatVer2BackingInfo) *types.VirtualDisk {
	if backing.DiskMode == "" {
		backing.DiskMode = "persistent"
	}
	disk := &types.VirtualDisk{CapacityInBytes: gib << 30, CapacityInKB: gib << 20}
	disk.Key, disk.ControllerKey, disk.UnitNumber, disk.Backing = -1, controller, &unit, &backing

	return disk
}

// device reads a device of the bench's VM by its key.
func device[T types.BaseVirtualDevice](b *snapshotBench, key int32) T {
	b.t.Helper()

	return deviceIn[T](b.t, b.config().Hardware.Device, key)
}

func deviceIn[T types.BaseVirtualDevice](t *testing.T, devices []types.BaseVirtualDevice, key int32) T {
	t.Helper()
	found, ok := object.VirtualDeviceList(devices).FindByKey(key).(T)
	if !ok {
		t.Fatalf("there is no such device %d in %v", key, object.VirtualDeviceList(devices))
	}

	return found
}

// restrictedTo returns a bench whose client has some privileges alone.
func (b *snapshotBench) restrictedTo(privileges ...string) *snapshotBench {
	b.t.Helper()
	b.server.AddUser("limited", "secret", privileges...)

	return b.as("limited", "secret")
}
