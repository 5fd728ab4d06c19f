package vcenter

import (
	"fmt"
	"regexp"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// provisionCheck is one rule of an operation that creates or moves a VM, in the group in which vCenter tests it.
type provisionCheck struct {
	test  types.CheckTestType
	check func() *problem
}

// checkInstantClone returns the plan of an instant clone, or the first reason why it would fail.
func (s *instantCloner) checkInstantClone(request instantRequest) (*instantPlan, *problem) {
	plan, checks, p := s.instantChecks(request)
	if p != nil {
		return nil, p
	}
	for _, each := range checks {
		if p := each.check(); p != nil {
			return nil, p
		}
	}

	return plan, nil
}

// instantChecks finds where an instant clone would be, and lists the rules that it has to keep.
func (s *instantCloner) instantChecks(request instantRequest) (*instantPlan, []provisionCheck, *problem) {
	source, ok := s.inventory.vm(request.source)
	if !ok {
		return nil, nil, notFound(request.source)
	}
	plan := &instantPlan{spec: request.spec, clonePlan: clonePlan{
		cloneRequest: cloneRequest{
			source: request.source, name: literalName(request.spec.Name), powerOn: true, poweredOn: request.source, user: request.user,
		},
		original: source, from: source.Config, disks: map[int32]types.ManagedObjectReference{},
	}}
	if p := s.placeInstantClone(plan); p != nil {
		return nil, nil, p
	}

	return plan, []provisionCheck{
		{types.CheckTestTypeSourceTests, func() *problem { return alsoExplained(checkVimName(plan.spec.Name)) }},
		{types.CheckTestTypeSourceTests, func() *problem { return s.clones.mayClone(plan.clonePlan) }},
		{types.CheckTestTypeSourceTests, func() *problem { return checkInstantSettings(plan.spec) }},
		{types.CheckTestTypeSourceTests, func() *problem { return checkInstantSource(source) }},
		{types.CheckTestTypeHostTests, func() *problem { return s.checkInstantHost(source) }},
		{types.CheckTestTypeSourceTests, func() *problem { return checkInstantDevices(source) }},
		{types.CheckTestTypeSourceTests, func() *problem { return checkInstantDisks(source) }},
		{types.CheckTestTypeNetworkTests, func() *problem { return s.checkInstantChanges(plan) }},
		{types.CheckTestTypeSourceTests, func() *problem { return s.storage.checkFiles(source) }},
		{types.CheckTestTypeDatastoreTests, func() *problem { return s.checkInstantDatastore(plan) }},
		{types.CheckTestTypeResourcePoolTests, func() *problem { return s.checkInstantPool(plan) }},
		{types.CheckTestTypeSourceTests, func() *problem {
			return alsoExplained(s.inventory.checkFree(plan.placement.folder, escapeName(plan.name), types.ManagedObjectReference{}),
				"The folder holds an object of that name.")
		}},
	}, nil
}

// placeInstantClone completes the placement: the source's host, pool and datastore, and the folder of all VMs of its
// datacenter.
func (s *instantCloner) placeInstantClone(plan *instantPlan) *problem {
	place := s.placer.placementOf(plan.original)
	if id, ok := s.inventory.parentOf(plan.original.Self, "Datacenter"); ok {
		if datacenter, ok := s.inventory.registry.Get(id).(*simulator.Datacenter); ok {
			place.folder = datacenter.VmFolder
		}
	}
	location := plan.spec.Location
	setReference(&place.folder, location.Folder)
	setReference(&place.pool, location.Pool)
	setReference(&place.datastore, location.Datastore)
	if p := s.placer.exists(place); p != nil {
		return p
	}
	plan.placement = place
	for _, disk := range disksOf(plan.original) {
		plan.disks[disk.Key] = place.datastore
	}
	if folder, ok := s.inventory.registry.Get(place.folder).(*simulator.Folder); !ok || !allowsChild(folder, "VirtualMachine") {
		return badArgument("spec.location.folder", "Folder %s holds no virtual machines.", place.folder.Value)
	}

	return nil
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// checkInstantSettings refuses every setting but folder, pool, datastore and edits of devices.
func checkInstantSettings(spec types.VirtualMachineInstantCloneSpec) *problem {
	location := spec.Location
	for _, setting := range []struct {
		name string
		set  bool
	}{
		{"service", location.Service != nil},
		{"host", location.Host != nil},
		{"disk", len(location.Disk) > 0},
		{"diskMoveType", location.DiskMoveType != ""},
		{"transform", location.Transform != ""},
		{"profile", len(location.Profile) > 0},
		{"cryptoSpec", location.CryptoSpec != nil},
	} {
		if setting.set {
			return badArgument("spec.location."+setting.name, "An instant clone takes no %s.", setting.name)
		}
	}
	for i, base := range location.DeviceChange {
		change := base.GetVirtualDeviceConfigSpec()
		property := fmt.Sprintf("spec.location.deviceChange[%d]", i)
		switch {
		case change.Device == nil:
			return badArgument(property+".device", "The device is missing.")
		case change.Operation != types.VirtualDeviceConfigSpecOperationEdit:
			return badArgument(property+".operation", "An instant clone can edit a device and nothing else.")
		case change.FileOperation != "":
			return badArgument(property+".fileOperation", "An instant clone makes and deletes no files of a device.")
		case len(change.Profile) > 0:
			return badArgument(property+".profile", "An instant clone takes no profile.")
		}
	}
	if spec.BiosUuid != "" && !uuidPattern.MatchString(spec.BiosUuid) {
		return badArgument("spec.biosUuid", "%q is no UUID.", spec.BiosUuid)
	}

	return nil
}

// checkInstantSource refuses a source that does not run, or that cannot be forked.
func checkInstantSource(source *simulator.VirtualMachine) *problem {
	switch {
	case source.Config.Template:
		return badArgument("vm", "The source is a template.")
	case source.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected:
		return invalidState("The source is %s.", source.Runtime.ConnectionState)
	case source.Runtime.PowerState != poweredOn:
		return badArgument("vm", "The source is not powered on.")
	case source.Config.FtInfo != nil:
		return badArgument("vm", "The source's configuration is not supported: it is protected by fault tolerance.")
	}
	for _, device := range source.Config.Hardware.Device {
		if link := topLink(device); link != nil && isIndependent(link) {
			return badArgument("vm", "The source's configuration is not supported: '%s' is an independent disk.", labelOf(device))
		}
	}

	return nil
}

func (s *instantCloner) checkInstantHost(source *simulator.VirtualMachine) *problem {
	host, ok := s.inventory.registry.Get(*source.Runtime.Host).(*simulator.HostSystem)
	switch {
	case !ok:
		return notFound(*source.Runtime.Host)
	case host.Runtime.InMaintenanceMode:
		return invalidState("The source's host '%s' is in maintenance mode.", host.Name)
	case host.Runtime.ConnectionState != types.HostSystemConnectionStateConnected:
		return invalidState("The source's host '%s' is %s.", host.Name, host.Runtime.ConnectionState)
	default:
		return nil
	}
}

// disallowed returns the problem of a device that keeps a VM from being cloned.
func disallowed(issue types.BaseMethodFault, message string) *problem {
	return explained(&types.DisallowedMigrationDeviceAttached{
		Fault: types.LocalizedMethodFault{Fault: issue, LocalizedMessage: message},
	}, errorUnsupported, "The virtual machine cannot be cloned with this device.", message)
}

// checkInstantDatastore refuses a datastore that the source's host cannot use, or that has too little space.
func (s *instantCloner) checkInstantDatastore(plan *instantPlan) *problem {
	ref := plan.placement.datastore
	datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore)
	if !ok {
		return notFound(ref)
	}
	invalid := types.InvalidDatastore{Datastore: &ref, Name: datastore.Name}
	if !datastore.Summary.Accessible {
		return explained(&types.InaccessibleDatastore{InvalidDatastore: invalid}, errorResourceInaccessible,
			"The operation failed because of a problem with the datastore.", "Datastore '"+datastore.Name+"' is not accessible.")
	}
	mounted := false
	for _, mount := range datastore.Host {
		mounted = mounted || mount.Key == plan.placement.host
	}
	if !mounted {
		return explained(&invalid, errorInvalidArgument,
			"The operation failed because of a problem with the datastore.",
			fmt.Sprintf("Host %s does not see datastore '%s'.", plan.placement.host.Value, datastore.Name))
	}
	if swap := int64(plan.original.Config.Hardware.MemoryMB) << 20; datastore.Summary.FreeSpace < swap {
		return explained(&types.InsufficientStorageSpace{}, errorUnableToAllocateResource,
			"The operation would violate a resource usage policy.",
			fmt.Sprintf("Datastore '%s' has %d bytes free of %d that the clone's swap file takes.",
				datastore.Name, datastore.Summary.FreeSpace, swap))
	}

	return nil
}

// overheadMegabytes is about what a host needs for a running VM besides its memory.
const overheadMegabytes = int64(64)

// checkInstantPool refuses a pool that the source's host does not serve, or that has no memory left to reserve.
func (s *instantCloner) checkInstantPool(plan *instantPlan) *problem {
	ref := plan.placement.pool
	if s.inventory.compute(ref) != s.inventory.compute(plan.placement.host) {
		return badArgument("spec.location.pool", "Resource pool %s is not of the source's host.", ref.Value)
	}
	pool, ok := s.inventory.registry.Get(ref).(*simulator.ResourcePool)
	if !ok || pool.Parent == nil || pool.Parent.Type != "ResourcePool" {
		return nil // a root pool has what its hosts have
	}
	memory := pool.Config.MemoryAllocation
	if memory.Reservation == nil || memory.ExpandableReservation == nil || *memory.ExpandableReservation {
		return nil
	}
	free := *memory.Reservation
	for _, member := range pool.Vm {
		if vm, ok := s.inventory.vm(member); ok && vm.Runtime.PowerState == poweredOn {
			free -= reservedMegabytes(vm)
		}
	}
	needed := reservedMegabytes(plan.original)
	if free >= needed {
		return nil
	}

	return explained(&types.InsufficientMemoryResourcesFault{Unreserved: max(free, 0) << 20, Requested: needed << 20},
		errorUnableToAllocateResource, "The operation would violate a resource usage policy.",
		fmt.Sprintf("Resource pool '%s' has %d MB of memory left to reserve, the clone needs %d.", pool.Name, max(free, 0), needed))
}

func reservedMegabytes(vm *simulator.VirtualMachine) int64 {
	if memory := vm.Config.MemoryAllocation; memory != nil && memory.Reservation != nil {
		return *memory.Reservation + overheadMegabytes
	}

	return overheadMegabytes
}
