package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// createClone creates the VM of a clone.
func (s *cloner) createClone(ctx *simulator.Context, plan clonePlan) (types.ManagedObjectReference, *problem) {
	config, p := s.cloneConfig(plan)
	if p != nil {
		return types.ManagedObjectReference{}, p
	}
	folder, host := plan.placement.folder, plan.placement.host

	return s.vms.create(ctx, &types.CreateVM_Task{This: folder, Config: config, Pool: plan.placement.pool, Host: &host})
}

// cloneConfig describes the new VM: the source's hardware with what the caller changes.
func (s *cloner) cloneConfig(plan clonePlan) (types.VirtualMachineConfigSpec, *problem) {
	source := plan.from
	config := types.VirtualMachineConfigSpec{
		Name: plan.name, Uuid: newUUID(), InstanceUuid: newUUID(), Version: source.Version, GuestId: source.GuestId,
		Annotation: source.Annotation, Firmware: source.Firmware, NumCPUs: source.Hardware.NumCPU,
		MemoryMB: int64(source.Hardware.MemoryMB), NumCoresPerSocket: source.Hardware.NumCoresPerSocket,
		CpuHotAddEnabled: source.CpuHotAddEnabled, CpuHotRemoveEnabled: source.CpuHotRemoveEnabled,
		MemoryHotAddEnabled: source.MemoryHotAddEnabled, NestedHVEnabled: source.NestedHVEnabled,
		CpuAllocation: completed(source.CpuAllocation, nil), MemoryAllocation: completed(source.MemoryAllocation, nil),
	}
	config.ExtraConfig = append(config.ExtraConfig, source.ExtraConfig...)
	if plan.config != nil {
		setUnlessZero(&config.Uuid, plan.config.Uuid)
		setUnlessZero(&config.InstanceUuid, plan.config.InstanceUuid)
	}
	devices, p := copyDevices(source.Hardware.Device)
	if p != nil {
		return config, p
	}
	config.DeviceChange = s.cloneDevices(plan, devices)
	s.storage.placeFiles(&config, s.inventory.entityName(plan.placement.datastore))
	if p := plan.linkDisks(config.DeviceChange); p != nil {
		return config, p
	}

	return config, nil
}

// changes returns what is changed along with a clone.
func (p *clonePlan) changes() types.VirtualMachineConfigSpec {
	changes := types.VirtualMachineConfigSpec{}
	if p.config != nil {
		changes = *p.config
	}
	changes.DeviceChange = slices.Concat(p.moved, disconnectedFromOpaque(p.devices))

	return changes
}

// disconnectedFromOpaque returns changes of devices by the configuration of a clone, in which a network interface that moves to an opaque network
// is disconnected: such a network is reached only through the location.
func disconnectedFromOpaque(changes []types.BaseVirtualDeviceConfigSpec) []types.BaseVirtualDeviceConfigSpec {
	changes = slices.Clone(changes)
	for i, base := range changes {
		change := *base.GetVirtualDeviceConfigSpec()
		if change.Device == nil || change.Operation != types.VirtualDeviceConfigSpecOperationEdit {
			continue
		}
		if _, opaque := change.Device.GetVirtualDevice().Backing.(*types.VirtualEthernetCardOpaqueNetworkBackingInfo); !opaque {
			continue
		}
		device, p := copyDevice(change.Device)
		if p != nil {
			continue
		}
		device.GetVirtualDevice().Connectable = &types.VirtualDeviceConnectInfo{AllowGuestControl: true}
		change.Device, changes[i] = device, &change
	}

	return changes
}

func setUnlessZero[T comparable](to *T, value T) {
	var zero T
	if value != zero {
		*to = value
	}
}

// finishClone does what follows the creation: customization, changes of devices, the event, power.
func (s *cloner) finishClone(ctx *simulator.Context, plan clonePlan, ref types.ManagedObjectReference) *problem {
	clone, ok := s.inventory.vm(ref)
	if !ok {
		return notFound(ref)
	}
	s.guests.setTools(ctx, clone, false)
	if p := s.encrypt(ctx, plan, clone); p != nil {
		return p
	}
	s.shareSpace(ctx, clone)
	for key, wanted := range plan.profiles {
		s.profiles.assign(ref, key, wanted)
	}
	if changes := plan.changes(); !isZero(changes) {
		if p := s.reconfigurer.configure(ctx, clone, changes); p != nil {
			return p
		}
	}
	if plan.customization != nil && !plan.template {
		body := &types.CustomizeVM_Task{This: ref, Spec: *plan.customization}
		if _, _, p := s.stock.invoke(ctx, ref, "CustomizeVM_Task", body); p != nil {
			return p
		}
	}
	s.specs.use(ref.Value, plan.specName)
	s.cloned(ctx, plan, clone)
	if plan.template {
		s.vms.makeTemplate(ctx, clone)

		return nil
	}
	if plan.powerOn {
		return s.power.powerOn(ctx, ref)
	}

	return nil
}
