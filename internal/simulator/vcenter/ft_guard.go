package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// notOnSecondary are the methods that a secondary refuses, because it does what its primary does. Snapshots have rules of
// their own.
var notOnSecondary = []string{
	"CloneVM_Task", "InstantClone_Task", "PowerOnVM_Task", "PowerOffVM_Task", "SuspendVM_Task", "ResetVM_Task", "ShutdownGuest",
	"ReconfigVM_Task", "Rename_Task", "Destroy_Task", "UnregisterVM", "MarkAsTemplate", "CustomizeVM_Task",
}

// refusedByPair refuses what a member of a pair does not do.
func (s *ftRules) refusedByPair(ref types.ManagedObjectReference, method string, body any) *problem {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return nil
	}
	switch {
	case isSecondary(vm) && slices.Contains(notOnSecondary, method):
		return onSecondary(vm)
	case isPrimary(vm) && method == "MarkAsTemplate":
		return unsupported("'%s' is fault tolerant: it cannot become a template.", literalName(vm.Name))
	case (isPrimary(vm) || isSecondary(vm)) && method == "RelocateVM_Task":
		return s.refusedMigration(vm, body)
	}

	return nil
}

func onSecondary(vm *simulator.VirtualMachine) *problem {
	return explained(&types.InvalidOperationOnSecondaryVm{InstanceUuid: vm.Config.InstanceUuid}, errorUnsupported,
		"The operation is not allowed on a secondary.", "'"+literalName(vm.Name)+"' is the secondary of a fault tolerant pair.")
}

// refusedMigration keeps the members of a pair on different hosts, and their files where they are.
func (s *ftRules) refusedMigration(vm *simulator.VirtualMachine, body any) *problem {
	req, ok := body.(*types.RelocateVM_Task)
	if !ok {
		return nil
	}
	if req.Spec.Datastore != nil || len(req.Spec.Disk) > 0 {
		return unsupported("'%s' is fault tolerant: its files cannot be moved.", literalName(vm.Name))
	}
	pair, ok := s.inventory.pairOf(vm)
	if !ok || pair.secondary == nil || req.Spec.Host == nil {
		return nil
	}
	partner := pair.primary
	if vm == pair.primary {
		partner = pair.secondary
	}
	if *req.Spec.Host != *partner.Runtime.Host {
		return nil
	}

	return explained(&types.FaultToleranceAntiAffinityViolated{HostName: s.inventory.entityName(*req.Spec.Host), Host: *req.Spec.Host},
		errorInvalidArgument, "The members of a fault tolerant pair cannot run on one host.")
}
