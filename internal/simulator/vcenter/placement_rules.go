package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// placementRules tells operations apart by what they do with an incomplete placement. The zero value is CloneVM_Task: without a pool
// the VM goes into its source's, which must fit the host and the cluster; without pool and host it goes to its source's host; a pool
// without a host means a compatible host of its cluster.
type placementRules struct {
	// anywhere lets another administrator leave out the pool of another cluster or host: its root pool.
	anywhere bool
	// drsChooses refuses a pool of a cluster without DRS, where no host is named.
	drsChooses bool
	// crosses lets the VM leave its datacenter, for which the pool must be named; without a folder it goes into the datacenter's root
	// folder.
	crosses bool
}

// compute returns the cluster, or the compute resource of a stand-alone host, that a pool or a host belongs to.
func (s *inventory) compute(ref types.ManagedObjectReference) types.ManagedObjectReference {
	if cluster := s.owner(ref); cluster.Value != "" {
		return cluster
	}
	alone, _ := s.parentOf(ref, "ComputeResource")

	return alone
}

// datacenter returns the datacenter that an object is in.
func (s *inventory) datacenter(ref types.ManagedObjectReference) types.ManagedObjectReference {
	found, _ := s.parentOf(ref, "Datacenter")

	return found
}

// hostsOf returns the hosts and the root pool of a cluster or a compute resource.
func (s *inventory) hostsOf(compute types.ManagedObjectReference) (hosts []types.ManagedObjectReference, root *types.ManagedObjectReference) {
	if found := computeOf(s.registry.Get(compute)); found != nil {
		return found.Host, found.ResourcePool
	}

	return nil, nil
}

// computeOf returns what a cluster and the compute resource of a stand-alone host have in common; nil for another object.
func computeOf(object mo.Reference) *mo.ComputeResource {
	switch compute := object.(type) {
	case *simulator.ClusterComputeResource:
		return &compute.ComputeResource
	case *mo.ComputeResource:
		return compute
	default:
		return nil
	}
}

func (s *placer) choosePool(wanted *placement, current placement, rules placementRules) *problem {
	if wanted.pool.Value != "" {
		return nil
	}
	compute, property := wanted.cluster, "placement.cluster"
	if compute.Value == "" && wanted.host.Value != "" {
		compute, property = s.inventory.compute(wanted.host), "placement.host"
	}
	own := current.pool.Value != "" && (compute.Value == "" || s.inventory.compute(current.pool) == compute)
	switch {
	case own:
		wanted.pool = current.pool

		return nil
	case compute.Value == "":
		return invalidArgument("placement.resource_pool", "The source is a template and has no resource pool of its own: name one.")
	case current.pool.Value != "" && !rules.anywhere:
		return invalidArgument(property, "%s does not belong to the virtual machine's resource pool %s.", compute.Value, current.pool.Value)
	}
	if _, root := s.inventory.hostsOf(compute); root != nil {
		wanted.pool = *root
	}

	return nil
}

// chooseHost fills in the host. named says that the caller named the pool.
func (s *placer) chooseHost(wanted *placement, current placement, named bool, rules placementRules) *problem {
	if wanted.host.Value != "" {
		return s.checkHost(wanted.host)
	}
	hosts, _ := s.inventory.hostsOf(wanted.cluster)
	cluster, clustered := s.inventory.registry.Get(wanted.cluster).(*simulator.ClusterComputeResource)
	drs := clustered && drsBehaviour(cluster) != ""
	switch at := slices.Contains(hosts, current.host); {
	case !named && at && !rules.anywhere:
		wanted.host = current.host

		return s.checkHost(current.host)
	case named && clustered && !drs && rules.drsChooses:
		return invalidArgument("placement.host", "DRS is not enabled on cluster %s: name a host.", cluster.Name)
	case at:
		hosts = append([]types.ManagedObjectReference{current.host}, hosts...)
	case len(hosts) > 1:
		// As DRS would: the emptiest host.
		hosts = slices.SortedStableFunc(slices.Values(hosts), func(a, b types.ManagedObjectReference) int { return s.load(a) - s.load(b) })
	}
	last := invalidArgument("placement.cluster", "%s has no host.", wanted.cluster.Value)
	for _, host := range hosts {
		if last = s.checkHost(host); last == nil {
			wanted.host = host

			return nil
		}
	}

	return last
}

// chooseFolder fills in the folder, and refuses one of another datacenter than the pool's.
func (s *placer) chooseFolder(wanted *placement, current placement, poolNamed bool, rules placementRules) *problem {
	target := s.inventory.datacenter(wanted.pool)
	if wanted.pool.Value == "" {
		target = s.inventory.datacenter(wanted.host)
	}
	leaves := target != s.inventory.datacenter(current.host)
	if leaves && rules.crosses && !poolNamed {
		return invalidArgument("spec.pool", "To another datacenter the resource pool must be named.")
	}
	if wanted.folder.Value != "" && s.inventory.datacenter(wanted.folder) != target {
		return s.inventory.datacenterMismatch(wanted.folder, target)
	}
	if wanted.folder.Value == "" {
		wanted.folder = current.folder
		if datacenter, ok := s.inventory.registry.Get(target).(*simulator.Datacenter); ok && leaves {
			wanted.folder = datacenter.VmFolder
		}
	}

	return nil
}

// datacenterMismatch refuses an object that is in another datacenter than it should.
func (s *inventory) datacenterMismatch(entity, expected types.ManagedObjectReference) *problem {
	fault := &types.DatacenterMismatch{ExpectedDatacenter: expected, InvalidArgument: []types.DatacenterMismatchArgument{{Entity: entity}}}
	if found := s.datacenter(entity); found.Value != "" {
		fault.InvalidArgument[0].InputDatacenter = &found
	}

	return explained(fault, errorInvalidArgument, "The input arguments had entities that did not belong to the same datacenter.",
		s.entityName(entity)+" is not in datacenter "+s.entityName(expected)+".")
}
