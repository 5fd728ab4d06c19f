package vsphere

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// VMQuery says which VMs [Client.FindVMs] looks for. Exactly one field is set.
type VMQuery struct {
	Path         string // inventory path: "/DC0/vm/web"; without the leading slash, the end of one
	InstanceUUID string // config.instanceUuid
	Name         string // literal
}

// FindObjects finds objects of a type by inventory path ("/DC0/host/DC0_C0/Resources"), or by name or the end of a path
// when it has no leading slash ("DC0_C0", "DC0_C0/Resources"). There are no wildcards. It returns every match with its
// path; none and several are no errors here. In paths, a slash within a name is written %2f, as vCenter does.
func (c *Client) FindObjects(ctx context.Context, kind ObjectType, path string) ([]Object, error) {
	var (
		refs []types.ManagedObjectReference
		err  error
	)
	if strings.HasPrefix(path, "/") {
		refs, err = c.atPath(ctx, kind, path)
	} else {
		refs, err = c.named(ctx, kind, path)
	}
	if err != nil {
		return nil, err
	}

	return c.describe(ctx, kind, refs, path)
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
		return "", missingVM(id)
	}

	return paths[id], nil
}

// describe reads what was found, objects and paths, and keeps what ends like the path that was asked for.
func (c *Client) describe(
	ctx context.Context, kind ObjectType, refs []types.ManagedObjectReference, path string,
) ([]Object, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	keys := make([]objectKey, 0, len(refs))
	for _, ref := range refs {
		keys = append(keys, objectKey{kind, ref.Value})
	}
	var (
		read  map[objectKey]objectRead
		paths map[string]string
		both  errgroup.Group
	)
	both.Go(func() (err error) { read, err = c.readObjects(ctx, keys); return err })
	both.Go(func() (err error) { paths, err = c.paths(ctx, refs); return err })
	if err := both.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // one of theirs
	}
	ending := "/" + strings.Join(splitPath(path), "/")
	relative := path != "" && !strings.HasPrefix(path, "/")
	var objects []Object
	for _, key := range keys {
		found, ok := read[key]
		if !ok || found.err != nil || (relative && !strings.HasSuffix(paths[key.id], ending)) {
			continue
		}
		found.object.Path = paths[key.id]
		objects = append(objects, found.object)
	}
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.Path, b.Path) })

	return objects, nil
}

// atPath finds the object at an absolute path, none when it is of another type. A stand-alone host lies in a compute
// resource by the same name, so its path may be given short.
func (c *Client) atPath(ctx context.Context, kind ObjectType, path string) ([]types.ManagedObjectReference, error) {
	segments := splitPath(path)
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

func (s *session) findByPath(ctx context.Context, segments []string) (*types.ManagedObjectReference, error) {
	path := strings.Join(segments, "/")
	var ref *types.ManagedObjectReference
	err := s.vimCall(ctx, httpapi.Call{Op: "FindByInventoryPath", Object: path},
		func(ctx context.Context, vim *vim25.Client) error {
			answer, err := methods.FindByInventoryPath(ctx, vim,
				&types.FindByInventoryPath{This: *vim.ServiceContent.SearchIndex, InventoryPath: path})
			if err != nil {
				return err //nolint:wrapcheck // vimCall classifies it
			}
			ref = answer.Returnval

			return nil
		})

	return ref, err
}

func (s *session) withInstanceUUID(ctx context.Context, uuid string) ([]types.ManagedObjectReference, error) {
	instance := true
	var refs []types.ManagedObjectReference
	err := s.vimCall(ctx, httpapi.Call{Op: "FindAllByUuid", Object: uuid}, func(ctx context.Context, vim *vim25.Client) error {
		answer, err := methods.FindAllByUuid(ctx, vim, &types.FindAllByUuid{
			This: *vim.ServiceContent.SearchIndex, Uuid: uuid, VmSearch: true, InstanceUuid: &instance,
		})
		if err != nil {
			return err //nolint:wrapcheck // vimCall classifies it
		}
		refs = answer.Returnval

		return nil
	})

	return refs, err
}

// named finds the objects of a type whose name is the path's last segment.
func (c *Client) named(ctx context.Context, kind ObjectType, path string) ([]types.ManagedObjectReference, error) {
	segments := splitPath(path)
	if len(segments) == 0 {
		return nil, nil
	}

	return c.walk(ctx, kind, unescapeName(segments[len(segments)-1]))
}
