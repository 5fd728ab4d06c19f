package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The limits of a fault tolerant VM in vSphere 8.
const (
	ftMaxCPUs      = 8
	ftMaxMemoryMB  = 128 << 10
	ftMaxDisks     = 16
	ftMaxDiskBytes = 2 << 40
	// ftMaxVMsOnHost is the default of a cluster's option das.maxftvmsperhost.
	ftMaxVMsOnHost = 4
)

// ftRules decides which VMs can be fault tolerant, where a secondary may run, and what a pair refuses.
type ftRules struct {
	inventory *inventory
	storage   *storage
	placer    *placer
	users     *userStore
	clusters  *clusterStore
}

// methods returns the vim25 methods that this store answers.
func (s *ftRules) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.QueryFaultToleranceCompatibility":   {direct: s.queryFTCompatibility},
		"VirtualMachine.QueryFaultToleranceCompatibilityEx": {direct: s.queryFTCompatibility},
	}
}

// checkFTAllowed refuses a VM that can have no secondary whatever its configuration.
func (s *ftRules) checkFTAllowed(vm *simulator.VirtualMachine) *problem {
	if vm.Config.Template {
		return unsupported("'%s' is a template: it cannot be made fault tolerant.", literalName(vm.Name))
	}
	if vm.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected {
		return invalidState("The configuration of '%s' is not available: it is %s.", literalName(vm.Name), vm.Runtime.ConnectionState)
	}
	if cluster, ok := s.inventory.clusterOf(vm); !ok || !highlyAvailable(cluster) {
		return unsupported("'%s' is not in a cluster with vSphere HA.", literalName(vm.Name))
	}

	return nil
}

// ftIssues returns all reasons why a VM that may be made fault tolerant cannot be, in the order in which they are met.
func (s *ftRules) ftIssues(vm *simulator.VirtualMachine) []*problem {
	var issues []*problem
	add := func(met bool, reason types.VmFaultToleranceConfigIssueReasonForIssue, why string) {
		if met {
			issues = append(issues, configIssue(vm, reason, why))
		}
	}
	if cluster, ok := s.inventory.clusterOf(vm); ok && s.clusters.unlicensed(cluster.Self) {
		issues = append(issues, explained(&types.FaultToleranceNotLicensed{HostName: s.inventory.entityName(*vm.Runtime.Host)},
			errorUnsupported, "Fault Tolerance is not licensed.",
			"The hosts of cluster '"+cluster.Name+"' have no licence for Fault Tolerance."))
	}
	hardware := vm.Config.Hardware
	_, paired := s.inventory.secondaryOf(vm)
	add(isSecondary(vm), types.VmFaultToleranceConfigIssueReasonForIssueFtSecondaryVm, "It is a secondary itself.")
	add(paired, types.VmFaultToleranceConfigIssueReasonForIssueMoreThanOneSecondary, "It has a secondary already.")
	add(vm.Snapshot != nil && len(vm.Snapshot.RootSnapshotList) > 0,
		types.VmFaultToleranceConfigIssueReasonForIssueHasSnapshots, "It has snapshots.")
	add(hardware.NumCPU > ftMaxCPUs, types.VmFaultToleranceConfigIssueReasonForIssueTooManyVCPUs,
		fmt.Sprintf("It has %d virtual CPUs; %d are the most.", hardware.NumCPU, ftMaxCPUs))
	add(hardware.MemoryMB > ftMaxMemoryMB, types.VmFaultToleranceConfigIssueReasonForIssueTooMuchMemory,
		fmt.Sprintf("It has %d MB of memory; %d MB are the most.", hardware.MemoryMB, ftMaxMemoryMB))
	add(isTrue(vm.Config.NestedHVEnabled), types.VmFaultToleranceConfigIssueReasonForIssueHasNestedHVConfiguration,
		"It offers hardware virtualization to its guest.")

	return append(issues, s.ftDeviceIssues(vm)...)
}

func configIssue(vm *simulator.VirtualMachine, reason types.VmFaultToleranceConfigIssueReasonForIssue, why string) *problem {
	return explained(&types.VmFaultToleranceConfigIssue{
		Reason: string(reason), EntityName: literalName(vm.Name), Entity: new(vm.Self),
	}, errorNotAllowedInCurrentState, "'"+literalName(vm.Name)+"' cannot be made fault tolerant.", why)
}

// ftDeviceIssues returns the reasons of disks and devices against fault tolerance.
func (s *ftRules) ftDeviceIssues(vm *simulator.VirtualMachine) []*problem {
	var issues []*problem
	disks := 0
	for _, device := range vm.Config.Hardware.Device {
		var issue *problem
		switch x := device.(type) {
		case *types.VirtualDisk:
			disks++
			issue = ftDiskIssue(vm, x)
		case types.BaseVirtualSCSIController:
			if bus := x.GetVirtualSCSIController().SharedBus; bus != "" && bus != types.VirtualSCSISharingNoSharing {
				issue = incompatible(vm, device, &types.SharedBusControllerNotSupported{
					DeviceNotSupported: types.DeviceNotSupported{Device: labelOf(device)},
				}, "shares its bus")
			}
		case *types.VirtualPCIPassthrough, *types.VirtualSriovEthernetCard, *types.VirtualUSB, *types.VirtualParallelPort,
			*types.VirtualSerialPort, types.BaseVirtualSoundCard:
			issue = s.unsupportedDevice(vm, device)
		case *types.VirtualCdrom:
			if !isOf[*types.VirtualCdromIsoBackingInfo](x.Backing) && !isOf[*types.VirtualCdromRemoteAtapiBackingInfo](x.Backing) &&
				x.Backing != nil && x.Connectable != nil && x.Connectable.Connected {
				issue = s.unsupportedDevice(vm, device)
			}
		}
		if issue != nil {
			issues = append(issues, issue)
		}
	}
	if disks > ftMaxDisks {
		issues = append(issues, explained(&types.VmFaultToleranceConfigIssueWrapper{
			EntityName: literalName(vm.Name), Entity: new(vm.Self),
		}, errorNotAllowedInCurrentState, "'"+literalName(vm.Name)+"' cannot be made fault tolerant.",
			fmt.Sprintf("It has %d disks; %d are the most.", disks, ftMaxDisks)))
	}

	return issues
}

func ftDiskIssue(vm *simulator.VirtualMachine, disk *types.VirtualDisk) *problem {
	label := labelOf(disk)
	if disk.CapacityInBytes > ftMaxDiskBytes {
		return configIssue(vm, types.VmFaultToleranceConfigIssueReasonForIssueHasUnsupportedDisk, label+" is larger than 2 TB.")
	}
	switch backing := disk.Backing.(type) {
	case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
		return configIssue(vm, types.VmFaultToleranceConfigIssueReasonForIssueHasUnsupportedDisk, label+" is a raw disk mapping.")
	case *types.VirtualDiskFlatVer2BackingInfo:
		if backing.Parent != nil {
			return configIssue(vm, types.VmFaultToleranceConfigIssueReasonForIssueHasLinkedCloneDisk, label+" is a linked clone's.")
		}
		if mode := backing.DiskMode; mode != "" && mode != string(types.VirtualDiskModePersistent) {
			return explained(&types.VmConfigFault{}, errorInvalidElementConfiguration,
				"The configuration of '"+literalName(vm.Name)+"' does not allow a secondary.", label+" has the mode "+mode+".")
		}
	}

	return nil
}

// unsupportedDevice returns the problem of a device that keeps a VM from being fault tolerant.
func (s *ftRules) unsupportedDevice(vm *simulator.VirtualMachine, device types.BaseVirtualDevice) *problem {
	return incompatible(vm, device, &types.NotSupportedDeviceForFT{
		Host: *vm.Runtime.Host, HostName: s.inventory.entityName(*vm.Runtime.Host), Vm: vm.Self, VmName: literalName(vm.Name),
		DeviceType: typeOf(device), DeviceLabel: labelOf(device),
	}, "cannot be kept in step with a secondary")
}

func incompatible(vm *simulator.VirtualMachine, device types.BaseVirtualDevice, cause types.BaseMethodFault, why string) *problem {
	why = fmt.Sprintf("%s (%s) %s.", labelOf(device), typeOf(device), why)

	return explained(&types.VmConfigIncompatibleForFaultTolerance{
		Fault: &types.LocalizedMethodFault{Fault: cause, LocalizedMessage: why},
	}, errorInvalidElementConfiguration, "The configuration of '"+literalName(vm.Name)+"' is not compatible with Fault Tolerance.", why)
}

const privilegeQueryFT = "VirtualMachine.Config.QueryFTCompatibility"

// queryFTCompatibility answers QueryFaultToleranceCompatibility and QueryFaultToleranceCompatibilityEx: what would refuse a
// secondary, all of it at once.
func (s *ftRules) queryFTCompatibility(c *call) soap.HasFault {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	if p := s.users.require(c.user, privilegeQueryFT, c.this); p != nil {
		return p.body()
	}
	if vm.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected {
		return s.checkFTAllowed(vm).body()
	}
	var issues []*problem
	if vm.Config.Template {
		issues = append(issues, configIssue(vm, types.VmFaultToleranceConfigIssueReasonForIssueTemplateVm, "It is a template."))
	}
	if cluster, ok := s.inventory.clusterOf(vm); !ok || !highlyAvailable(cluster) {
		issues = append(issues, configIssue(vm, types.VmFaultToleranceConfigIssueReasonForIssueHaNotEnabled,
			"It is not in a cluster with vSphere HA."))
	}
	var found []types.LocalizedMethodFault
	for _, issue := range append(issues, s.ftIssues(vm)...) {
		found = append(found, *issue.localized())
	}
	if c.method == "QueryFaultToleranceCompatibility" {
		return &methods.QueryFaultToleranceCompatibilityBody{
			Res: &types.QueryFaultToleranceCompatibilityResponse{Returnval: found},
		}
	}

	return &methods.QueryFaultToleranceCompatibilityExBody{
		Res: &types.QueryFaultToleranceCompatibilityExResponse{Returnval: found},
	}
}
