package vcenter

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	shortestQuiesce = 5   // minutes
	longestQuiesce  = 240 // minutes
	lastBackupType  = 6   // VSS_BT_OTHER
	mostLevels      = 32  // of a tree of snapshots
)

// checkSnapshotName refuses a name that is empty, too long, or holds a % that begins no escape sequence, and returns the
// one spelling that vCenter keeps. Any character may be escaped.
func checkSnapshotName(name string) (string, *problem) {
	var literal strings.Builder
	for rest := name; rest != ""; {
		before, after, escape := strings.Cut(rest, "%")
		literal.WriteString(before)
		if !escape {
			break
		}
		if len(after) < 2 {
			return "", invalidSnapshotName(name, "A % begins no escape sequence.")
		}
		decoded, err := hex.DecodeString(after[:2])
		if err != nil {
			return "", invalidSnapshotName(name, "A % begins no escape sequence.")
		}
		literal.Write(decoded)
		rest = after[2:]
	}
	switch {
	case literal.Len() == 0:
		return "", invalidSnapshotName(name, "The name is empty.")
	case !utf8.ValidString(literal.String()):
		return "", invalidSnapshotName(name, "The escape sequences are no UTF-8.")
	case utf8.RuneCountInString(literal.String()) > maxNameLength:
		return "", invalidSnapshotName(name, "The name is longer than 80 characters.")
	default:
		return escapeName(literal.String()), nil
	}
}

// spelled returns an escaped name as the inventory keeps it.
func (s *snapshotStore) spelled(escaped string) string {
	if s.doublyEscaped {
		return escapeName(escaped)
	}

	return escaped
}

func invalidSnapshotName(name, why string) *problem {
	return explained(&types.InvalidName{Name: name}, errorInvalidArgument, "The name '"+name+"' is invalid.", why)
}

// maySnapshot refuses a snapshot that the VM's state, its host or its guest do not allow.
func (s *snapshotStore) maySnapshot(vm *simulator.VirtualMachine, request snapshotRequest) *problem {
	for _, check := range []func() *problem{
		func() *problem { return checkQuiesceSpec(request.quiesce) },
		func() *problem { return maySnapshots(vm) },
		func() *problem { return checkSnapshotSupport(vm, request) },
		func() *problem { return checkQuiesceSupport(vm, request) },
		func() *problem { return s.checkSnapshotTree(vm) },
		func() *problem { return checkSnapshotDevices(vm, request) },
		func() *problem { return s.checkSnapshotFiles(vm, request) },
	} {
		if p := check(); p != nil {
			return p
		}
	}

	return nil
}

// maySnapshots refuses all work on snapshots of templates, of VMs with fault tolerance, and of VMs that vCenter cannot
// reach or understand.
func maySnapshots(vm *simulator.VirtualMachine) *problem {
	switch {
	case vm.Config.FtInfo != nil:
		return unsupported("The virtual machine is protected by fault tolerance.")
	case vm.Config.Template:
		return unsupported("The virtual machine is a template.")
	case vm.Runtime.ConnectionState == types.VirtualMachineConnectionStateInvalid:
		return explained(&types.InvalidVmConfig{Property: "config"}, errorNotAllowedInCurrentState,
			"The virtual machine's configuration is invalid.", "The configuration file cannot be read.")
	case vm.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected:
		return invalidState("The virtual machine is %s: its configuration is not available.", vm.Runtime.ConnectionState)
	default:
		return nil
	}
}

func checkSnapshotSupport(vm *simulator.VirtualMachine, request snapshotRequest) *problem {
	state, can := vm.Runtime.PowerState, vm.Capability
	switch {
	case !can.SnapshotOperationsSupported:
		return unsupported("The host does not support snapshots of the virtual machine.")
	case request.memory && state != poweredOff && !can.MemorySnapshotsSupported:
		return unsupported("The host does not support snapshots with memory of the virtual machine.")
	case state == poweredOff && !can.PoweredOffSnapshotsSupported:
		return explained(&types.InvalidPowerState{RequestedState: poweredOn, ExistingState: state}, errorNotAllowedInCurrentState,
			"The attempted operation cannot be performed in the current state (Powered off).",
			"The virtual machine has to be powered on for a snapshot.")
	default:
		return nil
	}
}

// checkQuiesceSpec refuses a specification with invalid values.
func checkQuiesceSpec(base types.BaseVirtualMachineGuestQuiesceSpec) *problem {
	if base == nil {
		return nil
	}
	if timeout := base.GetVirtualMachineGuestQuiesceSpec().Timeout; timeout != 0 &&
		(timeout < shortestQuiesce || timeout > longestQuiesce) {
		return badArgument("quiesceSpec.timeout", "The timeout is %d minutes; it is at least 5 and at most 240.", timeout)
	}
	windows, ok := base.(*types.VirtualMachineWindowsQuiesceSpec)
	if !ok {
		return nil
	}
	if kind := windows.VssBackupType; kind < 0 || kind > lastBackupType {
		return badArgument("quiesceSpec.vssBackupType", "There is no VSS backup type %d.", kind)
	}
	var contexts types.VirtualMachineWindowsQuiesceSpecVssBackupContext
	if context := windows.VssBackupContext; context != "" && !slices.Contains(contexts.Strings(), context) {
		return badArgument("quiesceSpec.vssBackupContext", "There is no VSS backup context %q.", context)
	}

	return nil
}

// checkQuiesceSupport refuses what the host or the guest cannot do. A specification without effect, because VMware
// Tools do not run, is accepted for every guest.
func checkQuiesceSupport(vm *simulator.VirtualMachine, request snapshotRequest) *problem {
	if request.quiesce == nil {
		return nil
	}
	if !vm.Capability.QuiescedSnapshotsSupported {
		return unsupported("The host does not support quiesced snapshots of the virtual machine.")
	}
	_, windows := request.quiesce.(*types.VirtualMachineWindowsQuiesceSpec)
	if windows && request.quiesces(vm) && !isWindows(vm.Config.GuestId) {
		return unsupported("The quiesce specification is for Windows, and the guest is %s.", vm.Config.GuestId)
	}

	return nil
}

func isWindows(guest string) bool { return strings.HasPrefix(strings.ToLower(guest), "win") }

// checkSnapshotTree refuses a snapshot that the tree cannot take.
func (s *snapshotStore) checkSnapshotTree(vm *simulator.VirtualMachine) *problem {
	tree, current := snapshotTree(vm)
	switch {
	case s.conditions.of(vm.Self).lostSnapshots:
		return lostSnapshots()
	case len(tree) > 0 && !vm.Capability.MultipleSnapshotsSupported:
		return explained(&types.MultipleSnapshotsNotSupported{}, errorUnsupported,
			"The virtual machine can have only one snapshot.", "It has a snapshot '"+literalName(tree[0].Name)+"'.")
	case depthOf(tree, current) >= mostLevels:
		return explained(&types.TooManySnapshotLevels{}, errorUnableToAllocateResource,
			"The maximum number of snapshots in a chain is reached.", "A chain holds at most 32 snapshots.")
	default:
		return nil
	}
}

func lostSnapshots() *problem {
	return explained(&types.InvalidSnapshotFormat{}, errorNotAllowedInCurrentState,
		"Detected an invalid snapshot configuration.", "A file of a snapshot of the virtual machine is missing.")
}

// checkSnapshotDevices refuses snapshots of a VM with devices whose state cannot be kept.
func checkSnapshotDevices(vm *simulator.VirtualMachine, request snapshotRequest) *problem {
	for _, device := range vm.Config.Hardware.Device {
		if link := topLink(device); link != nil && isIndependent(link) && request.memory && vm.Runtime.PowerState == poweredOn {
			return explained(&types.MemorySnapshotOnIndependentDisk{}, errorUnsupported,
				"The memory of the virtual machine cannot be kept.", "'"+labelOf(device)+"' is an independent disk.")
		}
		issue := sharedDevice(device)
		if issue == nil {
			continue
		}
		message := fmt.Sprintf("Device '%s' cannot be part of a snapshot.", labelOf(device))

		return explained(&types.SnapshotIncompatibleDeviceInVm{
			Fault: types.LocalizedMethodFault{Fault: issue, LocalizedMessage: message},
		}, errorUnsupported, "The virtual machine has a device that snapshots do not support.", message)
	}

	return nil
}

// sharedDevice returns the fault of a disk or a controller that other machines write to as well, nil for any other device.
func sharedDevice(device types.BaseVirtualDevice) types.BaseMethodFault {
	switch x := device.(type) {
	case types.BaseVirtualSCSIController:
		if x.GetVirtualSCSIController().SharedBus != types.VirtualSCSISharingNoSharing {
			fault := &types.SharedBusControllerNotSupported{}
			fault.Device = labelOf(device)

			return fault
		}
	case *types.VirtualDisk:
		raw, ok := x.Backing.(*types.VirtualDiskRawDiskMappingVer1BackingInfo)
		if ok && raw.CompatibilityMode == string(types.VirtualDiskCompatibilityModePhysicalMode) {
			fault := &types.PhysCompatRDMNotSupported{}
			fault.Device = labelOf(device)

			return fault
		}
	}

	return nil
}

// checkSnapshotFiles refuses a snapshot whose files cannot be written.
func (s *snapshotStore) checkSnapshotFiles(vm *simulator.VirtualMachine, request snapshotRequest) *problem {
	if p := s.storage.checkFiles(vm); p != nil {
		return p
	}
	home, ok := s.inventory.registry.Get(s.inventory.datastoreOfPath(vm.Config.Files.VmPathName)).(*simulator.Datastore)
	if !ok {
		return nil
	}
	needed := int64(1)
	if request.state(vm) != poweredOff {
		needed = int64(vm.Config.Hardware.MemoryMB) << 20
	}
	if home.Summary.FreeSpace >= needed {
		return nil
	}

	return explained(&types.NoDiskSpace{
		FileFault: types.FileFault{File: vm.Config.Files.VmPathName}, Datastore: home.Name,
	}, errorUnableToAllocateResource, "There is not enough space on the file system.",
		fmt.Sprintf("Datastore '%s' has %d bytes free of %d that are needed.", home.Name, home.Summary.FreeSpace, needed))
}
