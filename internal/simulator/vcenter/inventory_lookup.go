package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// lookup finds an entity by its inventory path, whose names are escaped; nil where there is none. The inventory must be
// locked.
func (s *inventory) lookup(path string) mo.Entity {
	var found mo.Entity
	root, ok := s.registry.Get(s.rootFolder()).(mo.Entity)
	if !ok {
		return nil
	}
	found = root
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if found = s.childNamed(found, name); found == nil {
			return nil
		}
	}

	return found
}

func (s *inventory) rootFolder() types.ManagedObjectReference {
	return s.model.ServiceContent.RootFolder
}

func (s *inventory) childNamed(parent mo.Entity, name string) mo.Entity {
	for _, ref := range s.children(parent) {
		child, ok := s.registry.Get(ref).(mo.Entity)
		if ok && nameOf(child) == name {
			return child
		}
	}

	return nil
}

// children returns the entities that an inventory path can name below an entity.
func (s *inventory) children(parent mo.Entity) []types.ManagedObjectReference {
	var refs []types.ManagedObjectReference
	s.registry.WithLock(&simulator.Context{Map: s.registry}, parent, func() {
		switch x := parent.(type) {
		case *simulator.Folder:
			refs = slices.Clone(x.ChildEntity)
		case *simulator.StoragePod:
			refs = slices.Clone(x.ChildEntity)
		case *simulator.Datacenter:
			refs = []types.ManagedObjectReference{x.VmFolder, x.HostFolder, x.DatastoreFolder, x.NetworkFolder}
		case *simulator.ClusterComputeResource:
			refs = slices.Clone(x.Host)
			if x.ResourcePool != nil {
				refs = append(refs, *x.ResourcePool)
			}
		case *simulator.ResourcePool:
			refs = slices.Clone(x.ResourcePool.ResourcePool)
		case *mo.ComputeResource:
			refs = slices.Clone(x.Host)
			if x.ResourcePool != nil {
				refs = append(refs, *x.ResourcePool)
			}
		}
	})

	return refs
}

// nameOf returns an entity's name as vim25 keeps it.
func nameOf(entity mo.Entity) string {
	switch x := entity.(type) {
	case *mo.Network:
		return x.Name
	case *mo.OpaqueNetwork:
		return x.Name
	case *simulator.DistributedVirtualPortgroup:
		return x.Name
	case *simulator.DistributedVirtualSwitch:
		return x.Name
	default:
		return entity.Entity().Name
	}
}

// vm returns a VM of the registry.
func (s *inventory) vm(ref types.ManagedObjectReference) (*simulator.VirtualMachine, bool) {
	vm, ok := s.registry.Get(ref).(*simulator.VirtualMachine)

	return vm, ok
}

func vmRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
}

// parentOf climbs from an entity to the first parent of a kind.
func (s *inventory) parentOf(ref types.ManagedObjectReference, kind string) (types.ManagedObjectReference, bool) {
	for {
		entity, ok := s.registry.Get(ref).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			return types.ManagedObjectReference{}, false
		}
		ref = *entity.Entity().Parent
		if ref.Type == kind {
			return ref, true
		}
	}
}

// owner returns the cluster that a pool or a host belongs to.
func (s *inventory) owner(ref types.ManagedObjectReference) types.ManagedObjectReference {
	owner, _ := s.parentOf(ref, "ClusterComputeResource")

	return owner
}

// inventoryPath returns the path of an entity with literal names.
func (s *inventory) inventoryPath(ref types.ManagedObjectReference) string {
	path := ""
	for {
		entity, ok := s.registry.Get(ref).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			return path
		}
		path = "/" + literalName(nameOf(entity)) + path
		ref = *entity.Entity().Parent
	}
}

// opaqueID returns the id of an opaque network.
func opaqueID(object mo.Reference) (string, bool) {
	network, ok := object.(*mo.OpaqueNetwork)
	if !ok {
		return "", false
	}
	summary, ok := network.Summary.(*types.OpaqueNetworkSummary)
	if !ok {
		return "", false
	}

	return summary.OpaqueNetworkId, true
}

func (s *inventory) entityName(ref types.ManagedObjectReference) string {
	if entity, ok := s.registry.Get(ref).(mo.Entity); ok {
		return entity.Entity().Name
	}

	return ref.Value
}

// isBelow reports whether an entity lies somewhere below another.
func (s *inventory) isBelow(ref, above types.ManagedObjectReference) bool {
	for {
		entity, ok := s.registry.Get(ref).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			return false
		}
		ref = *entity.Entity().Parent
		if ref == above {
			return true
		}
	}
}

// checkFree refuses a name, escaped, that another object of the folder has.
func (s *inventory) checkFree(folder types.ManagedObjectReference, name string, but types.ManagedObjectReference) *problem {
	parent, ok := s.registry.Get(folder).(mo.Entity)
	if !ok {
		return nil
	}
	for _, ref := range s.children(parent) {
		if ref == but {
			continue
		}
		if child, ok := s.registry.Get(ref).(mo.Entity); ok && nameOf(child) == name {
			return duplicateName(name, ref)
		}
	}

	return nil
}

// apiAtLeast reports whether the server's API version is a version or newer.
func (s *inventory) apiAtLeast(version string) bool {
	return atLeast(s.model.ServiceContent.About.ApiVersion, version)
}
