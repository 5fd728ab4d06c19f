package vsphere

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// VMQuery says which VMs [Client.FindVMs] looks for. Exactly one field is set.
type VMQuery struct {
	Path         string // inventory path: "/DC0/vm/web"; without the leading slash, the end of one
	InstanceUUID string // config.instanceUuid
	Name         string // literal
}

// FindObjects finds objects of a type by inventory path ("/DC0/host/DC0_C0/Resources"), or by name or the end of a path
// when it has no leading slash ("DC0_C0", "DC0_C0/Resources"). There are no wildcards. It returns every match with its
// path; none and several are no errors here. In paths, a slash within a name is written %2f, as vCenter does. A key provider is in no
// inventory: its path is its id. Nor is a storage policy: its path is its name. That of a tag is its category's name and its own: "/team/red".
func (c *Client) FindObjects(ctx context.Context, kind ObjectType, path string) ([]Object, error) {
	var (
		refs []types.ManagedObjectReference
		err  error
	)
	switch {
	case kind == TypeKeyProvider:
		return c.keyProviders(ctx, path)
	case kind == TypeStoragePolicy:
		return c.storagePolicies(ctx, path)
	case kind == TypeTag:
		return c.tagsAt.Load(ctx, path)
	case strings.HasPrefix(path, "/") && kind != TypeNetwork:
		refs, err = c.atPath(ctx, kind, path)
	default:
		// Also a network at a path: several may have one path, of which FindByInventoryPath tells one.
		refs, err = c.named(ctx, kind, path)
	}
	if err != nil {
		return nil, err
	}
	objects, err := c.describe(ctx, kind, refs, path)
	if strings.HasPrefix(path, "/") && kind == TypeNetwork {
		whole := "/" + strings.Join(conn.SplitPath(path), "/")
		objects = slices.DeleteFunc(objects, func(network Object) bool { return network.Path != whole })
	}

	return objects, err
}

// FindVMs finds VMs by inventory path (SearchIndex.FindByInventoryPath), by instance UUID (FindAllByUuid) or by name
// (the names of the whole inventory in one RetrievePropertiesEx, since GET /api/vcenter/vm leaves out templates). It
// returns every match with its path; none and several are no errors here.
func (c *Client) FindVMs(ctx context.Context, query VMQuery) ([]Object, error) {
	switch {
	case query.InstanceUUID != "":
		refs, err := c.withInstanceUUID(ctx, query.InstanceUUID)
		if err != nil {
			return nil, err
		}

		return c.describe(ctx, TypeVirtualMachine, refs, "")
	case query.Name != "":
		refs, err := c.walk(ctx, TypeVirtualMachine, query.Name)
		if err != nil {
			return nil, err
		}

		return c.describe(ctx, TypeVirtualMachine, refs, "")
	default:
		return c.FindObjects(ctx, TypeVirtualMachine, query.Path)
	}
}

// VMPath returns the VM's inventory path: "/DC0/vm/web". It is an error of kind NotFound when the VM is gone.
func (c *Client) VMPath(ctx context.Context, id string) (string, error) {
	paths, err := c.paths(ctx, []types.ManagedObjectReference{vmRef(id)})
	if err != nil {
		return "", err
	}
	if paths[id] == "" {
		return "", missing(id)
	}

	return paths[id], nil
}

// describe reads what was found, objects and paths, and keeps what ends like the path that was asked for.
func (c *Client) describe(
	ctx context.Context, kind ObjectType, refs []types.ManagedObjectReference, path string,
) ([]Object, error) {
	read, errs := make([]Object, len(refs)), make([]error, len(refs))
	var group sync.WaitGroup
	for i, ref := range refs {
		group.Go(func() { read[i], errs[i] = load(ctx, c.found, foundKey{kind, ref}) })
	}
	group.Wait()
	ending := "/" + strings.Join(conn.SplitPath(path), "/")
	relative := path != "" && !strings.HasPrefix(path, "/")
	var objects []Object
	for i, object := range read {
		switch err := errs[i]; {
		case apierr.Is(err, apierr.NotFound, apierr.Denied):
		case err != nil:
			return nil, err
		case !relative || strings.HasSuffix(object.Path, ending):
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.Path, b.Path) })

	return objects, nil
}

// foundKey is an object that was found, as the batch of [Client.describe] reads it.
type foundKey struct {
	kind ObjectType
	ref  types.ManagedObjectReference
}

// readFound reads objects and everything above them in one call.
func (c *Client) readFound(ctx context.Context, keys []foundKey) (map[foundKey]outcome[Object], error) {
	var (
		kinds []ObjectType
		refs  []types.ManagedObjectReference
	)
	for _, key := range keys {
		if !slices.Contains(kinds, key.kind) {
			kinds = append(kinds, key.kind)
		}
		refs = append(refs, key.ref)
	}
	tree, err := c.readTree(ctx, refs, pathSpecs(propertySpecs(kinds...))...)
	if err != nil {
		return nil, err
	}
	objects := make(map[foundKey]outcome[Object], len(keys))
	for _, key := range keys {
		p, exists := tree[key.ref.Value]
		if !exists {
			continue
		}
		object, err := newObject(key.kind, p)
		object.Path = climb(tree, key.ref.Value)
		objects[key] = outcome[Object]{object, err}
	}

	return objects, nil
}

// atPath finds the object at an absolute path, none when it is of another type. A stand-alone host lies in a compute
// resource by the same name, so its path may be given short.
func (c *Client) atPath(ctx context.Context, kind ObjectType, path string) ([]types.ManagedObjectReference, error) {
	segments := conn.SplitPath(path)
	if len(segments) == 0 {
		return nil, nil
	}
	ref, err := c.findByPath(ctx, segments)
	if err != nil || ref == nil {
		return nil, err
	}
	if kind == TypeHost && ref.Type == "ComputeResource" {
		if ref, err = c.findByPath(ctx, append(segments, segments[len(segments)-1])); err != nil || ref == nil {
			return nil, err
		}
	}
	if !slices.Contains(vimTypes[kind], ref.Type) {
		return nil, nil
	}

	return []types.ManagedObjectReference{*ref}, nil
}

func (c *Client) findByPath(ctx context.Context, segments []string) (*types.ManagedObjectReference, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	path := strings.Join(segments, "/")
	answer, err := conn.Call(ctx, c.conn.Method(httpapi.Call{Op: "FindByInventoryPath", Object: path}), methods.FindByInventoryPath,
		&types.FindByInventoryPath{This: *content.SearchIndex, InventoryPath: path})
	if err != nil {
		return nil, err
	}

	return answer.Returnval, nil
}

func (c *Client) withInstanceUUID(ctx context.Context, uuid string) ([]types.ManagedObjectReference, error) {
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	instance := true
	answer, err := conn.Call(ctx, c.conn.Method(httpapi.Call{Op: findByUUIDOp, Object: uuid}), methods.FindAllByUuid,
		&types.FindAllByUuid{This: *content.SearchIndex, Uuid: uuid, VmSearch: true, InstanceUuid: &instance})
	if err != nil {
		return nil, err
	}

	return answer.Returnval, nil
}

// named finds the objects of a type whose name is the path's last segment.
func (c *Client) named(ctx context.Context, kind ObjectType, path string) ([]types.ManagedObjectReference, error) {
	segments := conn.SplitPath(path)
	if len(segments) == 0 {
		return nil, nil
	}

	return c.walk(ctx, kind, conn.UnescapeName(segments[len(segments)-1]))
}
