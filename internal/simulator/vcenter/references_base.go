package vcenter

import (
	"reflect"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// derivedTypes are the types under which an object is known that a client may address by a base type, as vCenter allows: an id alone
// says which object it is.
var derivedTypes = map[string][]string{
	"ComputeResource": {"ClusterComputeResource"},
	"ResourcePool":    {"VirtualApp"},
	"Folder":          {"StoragePod"},
	"Network":         {"DistributedVirtualPortgroup", "OpaqueNetwork"},
	"ManagedEntity": {
		"VirtualMachine", "HostSystem", "ClusterComputeResource", "ComputeResource", "ResourcePool", "VirtualApp", "Folder", "StoragePod", "Datacenter",
		"Datastore", "Network", "DistributedVirtualPortgroup", "OpaqueNetwork", switchBaseType,
	},
}

// resolved returns a reference with the type of its object, where it names a base type of that.
func (s *inventory) resolved(session *simulator.Session, ref types.ManagedObjectReference) types.ManagedObjectReference {
	ref.Type = ownType(ref.Type)
	derived := derivedTypes[ref.Type]
	if derived == nil || session.Get(ref) != nil {
		return ref
	}
	for _, kind := range derived {
		if other := (types.ManagedObjectReference{Type: kind, Value: ref.Value}); s.registry.Get(other) != nil {
			return other
		}
	}

	return ref
}

// resolveReferences resolves all references in a request.
func (s *inventory) resolveReferences(session *simulator.Session, value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			s.resolveReferences(session, value.Elem())
		}
	case reflect.Interface:
		if ref, plain := reflect.TypeAssert[types.ManagedObjectReference](value); plain {
			value.Set(reflect.ValueOf(s.resolved(session, ref)))
		} else if !value.IsNil() {
			s.resolveReferences(session, value.Elem())
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range value.Len() {
			s.resolveReferences(session, value.Index(i))
		}
	case reflect.Struct:
		if ref, ok := reflect.TypeAssert[types.ManagedObjectReference](value); ok {
			if value.CanSet() {
				value.Set(reflect.ValueOf(s.resolved(session, ref)))
			}

			return
		}
		resolveTypes(value)
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				s.resolveReferences(session, value.Field(i))
			}
		}
	default:
	}
}

// resolveTypes gives the types that a request selects objects by their names in the registry.
func resolveTypes(request reflect.Value) {
	if !request.CanAddr() {
		return
	}
	switch named := request.Addr().Interface().(type) {
	case *types.PropertySpec:
		named.Type = ownType(named.Type)
	case *types.CreateContainerView:
		for i := range named.Type {
			named.Type[i] = ownType(named.Type[i])
		}
	}
}
