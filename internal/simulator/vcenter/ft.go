package vcenter

import (
	"slices"

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

// ftPair is a fault tolerant group: vSphere makes groups of two.
type ftPair struct {
	primary   *simulator.VirtualMachine
	secondary *simulator.VirtualMachine // nil after the secondary was lost
}

// secondaryOf returns the secondary that a primary names.
func (s *Server) secondaryOf(vm *simulator.VirtualMachine) (*simulator.VirtualMachine, bool) {
	info, ok := vm.Config.FtInfo.(*types.FaultTolerancePrimaryConfigInfo)
	if !ok || len(info.Secondaries) == 0 {
		return nil, false
	}

	return s.vm(info.Secondaries[0])
}

func isPrimary(vm *simulator.VirtualMachine) bool {
	return vm.Config != nil && isOf[*types.FaultTolerancePrimaryConfigInfo](vm.Config.FtInfo)
}

func isSecondary(vm *simulator.VirtualMachine) bool {
	return vm.Config != nil && isOf[*types.FaultToleranceSecondaryConfigInfo](vm.Config.FtInfo)
}

func isOf[T any](value any) bool {
	_, ok := value.(T)

	return ok
}

// pairOf returns the pair that a VM, primary or secondary, belongs to.
func (s *Server) pairOf(vm *simulator.VirtualMachine) (ftPair, bool) {
	if info, ok := vm.Config.FtInfo.(*types.FaultToleranceSecondaryConfigInfo); ok {
		primary, found := s.vm(info.PrimaryVM)

		return ftPair{primary: primary, secondary: vm}, found
	}
	if !isPrimary(vm) {
		return ftPair{}, false
	}
	secondary, _ := s.secondaryOf(vm)

	return ftPair{primary: vm, secondary: secondary}, true
}

// link writes the roles of a pair into both VMs.
func (s *Server) link(ctx *simulator.Context, pair ftPair) {
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
func (s *Server) unlink(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	s.setFTInfo(ctx, vm, nil)
	s.registry.WithLock(ctx, vm, func() {
		vm.LayoutEx.File = slices.DeleteFunc(slices.Clone(vm.LayoutEx.File), isFTMetadata)
		vm.Config.MetroFtEnabled, vm.Config.MetroFtHostGroup = nil, ""
	})
	s.setFTState(ctx, vm, ftNotConfigured)
}

func isFTMetadata(file types.VirtualMachineFileLayoutExFileInfo) bool {
	return file.Type == string(types.VirtualMachineFileLayoutExFileTypeFtMetadata)
}

func (s *Server) setFTInfo(ctx *simulator.Context, vm *simulator.VirtualMachine, info types.BaseFaultToleranceConfigInfo) {
	s.registry.WithLock(ctx, vm, func() {
		vm.Config.FtInfo, vm.Summary.Config.FtInfo = info, info
	})
	s.changes.signal()
}

func (s *Server) setFTState(
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
	s.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "runtime.faultToleranceState", Val: state},
		{Name: "summary.runtime.faultToleranceState", Val: state},
		{Name: "runtime.needSecondaryReason", Val: reason},
	})
	s.postEvent(ctx, &types.VmFaultToleranceStateChangedEvent{VmEvent: s.vmEvent(vm), OldState: old, NewState: state})
}

// listInFolder puts a VM into its folder's list or takes it out.
func (s *Server) listInFolder(ctx *simulator.Context, vm *simulator.VirtualMachine, listed bool) {
	if vm.Parent == nil {
		return
	}
	folder, ok := s.registry.Get(*vm.Parent).(*simulator.Folder)
	if !ok {
		return
	}
	if listed {
		s.registry.AddReference(ctx, folder, &folder.ChildEntity, vm.Self)
	} else {
		s.registry.RemoveReference(ctx, folder, &folder.ChildEntity, vm.Self)
	}
}

// settle brings the states of a pair in line with the power of its VMs. Whether the secondary is disabled is what its
// state says.
func (s *Server) settle(ctx *simulator.Context, pair ftPair) {
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

// protectSoon lets a pair that starts run a moment later, when the secondary has caught up.
func (s *Server) protectSoon(ref types.ManagedObjectReference) {
	s.after(guestDelay, func(ctx *simulator.Context) { s.protect(ctx, ref) })
}

// protect lets a pair that starts run.
func (s *Server) protect(ctx *simulator.Context, ref types.ManagedObjectReference) {
	vm, ok := s.vm(ref)
	if !ok || s.ft.staysStarting() {
		return
	}
	pair, ok := s.pairOf(vm)
	if ok && pair.secondary != nil && pair.primary.Runtime.FaultToleranceState == ftStarting {
		s.setFTState(ctx, pair.secondary, ftRunning)
		s.setFTState(ctx, pair.primary, ftRunning)
	}
}

// copyFT is what others may know of a VM's pair.
func (s *Server) copyFT(vm *simulator.VirtualMachine) *FaultTolerance {
	seen := &FaultTolerance{State: string(vm.Runtime.FaultToleranceState), MetroHostGroup: vm.Config.MetroFtHostGroup}
	switch info := vm.Config.FtInfo.(type) {
	case *types.FaultTolerancePrimaryConfigInfo:
		seen.Role = "primary"
		if len(info.Secondaries) > 0 {
			seen.PartnerID = info.Secondaries[0].Value
		}
	case *types.FaultToleranceSecondaryConfigInfo:
		seen.Role, seen.PartnerID = "secondary", info.PrimaryVM.Value
	default:
		return nil
	}
	for _, file := range vm.LayoutEx.File {
		if isFTMetadata(file) {
			seen.MetadataDatastoreID = s.datastoreOfPath(file.Name).Value
		}
	}

	return seen
}
