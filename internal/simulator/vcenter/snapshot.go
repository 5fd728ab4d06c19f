package vcenter

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// snapshotRequest is CreateSnapshot_Task or CreateSnapshotEx_Task.
type snapshotRequest struct {
	name        string // escaped, canonical
	description string
	memory      bool
	quiesce     types.BaseVirtualMachineGuestQuiesceSpec // nil without
}

// snapshotStore takes, changes and removes the snapshots of VMs, and reverts to them.
type snapshotStore struct {
	inventory  *inventory
	storage    *storage
	placer     *placer
	conditions *conditionStore
	tasks      *taskStore
	power      *powerStates
	vms        *vmStore

	doublyEscaped bool // see [Options.DoublyEscapedSnapshots]
}

// methods returns the vim25 methods that this store answers.
func (s *snapshotStore) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.CreateSnapshot_Task":           {task: s.planCreateSnapshot},
		"VirtualMachine.CreateSnapshotEx_Task":         {task: s.planCreateSnapshotEx},
		"VirtualMachine.RemoveAllSnapshots_Task":       {task: s.planRemoveAllSnapshots},
		"VirtualMachine.RevertToCurrentSnapshot_Task":  {task: s.planRevertToCurrent},
		"VirtualMachine.ConsolidateVMDisks_Task":       {task: s.planConsolidate},
		"VirtualMachineSnapshot.RemoveSnapshot_Task":   {task: s.planRemoveSnapshot},
		"VirtualMachineSnapshot.RevertToSnapshot_Task": {task: s.planRevertToSnapshot},
		"VirtualMachineSnapshot.RenameSnapshot":        {direct: s.renameSnapshot},
	}
}

// planCreateSnapshot plans CreateSnapshot_Task.
func (s *snapshotStore) planCreateSnapshot(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateSnapshot_Task](c)
	request := snapshotRequest{name: req.Name, description: req.Description, memory: req.Memory}
	if req.Quiesce {
		request.quiesce = &types.VirtualMachineGuestQuiesceSpec{}
	}

	return s.planSnapshot(c, request)
}

// planCreateSnapshotEx plans CreateSnapshotEx_Task.
func (s *snapshotStore) planCreateSnapshotEx(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateSnapshotEx_Task](c)

	return s.planSnapshot(c, snapshotRequest{
		name: req.Name, description: req.Description, memory: req.Memory, quiesce: req.QuiesceSpec,
	})
}

func (s *snapshotStore) planSnapshot(c *call, request snapshotRequest) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	name, p := checkSnapshotName(request.name)
	if p != nil {
		return taskPlan{}, p
	}
	request.name = s.spelled(name)
	if p := s.maySnapshot(vm, request); p != nil {
		return taskPlan{}, p
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.inventory.vm(c.this)
		if !ok {
			return nil, notFound(c.this)
		}
		if p := s.maySnapshot(vm, request); p != nil {
			return nil, p
		}
		if request.quiesces(vm) && s.conditions.of(vm.Self).quiesceFails {
			return nil, explained(&types.FilesystemQuiesceFault{}, errorError,
				"An error occurred while quiescing the virtual machine.", "The guest's file systems did not come to rest in time.")
		}

		return s.createSnapshot(ctx, vm, request)
	}}, nil
}

// quiesces reports whether VMware Tools quiesces the guest's file systems: not in a VM that is off or has no Tools.
func (r *snapshotRequest) quiesces(vm *simulator.VirtualMachine) bool {
	return r.quiesce != nil && vm.Runtime.PowerState == poweredOn &&
		vm.Guest.ToolsRunningStatus == string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
}

// state returns the power state that reverting to the snapshot brings back.
func (r *snapshotRequest) state(vm *simulator.VirtualMachine) types.VirtualMachinePowerState {
	diskOnly := vm.Capability.DiskOnlySnapshotOnSuspendedVMSupported
	switch {
	case vm.Runtime.PowerState == suspended && (diskOnly == nil || !*diskOnly):
		return suspended
	case r.memory:
		return vm.Runtime.PowerState
	default:
		return poweredOff
	}
}

func (s *snapshotStore) createSnapshot(
	ctx *simulator.Context, vm *simulator.VirtualMachine, request snapshotRequest,
) (types.AnyType, *problem) {
	config, p := copyConfig(vm.Config)
	if p != nil {
		return nil, p
	}
	devices, p := copyDevices(vm.Config.Hardware.Device)
	if p != nil {
		return nil, p
	}
	snapshot := &simulator.VirtualMachineSnapshot{}
	snapshot.Vm, snapshot.Config = vm.Self, config
	s.inventory.registry.Put(snapshot)

	taken := time.Now().UTC()
	node := types.VirtualMachineSnapshotTree{
		Snapshot: snapshot.Self, Vm: vm.Self, Name: request.name, Description: request.description,
		Id: s.conditions.nextSnapshot(vm.Self), CreateTime: taken, State: request.state(vm),
		Quiesced: request.quiesces(vm), ReplaySupported: new(false),
	}
	if node.Description == "" {
		node.Description = fmt.Sprintf("Snapshot of %s taken on %s", vm.Name, taken.Format(time.DateTime))
	}
	tree, current := snapshotTree(vm)
	s.setSnapshots(ctx, vm, withChild(tree, current, node), &node.Snapshot)
	s.storage.growDisks(devices)
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
	s.storage.refreshLayout(ctx, vm)

	return snapshot.Self, nil
}
