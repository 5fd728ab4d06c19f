package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planCloneVM is CloneVM_Task.
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

func setReference(to, value *types.ManagedObjectReference) {
	if value != nil {
		*to = *value
	}
}

// planCreateVM is CreateVM_Task: govmomi's, with names checked.
func (s *vmStore) planCreateVM(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateVM_Task](c)
	if p := checkVimName(req.Config.Name); p != nil {
		return taskPlan{}, p
	}
	literal := *req
	literal.Config.Name = literalName(req.Config.Name)
	check := func() *problem {
		return s.inventory.checkFree(c.this, escapeName(literal.Config.Name), types.ManagedObjectReference{})
	}
	if p := check(); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		if p := check(); p != nil {
			return nil, p
		}
		request := literal
		ref, p := s.create(ctx, &request)
		if p != nil {
			return nil, p
		}

		return ref, nil
	}}, nil
}

// planReconfigure is ReconfigVM_Task: govmomi's, with a change of the name checked as a rename is.
func (s *vmStore) planReconfigure(c *call) (taskPlan, *problem) {
	req := bodyOf[types.ReconfigVM_Task](c)
	name := req.Spec.Name
	if name != "" {
		if p := checkVimName(name); p != nil {
			return taskPlan{}, p
		}
	}
	unnamed := *req
	unnamed.Spec.Name = ""

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		if name != "" {
			if p := s.rename(ctx, c.this, canonicalName(name)); p != nil {
				return nil, p
			}
		}
		_, result, p := s.stock.invoke(ctx, c.this, c.method, &unnamed)

		return result, p
	}}, nil
}
