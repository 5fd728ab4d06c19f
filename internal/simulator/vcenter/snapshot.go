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

// planCreateSnapshot is CreateSnapshot_Task.
func planCreateSnapshot(s *Server, c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateSnapshot_Task](c)
	request := snapshotRequest{name: req.Name, description: req.Description, memory: req.Memory}
	if req.Quiesce {
		request.quiesce = &types.VirtualMachineGuestQuiesceSpec{}
	}

	return s.planSnapshot(c, request)
}

// planCreateSnapshotEx is CreateSnapshotEx_Task.
func planCreateSnapshotEx(s *Server, c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateSnapshotEx_Task](c)

	return s.planSnapshot(c, snapshotRequest{
		name: req.Name, description: req.Description, memory: req.Memory, quiesce: req.QuiesceSpec,
	})
}

func (s *Server) planSnapshot(c *call, request snapshotRequest) (taskPlan, *problem) {
	vm, ok := s.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	name, p := checkSnapshotName(request.name)
	if p != nil {
		return taskPlan{}, p
	}
	request.name = name
	if p := s.maySnapshot(vm, request); p != nil {
		return taskPlan{}, p
	}
	if p := s.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.vm(c.this)
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

// quiesces says whether VMware Tools brings the guest's file systems to rest: not in a VM that is off or has no Tools.
func (r *snapshotRequest) quiesces(vm *simulator.VirtualMachine) bool {
	return r.quiesce != nil && vm.Runtime.PowerState == poweredOn &&
		vm.Guest.ToolsRunningStatus == string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
}

// state is the power state that reverting to the snapshot brings back.
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

func (s *Server) createSnapshot(
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
	s.registry.Put(snapshot)

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
	s.growDisks(devices)
	s.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
	s.refreshLayout(ctx, vm)

	return snapshot.Self, nil
}
