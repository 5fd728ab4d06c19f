package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// secondaryPlan is a secondary whose arguments are valid.
type secondaryPlan struct {
	primary  *simulator.VirtualMachine
	host     types.ManagedObjectReference
	config   types.ManagedObjectReference // the datastore of its configuration files
	metadata types.ManagedObjectReference // the datastore of the pair's metadata
	disks    map[int32]types.ManagedObjectReference
	group    string // the metro host group
}

// planFiles gives the secondary's files their datastores: those that are named, else the configuration's, else the
// primary's.
func (s *ftRules) planFiles(plan *secondaryPlan, spec *types.FaultToleranceConfigSpec) *problem {
	plan.config = s.inventory.datastoreOfPath(plan.primary.Config.Files.VmPathName)
	plan.disks = map[int32]types.ManagedObjectReference{}
	for _, disk := range disksOf(plan.primary) {
		plan.disks[disk.Key] = refOf("Datastore", copyDisk(disk).DatastoreID)
	}
	if spec == nil || spec.SecondaryVmSpec == nil {
		plan.metadata = plan.config
	} else {
		if named := spec.SecondaryVmSpec.VmConfig; named != nil {
			plan.config, plan.metadata = *named, *named
			for key := range plan.disks {
				plan.disks[key] = *named
			}
		}
		if p := plan.placeDisks(spec.SecondaryVmSpec.Disks); p != nil {
			return p
		}
	}
	if plan.metadata.Value == "" {
		plan.metadata = plan.config
	}
	if spec != nil && spec.MetaDataPath != nil {
		plan.metadata = spec.MetaDataPath.MetaDataDatastore
	}
	for _, ref := range plan.datastores() {
		if !isA[*simulator.Datastore](s.inventory.registry.Get(ref)) {
			return notFound(ref)
		}
	}

	return nil
}

func (p *secondaryPlan) placeDisks(disks []types.FaultToleranceDiskSpec) *problem {
	named := map[int32]bool{}
	for _, each := range disks {
		if each.Disk == nil {
			return badArgument("spec.secondaryVmSpec.disks", "A disk is not named.")
		}
		key := each.Disk.GetVirtualDevice().Key
		if _, ok := p.disks[key]; !ok {
			return badArgument("spec.secondaryVmSpec.disks", "The primary has no disk %d.", key)
		}
		if named[key] {
			return badArgument("spec.secondaryVmSpec.disks", "Disk %d is named twice.", key)
		}
		named[key], p.disks[key] = true, each.Datastore
	}

	return nil
}

func (p *secondaryPlan) datastores() []types.ManagedObjectReference {
	refs := []types.ManagedObjectReference{p.config, p.metadata}
	for _, key := range sortedKeys(p.disks) {
		refs = append(refs, p.disks[key])
	}

	return refs
}

func sortedKeys(disks map[int32]types.ManagedObjectReference) []int32 {
	keys := make([]int32, 0, len(disks))
	for key := range disks {
		keys = append(keys, key)
	}
	slices.Sort(keys)

	return keys
}

// checkFTFiles refuses datastores that cannot be reached or have too little space for the secondary.
func (s *ftRules) checkFTFiles(plan *secondaryPlan) *problem {
	if p := s.storage.checkFiles(plan.primary); p != nil {
		return p
	}
	if metadata, ok := s.inventory.registry.Get(plan.metadata).(*simulator.Datastore); ok && !metadata.Summary.Accessible {
		return fileProblem("["+metadata.Name+"]", "The datastore of the metadata is not accessible.")
	}
	needed := map[types.ManagedObjectReference]int64{plan.config: 0}
	for _, disk := range disksOf(plan.primary) {
		needed[plan.disks[disk.Key]] += disk.CapacityInBytes
	}
	for _, ref := range plan.datastores() {
		datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore)
		switch {
		case !ok:
			return notFound(ref)
		case !datastore.Summary.Accessible:
			return fileProblem("["+datastore.Name+"]", "Datastore '"+datastore.Name+"' is not accessible.")
		case datastore.Summary.FreeSpace < needed[ref]:
			return explained(&types.InsufficientStorageSpace{}, errorUnableToAllocateResource,
				"Insufficient disk space on datastore '"+datastore.Name+"'.",
				fmt.Sprintf("%d bytes are needed, %d are free.", needed[ref], datastore.Summary.FreeSpace))
		}
	}

	return nil
}

// chooseFTHost checks the host that is named, or chooses the emptiest of those that can run the secondary.
func (s *ftRules) chooseFTHost(plan *secondaryPlan, named *types.ManagedObjectReference) *problem {
	cluster, ok := s.inventory.clusterOf(plan.primary)
	if !ok {
		return unsupported("'%s' is not in a cluster.", literalName(plan.primary.Name))
	}
	if named != nil {
		plan.host = *named
		if p := s.ftHostProblem(plan, cluster, *named); p != nil {
			return hostRefused(*named, p)
		}

		return nil
	}
	hosts := slices.SortedStableFunc(slices.Values(cluster.Host), func(a, b types.ManagedObjectReference) int {
		return s.placer.load(a) - s.placer.load(b)
	})
	var refusals []*problem
	for _, host := range hosts {
		p := s.ftHostProblem(plan, cluster, host)
		if p == nil {
			plan.host = host

			return nil
		}
		refusals = append(refusals, p)
	}

	return noHost(plan.primary, refusals)
}

// hostRefused returns why the host that was named cannot run the secondary.
func hostRefused(host types.ManagedObjectReference, p *problem) *problem {
	switch p.fault.(type) {
	case *types.ManagedObjectNotFound, types.BaseInsufficientResourcesFault:
		return p
	}

	return explained(&types.IncompatibleHostForFtSecondary{Host: host, Error: []types.LocalizedMethodFault{*p.localized()}},
		errorInvalidArgument, "The host "+host.Value+" cannot run the secondary.", p.message())
}

// noHost returns the problem that no host of the cluster can run the secondary, and why each cannot.
func noHost(primary *simulator.VirtualMachine, refusals []*problem) *problem {
	messages := []string{"No host of the cluster can run the secondary of '" + literalName(primary.Name) + "'."}
	for _, refusal := range refusals {
		messages = append(messages, refusal.message())
	}

	return explained(&types.InsufficientResourcesFault{}, errorUnableToAllocateResource, messages...)
}

// ftHostProblem returns why a host cannot run the secondary, nil where it can.
func (s *ftRules) ftHostProblem(
	plan *secondaryPlan, cluster *simulator.ClusterComputeResource, ref types.ManagedObjectReference,
) *problem {
	host, ok := s.inventory.registry.Get(ref).(*simulator.HostSystem)
	if !ok {
		return notFound(ref)
	}
	if ref == *plan.primary.Runtime.Host {
		return explained(&types.FaultToleranceAntiAffinityViolated{HostName: host.Name, Host: ref}, errorInvalidArgument,
			"The primary runs on host "+host.Name+".")
	}
	if s.inventory.owner(ref) != cluster.Self {
		return explained(&types.InvalidState{}, errorInvalidArgument, "Host "+host.Name+" is not in the primary's cluster.")
	}
	if p := s.placer.checkHost(ref); p != nil {
		return explained(p.fault, p.errorType, "Host "+host.Name+" is not connected or in maintenance mode.")
	}
	for _, datastore := range plan.datastores() {
		if store, ok := s.inventory.registry.Get(datastore).(*simulator.Datastore); ok && !mounts(store, ref) {
			return explained(&types.DatastoreNotWritableOnHost{Host: ref}, errorInvalidArgument,
				"Host "+host.Name+" does not see datastore "+store.Name+".")
		}
	}
	if limit := s.clusters.limit(cluster.Self); limit > 0 && s.ftVMsOn(host) >= limit {
		return explained(&types.VmFaultToleranceTooManyVMsOnHost{HostName: host.Name, MaxNumFtVms: int32(limit)},
			errorUnableToAllocateResource, fmt.Sprintf("Host %s runs %d fault tolerant VMs already, which is the limit.", host.Name, limit))
	}
	if plan.group != "" && inGroup(cluster, plan.group, ref) == inGroup(cluster, plan.group, *plan.primary.Runtime.Host) {
		return explained(&types.InvalidState{}, errorInvalidArgument, "Host "+host.Name+" is on the primary's side of the metro cluster.")
	}

	return nil
}

func mounts(datastore *simulator.Datastore, host types.ManagedObjectReference) bool {
	return slices.ContainsFunc(datastore.Host, func(mount types.DatastoreHostMount) bool { return mount.Key == host })
}

// ftVMsOn counts the members of pairs on a host.
func (s *ftRules) ftVMsOn(host *simulator.HostSystem) int {
	count := 0
	for _, ref := range host.Vm {
		if vm, ok := s.inventory.vm(ref); ok && (isPrimary(vm) || isSecondary(vm)) {
			count++
		}
	}

	return count
}
