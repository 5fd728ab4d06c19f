package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// A VM whose files vCenter can't read has no configuration: no client sees its config, snapshots or guest until it can. That is
// so in every connection state but connected, and early in a VM's creation.

// hasConfig reports whether clients can see the configuration of a VM.
func (s *conditionStore) hasConfig(vm *simulator.VirtualMachine) bool {
	return vm.Runtime.ConnectionState == types.VirtualMachineConnectionStateConnected && !s.of(vm.Self).noConfig
}

// fromConfig are the properties that vCenter reads in a VM's files, each with those below it.
var fromConfig = []string{
	"config", "snapshot", "rootSnapshot", "guest", "layout", "layoutEx", "storage", "summary.guest", "summary.config.instanceUuid",
	"summary.config.uuid", "summary.config.ftInfo",
}

func isFromConfig(path string) bool {
	return slices.ContainsFunc(fromConfig, func(name string) bool { return path == name || strings.HasPrefix(path, name+".") })
}

// withoutConfig leaves out of an answer what vCenter can't read.
func (s *collectorStore) withoutConfig(contents []types.ObjectContent) []types.ObjectContent {
	for i, content := range contents {
		vm, ok := s.inventory.vm(content.Obj)
		if !ok || s.conditions.hasConfig(vm) {
			continue
		}
		contents[i].PropSet = slices.DeleteFunc(slices.Clone(content.PropSet), func(property types.DynamicProperty) bool {
			return isFromConfig(property.Name)
		})
	}

	return contents
}

// findAllByUUID answers FindAllByUuid: govmomi's, without VMs whose configuration can't be read.
func (s *collectorStore) findAllByUUID(c *call) soap.HasFault {
	index, ok := s.inventory.registry.Get(c.this).(*simulator.SearchIndex)
	if !ok {
		return notFound(c.this).body()
	}
	answer := index.FindAllByUuid(c.ctx, bodyOf[types.FindAllByUuid](c))
	if body, ok := answer.(*methods.FindAllByUuidBody); ok && body.Res != nil {
		body.Res.Returnval = slices.DeleteFunc(body.Res.Returnval, func(ref types.ManagedObjectReference) bool {
			vm, isVM := s.inventory.vm(ref)

			return isVM && !s.conditions.hasConfig(vm)
		})
	}

	return answer
}
