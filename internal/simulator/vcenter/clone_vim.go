package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planCloneVM plans CloneVM_Task.
func (s *cloner) planCloneVM(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CloneVM_Task](c)
	if p := checkVimName(req.Name); p != nil {
		return taskPlan{}, p
	}
	location := req.Spec.Location
	if source, ok := s.inventory.vm(c.this); ok && source.Config.Template && !req.Spec.Template && location.Pool == nil {
		return taskPlan{}, invalidArgument("spec.location.pool", "A template has no resource pool: the clone needs one.")
	}
	request := cloneRequest{
		source: c.this, name: literalName(req.Name), powerOn: req.Spec.PowerOn, template: req.Spec.Template,
		customization: req.Spec.Customization, config: req.Spec.Config, user: c.user, devices: location.DeviceChange,
		placement: placement{folder: req.Folder},
		update:    map[int32]types.ManagedObjectReference{},
	}
	if request.config != nil {
		request.devices = append(request.devices, request.config.DeviceChange...)
	}
	setReference(&request.placement.pool, location.Pool)
	setReference(&request.placement.host, location.Host)
	setReference(&request.placement.datastore, location.Datastore)
	for _, disk := range location.Disk {
		request.update[disk.DiskId] = disk.Datastore
	}

	if source, ok := s.inventory.vm(c.this); ok && source.Config.Template && !request.template && location.Pool == nil {
		return taskPlan{}, invalidArgument("spec.location.pool", "A template has no resource pool that its clone could take.")
	}
	plan, p := s.planClone(request)
	if p != nil {
		return taskPlan{}, p
	}

	return taskPlan{
		effect: s.cloneEffect(request),
		begun:  func(ctx *simulator.Context) { s.beingCloned(ctx, plan) },
	}, nil
}
