package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// needed is one privilege on one object: what vCenter is asked for.
type needed struct {
	object    types.ManagedObjectReference
	privilege string
}

// need is a privilege that an operation needs on an object.
type need struct {
	needed

	// or is another object on which the privilege serves as well; none for most.
	or types.ManagedObjectReference
}

// needs are the privileges that an operation needs, each once.
type needs []need

func (n *needs) add(kind ObjectType, id, privilege string) {
	if id != "" {
		n.append(need{needed: needed{objectRef(kind, id), privilege}})
	}
}

// addOnNew adds a privilege on a VM that does not exist yet. It inherits permissions from its folder and from its resource pool at once.
func (n *needs) addOnNew(place Placement, privilege string) {
	if place.FolderID == "" {
		return
	}
	on := need{needed: needed{objectRef(TypeFolder, place.FolderID), privilege}}
	if place.ResourcePoolID != "" {
		on.or = objectRef(TypeResourcePool, place.ResourcePoolID)
	}
	n.append(on)
}

func (n *needs) append(added need) {
	if !slices.Contains(*n, added) {
		*n = append(*n, added)
	}
}

const hasPrivilegeOp = "HasUserPrivilegeOnEntities"

// missing returns the needs that are not met, in their order. All that are asked for within a few milliseconds are one call.
func (c *Client) missing(ctx context.Context, needs needs) ([]apierr.MissingPrivilege, error) {
	granted := make([]bool, len(needs))
	var group errgroup.Group
	for i, need := range needs {
		group.Go(func() error {
			var err error
			granted[i], err = c.grants.Load(ctx, need.needed)
			if err == nil && !granted[i] && need.or.Value != "" {
				granted[i], err = c.grants.Load(ctx, needed{need.or, need.privilege})
			}

			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // of this client
	}
	var lacking []needed
	for i, need := range needs {
		if !granted[i] {
			lacking = append(lacking, need.needed)
		}
	}

	return c.inWords(ctx, lacking), nil
}

// inWords adds to what is missing the names of the objects, in one call, and that of the user. What can't be read stays empty.
func (c *Client) inWords(ctx context.Context, lacking []needed) []apierr.MissingPrivilege {
	if len(lacking) == 0 {
		return nil
	}
	user, _ := c.conn.UserName(ctx)
	missing := make([]apierr.MissingPrivilege, len(lacking))
	var group errgroup.Group
	for i, one := range lacking {
		missing[i] = apierr.MissingPrivilege{Privilege: one.privilege, Object: one.object.Value, User: user}
		kind, ok := kindOf(one.object.Type)
		if !ok {
			continue
		}
		group.Go(func() error {
			if object, err := c.Object(ctx, kind, one.object.Value); err == nil {
				missing[i].ObjectName = object.Name
			}

			return nil
		})
	}
	_ = group.Wait() // of functions that return no error

	return missing
}

// readGrants tells which needs are met.
func (c *Client) readGrants(ctx context.Context, needs []needed) (map[needed]bool, error) {
	user, err := c.conn.UserName(ctx)
	if err != nil {
		return nil, err
	}
	var (
		entities   []types.ManagedObjectReference
		privileges []string
	)
	for _, need := range needs {
		if !slices.Contains(entities, need.object) {
			entities = append(entities, need.object)
		}
		if !slices.Contains(privileges, need.privilege) {
			privileges = append(privileges, need.privilege)
		}
	}
	content, err := c.conn.Content(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := conn.Call(ctx, c.conn.Method(httpapi.Call{Op: hasPrivilegeOp}), methods.HasUserPrivilegeOnEntities,
		&types.HasUserPrivilegeOnEntities{
			This: *content.AuthorizationManager, Entities: entities, UserName: user, PrivId: privileges,
		})
	if err != nil {
		return nil, err
	}
	granted := make(map[needed]bool)
	for _, entity := range answer.Returnval {
		for _, privilege := range entity.PrivAvailability {
			granted[needed{entity.Entity, privilege.PrivId}] = privilege.IsGranted
		}
	}

	return granted, nil
}
