package zstack

import (
	"context"
	"errors"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	queryVMOp     = "QueryVmInstance"
	queryVolumeOp = "QueryVolume"
	vmPath        = "/v1/vm-instances"
	volumePath    = "/v1/volumes"
	systemTagPath = "/v1/system-tags"
	userTagPath   = "/v1/user-tags"
	// codeNotFound is what ZStack answers for what does not exist; a query answers an empty list instead.
	codeNotFound = "SYS.1003"
)

// missing returns what makes the error for a uuid that a query did not find.
func missing(op string) func(uuid string) error {
	return func(uuid string) error {
		return httpapi.Call{Op: op, Object: uuid}.Error(apierr.NotFound, codeNotFound)
	}
}

// none is for reads whose answer may be an empty list.
func none[K comparable](K) error { return nil }

// VirtualMachine reads a VM (QueryVmInstance by uuid). Reads that arrive together are one request. A VM in the recycle bin is
// returned, with the state [VMDestroyed]. One that does not exist is an error of kind NotFound.
func (c *Client) VirtualMachine(ctx context.Context, uuid string) (*VirtualMachine, error) {
	if err := checkUUIDs(httpapi.Call{Op: queryVMOp, Object: uuid}, uuid); err != nil {
		return nil, err
	}

	return c.machines.Load(ctx, uuid)
}

func (c *Client) readMachines(ctx context.Context, uuids []string) (map[string]*VirtualMachine, error) {
	found, err := queryUUIDs[vmInventory](ctx, c, httpapi.Call{Op: queryVMOp}, vmPath, "uuid", distinct(uuids))
	machines := make(map[string]*VirtualMachine, len(found))
	for i := range found {
		machines[found[i].UUID] = found[i].machine()
	}

	return machines, err
}

// distinct returns the keys sorted and each once, so that a request does not depend on who came first.
func distinct(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)

	return slices.Compact(keys)
}

// VirtualMachinesNamed reads the VMs with exactly this name, in every state, those in the recycle bin included, sorted by
// uuid. Reads that arrive together are one request as far as their names allow.
func (c *Client) VirtualMachinesNamed(ctx context.Context, name string) ([]VirtualMachine, error) {
	return c.machineNames.Load(ctx, name)
}

func (c *Client) readMachineNames(ctx context.Context, names []string) (map[string][]VirtualMachine, error) {
	found, err := queryNames[vmInventory](ctx, c, httpapi.Call{Op: queryVMOp}, vmPath, distinct(names))
	byName := make(map[string][]VirtualMachine)
	for _, name := range names {
		byName[name] = nil
	}
	seen := make(map[string]bool)
	for i := range found {
		if _, asked := byName[found[i].Name]; asked && !seen[found[i].UUID] {
			seen[found[i].UUID] = true
			byName[found[i].Name] = append(byName[found[i].Name], *found[i].machine())
		}
	}

	return byName, err
}

// objectKind says how a type of [Object] is read.
type objectKind struct{ op, path string }

var objectKinds = map[ObjectType]objectKind{
	TypeZone:           {"QueryZone", "/v1/zones"},
	TypeCluster:        {"QueryCluster", "/v1/clusters"},
	TypeHost:           {"QueryHost", "/v1/hosts"},
	TypeImage:          {"QueryImage", "/v1/images"},
	TypeL3Network:      {"QueryL3Network", "/v1/l3-networks"},
	TypePrimaryStorage: {"QueryPrimaryStorage", "/v1/primary-storage"},
	TypeAffinityGroup:  {"QueryAffinityGroup", "/v1/affinity-groups"},
}

// objectKey is an object by its uuid or its name.
type objectKey struct {
	kind ObjectType
	id   string
}

func missingObject(key objectKey) error { return missing(objectKinds[key.kind].op)(key.id) }

var errUnknownType = errors.New("no such type of object")

// Object reads an object by its uuid. Reads that arrive together are one request for each type. One that does not exist is an
// error of kind NotFound.
func (c *Client) Object(ctx context.Context, kind ObjectType, uuid string) (Object, error) {
	what := httpapi.Call{Op: objectKinds[kind].op, Object: uuid}
	if what.Op == "" {
		return Object{}, what.Error(apierr.InvalidArgument, "SYS.1007").Wrap(errUnknownType)
	}
	if err := checkUUIDs(what, uuid); err != nil {
		return Object{}, err
	}

	return c.objects.Load(ctx, objectKey{kind, uuid})
}

// ObjectsNamed reads the objects of a type with exactly this name, sorted by uuid. Reads that arrive together are one request
// for each type, as far as their names allow.
func (c *Client) ObjectsNamed(ctx context.Context, kind ObjectType, name string) ([]Object, error) {
	what := httpapi.Call{Op: objectKinds[kind].op, Object: name}
	if what.Op == "" {
		return nil, what.Error(apierr.InvalidArgument, "SYS.1007").Wrap(errUnknownType)
	}

	return c.objectNames.Load(ctx, objectKey{kind, name})
}

// byKind sorts keys by the type of object that they ask for.
func byKind(keys []objectKey) map[ObjectType][]string {
	sorted := make(map[ObjectType][]string)
	for _, key := range keys {
		sorted[key.kind] = append(sorted[key.kind], key.id)
	}

	return sorted
}

func (i *objectInventory) object(kind ObjectType) Object {
	return Object{Type: kind, UUID: i.UUID, Name: i.Name, State: i.State, ZoneUUID: i.ZoneUUID, ClusterUUID: i.ClusterUUID}
}

func (c *Client) readObjects(ctx context.Context, keys []objectKey) (map[objectKey]Object, error) {
	objects := make(map[objectKey]Object, len(keys))
	for kind, uuids := range byKind(keys) {
		how := objectKinds[kind]
		found, err := queryUUIDs[objectInventory](ctx, c, httpapi.Call{Op: how.op}, how.path, "uuid", distinct(uuids))
		if err != nil {
			return nil, err
		}
		for i := range found {
			objects[objectKey{kind, found[i].UUID}] = found[i].object(kind)
		}
	}

	return objects, nil
}

func (c *Client) readObjectNames(ctx context.Context, keys []objectKey) (map[objectKey][]Object, error) {
	objects := make(map[objectKey][]Object, len(keys))
	for kind, names := range byKind(keys) {
		how := objectKinds[kind]
		found, err := queryNames[objectInventory](ctx, c, httpapi.Call{Op: how.op}, how.path, distinct(names))
		if err != nil {
			return nil, err
		}
		seen := make(map[string]bool)
		for i := range found {
			if !seen[found[i].UUID] && slices.Contains(names, found[i].Name) {
				seen[found[i].UUID] = true
				key := objectKey{kind, found[i].Name}
				objects[key] = append(objects[key], found[i].object(kind))
			}
		}
	}

	return objects, nil
}

// Volume reads a volume (QueryVolume by uuid). Reads that arrive together are one request. One that does not exist is an
// error of kind NotFound; one in the recycle bin has the status [VolumeDeleted].
func (c *Client) Volume(ctx context.Context, uuid string) (*Volume, error) {
	if err := checkUUIDs(httpapi.Call{Op: queryVolumeOp, Object: uuid}, uuid); err != nil {
		return nil, err
	}

	return c.volumes.Load(ctx, uuid)
}

func (c *Client) readVolumes(ctx context.Context, uuids []string) (map[string]*Volume, error) {
	found, err := queryUUIDs[volumeInventory](ctx, c, httpapi.Call{Op: queryVolumeOp}, volumePath, "uuid", distinct(uuids))
	volumes := make(map[string]*Volume, len(found))
	for i := range found {
		volumes[found[i].UUID] = found[i].volume()
	}

	return volumes, err
}
