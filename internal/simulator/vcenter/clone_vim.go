package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planCloneVM plans CloneVM_Task. A name that is taken fails the task, not the call.
func (s *cloner) planCloneVM(c *call) (taskPlan, *problem) {
	plan, p := s.planVimClone(c)
	if p != nil {
		return taskPlan{}, p
	}

	return taskPlan{
		effect: s.cloneEffect(plan.cloneRequest),
		begun:  func(ctx *simulator.Context) { s.beingCloned(ctx, plan) },
	}, nil
}

// planVimClone checks the arguments of CloneVM_Task against the inventory as it stands.
func (s *cloner) planVimClone(c *call) (clonePlan, *problem) {
	req := bodyOf[types.CloneVM_Task](c)
	if p := checkVimName(req.Name); p != nil {
		return clonePlan{}, p
	}
	source, ok := s.inventory.vm(c.this)
	if ok && source.Config.Template && !req.Spec.Template && req.Spec.Location.Pool == nil {
		return clonePlan{}, invalidArgument("spec.location.pool", "A template has no resource pool: the clone needs one.")
	}
	request := vimClone(c, req)
	request.specName = s.specs.nameOf(req.Spec.Customization)
	if ok {
		request.leaveOutDisks(source)
	}

	return s.planClone(request)
}

// vimClone puts CloneVM_Task into the terms of both APIs.
func vimClone(c *call, req *types.CloneVM_Task) cloneRequest {
	location := req.Spec.Location
	request := cloneRequest{
		source: c.this, name: literalName(req.Name), powerOn: req.Spec.PowerOn, template: req.Spec.Template,
		customization: req.Spec.Customization, config: req.Spec.Config, user: c.user, moved: location.DeviceChange,
		tpmPolicy: req.Spec.TpmProvisionPolicy,
		placement: placement{folder: req.Folder},
		update:    map[int32]types.ManagedObjectReference{},
		profiles:  map[int32][]types.BaseVirtualMachineProfileSpec{home: location.Profile},
		backings:  map[int32]*diskLink{},
		crypto:    location.CryptoSpec, diskCrypto: map[int32]types.BaseCryptoSpec{},
		moves: diskMoves{
			all:  types.VirtualMachineRelocateDiskMoveOptions(location.DiskMoveType),
			disk: map[int32]types.VirtualMachineRelocateDiskMoveOptions{},
		},
	}
	if request.config != nil {
		request.devices = request.config.DeviceChange
	}
	setReference(&request.placement.folder, location.Folder)
	setReference(&request.placement.pool, location.Pool)
	setReference(&request.placement.host, location.Host)
	setReference(&request.placement.datastore, location.Datastore)
	setReference(&request.snapshot, req.Spec.Snapshot)
	for _, disk := range location.Disk {
		request.update[disk.DiskId] = disk.Datastore
		request.profiles[disk.DiskId] = disk.Profile
		if disk.Backing != nil {
			request.diskCrypto[disk.DiskId] = disk.Backing.Crypto
		}
		request.backings[disk.DiskId], _ = disk.DiskBackingInfo.(*diskLink)
		request.moves.disk[disk.DiskId] = types.VirtualMachineRelocateDiskMoveOptions(disk.DiskMoveType)
	}

	return request
}

// leaveOutDisks takes the removals of disks that the source has out of the changes: those disks are not copied.
func (r *cloneRequest) leaveOutDisks(source *simulator.VirtualMachine) {
	r.devices = slices.DeleteFunc(slices.Clone(r.devices), func(base types.BaseVirtualDeviceConfigSpec) bool {
		change := base.GetVirtualDeviceConfigSpec()
		if change.Operation != types.VirtualDeviceConfigSpecOperationRemove || change.Device == nil {
			return false
		}
		key := change.Device.GetVirtualDevice().Key
		if _, isDisk := deviceOf(source.Config.Hardware.Device, key).(*types.VirtualDisk); !isDisk {
			return false
		}
		r.remove = append(r.remove, key)

		return true
	})
}
