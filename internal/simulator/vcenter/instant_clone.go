package vcenter

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// instantRequest is InstantClone_Task, or a check whether it would succeed.
type instantRequest struct {
	source types.ManagedObjectReference
	spec   types.VirtualMachineInstantCloneSpec
	user   string
}

// instantPlan is an instant clone with its placement.
type instantPlan struct {
	clonePlan
	spec types.VirtualMachineInstantCloneSpec
}

// instantCloner forks running VMs.
type instantCloner struct {
	inventory *inventory
	stock     *stockMethods
	storage   *storage
	placer    *placer
	events    *eventLog
	tasks     *taskStore
	guests    *guestStore
	power     *powerStates
	vms       *vmStore
	clones    *cloner

	concurrent atomic.Bool // several clones of one source may run at a time
}

// methods returns the vim25 methods that this store answers.
func (s *instantCloner) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.InstantClone_Task": {task: s.planInstantClone},
	}
}

// planInstantClone plans InstantClone_Task.
func (s *instantCloner) planInstantClone(c *call) (taskPlan, *problem) {
	request := instantRequest{source: c.this, spec: bodyOf[types.InstantClone_Task](c).Spec, user: c.user}
	plan, p := s.checkInstantClone(request)
	if p != nil {
		return taskPlan{}, p
	}
	var besides []string
	if s.concurrent.Load() {
		besides = []string{c.method}
	}
	if p := s.tasks.checkBusy(plan.original, besides...); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{
		effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
			plan, p := s.checkInstantClone(request)
			if p != nil {
				return nil, p
			}

			return s.instantClone(ctx, plan)
		},
		begun: func(ctx *simulator.Context) { s.clones.beingCloned(ctx, plan.clonePlan) },
	}, nil
}

// instantClone creates the VM: on the source's host, with disks on top of the source's, powered on.
func (s *instantCloner) instantClone(ctx *simulator.Context, plan *instantPlan) (types.AnyType, *problem) {
	config, p := s.instantConfig(plan)
	if p != nil {
		return nil, p
	}
	host := plan.placement.host
	ref, p := s.vms.create(ctx, &types.CreateVM_Task{
		This: plan.placement.folder, Config: config, Pool: plan.placement.pool, Host: &host,
	})
	if p != nil {
		return nil, p
	}
	if p := s.finishInstantClone(ctx, plan, ref); p != nil {
		_ = s.power.setPower(ctx, ref, poweredOff)
		_ = s.vms.destroy(ctx, ref)

		return nil, p
	}
	if p := s.growSource(ctx, plan.original); p != nil {
		return nil, p
	}

	return ref, nil
}

// instantConfig describes the new VM: the source's hardware and settings on disks of its own that hold what it changes.
func (s *instantCloner) instantConfig(plan *instantPlan) (types.VirtualMachineConfigSpec, *problem) {
	config, p := s.clones.cloneConfig(plan.clonePlan)
	if p != nil {
		return config, p
	}
	if plan.spec.BiosUuid != "" {
		config.Uuid = strings.ToLower(plan.spec.BiosUuid)
	}
	config.ExtraConfig = mergeOptions(config.ExtraConfig, plan.spec.Config)
	originals, p := copyDevices(plan.original.Config.Hardware.Device)
	if p != nil {
		return config, p
	}
	for _, change := range config.DeviceChange {
		device := change.GetVirtualDeviceConfigSpec().Device
		original := deviceOf(originals, device.GetVirtualDevice().Key)
		switch x := device.(type) {
		case *types.VirtualDisk:
			if link := topLink(x); link != nil {
				link.Parent = topLink(original)
			}
		case types.BaseVirtualEthernetCard:
			// Source and clone have one network identity until the clone's is changed.
			if card, ok := original.(types.BaseVirtualEthernetCard); ok {
				x.GetVirtualEthernetCard().MacAddress = card.GetVirtualEthernetCard().MacAddress
			}
		}
	}

	return config, nil
}

func deviceOf(devices []types.BaseVirtualDevice, key int32) types.BaseVirtualDevice {
	i := slices.IndexFunc(devices, func(device types.BaseVirtualDevice) bool { return device.GetVirtualDevice().Key == key })
	if i < 0 {
		return nil
	}

	return devices[i]
}

// mergeOptions returns options with changes: the same key is replaced, an empty value removes it.
func mergeOptions(options, changes []types.BaseOptionValue) []types.BaseOptionValue {
	merged := slices.Clone(options)
	for _, change := range changes {
		key := change.GetOptionValue().Key
		merged = slices.DeleteFunc(merged, func(option types.BaseOptionValue) bool { return option.GetOptionValue().Key == key })
		if change.GetOptionValue().Value != "" {
			merged = append(merged, change)
		}
	}

	return merged
}

// finishInstantClone powers the VM on, and gives its devices the state of the source's, with the changes.
func (s *instantCloner) finishInstantClone(ctx *simulator.Context, plan *instantPlan, ref types.ManagedObjectReference) *problem {
	clone, ok := s.inventory.vm(ref)
	if !ok {
		return notFound(ref)
	}
	for _, disk := range disksOf(clone) {
		s.storage.useSpace(ctx, copyDisk(disk).DatastoreID, -disk.CapacityInBytes) // what is shared takes no room
	}
	if s.guests.toolsDisabled(plan.original.Self.Value) {
		s.guests.disableTools(ref.Value, true)
	}
	if p := s.power.powerOn(ctx, ref); p != nil {
		return p
	}
	if changes := editedDevices(plan, clone); len(changes) > 0 {
		s.vms.bindPorts(changes)
		body := &types.ReconfigVM_Task{This: ref, Spec: types.VirtualMachineConfigSpec{DeviceChange: changes}}
		if _, _, p := s.stock.invoke(ctx, ref, "ReconfigVM_Task", body); p != nil {
			return p
		}
	}
	s.clones.cloned(ctx, plan.clonePlan, clone)

	return nil
}

// editedDevices returns the clone's network interfaces and ports: each as the source's, with its edit.
func editedDevices(plan *instantPlan, clone *simulator.VirtualMachine) []types.BaseVirtualDeviceConfigSpec {
	devices, p := copyDevices(clone.Config.Hardware.Device)
	if p != nil {
		return nil
	}
	edits := map[int32]types.BaseVirtualDevice{}
	for _, change := range plan.spec.Location.DeviceChange {
		device := change.GetVirtualDeviceConfigSpec().Device
		edits[device.GetVirtualDevice().Key] = device
	}
	var changes []types.BaseVirtualDeviceConfigSpec
	for _, device := range devices {
		if !isEditable(device) {
			continue
		}
		base := device.GetVirtualDevice()
		if original := deviceOf(plan.original.Config.Hardware.Device, base.Key); original != nil {
			if connection := original.GetVirtualDevice().Connectable; connection != nil {
				base.Connectable = new(*connection)
			}
		}
		if edit := edits[base.Key]; edit != nil {
			editDevice(device, edit)
		}
		changes = append(changes, &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: device})
	}

	return changes
}

// isEditable reports whether an instant clone can have a device in another state than its source.
func isEditable(device types.BaseVirtualDevice) bool {
	switch x := device.(type) {
	case types.BaseVirtualEthernetCard:
		return true
	case *types.VirtualSerialPort:
		return isOf[*types.VirtualSerialPortFileBackingInfo](x.Backing)
	case *types.VirtualParallelPort:
		return isOf[*types.VirtualParallelPortFileBackingInfo](x.Backing)
	default:
		return false
	}
}

// editDevice applies an edit to a device; fields that the edit does not set stay.
func editDevice(device, edit types.BaseVirtualDevice) {
	to, from := device.GetVirtualDevice(), edit.GetVirtualDevice()
	if from.Backing != nil {
		to.Backing = from.Backing
	}
	if from.Connectable != nil {
		to.Connectable = new(*from.Connectable)
	}
	card, ok := device.(types.BaseVirtualEthernetCard)
	if !ok {
		return
	}
	changed, ok := edit.(types.BaseVirtualEthernetCard)
	if !ok {
		return
	}
	now, next := card.GetVirtualEthernetCard(), changed.GetVirtualEthernetCard()
	if next.AddressType != "" && next.AddressType != now.AddressType &&
		next.AddressType != string(types.VirtualEthernetCardMacTypeManual) {
		now.MacAddress = "" // vCenter gives it another one
	}
	setUnlessZero(&now.AddressType, next.AddressType)
	setUnlessZero(&now.MacAddress, next.MacAddress)
	setUnlessZero(&now.ExternalId, next.ExternalId)
	if next.WakeOnLanEnabled != nil {
		now.WakeOnLanEnabled = next.WakeOnLanEnabled
	}
}
