package vcenter

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// mostCPUs and mostMegabytes are what a VM of vSphere 8 can have.
	mostCPUs      = 768
	mostMegabytes = 24 << 20
	// memoryStep is what the size of memory in MiB is a multiple of.
	memoryStep = 4
	// automaticCores is the first hardware version that takes 0 cores per socket: vCenter chooses.
	automaticCores = 20
)

// checkCPU refuses numbers of virtual CPUs that the VM cannot have, or not while it runs.
func checkCPU(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	hardware := vm.Config.Hardware
	count, cores := hardware.NumCPU, hardware.NumCoresPerSocket
	setUnlessZero(&count, spec.NumCPUs)
	setUnlessZero(&cores, spec.NumCoresPerSocket)
	switch {
	case spec.NumCPUs < 0:
		return badArgument("configSpec.numCPUs", "%d is no number of virtual CPUs.", spec.NumCPUs)
	case count > mostCPUs:
		return explained(&types.NumVirtualCpusNotSupported{MaxSupportedVcpusDest: mostCPUs, NumCpuVm: count}, errorUnsupported,
			"The host does not support that number of virtual CPUs.", fmt.Sprintf("At most %d of %d are supported.", mostCPUs, count))
	}
	if p := checkCores(vm.Config.Version, count, cores); p != nil && (spec.NumCPUs != 0 || spec.NumCoresPerSocket != nil) {
		return p
	}
	switch {
	case vm.Runtime.PowerState == poweredOff:
		return nil
	case differs(hardware.NumCoresPerSocket, spec.NumCoresPerSocket):
		return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
	case count > hardware.NumCPU && !isTrue(vm.Config.CpuHotAddEnabled):
		return explained(&types.CpuHotPlugNotSupported{}, errorNotAllowedInCurrentState,
			"CPU hot plug is not supported for this virtual machine.", "Virtual CPUs cannot be added while it is on.")
	case count < hardware.NumCPU && !isTrue(vm.Config.CpuHotRemoveEnabled):
		return explained(&types.CpuHotPlugNotSupported{}, errorNotAllowedInCurrentState,
			"CPU hot plug is not supported for this virtual machine.", "Virtual CPUs cannot be removed while it is on.")
	}

	return nil
}

// checkCores refuses a number of cores a socket that does not divide the number of virtual CPUs.
func checkCores(version string, count int32, cores *int32) *problem {
	const property = "configSpec.numCoresPerSocket"
	switch {
	case cores == nil, *cores == 0 && hardwareNumber(version) >= automaticCores:
		return nil
	case *cores <= 0:
		return badArgument(property, "%d is no number of cores.", *cores)
	case count%*cores != 0:
		return badArgument(property, "%d virtual CPUs are no multiple of %d cores per socket.", count, *cores)
	default:
		return nil
	}
}

// checkMemory refuses sizes of memory that the VM cannot have, or not while it runs: then it never shrinks.
func checkMemory(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	size, has := spec.MemoryMB, int64(vm.Config.Hardware.MemoryMB)
	switch {
	case size == 0 || size == has:
		return nil
	case size < 0 || size%memoryStep != 0:
		return badArgument("configSpec.memoryMB", "%d MB is not a multiple of %d MB.", size, memoryStep)
	case size > mostMegabytes:
		return explained(&types.MemorySizeNotSupported{MinMemorySizeMB: memoryStep, MaxMemorySizeMB: mostMegabytes}, errorUnsupported,
			"The memory size is not supported by the host.", fmt.Sprintf("At most %d MB of %d MB are supported.", mostMegabytes, size))
	case vm.Runtime.PowerState == poweredOff:
		return nil
	case size < has:
		return explained(&types.MemoryHotPlugNotSupported{}, errorNotAllowedInCurrentState,
			"Memory hot plug is not supported for this virtual machine.", "Memory cannot be removed while it is on.")
	case !isTrue(vm.Config.MemoryHotAddEnabled):
		return explained(&types.MemoryHotPlugNotSupported{}, errorNotAllowedInCurrentState,
			"Memory hot plug is not supported for this virtual machine.", "Memory cannot be added while it is on.")
	default:
		return nil
	}
}

// checkWhileOff refuses changes that need the VM to be off, and guests that do not exist.
func checkWhileOff(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	if spec.GuestId != "" && !isGuest(spec.GuestId) {
		return badArgument("configSpec.guestId", "There is no guest operating system %q.", spec.GuestId)
	}
	config := vm.Config
	if vm.Runtime.PowerState == poweredOff {
		return nil
	}
	for _, changed := range []bool{
		differsFlag(config.CpuHotAddEnabled, spec.CpuHotAddEnabled), differsFlag(config.CpuHotRemoveEnabled, spec.CpuHotRemoveEnabled),
		differsFlag(config.MemoryHotAddEnabled, spec.MemoryHotAddEnabled), differsFlag(config.NestedHVEnabled, spec.NestedHVEnabled),
		spec.GuestId != "" && spec.GuestId != config.GuestId, spec.Firmware != "" && spec.Firmware != config.Firmware,
		spec.Version != "" && spec.Version != config.Version, spec.Uuid != "" && spec.Uuid != config.Uuid,
	} {
		if changed {
			return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
		}
	}

	return nil
}

func isGuest(id string) bool {
	return slices.Contains(simulator.GuestID, types.VirtualMachineGuestOsIdentifier(id))
}

// hardwareNumber returns the number in a hardware version: 21 of vmx-21; 0 for a text that is no version.
func hardwareNumber(version string) types.HardwareVersion {
	number, _ := types.ParseHardwareVersion(version)

	return number
}

// differs reports whether wanted is set and is not the present value.
func differs[T comparable](is, wanted *T) bool {
	return wanted != nil && (is == nil || *is != *wanted)
}

// differsFlag is differs for flags: a present flag that is unset is off.
func differsFlag(is, wanted *bool) bool { return wanted != nil && isTrue(is) != *wanted }

// isZero reports whether nothing in a value is set.
func isZero(value any) bool { return reflect.ValueOf(value).IsZero() }
