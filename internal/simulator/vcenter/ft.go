package vcenter

import (
	"slices"
	"sync/atomic"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Fault tolerance. A pair is kept where vSphere keeps it: in config.ftInfo of both VMs, runtime.faultToleranceState, and
// the lists of the hosts, pools and datastores, which name the secondary too. The secondary has the primary's name and
// parent, but a folder lists the primary alone, so that a path and a name in a folder mean one VM.

// The states of fault tolerance, in short.
const (
	ftNotConfigured = types.VirtualMachineFaultToleranceStateNotConfigured
	ftDisabled      = types.VirtualMachineFaultToleranceStateDisabled
	ftEnabled       = types.VirtualMachineFaultToleranceStateEnabled
	ftNeedSecondary = types.VirtualMachineFaultToleranceStateNeedSecondary
	ftStarting      = types.VirtualMachineFaultToleranceStateStarting
	ftRunning       = types.VirtualMachineFaultToleranceStateRunning
)

const (
	primaryRole   = int32(1)
	secondaryRole = int32(2)
)

// ftStore creates, changes and ends fault tolerant pairs.
type ftStore struct {
	inventory *inventory
	storage   *storage
	placer    *placer
	events    *eventLog
	faults    *faultStore
	tasks     *taskStore
	guests    *guestStore
	power     *powerStates
	vms       *vmStore
	clones    *cloner
	drs       *drsStore
	ftRules   *ftRules

	held atomic.Bool // starting pairs do not come to run
}

// ftPair is a fault tolerant group: vSphere makes groups of two.
type ftPair struct {
	primary   *simulator.VirtualMachine
	secondary *simulator.VirtualMachine // nil after the secondary was lost
}

func isOf[T any](value any) bool {
	_, ok := value.(T)

	return ok
}

// methods returns the vim25 methods that this store answers.
func (s *ftStore) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.CreateSecondaryVM_Task":          {task: s.planCreateSecondary},
		"VirtualMachine.CreateSecondaryVMEx_Task":        {task: s.planCreateSecondaryEx},
		"VirtualMachine.TurnOffFaultToleranceForVM_Task": {task: s.planTurnOffFT},
		"VirtualMachine.DisableSecondaryVM_Task":         {task: s.planDisableSecondary},
		"VirtualMachine.EnableSecondaryVM_Task":          {task: s.planEnableSecondary},
		"VirtualMachine.MakePrimaryVM_Task":              {task: s.planMakePrimary},
		"VirtualMachine.TerminateFaultTolerantVM_Task":   {task: s.planTerminate},
		"ClusterComputeResource.ApplyRecommendation":     {direct: s.applyRecommendation},
	}
}

// link writes the roles of a pair into both VMs.
func (s *ftStore) link(ctx *simulator.Context, pair ftPair) {
	group := types.FaultToleranceConfigInfo{
		InstanceUuids: []string{pair.primary.Config.InstanceUuid, pair.secondary.Config.InstanceUuid},
		ConfigPaths:   []string{pair.primary.Config.Files.VmPathName, pair.secondary.Config.Files.VmPathName},
	}
	primary := &types.FaultTolerancePrimaryConfigInfo{
		FaultToleranceConfigInfo: group, Secondaries: []types.ManagedObjectReference{pair.secondary.Self},
	}
	primary.Role = primaryRole
	s.setFTInfo(ctx, pair.primary, primary)
	secondary := &types.FaultToleranceSecondaryConfigInfo{FaultToleranceConfigInfo: group, PrimaryVM: pair.primary.Self}
	secondary.Role, secondary.Orphaned = secondaryRole, new(false)
	s.setFTInfo(ctx, pair.secondary, secondary)
	s.listInFolder(ctx, pair.secondary, false)
	s.listInFolder(ctx, pair.primary, true)
}

// unlink ends the fault tolerance of a VM.
func (s *ftStore) unlink(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	s.setFTInfo(ctx, vm, nil)
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.LayoutEx.File = slices.DeleteFunc(slices.Clone(vm.LayoutEx.File), isFTMetadata)
		vm.Config.MetroFtEnabled, vm.Config.MetroFtHostGroup = nil, ""
	})
	s.setFTState(ctx, vm, ftNotConfigured)
}

func isFTMetadata(file types.VirtualMachineFileLayoutExFileInfo) bool {
	return file.Type == string(types.VirtualMachineFileLayoutExFileTypeFtMetadata)
}

func (s *ftStore) setFTInfo(ctx *simulator.Context, vm *simulator.VirtualMachine, info types.BaseFaultToleranceConfigInfo) {
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.Config.FtInfo, vm.Summary.Config.FtInfo = info, info
	})
	s.inventory.changes.signal()
}

func (s *ftStore) setFTState(
	ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachineFaultToleranceState,
) {
	old := vm.Runtime.FaultToleranceState
	if old == state {
		return
	}
	reason := ""
	if state == ftNeedSecondary {
		reason = string(types.VirtualMachineNeedSecondaryReasonOther)
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "runtime.faultToleranceState", Val: state},
		{Name: "summary.runtime.faultToleranceState", Val: state},
		{Name: "runtime.needSecondaryReason", Val: reason},
	})
	s.events.post(ctx, &types.VmFaultToleranceStateChangedEvent{VmEvent: s.events.vmEvent(vm), OldState: old, NewState: state})
}

// listInFolder puts a VM into its folder's list or takes it out.
func (s *ftStore) listInFolder(ctx *simulator.Context, vm *simulator.VirtualMachine, listed bool) {
	if vm.Parent == nil {
		return
	}
	folder, ok := s.inventory.registry.Get(*vm.Parent).(*simulator.Folder)
	if !ok {
		return
	}
	if listed {
		s.inventory.registry.AddReference(ctx, folder, &folder.ChildEntity, vm.Self)
	} else {
		s.inventory.registry.RemoveReference(ctx, folder, &folder.ChildEntity, vm.Self)
	}
}

// settle brings the states of a pair in line with the power of its VMs. Whether the secondary is disabled is what its
// state says.
func (s *ftStore) settle(ctx *simulator.Context, pair ftPair) {
	on := pair.primary.Runtime.PowerState == poweredOn
	if pair.secondary == nil {
		state := ftEnabled
		if on {
			state = ftNeedSecondary
		}
		s.setFTState(ctx, pair.primary, state)

		return
	}
	disabled := pair.secondary.Runtime.FaultToleranceState == ftDisabled
	both := on && pair.secondary.Runtime.PowerState == poweredOn
	switch {
	case disabled:
		s.setFTState(ctx, pair.primary, ftDisabled)
	case both && pair.secondary.Runtime.FaultToleranceState == ftRunning:
		s.setFTState(ctx, pair.primary, ftRunning)
	case both:
		s.setFTState(ctx, pair.primary, ftStarting)
		s.setFTState(ctx, pair.secondary, ftStarting)
		s.protectSoon(pair.primary.Self)
	case on:
		s.setFTState(ctx, pair.primary, ftNeedSecondary)
		s.setFTState(ctx, pair.secondary, ftEnabled)
	default:
		s.setFTState(ctx, pair.primary, ftEnabled)
		s.setFTState(ctx, pair.secondary, ftEnabled)
	}
}

// protectSoon sets a starting pair to running after guestDelay, when the secondary has caught up.
func (s *ftStore) protectSoon(ref types.ManagedObjectReference) {
	s.inventory.after(guestDelay, func(ctx *simulator.Context) { s.protect(ctx, ref) })
}

// protect sets a starting pair to running, unless such pairs are held.
func (s *ftStore) protect(ctx *simulator.Context, ref types.ManagedObjectReference) {
	vm, ok := s.inventory.vm(ref)
	if !ok || s.held.Load() {
		return
	}
	pair, ok := s.inventory.pairOf(vm)
	if ok && pair.secondary != nil && pair.primary.Runtime.FaultToleranceState == ftStarting {
		s.setFTState(ctx, pair.secondary, ftRunning)
		s.setFTState(ctx, pair.primary, ftRunning)
	}
}

func isPrimary(vm *simulator.VirtualMachine) bool {
	return vm.Config != nil && isOf[*types.FaultTolerancePrimaryConfigInfo](vm.Config.FtInfo)
}

func isSecondary(vm *simulator.VirtualMachine) bool {
	return vm.Config != nil && isOf[*types.FaultToleranceSecondaryConfigInfo](vm.Config.FtInfo)
}
