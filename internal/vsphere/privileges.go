package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// The privileges that the REST clone documents.
const (
	privilegeClone      = "VirtualMachine.Provisioning.Clone"
	privilegeCreate     = "VirtualMachine.Inventory.CreateFromExisting"
	privilegeAssignPool = "Resource.AssignVMToPool"
	privilegeAllocate   = "Datastore.AllocateSpace"
)

// needed is one privilege that an operation needs on one object.
type needed struct {
	object    types.ManagedObjectReference
	privilege string
}

// MissingClonePrivileges says which of the privileges that a clone needs the user lacks, and on which objects. It is meant
// for a clone that was Denied, whose answer does not tell, and takes two requests (HasUserPrivilegeOnEntities, and a read
// of the source for what the placement leaves to it).
func (c *Client) MissingClonePrivileges(ctx context.Context, spec CloneSpec) ([]apierr.MissingPrivilege, error) {
	source, err := c.VirtualMachine(ctx, spec.SourceID)
	if err != nil && !apierr.Is(err, apierr.Denied, apierr.NotFound) {
		return nil, err
	}
	if source == nil {
		source = &VirtualMachine{} // not to be seen: check what the request itself names
	}
	user, err := c.userName(ctx)
	if err != nil {
		return nil, err
	}

	return c.lacking(ctx, user, c.cloneNeeds(ctx, spec, source.Placement))
}

// cloneNeeds lists what the specification of the REST clone asks for.
func (c *Client) cloneNeeds(ctx context.Context, spec CloneSpec, source Placement) []needed {
	needs := []needed{{vmRef(spec.SourceID), privilegeClone}}
	add := func(kind ObjectType, id, privilege string) {
		need := needed{objectRef(kind, id), privilege}
		if id != "" && !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
	}
	add(TypeFolder, either(spec.Placement.FolderID, source.FolderID), privilegeCreate)
	pool := spec.Placement.ResourcePoolID
	if pool == "" && spec.Placement.ClusterID != "" {
		if cluster, err := c.Object(ctx, TypeCluster, spec.Placement.ClusterID); err == nil {
			pool = cluster.RootResourcePoolID
		}
	}
	add(TypeResourcePool, either(pool, source.ResourcePoolID), privilegeAssignPool)
	add(TypeDatastore, either(spec.Placement.DatastoreID, source.DatastoreID), privilegeAllocate)
	for _, datastoreID := range spec.DisksToUpdate {
		add(TypeDatastore, datastoreID, privilegeAllocate)
	}

	return needs
}

func either(first, second string) string {
	if first != "" {
		return first
	}

	return second
}

// lacking asks for all needs in one call and returns those that are not met, in the order of the needs.
func (s *session) lacking(ctx context.Context, user string, needs []needed) ([]apierr.MissingPrivilege, error) {
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
	granted := make(map[needed]bool)
	err := s.vimCall(ctx, call{op: "HasUserPrivilegeOnEntities"}, func(ctx context.Context, vim *vim25.Client) error {
		answer, err := methods.HasUserPrivilegeOnEntities(ctx, vim, &types.HasUserPrivilegeOnEntities{
			This: *vim.ServiceContent.AuthorizationManager, Entities: entities, UserName: user, PrivId: privileges,
		})
		if err != nil {
			return err //nolint:wrapcheck // vimCall classifies it
		}
		for _, entity := range answer.Returnval {
			for _, privilege := range entity.PrivAvailability {
				granted[needed{entity.Entity, privilege.PrivId}] = privilege.IsGranted
			}
		}

		return nil
	})
	if err != nil {
		return nil, err
	}
	var missing []apierr.MissingPrivilege
	for _, need := range needs {
		if !granted[need] {
			missing = append(missing, apierr.MissingPrivilege{Privilege: need.privilege, Object: need.object.Value})
		}
	}

	return missing, nil
}

// userName returns the user as vCenter spells it. The login told; a session from the cache is asked
// (SessionManager.currentSession).
func (s *session) userName(ctx context.Context) (string, error) {
	vim, err := s.client(ctx)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	user := s.user
	s.mu.Unlock()
	if user != "" {
		return user, nil
	}
	all, err := s.retrieve(ctx, "", types.PropertyFilterSpec{
		PropSet:   []types.PropertySpec{{Type: "SessionManager", PathSet: []string{"currentSession"}}},
		ObjectSet: []types.ObjectSpec{{Obj: *vim.ServiceContent.SessionManager}},
	})
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if current := get[types.UserSession](p, "currentSession"); current.UserName != "" {
			return current.UserName, nil
		}
	}

	return s.username, nil
}
