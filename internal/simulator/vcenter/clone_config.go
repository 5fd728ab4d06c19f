package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// checkConfig refuses a clone whose changes of the configuration vCenter's rules do not allow. It makes nothing: it judges the VM that the
// clone would be.
func (s *cloner) checkConfig(plan clonePlan) *problem {
	changes := plan.changes()
	if isZero(changes) {
		return nil
	}
	clone, p := s.wouldBe(plan)
	if p != nil {
		return p
	}

	return s.reconfigurer.check(clone, asConfigured(changes), true)
}

// wouldBe returns what a clone is before its configuration is changed: off, without snapshots, on disks of its own or on those it shares.
func (s *cloner) wouldBe(plan clonePlan) (*simulator.VirtualMachine, *problem) {
	config := *plan.from
	config.Template = false
	config.Files.VmPathName = "[" + s.inventory.entityName(plan.placement.datastore) + "]"
	devices, p := copyDevices(plan.from.Hardware.Device)
	if p != nil {
		return nil, p
	}
	config.Hardware.Device = nil
	for _, device := range devices {
		if disk, ok := device.(*types.VirtualDisk); ok {
			datastore, copied := plan.disks[disk.Key]
			if !copied {
				continue
			}
			shared, backing := plan.parentOf(disk), newBacking(disk.Backing, s.inventory.entityName(datastore))
			provision(backing, plan.backings[disk.Key])
			backing.Parent, disk.Backing = shared, backing
		}
		config.Hardware.Device = append(config.Hardware.Device, device)
	}
	clone := &simulator.VirtualMachine{}
	clone.Self, clone.Config = plan.source, &config
	clone.Runtime.PowerState, clone.Runtime.Host = poweredOff, &plan.placement.host

	return clone, nil
}
