package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// diskMoves says what becomes of the files of the source's disks (VirtualMachineRelocateDiskMoveOptions).
type diskMoves struct {
	all  types.VirtualMachineRelocateDiskMoveOptions // empty: moveAllDiskBackingsAndDisallowSharing
	disk map[int32]types.VirtualMachineRelocateDiskMoveOptions
}

// of returns what becomes of one disk: what is said of the disk itself wins.
func (m diskMoves) of(key int32) types.VirtualMachineRelocateDiskMoveOptions {
	if own := m.disk[key]; own != "" {
		return own
	}

	return m.all
}

// planPoint finds what is cloned: the source as it is now, or as of one of its snapshots.
func (s *cloner) planPoint(plan *clonePlan) *problem {
	plan.from = plan.original.Config
	if plan.snapshot.Value == "" {
		return nil
	}
	snapshot, vm, p := s.inventory.snapshotOf(plan.snapshot)
	switch {
	case p != nil:
		return p
	case vm.Self != plan.source:
		return invalidArgument("spec.snapshot", "Snapshot %s is not one of %s.", plan.snapshot.Value, plan.source.Value)
	}
	plan.from = &snapshot.Config

	return nil
}

// checkMoves refuses an unknown way to move disks, and a child disk on top of a disk that is written to.
func (s *cloner) checkMoves(plan clonePlan) *problem {
	known := types.VirtualMachineRelocateDiskMoveOptions("").Values()
	ways := map[string]types.VirtualMachineRelocateDiskMoveOptions{"spec.location.diskMoveType": plan.moves.all}
	for _, way := range plan.moves.disk {
		ways["spec.location.disk.diskMoveType"] = way
	}
	for property, way := range ways {
		switch {
		case way == "":
		case !slices.Contains(known, way):
			return invalidArgument(property, "There is no way %q to move a disk.", way)
		case way == types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking && plan.snapshot.Value == "":
			return invalidArgument(property, "A disk that is shared has to be that of a snapshot.")
		}
	}

	return nil
}

// parentOf returns the file that the clone's disk stands on and shares with the source; nil where all is copied. The disk is one of
// plan.from.
func (p *clonePlan) parentOf(disk *types.VirtualDisk) *diskLink {
	top := topLink(disk)
	if top == nil {
		return nil
	}
	switch p.moves.of(disk.Key) {
	case types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking:
		return top
	case types.VirtualMachineRelocateDiskMoveOptionsMoveChildMostDiskBacking:
		return top.Parent
	case types.VirtualMachineRelocateDiskMoveOptionsMoveAllDiskBackingsAndAllowSharing:
		if top.Parent != nil && top.Parent.Datastore != nil && *top.Parent.Datastore == p.disks[disk.Key] {
			return top.Parent
		}
	case types.VirtualMachineRelocateDiskMoveOptionsMoveAllDiskBackingsAndDisallowSharing,
		types.VirtualMachineRelocateDiskMoveOptionsMoveAllDiskBackingsAndConsolidate:
	}

	return nil
}

// linkDisks puts the clone's disks on top of the files that they share with the source.
func (p *clonePlan) linkDisks(changes []types.BaseVirtualDeviceConfigSpec) *problem {
	originals, failure := copyDevices(p.from.Hardware.Device)
	if failure != nil {
		return failure
	}
	for _, change := range changes {
		device := change.GetVirtualDeviceConfigSpec().Device
		original, ok := deviceOf(originals, device.GetVirtualDevice().Key).(*types.VirtualDisk)
		if !ok {
			continue
		}
		if link, parent := topLink(device), p.parentOf(original); link != nil && parent != nil {
			link.Parent = parent
		}
	}

	return nil
}

// shareSpace gives back the space of disks that only hold what the clone changes.
func (s *cloner) shareSpace(ctx *simulator.Context, clone *simulator.VirtualMachine) {
	for _, disk := range disksOf(clone) {
		if link := topLink(disk); link != nil && link.Parent != nil {
			s.storage.useSpace(ctx, copyDisk(disk).DatastoreID, -disk.CapacityInBytes)
		}
	}
}

// deploys reports whether a template becomes a VM.
func (p *clonePlan) deploys() bool { return p.original.Config.Template && !p.template }

// cloned writes the event that vCenter writes when a clone is complete. A template that becomes a VM is deployed.
func (s *cloner) cloned(ctx *simulator.Context, plan clonePlan, clone *simulator.VirtualMachine) {
	about := s.events.vmEvent(clone)
	source := types.VmEventArgument{
		EntityEventArgument: types.EntityEventArgument{Name: plan.original.Name}, Vm: plan.original.Self,
	}
	if plan.deploys() {
		s.events.post(ctx, &types.VmBeingDeployedEvent{VmEvent: about, SrcTemplate: source},
			&types.VmDeployedEvent{VmEvent: about, SrcTemplate: source})

		return
	}
	s.events.post(ctx, &types.VmClonedEvent{VmCloneEvent: types.VmCloneEvent{VmEvent: about}, SourceVm: source})
}
