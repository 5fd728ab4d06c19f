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

// complete checks that the parts of a placement fit each other and fills in those that are unset, for a VM in the current one.
func (s *placer) complete(wanted, current placement, rules placementRules) (placement, *problem) {
	if p := s.exists(wanted); p != nil {
		return wanted, p
	}
	if wanted.pool.Value != "" && wanted.cluster.Value != "" && s.inventory.owner(wanted.pool) != wanted.cluster {
		return wanted, invalidArgument("placement.resource_pool", "Resource pool %s is not in cluster %s.", wanted.pool.Value, wanted.cluster.Value)
	}
	if wanted.host.Value != "" && wanted.cluster.Value != "" && s.inventory.owner(wanted.host) != wanted.cluster {
		return wanted, invalidArgument("placement.host", "Host %s is not in cluster %s.", wanted.host.Value, wanted.cluster.Value)
	}
	if wanted.host.Value != "" && wanted.pool.Value != "" && s.inventory.compute(wanted.host) != s.inventory.compute(wanted.pool) {
		return wanted, invalidArgument("placement.host", "Host %s cannot run what is in resource pool %s.", wanted.host.Value, wanted.pool.Value)
	}
	named := wanted.pool.Value != ""
	if p := s.choosePool(&wanted, current, rules); p != nil {
		return wanted, p
	}
	wanted.cluster = s.inventory.compute(wanted.pool)
	if wanted.datastore.Value == "" {
		wanted.datastore = current.datastore
	}
	if p := s.chooseHost(&wanted, current, named, rules); p != nil {
		return wanted, p
	}

	return wanted, s.chooseFolder(&wanted, current, named, rules)
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
