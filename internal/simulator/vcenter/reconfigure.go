package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// reconfigurer changes the configuration of VMs: for ReconfigVM_Task, and for the configuration that travels with a clone. govmomi's
// ReconfigVM_Task makes the change. The reconfigurer checks vCenter's rules before, and completes the parts that govmomi would reset.
type reconfigurer struct {
	inventory *inventory
	stock     *stockMethods
	storage   *storage
	placer    *placer
	users     *userStore
	vms       *vmStore
	profiles  *profileStore
}

// methods returns the vim25 methods that this store answers.
func (s *reconfigurer) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.ReconfigVM_Task": {task: s.planReconfigure},
	}
}

// planReconfigure plans ReconfigVM_Task. Privileges and names are checked by the call, all else by the task.
func (s *reconfigurer) planReconfigure(c *call) (taskPlan, *problem) {
	spec := bodyOf[types.ReconfigVM_Task](c).Spec
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	annotated := spec.Annotation != "" || c.empties("annotation")
	if p := s.mayReconfigure(c.user, vm, spec, annotated); p != nil {
		return taskPlan{}, p
	}
	if spec.Name != "" {
		if p := checkVimName(spec.Name); p != nil {
			return taskPlan{}, p
		}
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.inventory.vm(c.this)
		if !ok {
			return nil, notFound(c.this)
		}
		if p := s.check(vm, spec, false); p != nil {
			return nil, p
		}
		if spec.Name != "" {
			if p := s.vms.rename(ctx, c.this, canonicalName(spec.Name)); p != nil {
				return nil, p
			}
		}
		if p := s.apply(ctx, vm, spec); p != nil {
			return nil, p
		}
		if c.empties("annotation") {
			s.clearAnnotation(ctx, vm)
		}

		return nil, nil
	}}, nil
}

// configure gives a clone that has just been created the configuration that its caller wants. The name is the clone's own, the creation
// date vCenter's.
func (s *reconfigurer) configure(ctx *simulator.Context, vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	spec = asConfigured(spec)
	if p := s.check(vm, spec, true); p != nil {
		return p
	}

	return s.apply(ctx, vm, spec)
}

// asConfigured leaves out what a clone does not take of a configuration.
func asConfigured(spec types.VirtualMachineConfigSpec) types.VirtualMachineConfigSpec {
	spec.Name, spec.ChangeVersion, spec.CreateDate, spec.Files = "", "", nil, nil

	return spec
}

// check refuses a change that vCenter's rules do not allow for the VM in its present state. It changes nothing itself. clone says that the
// VM has just been cloned.
func (s *reconfigurer) check(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec, clone bool) *problem {
	if spec.ChangeVersion != "" && spec.ChangeVersion != vm.Config.ChangeVersion {
		return explained(&types.ConcurrentAccess{}, errorResourceBusy,
			"The operation cannot complete due to concurrent modification by another operation.",
			"The configuration is of version "+vm.Config.ChangeVersion+", the change is for "+spec.ChangeVersion+".")
	}
	for _, rule := range []func(*simulator.VirtualMachine, types.VirtualMachineConfigSpec) *problem{
		checkTemplateChange, checkCPU, checkMemory, checkAllocations, checkWhileOff,
	} {
		if p := rule(vm, spec); p != nil {
			return p
		}
	}

	if p := s.profiles.checkProfile("configSpec.vmProfile", spec.VmProfile); p != nil {
		return p
	}

	if p := s.checkCrypto(vm, spec); p != nil {
		return p
	}

	return s.checkDevices(vm, spec, clone)
}

// checkTemplateChange refuses to change more of a template than its name and its notes.
func checkTemplateChange(vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	if !vm.Config.Template {
		return nil
	}
	spec.Name, spec.Annotation, spec.ChangeVersion = "", "", ""
	if isZero(spec) {
		return nil
	}

	return unsupported("Only the name and the notes of a template can be changed.")
}

// apply makes a change that check has passed.
func (s *reconfigurer) apply(ctx *simulator.Context, vm *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) *problem {
	spec.Name, spec.ChangeVersion = "", ""
	allocate(vm.Config, &spec)
	spec.ExtraConfig = withoutAbsent(vm.Config.ExtraConfig, spec.ExtraConfig)
	order := deviceKeys(vm.Config.Hardware.Device)
	wanted := spec.DeviceChange
	changes, edits, p := s.prepare(vm, wanted)
	if p != nil {
		return p
	}
	spec.DeviceChange = changes
	if _, _, p := s.stock.invoke(ctx, vm.Self, "ReconfigVM_Task", &types.ReconfigVM_Task{This: vm.Self, Spec: spec}); p != nil {
		return p
	}
	if p := s.encryptChanged(ctx, vm, spec.Crypto, changes); p != nil {
		return p
	}
	s.profiles.assign(vm.Self, home, spec.VmProfile)
	s.assignDiskProfiles(vm.Self, wanted, changes)
	if len(spec.DeviceChange)+len(edits) == 0 {
		return nil
	}
	s.returnLinkedSpace(ctx, changes)

	return s.finishDevices(ctx, vm, edits, order)
}

// assignDiskProfiles records the storage policies of disks. It takes edits from the changes that the caller wanted, for the prepared changes
// hold no edits of disks, and the rest from the prepared changes, which alone have the keys of added disks. Their order counts: an added disk
// may get the key of a disk that is removed before it.
func (s *reconfigurer) assignDiskProfiles(vm types.ManagedObjectReference, wanted, prepared []types.BaseVirtualDeviceConfigSpec) {
	for _, base := range wanted {
		change := base.GetVirtualDeviceConfigSpec()
		if disk, ok := change.Device.(*types.VirtualDisk); ok && change.Operation == types.VirtualDeviceConfigSpecOperationEdit {
			s.profiles.assign(vm, disk.Key, change.Profile)
		}
	}
	for _, base := range prepared {
		change := base.GetVirtualDeviceConfigSpec()
		disk, ok := change.Device.(*types.VirtualDisk)
		switch {
		case !ok:
		case change.Operation == types.VirtualDeviceConfigSpecOperationAdd:
			s.profiles.assign(vm, disk.Key, change.Profile)
		case change.Operation == types.VirtualDeviceConfigSpecOperationRemove:
			s.profiles.forget(vm, disk.Key)
		}
	}
}

// withoutAbsent leaves out the removals of keys that are not there: govmomi would add them.
func withoutAbsent(present, changes []types.BaseOptionValue) []types.BaseOptionValue {
	return slices.DeleteFunc(slices.Clone(changes), func(change types.BaseOptionValue) bool {
		option := change.GetOptionValue()

		return option.Value == "" && !slices.ContainsFunc(present, func(other types.BaseOptionValue) bool {
			return other.GetOptionValue().Key == option.Key
		})
	})
}

// clearAnnotation empties the notes of a VM. In govmomi's types an empty annotation is one that stays.
func (s *reconfigurer) clearAnnotation(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "config.annotation", Val: ""}, {Name: "summary.config.annotation", Val: ""},
	})
}
