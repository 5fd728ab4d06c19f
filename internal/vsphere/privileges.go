package vsphere

import (
	"context"
	"maps"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
	"golang.org/x/sync/errgroup"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// The privileges that clones document. Which of the first four the source needs depends on whether it is a template, and on whether the clone
// is to be one.
const (
	privilegeClone         = "VirtualMachine.Provisioning.Clone"
	privilegeDeploy        = "VirtualMachine.Provisioning.DeployTemplate"
	privilegeToTemplate    = "VirtualMachine.Provisioning.CreateTemplateFromVM"
	privilegeCloneTemplate = "VirtualMachine.Provisioning.CloneTemplate"
	privilegeCustomize     = "VirtualMachine.Provisioning.Customize"
	privilegeCreate        = "VirtualMachine.Inventory.CreateFromExisting"
	privilegeAssignPool    = "Resource.AssignVMToPool"
	privilegeAllocate      = "Datastore.AllocateSpace"
	privilegePowerOn       = "VirtualMachine.Interact.PowerOn"
)

// needed is one privilege that an operation needs on one object.
type needed struct {
	object    types.ManagedObjectReference
	privilege string
}

// MissingClonePrivileges says which of the privileges that a clone needs the user lacks, and on which objects. It is meant
// for a clone that was Denied, whose answer does not tell, and for plans of clones that bring a configuration of their own. It takes two
// requests (HasUserPrivilegeOnEntities, and a read of the source for what the placement leaves to it), shared by all that ask together.
func (c *Client) MissingClonePrivileges(ctx context.Context, spec CloneSpec) ([]apierr.MissingPrivilege, error) {
	source, err := c.placed(ctx, spec.SourceID)
	if err != nil {
		return nil, err
	}
	placement := spec.Placement
	if placement.ResourcePoolID == "" && placement.ClusterID != "" {
		if cluster, err := c.Object(ctx, TypeCluster, placement.ClusterID); err == nil {
			placement.ResourcePoolID = cluster.RootResourcePoolID
		}
	}
	needs := cloneNeeds(source, placement, spec.Origin.Template)
	if spec.CustomizationSpec != "" && !spec.Origin.Template {
		needs.add(TypeVirtualMachine, spec.SourceID, privilegeCustomize)
	}
	folder := either(placement.FolderID, source.Placement.FolderID)
	spec.Config.Encrypted = source.Encrypted || spec.KeyProviderID != ""
	needs.addConfig(TypeFolder, folder, spec.Config)
	if spec.NeedsTask() || source.Template { // CloneVM_Task, which carries a stamp
		needs.add(TypeFolder, folder, privilegeAdvanced)
	}
	for _, key := range slices.Sorted(maps.Keys(spec.DisksToUpdate)) {
		needs.add(TypeDatastore, spec.DisksToUpdate[key], privilegeAllocate)
	}
	if spec.KeyProviderID != "" {
		needs.add(TypeFolder, folder, privilegeEncryptNew)
	}
	if source.Encrypted {
		needs.add(TypeVirtualMachine, spec.SourceID, privilegeCloneEncrypted)
	}
	needs.add(TypeDatastoreCluster, placement.DatastoreClusterID, privilegeApplyRecommendation)
	if err := c.addPolicies(ctx, &needs, spec.namesPolicies()); err != nil {
		return nil, err
	}

	return c.missing(ctx, needs)
}

// MissingInstantClonePrivileges is [Client.MissingClonePrivileges] for an instant clone, which needs five privileges.
func (c *Client) MissingInstantClonePrivileges(
	ctx context.Context, spec InstantCloneSpec,
) ([]apierr.MissingPrivilege, error) {
	source, err := c.placed(ctx, spec.SourceID)
	if err != nil {
		return nil, err
	}
	if folderID, err := c.RootVMFolder(ctx, spec.SourceID); err == nil {
		source.Placement.FolderID = folderID // where it goes without a folder
	}
	needs := cloneNeeds(source, Placement{
		FolderID: spec.FolderID, ResourcePoolID: spec.ResourcePoolID, DatastoreID: spec.DatastoreID,
	}, false)
	needs.add(TypeVirtualMachine, spec.SourceID, privilegePowerOn)

	return c.missing(ctx, needs)
}

// MissingPrivileges says which of the privileges, "VirtualMachine.State.CreateSnapshot" for example, the user lacks on a VM
// (HasUserPrivilegeOnEntities).
func (c *Client) MissingPrivileges(
	ctx context.Context, vmID string, privileges ...string,
) ([]apierr.MissingPrivilege, error) {
	var needs needs
	for _, privilege := range privileges {
		needs.add(TypeVirtualMachine, vmID, privilege)
	}

	return c.missing(ctx, needs)
}

// placed returns a VM with its kind and where it lies, and no more than the id of one that is not to be seen: then what the request
// itself names can be checked.
func (c *Client) placed(ctx context.Context, id string) (VirtualMachine, error) {
	source, err := c.VirtualMachine(ctx, id)
	switch {
	case apierr.Is(err, apierr.Denied, apierr.NotFound):
		return VirtualMachine{ID: id}, nil
	case err != nil:
		return VirtualMachine{}, err
	}

	return VirtualMachine{ID: id, Template: source.Template, Placement: source.Placement, Encrypted: source.Encrypted}, nil
}

// needs are the privileges that an operation needs, each once.
type needs []needed

func (n *needs) add(kind ObjectType, id, privilege string) {
	need := needed{objectRef(kind, id), privilege}
	if id != "" && !slices.Contains(*n, need) {
		*n = append(*n, need)
	}
}

// cloneNeeds lists what the specifications of all clones ask for; what the placement leaves open is the source's. A clone that is a
// template goes into no pool.
func cloneNeeds(source VirtualMachine, placement Placement, toTemplate bool) needs {
	provisioning := map[[2]bool]string{
		{false, false}: privilegeClone, {false, true}: privilegeToTemplate,
		{true, false}: privilegeDeploy, {true, true}: privilegeCloneTemplate,
	}
	needs := needs{{vmRef(source.ID), provisioning[[2]bool{source.Template, toTemplate}]}}
	needs.add(TypeFolder, either(placement.FolderID, source.Placement.FolderID), privilegeCreate)
	if !toTemplate {
		needs.add(TypeResourcePool, either(placement.ResourcePoolID, source.Placement.ResourcePoolID), privilegeAssignPool)
	}
	if placement.DatastoreClusterID == "" {
		needs.add(TypeDatastore, either(placement.DatastoreID, source.Placement.DatastoreID), privilegeAllocate)
	}

	return needs
}

func either(first, second string) string {
	if first != "" {
		return first
	}

	return second
}

const hasPrivilegeOp = "HasUserPrivilegeOnEntities"

// missing returns the needs that are not met, in their order. All that are asked for within a few milliseconds are one call.
func (c *Client) missing(ctx context.Context, needs needs) ([]apierr.MissingPrivilege, error) {
	granted := make([]bool, len(needs))
	var group errgroup.Group
	for i, need := range needs {
		group.Go(func() error {
			var err error
			granted[i], err = c.grants.Load(ctx, need)

			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err //nolint:wrapcheck // of this client
	}
	var missing []apierr.MissingPrivilege
	for i, need := range needs {
		if !granted[i] {
			missing = append(missing, apierr.MissingPrivilege{Privilege: need.privilege, Object: need.object.Value})
		}
	}

	return missing, nil
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
