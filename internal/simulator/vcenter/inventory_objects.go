package vcenter

import (
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// snapshotOf finds a snapshot with its VM.
func (s *inventory) snapshotOf(ref types.ManagedObjectReference) (*simulator.VirtualMachineSnapshot, *simulator.VirtualMachine, *problem) {
	snapshot, ok := s.registry.Get(ref).(*simulator.VirtualMachineSnapshot)
	if !ok {
		return nil, nil, notFound(ref)
	}
	vm, ok := s.vm(snapshot.Vm)
	if !ok {
		return nil, nil, notFound(snapshot.Vm)
	}
	tree, _ := snapshotTree(vm)
	if _, ok := findNode(tree, ref); !ok {
		return nil, nil, notFound(ref)
	}

	return snapshot, vm, nil
}

func (s *inventory) snapshotsOf(vm types.ManagedObjectReference) []types.ManagedObjectReference {
	var refs []types.ManagedObjectReference
	for _, object := range s.registry.AllReference("VirtualMachineSnapshot") {
		if snapshot, ok := object.(*simulator.VirtualMachineSnapshot); ok && snapshot.Vm == vm {
			refs = append(refs, snapshot.Self)
		}
	}

	return refs
}

// secondaryOf returns the secondary that a primary names.
func (s *inventory) secondaryOf(vm *simulator.VirtualMachine) (*simulator.VirtualMachine, bool) {
	info, ok := vm.Config.FtInfo.(*types.FaultTolerancePrimaryConfigInfo)
	if !ok || len(info.Secondaries) == 0 {
		return nil, false
	}

	return s.vm(info.Secondaries[0])
}

// pairOf returns the pair that a VM, primary or secondary, belongs to.
func (s *inventory) pairOf(vm *simulator.VirtualMachine) (ftPair, bool) {
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

// clusterOf returns the cluster of a VM's host.
func (s *inventory) clusterOf(vm *simulator.VirtualMachine) (*simulator.ClusterComputeResource, bool) {
	if vm.Runtime.Host == nil {
		return nil, false
	}
	cluster, ok := s.registry.Get(s.owner(*vm.Runtime.Host)).(*simulator.ClusterComputeResource)

	return cluster, ok
}

// poolMembers returns a pool with its list of VMs.
func (s *inventory) poolMembers(ref types.ManagedObjectReference) (mo.Reference, *[]types.ManagedObjectReference) {
	switch pool := s.registry.Get(ref).(type) {
	case *simulator.ResourcePool:
		return pool, &pool.Vm
	case *simulator.VirtualApp:
		return pool, &pool.Vm
	default:
		return nil, nil
	}
}

// datastoreOfPath returns the datastore that a path like "[LocalDS_0] web/web.vmx" begins with.
func (s *inventory) datastoreOfPath(path string) types.ManagedObjectReference {
	var parsed object.DatastorePath
	parsed.FromString(path)
	for _, entity := range s.registry.All("Datastore") {
		if entity.Entity().Name == parsed.Datastore {
			return entity.Reference()
		}
	}

	return types.ManagedObjectReference{}
}

// removeTask removes a task from the registry and from the lists of recent tasks.
func (s *inventory) removeTask(ctx *simulator.Context, ref types.ManagedObjectReference, entity *types.ManagedObjectReference) {
	s.registry.Remove(ctx, ref)
	if manager, ok := s.registry.Get(types.ManagedObjectReference{Type: "TaskManager", Value: "TaskManager"}).(*simulator.TaskManager); ok {
		manager.Lock()
		manager.RecentTask = withoutReference(manager.RecentTask, ref)
		manager.Unlock()
	}
	if entity == nil {
		return
	}
	if object, ok := s.registry.Get(*entity).(mo.Entity); ok {
		s.registry.WithLock(ctx, object, func() {
			object.Entity().RecentTask = withoutReference(object.Entity().RecentTask, ref)
		})
	}
}
