package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// registrar takes VMs out of the inventory and puts them back. What is in a VM's files stays: its devices, settings and instance
// UUID, its snapshots with their names, times and places, and its part in a pair. Its managed object id and those of its
// snapshots are new. What vCenter itself keeps of a VM is lost: its tags, custom attributes and storage policies. Only what left the inventory
// comes back so: a file that was never a VM's here becomes a new one.
type registrar struct {
	inventory *inventory
	stock     *stockMethods
	events    *eventLog
	placer    *placer
	vms       *vmStore
	ids       *objectIDs
	fields    *customFields
	ft        *ftStore

	left map[string]*unregistered // by the path of the configuration file; guarded by inventory.mu
}

// unregistered is a VM that is not in the inventory.
type unregistered struct {
	vm        *simulator.VirtualMachine
	snapshots []*simulator.VirtualMachineSnapshot
}

// methods returns the vim25 methods that this store answers.
func (s *registrar) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.UnregisterVM": {direct: s.unregisterVM},
		"Folder.RegisterVM_Task":      {task: s.planRegister},
	}
}

// unregisterVM answers UnregisterVM.
func (s *registrar) unregisterVM(c *call) soap.HasFault {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	left := &unregistered{vm: vm}
	for _, ref := range s.inventory.snapshotsOf(vm.Self) {
		if snapshot, ok := s.inventory.registry.Get(ref).(*simulator.VirtualMachineSnapshot); ok {
			left.snapshots = append(left.snapshots, snapshot)
		}
	}
	pair, paired := s.inventory.pairOf(vm)
	if _, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body); p != nil {
		return p.body()
	}
	for _, snapshot := range left.snapshots {
		s.inventory.registry.Remove(c.ctx, snapshot.Self)
	}
	if paired {
		s.ft.orphan(c.ctx, pair, vm)
	}
	if s.left == nil {
		s.left = map[string]*unregistered{}
	}
	s.left[vm.Config.Files.VmPathName] = left

	return &methods.UnregisterVMBody{Res: &types.UnregisterVMResponse{}}
}

// planRegister plans RegisterVM_Task.
func (s *registrar) planRegister(c *call) (taskPlan, *problem) {
	req := bodyOf[types.RegisterVM_Task](c)
	if s.left[req.Path] == nil {
		return s.stock.planStock(c)
	}
	if req.Pool == nil && !req.AsTemplate {
		return taskPlan{}, badArgument("pool", "A virtual machine needs a resource pool.")
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		left := s.left[req.Path]
		if left == nil {
			return nil, &problem{fault: &types.AlreadyExists{}, messages: []string{"The virtual machine is in the inventory already."}}
		}
		name := left.vm.Name
		if req.Name != "" {
			name = canonicalName(req.Name)
		}
		if p := s.inventory.checkFree(c.this, name, types.ManagedObjectReference{}); p != nil && !isSecondary(left.vm) {
			return nil, p
		}
		wanted := placement{folder: c.this}
		setIfGiven(&wanted.pool, req.Pool)
		setIfGiven(&wanted.host, req.Host)
		to, p := s.placer.complete(wanted, s.placer.placementOf(left.vm), placementRules{anywhere: true})
		if p != nil {
			return nil, p
		}
		delete(s.left, req.Path)
		left.vm.Name, left.vm.Config.Name, left.vm.Summary.Config.Name = name, name, name

		return s.putBack(ctx, left, to), nil
	}}, nil
}

// putBack puts a VM into the inventory, under a new id.
func (s *registrar) putBack(ctx *simulator.Context, left *unregistered, to placement) types.ManagedObjectReference {
	vm := left.vm
	template := vm.Config.Template
	returning := []mo.Reference{vm}
	refs := references{vm.Self: s.ids.fresh(ctx, machineType)}
	for _, snapshot := range left.snapshots {
		returning = append(returning, snapshot)
		refs[snapshot.Self] = s.ids.fresh(ctx, snapshotType)
	}
	for _, object := range returning {
		refs.change().replaceIn(ctx, object)
		s.inventory.registry.Put(object)
	}
	s.ids.moveConditions(refs)
	s.fields.clear(ctx, vm)
	vm.Parent, vm.ResourcePool, vm.Runtime.Host, vm.Summary.Runtime.Host = &to.folder, nil, new(to.host), new(to.host)
	s.ft.listInFolder(ctx, vm, !isSecondary(vm))
	if host, ok := s.inventory.registry.Get(to.host).(*simulator.HostSystem); ok {
		s.inventory.registry.AddReference(ctx, host, &host.Vm, vm.Self)
	}
	for _, ref := range vm.Datastore {
		if datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore); ok {
			s.inventory.registry.AddReference(ctx, datastore, &datastore.Vm, vm.Self)
		}
	}
	if !template {
		s.vms.moveToPool(ctx, vm, to.pool)
		s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "resourcePool", Val: to.pool}})
	}
	s.ft.reunite(ctx, vm)
	s.events.post(ctx, &types.VmRegisteredEvent{VmEvent: s.events.vmEvent(vm)})

	return vm.Self
}

// orphan tells the partner of a VM that leaves the inventory that it is alone.
func (s *ftStore) orphan(ctx *simulator.Context, pair ftPair, leaves *simulator.VirtualMachine) {
	if leaves == pair.primary {
		if info, ok := pair.secondary.Config.FtInfo.(*types.FaultToleranceSecondaryConfigInfo); ok {
			alone := *info
			alone.Orphaned = new(true)
			s.setFTInfo(ctx, pair.secondary, &alone)
		}

		return
	}
	if info, ok := pair.primary.Config.FtInfo.(*types.FaultTolerancePrimaryConfigInfo); ok {
		alone := *info
		alone.Orphaned, alone.Secondaries = new(true), nil
		s.setFTInfo(ctx, pair.primary, &alone)
	}
}

// reunite links a VM that came back with the other VM of its pair, which its configuration names by its instance UUID.
func (s *ftStore) reunite(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	if vm.Config.FtInfo == nil {
		return
	}
	members := vm.Config.FtInfo.GetFaultToleranceConfigInfo().InstanceUuids
	pair := ftPair{}
	for _, entity := range s.inventory.registry.All(machineType) {
		member, ok := entity.(*simulator.VirtualMachine)
		if !ok || !slices.Contains(members, member.Config.InstanceUuid) {
			continue
		}
		switch {
		case isPrimary(member):
			pair.primary = member
		case isSecondary(member):
			pair.secondary = member
		}
	}
	if pair.primary != nil && pair.secondary != nil {
		s.link(ctx, pair)
	}
}
