package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// relocation is a RelocateVM_Task whose arguments are valid.
type relocation struct {
	vm    *simulator.VirtualMachine
	to    placement
	disks map[int32]types.ManagedObjectReference // disk key → datastore, of every disk
	// backings are how the files of disks are made, where the caller says so.
	backings map[int32]*diskLink
}

// relocator moves VMs to other hosts, pools and datastores.
type relocator struct {
	inventory *inventory
	stock     *stockMethods
	storage   *storage
	placer    *placer
	events    *eventLog
	users     *userStore
	vms       *vmStore
	devices   *reconfigurer
}

// methods returns the vim25 methods that this store answers.
func (s *relocator) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.RelocateVM_Task": {task: s.planRelocateVM},
	}
}

// planRelocateVM plans RelocateVM_Task.
func (s *relocator) planRelocateVM(c *call) (taskPlan, *problem) {
	spec := bodyOf[types.RelocateVM_Task](c).Spec
	if _, p := s.planRelocation(c, spec); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		plan, p := s.planRelocation(c, spec)
		if p != nil {
			return nil, p
		}

		return nil, s.relocate(ctx, plan, spec.DeviceChange)
	}}, nil
}

func (s *relocator) planRelocation(c *call, spec types.VirtualMachineRelocateSpec) (relocation, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return relocation{}, notFound(c.this)
	}
	if p := checkConnected(vm); p != nil {
		return relocation{}, p
	}
	current := s.placer.placementOf(vm)
	var wanted placement
	setReference(&wanted.pool, spec.Pool)
	setReference(&wanted.host, spec.Host)
	setReference(&wanted.folder, spec.Folder)
	setReference(&wanted.datastore, spec.Datastore)
	to, p := s.placer.complete(wanted, current, placementRules{drsChooses: vm.Runtime.PowerState == poweredOn, crosses: true})
	if p != nil {
		return relocation{}, p
	}
	if vm.Config.Template && spec.Pool == nil {
		to.pool = types.ManagedObjectReference{}
	}
	plan := relocation{vm: vm, to: to, backings: map[int32]*diskLink{}}
	for _, locator := range spec.Disk {
		plan.backings[locator.DiskId], _ = locator.DiskBackingInfo.(*diskLink)
	}
	if plan.disks, p = s.diskTargets(vm, spec); p != nil {
		return plan, p
	}
	if to.folder != current.folder {
		if p := s.vms.checkMove(to.folder, []types.ManagedObjectReference{c.this}, true); p != nil {
			return plan, p
		}
	}
	if p := s.mayRelocate(c.user, plan, current); p != nil {
		return plan, p
	}
	// Before anything moves: a refused change of a device must leave the VM where it is.
	if p := s.devices.checkDevices(vm, types.VirtualMachineConfigSpec{DeviceChange: spec.DeviceChange}, false); p != nil {
		return plan, p
	}

	return plan, s.placer.checkSpace(to.host, plan.needed())
}

// diskTargets gives every disk its datastore: the locator's, else the one of the whole VM, else where it is.
func (s *relocator) diskTargets(
	vm *simulator.VirtualMachine, spec types.VirtualMachineRelocateSpec,
) (map[int32]types.ManagedObjectReference, *problem) {
	targets := map[int32]types.ManagedObjectReference{}
	for _, disk := range disksOf(vm) {
		targets[disk.Key] = refOf("Datastore", copyDisk(disk).DatastoreID)
		if spec.Datastore != nil {
			targets[disk.Key] = *spec.Datastore
		}
	}
	for _, locator := range spec.Disk {
		if _, ok := targets[locator.DiskId]; !ok {
			return nil, invalidArgument("spec.disk.diskId", "The virtual machine has no disk %d.", locator.DiskId)
		}
		if !isA[*simulator.Datastore](s.inventory.registry.Get(locator.Datastore)) {
			return nil, notFound(locator.Datastore)
		}
		targets[locator.DiskId] = locator.Datastore
	}

	return targets, nil
}

// mayRelocate refuses a user without one of the privileges that a relocation needs.
func (s *relocator) mayRelocate(user string, plan relocation, current placement) *problem {
	needs := []need{{privilegeColdMigrate, plan.vm.Self}}
	if plan.vm.Config.KeyId != nil {
		needs = append(needs, need{privilegeCryptMove, plan.vm.Self})
	}
	if plan.vm.Runtime.PowerState == poweredOn {
		needs = append(needs, need{privilegeHotMigrate, plan.vm.Self})
	}
	if plan.to.pool.Value != "" && plan.to.pool != current.pool {
		needs = append(needs, need{privilegeAssignPool, plan.to.pool})
	}
	if plan.to.folder != current.folder {
		needs = append(needs, s.inventory.moveNeeds(plan.vm.Self, plan.to.folder)...)
	}
	if plan.to.datastore != current.datastore {
		needs = append(needs, need{privilegeAllocateSpace, plan.to.datastore})
	}
	for _, disk := range disksOf(plan.vm) {
		if target := plan.disks[disk.Key]; target.Value != copyDisk(disk).DatastoreID {
			needs = append(needs, need{privilegeAllocateSpace, target})
		}
	}

	return s.users.requireAll(user, plan.vm.Self, needs)
}

// needed returns the bytes that the disks take on datastores where they were not before. All datastores must be accessible.
func (r *relocation) needed() map[types.ManagedObjectReference]int64 {
	needed := map[types.ManagedObjectReference]int64{r.to.datastore: 0}
	for _, disk := range disksOf(r.vm) {
		target := r.disks[disk.Key]
		bytes := disk.CapacityInBytes
		if copyDisk(disk).DatastoreID == target.Value {
			bytes = 0
		}
		needed[target] += bytes
	}

	return needed
}

func (s *relocator) relocate(
	ctx *simulator.Context, plan relocation, devices []types.BaseVirtualDeviceConfigSpec,
) *problem {
	vm := plan.vm
	event := &types.VmMigratedEvent{VmEvent: s.events.vmEvent(vm), SourceHost: s.events.hostArgument(*vm.Runtime.Host)}
	if event.Datacenter != nil {
		event.SourceDatacenter = event.Datacenter
	}
	event.SourceDatastore = event.Ds

	s.vms.moveCompute(ctx, vm, plan.to)
	s.moveStorage(ctx, plan)
	if *vm.Parent != plan.to.folder {
		if p := s.vms.moveInto(ctx, plan.to.folder, []types.ManagedObjectReference{vm.Self}); p != nil {
			return p
		}
	}
	if len(devices) > 0 {
		s.vms.bindPorts(devices)
		body := &types.ReconfigVM_Task{This: vm.Self, Spec: types.VirtualMachineConfigSpec{DeviceChange: devices}}
		if _, _, p := s.stock.invoke(ctx, vm.Self, "ReconfigVM_Task", body); p != nil {
			return p
		}
	}
	s.events.post(ctx, event)

	return nil
}

// moveStorage moves the configuration files and the disks, and updates the free space.
func (s *relocator) moveStorage(ctx *simulator.Context, plan relocation) {
	vm := plan.vm
	if s.inventory.datastoreOfPath(vm.Config.Files.VmPathName) == plan.to.datastore && !plan.movesDisks() {
		return
	}
	devices, p := copyDevices(vm.Config.Hardware.Device)
	if p != nil {
		return
	}
	used := []types.ManagedObjectReference{plan.to.datastore}
	moved := map[string]*diskLink{}
	for _, device := range devices {
		disk, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		target, was := plan.disks[disk.Key], copyDisk(disk)
		if !slices.Contains(used, target) {
			used = append(used, target)
		}
		if was.DatastoreID == target.Value {
			continue
		}
		from, bytes := s.storage.ownSpace(disk)
		s.storage.useSpace(ctx, from.Value, -bytes)
		s.storage.useSpace(ctx, target.Value, disk.CapacityInBytes)
		s.storage.moveChain(disk, target, moved)
		provision(topLink(disk), plan.backings[disk.Key])
	}
	s.storage.moveSnapshotDisks(ctx, vm, moved)
	s.recordStorage(ctx, plan, devices, used)
}

func (r *relocation) movesDisks() bool {
	return slices.ContainsFunc(disksOf(r.vm), func(disk *types.VirtualDisk) bool {
		return copyDisk(disk).DatastoreID != r.disks[disk.Key].Value
	})
}

// recordStorage updates the paths and datastores of the VM.
func (s *relocator) recordStorage(
	ctx *simulator.Context, plan relocation, devices []types.BaseVirtualDevice, used []types.ManagedObjectReference,
) {
	vm := plan.vm
	files := vm.Config.Files
	target := plan.to.datastore
	if s.inventory.datastoreOfPath(files.VmPathName) != target {
		files.VmPathName = s.storage.moveFile(files.VmPathName, target)
		for _, directory := range []*string{&files.SnapshotDirectory, &files.SuspendDirectory, &files.LogDirectory} {
			*directory = onDatastore(*directory, s.inventory.entityName(target))
		}
	}
	for _, ref := range vm.Datastore {
		if old, ok := s.inventory.registry.Get(ref).(*simulator.Datastore); ok {
			s.inventory.registry.RemoveReference(ctx, old, &old.Vm, vm.Self)
		}
	}
	for _, ref := range used {
		if now, ok := s.inventory.registry.Get(ref).(*simulator.Datastore); ok {
			s.inventory.registry.AddReference(ctx, now, &now.Vm, vm.Self)
		}
	}
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.LayoutEx.File = nil
		ctx.Update(vm, []types.PropertyChange{
			{Name: "config.hardware.device", Val: devices},
			{Name: "config.files", Val: files},
			{Name: "summary.config.vmPathName", Val: files.VmPathName},
			{Name: "datastore", Val: used},
		})
	})
	s.storage.refreshLayout(ctx, vm)
}
