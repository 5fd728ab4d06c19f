package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// placement is where a VM goes; zero references are unset.
type placement struct {
	folder    types.ManagedObjectReference
	pool      types.ManagedObjectReference
	host      types.ManagedObjectReference
	cluster   types.ManagedObjectReference
	datastore types.ManagedObjectReference
}

// placer finds where a VM may go.
type placer struct {
	inventory *inventory
}

// exists refuses a placement that names an object that does not exist, or one of another kind.
func (s *placer) exists(p placement) *problem {
	for _, part := range []struct {
		ref  types.ManagedObjectReference
		good func(mo.Reference) bool
	}{
		{p.folder, isA[*simulator.Folder]},
		{p.pool, func(o mo.Reference) bool { return isA[*simulator.ResourcePool](o) || isA[*simulator.VirtualApp](o) }},
		{p.host, isA[*simulator.HostSystem]},
		{p.cluster, isA[*simulator.ClusterComputeResource]},
		{p.datastore, isA[*simulator.Datastore]},
	} {
		if part.ref.Value == "" {
			continue
		}
		if object := s.inventory.registry.Get(part.ref); object == nil || !part.good(object) {
			return notFound(part.ref)
		}
	}

	return nil
}

func isA[T any](object mo.Reference) bool {
	_, ok := object.(T)

	return ok
}

// complete checks that the parts of a placement fit each other and fills in the pool and the host that are unset, for a
// VM in the current one. The pool of a cluster is its root pool; the host is the current one where that fits and else
// chosen as DRS would.
func (s *placer) complete(wanted, current placement) (placement, *problem) {
	if p := s.exists(wanted); p != nil {
		return wanted, p
	}
	if wanted.pool.Value != "" && wanted.cluster.Value != "" && s.inventory.owner(wanted.pool) != wanted.cluster {
		return wanted, invalidArgument("placement.resource_pool", "Resource pool %s is not in cluster %s.", wanted.pool.Value, wanted.cluster.Value)
	}
	if wanted.host.Value != "" && wanted.cluster.Value != "" && s.inventory.owner(wanted.host) != wanted.cluster {
		return wanted, invalidArgument("placement.host", "Host %s is not in cluster %s.", wanted.host.Value, wanted.cluster.Value)
	}
	if wanted.host.Value != "" && wanted.pool.Value != "" && s.inventory.owner(wanted.host) != s.inventory.owner(wanted.pool) {
		return wanted, invalidArgument("placement.host", "Host %s cannot run what is in resource pool %s.", wanted.host.Value, wanted.pool.Value)
	}
	if p := s.choosePool(&wanted, current); p != nil {
		return wanted, p
	}
	wanted.cluster = s.inventory.owner(wanted.pool)
	if wanted.datastore.Value == "" {
		wanted.datastore = current.datastore
	}
	if wanted.folder.Value == "" {
		wanted.folder = current.folder
	}

	return wanted, s.chooseHost(&wanted, current)
}

func (s *placer) choosePool(wanted *placement, current placement) *problem {
	if wanted.pool.Value != "" {
		return nil
	}
	cluster := wanted.cluster
	if cluster.Value == "" && wanted.host.Value != "" {
		cluster = s.inventory.owner(wanted.host)
	}
	if current.pool.Value != "" && (cluster.Value == "" || s.inventory.owner(current.pool) == cluster) {
		wanted.pool = current.pool

		return nil
	}
	if cluster.Value == "" {
		return invalidArgument("placement.resource_pool", "The source is a template and has no resource pool of its own: name one.")
	}
	if found, ok := s.inventory.registry.Get(cluster).(*simulator.ClusterComputeResource); ok && found.ResourcePool != nil {
		wanted.pool = *found.ResourcePool
	}

	return nil
}

func (s *placer) chooseHost(wanted *placement, current placement) *problem {
	if wanted.host.Value != "" {
		return s.checkHost(wanted.host)
	}
	cluster, ok := s.inventory.registry.Get(wanted.cluster).(*simulator.ClusterComputeResource)
	if !ok {
		wanted.host = current.host

		return nil
	}
	hosts := cluster.Host
	if slices.Contains(hosts, current.host) {
		hosts = append([]types.ManagedObjectReference{current.host}, hosts...)
	} else if len(hosts) > 1 {
		// As DRS would: the emptiest host.
		hosts = slices.SortedStableFunc(slices.Values(hosts), func(a, b types.ManagedObjectReference) int { return s.load(a) - s.load(b) })
	}
	var last *problem
	for _, host := range hosts {
		if last = s.checkHost(host); last == nil {
			wanted.host = host

			return nil
		}
	}
	if last == nil {
		last = invalidArgument("placement.cluster", "Cluster %s has no host.", wanted.cluster.Value)
	}

	return last
}

func (s *placer) load(ref types.ManagedObjectReference) int {
	if host, ok := s.inventory.registry.Get(ref).(*simulator.HostSystem); ok {
		return len(host.Vm)
	}

	return 0
}

// checkHost refuses a host that cannot run VMs now.
func (s *placer) checkHost(ref types.ManagedObjectReference) *problem {
	host, ok := s.inventory.registry.Get(ref).(*simulator.HostSystem)
	if !ok {
		return notFound(ref)
	}
	if host.Runtime.InMaintenanceMode || host.Runtime.ConnectionState != types.HostSystemConnectionStateConnected {
		return &problem{
			fault: &types.HostNotConnected{}, errorType: errorResourceInaccessible,
			messages: []string{"Host " + ref.Value + " is not connected or in maintenance mode."},
		}
	}

	return nil
}

// checkSpace refuses datastores that a host does not see, that are not accessible, or that lack the space for what each is
// to hold.
func (s *placer) checkSpace(host types.ManagedObjectReference, needed map[types.ManagedObjectReference]int64) *problem {
	refs := make([]types.ManagedObjectReference, 0, len(needed))
	for ref := range needed {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b types.ManagedObjectReference) int { return compareIDs(a.Value, b.Value) })
	for _, ref := range refs {
		datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore)
		if !ok {
			return notFound(ref)
		}
		if !datastore.Summary.Accessible {
			return &problem{
				fault:     &types.InaccessibleDatastore{InvalidDatastore: types.InvalidDatastore{Datastore: &ref, Name: datastore.Name}},
				errorType: errorResourceInaccessible,
				messages:  []string{"Datastore '" + datastore.Name + "' is not accessible."},
			}
		}
		mounted := slices.ContainsFunc(datastore.Host, func(mount types.DatastoreHostMount) bool { return mount.Key == host })
		if !mounted {
			return invalidArgument("placement.datastore", "Host %s does not see datastore %s.", host.Value, ref.Value)
		}
		if datastore.Summary.FreeSpace < needed[ref] {
			return &problem{
				fault:     &types.NoDiskSpace{Datastore: datastore.Name},
				errorType: errorUnableToAllocateResource,
				messages: []string{
					"Insufficient disk space on datastore '" + datastore.Name + "'.",
					fmt.Sprintf("%d bytes are needed, %d are free.", needed[ref], datastore.Summary.FreeSpace),
				},
			}
		}
	}

	return nil
}

// placementOf returns the placement of a VM.
func (s *placer) placementOf(vm *simulator.VirtualMachine) placement {
	p := placement{datastore: s.inventory.datastoreOfPath(vm.Config.Files.VmPathName)}
	if vm.Parent != nil {
		p.folder = *vm.Parent
	}
	if vm.ResourcePool != nil {
		p.pool = *vm.ResourcePool
	}
	if vm.Runtime.Host != nil {
		p.host = *vm.Runtime.Host
		p.cluster = s.inventory.owner(p.host)
	}

	return p
}

func setReference(to, value *types.ManagedObjectReference) {
	if value != nil {
		*to = *value
	}
}
