package zstack

import (
	"context"
	"errors"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	queryVMOp     = "QueryVmInstance"
	queryVolumeOp = "QueryVolume"
	vmPath        = "/v1/vm-instances"
	volumePath    = "/v1/volumes"
)

// missing returns what makes the error for a uuid that a query did not find.
func missing(op string) func(uuid string) error {
	return func(uuid string) error {
		return httpapi.Call{Op: op, Object: uuid}.Error(apierr.NotFound, conn.CodeNotFound)
	}
}

// get asks for one thing at a path, which holds the uuid of an object, by an API that is no query.
func (c *Client) get(ctx context.Context, op, uuid, path string, told any) error {
	what := httpapi.Call{Op: op, Object: uuid}
	if err := conn.CheckUUID(what, uuid); err != nil {
		return err
	}

	return c.conn.Read(ctx, conn.Request{Call: what, Method: http.MethodGet, Path: path}, told)
}

// none is for reads whose answer may be an empty list.
func none[K comparable](K) error { return nil }

// VirtualMachine reads a VM (QueryVmInstance by uuid). Reads that arrive together are one request. A VM in the recycle bin is
// returned, with the state [VMDestroyed]. One that does not exist is an error of kind NotFound.
func (c *Client) VirtualMachine(ctx context.Context, uuid string) (*VirtualMachine, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryVMOp, Object: uuid}, uuid); err != nil {
		return nil, err
	}

	return c.machines.Load(ctx, uuid)
}

func (c *Client) readMachines(ctx context.Context, uuids []string) (map[string]*VirtualMachine, error) {
	found, err := queryUUIDs[VirtualMachine](ctx, c, queryVMOp, vmPath, "uuid", uuids)
	machines := make(map[string]*VirtualMachine, len(found))
	for i := range found {
		machines[found[i].UUID] = &found[i]
	}

	return machines, err
}

// VirtualMachinesNamed reads the VMs with exactly this name, in every state, those in the recycle bin included, sorted by
// uuid. Reads that arrive together are one request as far as their names allow.
func (c *Client) VirtualMachinesNamed(ctx context.Context, name string) ([]VirtualMachine, error) {
	return c.machineNames.Load(ctx, name)
}

func (c *Client) readMachineNames(ctx context.Context, names []string) (map[string][]VirtualMachine, error) {
	return queryNames[VirtualMachine](ctx, c, queryVMOp, vmPath, names)
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

// objectCall is the read of an object by its uuid or name.
func objectCall(kind ObjectType, id string) (httpapi.Call, error) {
	what := httpapi.Call{Op: objectKinds[kind].op, Object: id}
	if what.Op == "" {
		return what, what.Error(apierr.InvalidArgument, conn.CodeInvalidArgument).Wrap(errUnknownType)
	}

	return what, nil
}

// Object reads an object by its uuid. Reads that arrive together are one request for each type. One that does not exist is an
// error of kind NotFound.
func (c *Client) Object(ctx context.Context, kind ObjectType, uuid string) (Object, error) {
	what, err := objectCall(kind, uuid)
	if err == nil {
		err = conn.CheckUUID(what, uuid)
	}
	if err != nil {
		return Object{}, err
	}

	return c.objects.Load(ctx, objectKey{kind, uuid})
}

// ObjectsNamed reads the objects of a type with exactly this name, sorted by uuid. Reads that arrive together are one request
// for each type, as far as their names allow.
func (c *Client) ObjectsNamed(ctx context.Context, kind ObjectType, name string) ([]Object, error) {
	if _, err := objectCall(kind, name); err != nil {
		return nil, err
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

func (c *Client) readObjects(ctx context.Context, keys []objectKey) (map[objectKey]Object, error) {
	objects := make(map[objectKey]Object, len(keys))
	for kind, uuids := range byKind(keys) {
		found, err := queryUUIDs[Object](ctx, c, objectKinds[kind].op, objectKinds[kind].path, "uuid", uuids)
		if err != nil {
			return nil, err
		}
		for _, object := range found {
			object.Type = kind
			objects[objectKey{kind, object.UUID}] = object
		}
	}

	return objects, nil
}

func (c *Client) readObjectNames(ctx context.Context, keys []objectKey) (map[objectKey][]Object, error) {
	objects := make(map[objectKey][]Object, len(keys))
	for kind, names := range byKind(keys) {
		named, err := queryNames[Object](ctx, c, objectKinds[kind].op, objectKinds[kind].path, names)
		if err != nil {
			return nil, err
		}
		for name, found := range named {
			for i := range found {
				found[i].Type = kind
			}
			objects[objectKey{kind, name}] = found
		}
	}

	return objects, nil
}

// Volume reads a volume (QueryVolume by uuid). Reads that arrive together are one request. One that does not exist is an
// error of kind NotFound; one in the recycle bin has the status [VolumeDeleted].
func (c *Client) Volume(ctx context.Context, uuid string) (*Volume, error) {
	if err := conn.CheckUUID(httpapi.Call{Op: queryVolumeOp, Object: uuid}, uuid); err != nil {
		return nil, err
	}

	return c.volumes.Load(ctx, uuid)
}

func (c *Client) readVolumes(ctx context.Context, uuids []string) (map[string]*Volume, error) {
	found, err := queryUUIDs[Volume](ctx, c, queryVolumeOp, volumePath, "uuid", uuids)
	volumes := make(map[string]*Volume, len(found))
	for i := range found {
		volumes[found[i].UUID] = &found[i]
	}

	return volumes, err
}
