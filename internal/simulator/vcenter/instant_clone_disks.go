package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// mostDeltas is how many files a disk may have on top of its base (VMware KB 67186).
const mostDeltas = 255

// growSource gives a running source files of its own for what it changes from now on: the clone shares those that were written so far. They
// stay when the clone goes, and no snapshot shows them. A frozen source writes nothing, and keeps the files that it has.
func (s *instantCloner) growSource(ctx *simulator.Context, source *simulator.VirtualMachine) *problem {
	if isTrue(source.Runtime.InstantCloneFrozen) {
		return nil
	}
	devices, p := copyDevices(source.Config.Hardware.Device)
	if p != nil {
		return p
	}
	s.storage.growDisks(devices)
	s.inventory.registry.AtomicUpdate(ctx, source, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
	s.storage.refreshLayout(ctx, source)

	return nil
}

// checkInstantDisks refuses a source whose disks can take no further file.
func checkInstantDisks(source *simulator.VirtualMachine) *problem {
	for _, device := range source.Config.Hardware.Device {
		deltas := -1
		for link := topLink(device); link != nil; link = link.Parent {
			deltas++
		}
		if deltas >= mostDeltas {
			cause := &types.GenericVmConfigFault{Reason: "Unable to prepare migration."}
			fault := &types.SystemError{Reason: "Launch failure"}
			fault.FaultCause = &types.LocalizedMethodFault{Fault: cause, LocalizedMessage: cause.Reason}

			return explained(fault, errorError, "The operation failed because of the source's disks.", cause.Reason)
		}
	}

	return nil
}
