package vcenter

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planCreateSecondary plans CreateSecondaryVM_Task.
func (s *ftStore) planCreateSecondary(c *call) (taskPlan, *problem) {
	return s.secondaryTask(c, bodyOf[types.CreateSecondaryVM_Task](c).Host, nil)
}

// planCreateSecondaryEx plans CreateSecondaryVMEx_Task.
func (s *ftStore) planCreateSecondaryEx(c *call) (taskPlan, *problem) {
	body := bodyOf[types.CreateSecondaryVMEx_Task](c)

	return s.secondaryTask(c, body.Host, body.Spec)
}

func (s *ftStore) secondaryTask(
	c *call, host *types.ManagedObjectReference, spec *types.FaultToleranceConfigSpec,
) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}
	if _, p := s.ftRules.planSecondary(c.this, host, spec); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		plan, p := s.ftRules.planSecondary(c.this, host, spec)
		if p != nil {
			return nil, p
		}
		pair, p := s.createSecondary(ctx, plan)
		if p != nil {
			return nil, p
		}

		return s.startSecondary(ctx, pair), nil
	}}, nil
}

// createSecondary makes the secondary, powered off.
func (s *ftStore) createSecondary(ctx *simulator.Context, plan *secondaryPlan) (ftPair, *problem) {
	primary := plan.primary
	copied := clonePlan{
		cloneRequest: cloneRequest{
			source: primary.Self, name: literalName(primary.Name),
			placement: placement{
				folder: *primary.Parent, pool: *primary.ResourcePool, host: plan.host, datastore: plan.config,
			},
			config: &types.VirtualMachineConfigSpec{Uuid: primary.Config.Uuid},
		},
		original: primary, from: primary.Config, disks: plan.disks,
	}
	ref, p := s.clones.createClone(ctx, copied)
	if p != nil {
		return ftPair{}, p
	}
	secondary, ok := s.inventory.vm(ref)
	if !ok {
		return ftPair{}, notFound(ref)
	}
	pair := ftPair{primary: primary, secondary: secondary}
	s.shareAddresses(ctx, pair)
	s.guests.setTools(ctx, secondary, false)
	s.link(ctx, pair)
	s.writeMetadata(ctx, pair, plan.metadata)
	if plan.group != "" {
		for _, vm := range []*simulator.VirtualMachine{primary, secondary} {
			s.inventory.registry.WithLock(ctx, vm, func() { vm.Config.MetroFtEnabled, vm.Config.MetroFtHostGroup = new(true), plan.group })
		}
	}
	s.settle(ctx, pair)
	s.events.post(ctx, &types.VmSecondaryAddedEvent{VmEvent: s.events.vmEvent(primary)})

	return pair, nil
}

// shareAddresses gives the secondary's network interfaces the addresses of the primary's: the network sees one machine.
func (s *ftStore) shareAddresses(ctx *simulator.Context, pair ftPair) {
	addresses := map[int32]string{}
	for _, device := range pair.primary.Config.Hardware.Device {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			addresses[device.GetVirtualDevice().Key] = card.GetVirtualEthernetCard().MacAddress
		}
	}
	s.inventory.registry.WithLock(ctx, pair.secondary, func() {
		for _, device := range pair.secondary.Config.Hardware.Device {
			if card, ok := device.(types.BaseVirtualEthernetCard); ok {
				card.GetVirtualEthernetCard().MacAddress = addresses[device.GetVirtualDevice().Key]
			}
		}
	})
}

// writeMetadata writes the pair's tie-breaker file, which both VMs list among their files.
func (s *ftStore) writeMetadata(ctx *simulator.Context, pair ftPair, datastore types.ManagedObjectReference) {
	var vmx object.DatastorePath
	vmx.FromString(pair.primary.Config.Files.VmPathName)
	path := fmt.Sprintf("[%s] %s/shared.vmft", s.inventory.entityName(datastore), filepath.Dir(vmx.Path))
	file := s.storage.hostPath(path)
	_ = os.MkdirAll(filepath.Dir(file), 0o700)
	_ = os.WriteFile(filepath.Clean(file), []byte(pair.primary.Config.InstanceUuid), 0o600)
	for _, vm := range []*simulator.VirtualMachine{pair.primary, pair.secondary} {
		s.inventory.registry.WithLock(ctx, vm, func() {
			file := types.VirtualMachineFileLayoutExFileInfo{
				Key: nextFileKey(vm.LayoutEx.File), Name: path, Accessible: new(true),
				Type: string(types.VirtualMachineFileLayoutExFileTypeFtMetadata),
			}
			vm.LayoutEx.File = append(slices.Clone(vm.LayoutEx.File), file)
		})
	}
}

func nextFileKey(files []types.VirtualMachineFileLayoutExFileInfo) int32 {
	key := int32(0)
	for _, file := range files {
		key = max(key, file.Key+1)
	}

	return key
}
