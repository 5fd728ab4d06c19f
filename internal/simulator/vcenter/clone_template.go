package vcenter

import (
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// markAsVirtualMachine answers MarkAsVirtualMachine: a template becomes a VM in a pool, on a host of the pool's cluster.
func (s *cloner) markAsVirtualMachine(c *call) soap.HasFault {
	req := bodyOf[types.MarkAsVirtualMachine](c)
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	if !vm.Config.Template {
		p := &problem{fault: &types.InvalidState{}, messages: []string{"The virtual machine is no template."}}

		return p.body()
	}
	if p := s.users.require(c.user, privilegeAssignPool, req.Pool); p != nil {
		return p.body()
	}
	wanted := placement{pool: req.Pool}
	setReference(&wanted.host, req.Host)
	to, p := s.placer.complete(wanted, s.placer.placementOf(vm), placementRules{drsChooses: true})
	if p == nil {
		p = s.placer.checkSpace(to.host, map[types.ManagedObjectReference]int64{to.datastore: 0})
	}
	if p != nil {
		return p.body()
	}
	s.vms.moveCompute(c.ctx, vm, to)
	s.vms.unmarkTemplate(c.ctx, vm)

	return &methods.MarkAsVirtualMachineBody{Res: &types.MarkAsVirtualMachineResponse{}}
}
