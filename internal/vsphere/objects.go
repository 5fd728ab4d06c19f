package vsphere

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// objectKey is what the batch of [Client.Object] reads by.
type objectKey struct {
	kind ObjectType
	id   string
}

// objectRef returns the reference for an id. Some kinds have several vim25 types, which the id's prefix tells apart.
func objectRef(kind ObjectType, id string) types.ManagedObjectReference {
	name := vimTypes[kind][0]
	switch {
	case kind == TypeResourcePool && strings.HasPrefix(id, "resgroup-v"):
		name = "VirtualApp"
	case kind == TypeCluster && strings.HasPrefix(id, "domain-s"):
		name = "ComputeResource"
	case kind == TypeFolder && strings.HasPrefix(id, "group-p"):
		name = storagePodType
	case kind == TypeNetwork && strings.HasPrefix(id, "dvportgroup-"):
		name = portgroupType
	case kind == TypeNetwork && strings.HasPrefix(id, "network-o"):
		name = opaqueType
	}

	return types.ManagedObjectReference{Type: name, Value: id}
}

const (
	clusterType    = "ClusterComputeResource"
	storagePodType = "StoragePod" // a folder of datastores to vim25
	portgroupType  = "DistributedVirtualPortgroup"
	opaqueType     = "OpaqueNetwork"

	switchPath = "config.distributedVirtualSwitch"
)

// vimTypes lists the vim25 types of each kind, the usual one first.
var vimTypes = map[ObjectType][]string{
	TypeVirtualMachine: {machineType},
	TypeDatacenter:     {"Datacenter"},
	TypeFolder:         {"Folder", storagePodType},
	TypeResourcePool:   {"ResourcePool", "VirtualApp"},
	TypeHost:           {"HostSystem"},
	TypeCluster:        {clusterType, "ComputeResource"},
	TypeDatastore:      {"Datastore"},
	TypeNetwork:        {"Network", portgroupType, opaqueType},

	TypeDatastoreCluster:  {storagePodType},
	TypeDistributedSwitch: {"VmwareDistributedVirtualSwitch", "DistributedVirtualSwitch"},
}

// objectPaths are the properties that [Object] is made of.
var objectPaths = map[ObjectType][]string{
	TypeVirtualMachine: {"name", "parent", "runtime.connectionState"},
	TypeDatacenter:     {"name", "parent"},
	TypeFolder:         {"name", "parent"},
	TypeResourcePool:   {"name", "parent", "owner"},
	TypeHost:           {"name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode"},
	TypeCluster:        {"name", "parent", "resourcePool"},
	TypeDatastore:      {"name", "parent", "summary.accessible", "summary.maintenanceMode", "summary.freeSpace"},
	TypeNetwork:        {"name", "parent"},

	TypeDatastoreCluster:  {"name", "parent", "podStorageDrsEntry"},
	TypeDistributedSwitch: {"name", "parent"},
}

// kindOf returns the kind that a vim25 type belongs to.
func kindOf(vimType string) (ObjectType, bool) {
	for kind, names := range vimTypes {
		if kind != TypeDatastoreCluster && slices.Contains(names, vimType) { // a datastore cluster is a folder, too
			return kind, true
		}
	}

	return "", false
}

// propertySpecs asks for the properties of the kinds.
func propertySpecs(kinds ...ObjectType) []types.PropertySpec {
	var specs []types.PropertySpec
	for _, kind := range kinds {
		for _, name := range vimTypes[kind] {
			paths := objectPaths[kind]
			switch name {
			case clusterType:
				// Whole: what is in it belongs to a subtype, which property paths may not name.
				paths = append(slices.Clone(paths), "configurationEx")
			case portgroupType:
				paths = append(slices.Clone(paths), switchPath)
			}
			specs = append(specs, types.PropertySpec{Type: name, PathSet: paths})
		}
	}

	return specs
}

// Object reads one inventory object by id (RetrievePropertiesEx, one call for all objects of all types that are read
// within a few milliseconds). It is an error of kind NotFound when there is none of that type by that id, of kind Denied
// when the user may not see it.
func (c *Client) Object(ctx context.Context, kind ObjectType, id string) (Object, error) {
	return load(ctx, c.objects, objectKey{kind, id})
}

func (c *Client) readObjects(ctx context.Context, keys []objectKey) (map[objectKey]outcome[Object], error) {
	refs := make(map[objectKey]types.ManagedObjectReference, len(keys))
	for _, key := range keys {
		if len(vimTypes[key.kind]) > 0 {
			refs[key] = objectRef(key.kind, key.id)
		}
	}

	var (
		kinds []ObjectType
		spec  types.PropertyFilterSpec
	)
	for key, ref := range refs {
		if !slices.Contains(kinds, key.kind) {
			kinds = append(kinds, key.kind)
		}
		if !slices.ContainsFunc(spec.ObjectSet, func(o types.ObjectSpec) bool { return o.Obj == ref }) {
			spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: ref})
		}
	}
	spec.PropSet = propertySpecs(kinds...)
	all, err := c.conn.Retrieve(ctx, "", spec)
	if err != nil {
		return nil, err
	}
	objects := make(map[objectKey]outcome[Object], len(refs))
	for _, p := range all {
		for _, kind := range kinds {
			key := objectKey{kind, p.Ref.Value}
			if _, wanted := refs[key]; wanted && slices.Contains(vimTypes[kind], p.Ref.Type) {
				object, err := newObject(kind, p)
				objects[key] = outcome[Object]{object, err}
			}
		}
	}

	return objects, nil
}

func newObject(kind ObjectType, p conn.Properties) (Object, error) {
	if err := p.Denied(); err != nil {
		return Object{}, err
	}
	object := Object{
		Type: kind, ID: p.Ref.Value, Name: conn.UnescapeName(conn.Get[string](p, "name")), ParentID: p.RefID("parent"),
		Accessible: true,
	}
	switch kind {
	case TypeHost:
		object.ClusterID = object.ParentID
		object.Accessible = conn.Get[types.HostSystemConnectionState](p, "runtime.connectionState") ==
			types.HostSystemConnectionStateConnected
		object.Maintenance = conn.Get[bool](p, "runtime.inMaintenanceMode")
	case TypeResourcePool:
		object.ClusterID = p.RefID("owner")
	case TypeCluster:
		object.RootResourcePoolID, object.Standalone = p.RefID("resourcePool"), p.Ref.Type != clusterType
		object.addCluster(conn.Get[types.ClusterConfigInfoEx](p, "configurationEx"))
	case TypeDatastore:
		object.Accessible = conn.Get[bool](p, "summary.accessible")
		mode := conn.Get[string](p, "summary.maintenanceMode")
		object.Maintenance = mode != "" && mode != string(types.DatastoreSummaryMaintenanceModeStateNormal)
		object.FreeBytes = conn.Get[int64](p, "summary.freeSpace")
	case TypeDatastoreCluster:
		entry, known := p.Values["podStorageDrsEntry"].(types.PodStorageDrsEntry)
		object.StorageDRSOff = known && !entry.StorageDrsConfig.PodConfig.Enabled
	case TypeVirtualMachine:
		state := conn.Get[types.VirtualMachineConnectionState](p, "runtime.connectionState")
		object.Accessible = state == types.VirtualMachineConnectionStateConnected
	case TypeNetwork:
		object.Network, object.SwitchID = networkTypes[p.Ref.Type], p.RefID(switchPath)
	case TypeDatacenter, TypeFolder, TypeVApp, TypeDistributedSwitch, TypeKeyProvider, TypeStoragePolicy, TypeTag:
	}

	return object, nil
}

var networkTypes = map[string]NetworkType{"Network": StandardPortgroup, portgroupType: DistributedPortgroup, opaqueType: OpaqueNetwork}

// addCluster adds what a cluster's configuration tells.
func (o *Object) addCluster(config types.ClusterConfigInfoEx) {
	o.HighAvailability = isTrue(config.DasConfig.Enabled)
	if config.DrsConfig.Enabled == nil || *config.DrsConfig.Enabled {
		o.DRSBehavior = string(config.DrsConfig.DefaultVmBehavior)
	}
}
