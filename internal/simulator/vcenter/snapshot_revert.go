package vcenter

import (
	"bytes"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// reversion is a request to bring a VM back to a snapshot.
type reversion struct {
	snapshot types.ManagedObjectReference
	host     *types.ManagedObjectReference // where the VM is powered on, if it is
	stayOff  bool                          // it is not
}

// planRevertToSnapshot plans RevertToSnapshot_Task.
func (s *snapshotStore) planRevertToSnapshot(c *call) (taskPlan, *problem) {
	req := bodyOf[types.RevertToSnapshot_Task](c)

	return s.planReversion(reversion{
		snapshot: c.this, host: req.Host, stayOff: isTrue(req.SuppressPowerOn),
	})
}

// planRevertToCurrent plans RevertToCurrentSnapshot_Task.
func (s *snapshotStore) planRevertToCurrent(c *call) (taskPlan, *problem) {
	req := bodyOf[types.RevertToCurrentSnapshot_Task](c)
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	_, current := snapshotTree(vm)
	if current == nil {
		return taskPlan{}, explained(&types.NotFound{}, errorNotFound, "The virtual machine has no current snapshot.")
	}

	return s.planReversion(reversion{
		snapshot: *current, host: req.Host, stayOff: isTrue(req.SuppressPowerOn),
	})
}

func (s *snapshotStore) planReversion(to reversion) (taskPlan, *problem) {
	vm, p := s.mayRevert(to)
	if p != nil {
		return taskPlan{}, p
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, p := s.mayRevert(to)
		if p != nil {
			return nil, p
		}

		return nil, s.revert(ctx, vm, to)
	}}, nil
}

func (s *snapshotStore) mayRevert(to reversion) (*simulator.VirtualMachine, *problem) {
	_, vm, p := s.inventory.snapshotOf(to.snapshot)
	if p != nil {
		return nil, p
	}
	if !vm.Capability.RevertToSnapshotSupported {
		return nil, unsupported("The host does not support to revert the virtual machine to a snapshot.")
	}
	if to.host != nil {
		if s.inventory.owner(*to.host) != s.inventory.owner(*vm.Runtime.Host) {
			return nil, badArgument("host", "Host %s is not in the virtual machine's cluster.", to.host.Value)
		}
		if p := s.placer.checkHost(*to.host); p != nil {
			return nil, p
		}
	}

	return vm, s.mayChangeSnapshots(vm)
}

// revert brings back hardware, settings, disks and power state of a snapshot. Name, place and identity of the VM stay.
func (s *snapshotStore) revert(ctx *simulator.Context, vm *simulator.VirtualMachine, to reversion) *problem {
	snapshot, _, p := s.inventory.snapshotOf(to.snapshot)
	if p != nil {
		return p
	}
	tree, _ := snapshotTree(vm)
	node, _ := findNode(tree, to.snapshot)
	if vm.Runtime.PowerState == poweredOn && (node.State != poweredOn || to.stayOff) {
		if p := s.power.setPower(ctx, vm.Self, poweredOff); p != nil {
			return p
		}
	}
	chains, p := s.storage.chainsOf(vm)
	if p != nil {
		return p
	}
	before := chains.files()
	config, p := copyConfig(&snapshot.Config)
	if p != nil {
		return p
	}
	chains.vm = config.Hardware.Device
	s.storage.growDisks(chains.vm)
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "config.hardware", Val: config.Hardware},
		{Name: "config.extraConfig", Val: config.ExtraConfig},
		{Name: "config.annotation", Val: config.Annotation},
		{Name: "config.guestId", Val: config.GuestId},
		{Name: "summary.config.annotation", Val: config.Annotation},
		{Name: "summary.config.guestId", Val: config.GuestId},
		{Name: "summary.config.numCpu", Val: config.Hardware.NumCPU},
		{Name: "summary.config.memorySizeMB", Val: config.Hardware.MemoryMB},
	})
	s.setSnapshots(ctx, vm, tree, &node.Snapshot)
	s.storage.storeChains(ctx, vm, chains, before)
	if to.host != nil && vm.Runtime.PowerState != poweredOn {
		place := s.placer.placementOf(vm)
		place.host = *to.host
		s.vms.moveCompute(ctx, vm, place)
	}
	if to.stayOff {
		return s.power.reachPower(ctx, vm, poweredOff)
	}

	return s.power.reachPower(ctx, vm, node.State)
}

// copyConfig returns a deep copy of a configuration.
func copyConfig(config *types.VirtualMachineConfigInfo) (types.VirtualMachineConfigInfo, *problem) {
	var copied types.VirtualMachineConfigInfo
	encoded, err := xml.Marshal(*config)
	if err == nil {
		decoder := xml.NewDecoder(bytes.NewReader(encoded))
		decoder.TypeFunc = types.TypeFunc()
		err = decoder.Decode(&copied)
	}
	if err != nil {
		return copied, &problem{fault: &types.SystemError{Reason: err.Error()}, errorType: errorError, messages: []string{err.Error()}}
	}

	return copied, nil
}
