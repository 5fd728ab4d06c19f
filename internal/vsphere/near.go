package vsphere

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/near"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// Nearby is what may have been meant by a path at which there is no object of a type.
type Nearby struct {
	// At is the object of another type that is at the path, with its type and its id alone; nil where there is none.
	At *Object
	// Objects are of the type, and have the path's name or one that resembles it most.
	Objects []Object
}

// maxNear bounds how many objects [Client.Near] reads the paths of.
const maxNear = 100

// Near returns what may have been meant by a path at which [Client.FindObjects] finds nothing. It lists the names of all objects of the
// type, so that it is for the text of an error alone.
func (c *Client) Near(ctx context.Context, kind ObjectType, path string) (Nearby, error) {
	segments := conn.SplitPath(path)
	if len(segments) == 0 {
		return Nearby{}, nil
	}
	name := conn.UnescapeName(segments[len(segments)-1])
	var (
		found Nearby
		err   error
	)
	switch kind {
	case TypeTag:
		found.Objects, err = c.tagsNear(ctx, segments)
	case TypeStoragePolicy:
		found.Objects, err = nearest(ctx, path, c.allStoragePolicies)
	case TypeKeyProvider:
		found.Objects, err = nearest(ctx, path, c.allKeyProviders)
	default:
		if found.At, err = c.otherAt(ctx, kind, path, segments); err == nil && found.At == nil {
			found.Objects, err = c.namedNear(ctx, kind, name)
		}
	}

	return found, err
}

// NearVMs is [Client.Near] for a query of [Client.FindVMs].
func (c *Client) NearVMs(ctx context.Context, query VMQuery) (Nearby, error) {
	if query.Name != "" {
		objects, err := c.namedNear(ctx, TypeVirtualMachine, query.Name)

		return Nearby{Objects: objects}, err
	}

	return c.Near(ctx, TypeVirtualMachine, query.Path)
}

// nearest returns those of all objects whose names are nearest to a name.
func nearest(ctx context.Context, name string, all func(context.Context) ([]Object, error)) ([]Object, error) {
	objects, err := all(ctx)
	names := make([]string, len(objects))
	for i, object := range objects {
		names[i] = object.Name
	}
	names = near.Names(name, names)

	return slices.DeleteFunc(objects, func(object Object) bool { return !slices.Contains(names, object.Name) }), err
}

// otherAt returns the object at an absolute path that is of another type.
func (c *Client) otherAt(ctx context.Context, kind ObjectType, path string, segments []string) (*Object, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, nil
	}
	ref, err := c.findByPath(ctx, segments)
	if err != nil || ref == nil {
		return nil, err
	}
	other, known := kindOf(ref.Type)
	if ref.Type == storagePodType {
		other = TypeDatastoreCluster
	}
	if !known || other == kind { // one of the type that the user may not read
		return nil, nil
	}

	return &Object{Type: other, ID: ref.Value}, nil
}

// SwitchNames returns the names of all distributed switches by id. It is for the text of an error.
func (c *Client) SwitchNames(ctx context.Context) (map[string]string, error) {
	all, err := c.everything(ctx, TypeDistributedSwitch, "", "name")
	names := make(map[string]string, len(all))
	for _, p := range all {
		names[p.Ref.Value] = conn.UnescapeName(conn.Get[string](p, "name"))
	}

	return names, err
}

// namedNear returns the objects of a type whose names are nearest to a name.
func (c *Client) namedNear(ctx context.Context, kind ObjectType, name string) ([]Object, error) {
	all, err := c.everything(ctx, kind, name, "name")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = conn.UnescapeName(conn.Get[string](p, "name"))
	}
	nearNames := near.Names(name, names)
	var refs []types.ManagedObjectReference
	for i, p := range all {
		if slices.Contains(nearNames, names[i]) && len(refs) < maxNear {
			refs = append(refs, p.Ref)
		}
	}

	return c.describe(ctx, kind, refs, "")
}
