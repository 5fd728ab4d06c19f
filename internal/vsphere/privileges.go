package vsphere

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
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

// MissingClonePrivileges says which of the privileges that a clone needs the user lacks, and on which objects. It is meant
// for a clone that was Denied, whose answer does not tell, and for plans of clones that bring a configuration of their own. It takes two
// requests (HasUserPrivilegeOnEntities, and a read of the source for what the placement leaves to it), shared by all that ask together.
func (c *Client) MissingClonePrivileges(ctx context.Context, spec CloneSpec) ([]apierr.MissingPrivilege, error) {
	source, err := c.placed(ctx, spec.SourceID)
	if err != nil {
		return nil, err
	}
	placement := spec.Placement
	placement.FolderID = either(placement.FolderID, source.Placement.FolderID)
	placement.ResourcePoolID = either(c.poolOf(ctx, placement.ResourcePoolID, placement.ClusterID), source.Placement.ResourcePoolID)
	needs := cloneNeeds(source, placement, spec.Origin.Template)
	if spec.CustomizationSpec != "" && !spec.Origin.Template {
		needs.add(TypeVirtualMachine, spec.SourceID, privilegeCustomize)
	}
	if spec.PowerOn && !spec.Origin.Template {
		needs.addOnNew(placement, privilegePowerOn)
	}
	folder := placement.FolderID
	spec.Config.Encrypted = source.Encrypted || spec.KeyProviderID != ""
	needs.addConfig(TypeFolder, folder, spec.Config)
	byREST, err := c.ClonesByREST(ctx)
	if err != nil {
		return nil, err
	}
	if spec.NeedsTask() || source.Template || !byREST { // CloneVM_Task, which carries a stamp
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

// MissingInstantClonePrivileges is [Client.MissingClonePrivileges] for an instant clone, which needs five privileges, and one on each network that it
// is connected to.
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
		FolderID: either(spec.FolderID, source.Placement.FolderID), DatastoreID: spec.DatastoreID,
		ResourcePoolID: either(spec.ResourcePoolID, source.Placement.ResourcePoolID),
	}, false)
	needs.add(TypeVirtualMachine, spec.SourceID, privilegePowerOn)
	for _, key := range slices.Sorted(maps.Keys(spec.NetworkInterfaces)) {
		needs.add(TypeNetwork, spec.NetworkInterfaces[key].NetworkID, privilegeNetwork)
	}

	return c.missing(ctx, needs)
}

// Asks returns a text that is the same for instant clones that need the same privileges: their names and their values are not in it.
func (s InstantCloneSpec) Asks() string {
	var networks needs
	for _, key := range slices.Sorted(maps.Keys(s.NetworkInterfaces)) {
		networks.add(TypeNetwork, s.NetworkInterfaces[key].NetworkID, privilegeNetwork)
	}

	return fmt.Sprint("instant clones ", s.SourceID, s.FolderID, s.ResourcePoolID, s.DatastoreID, networks)
}

// MissingPrivileges says which of the privileges, "VirtualMachine.State.CreateSnapshot" for example, the user lacks on a VM
// (HasUserPrivilegeOnEntities).
func (c *Client) MissingPrivileges(ctx context.Context, vmID string, privileges ...string) ([]apierr.MissingPrivilege, error) {
	return c.missingOn(ctx, TypeVirtualMachine, vmID, privileges)
}

// MissingClusterPrivileges is [Client.MissingPrivileges] on a cluster.
func (c *Client) MissingClusterPrivileges(ctx context.Context, clusterID string, privileges ...string) ([]apierr.MissingPrivilege, error) {
	return c.missingOn(ctx, TypeCluster, clusterID, privileges)
}

func (c *Client) missingOn(ctx context.Context, kind ObjectType, id string, privileges []string) ([]apierr.MissingPrivilege, error) {
	var needs needs
	for _, privilege := range privileges {
		needs.add(kind, id, privilege)
	}

	return c.missing(ctx, needs)
}

// poolOf returns the pool that a VM goes into which a pool or a cluster is named for: the cluster's root pool, empty where that can't be read.
func (c *Client) poolOf(ctx context.Context, poolID, clusterID string) string {
	if poolID != "" || clusterID == "" {
		return poolID
	}
	cluster, err := c.Object(ctx, TypeCluster, clusterID)
	if err != nil {
		return ""
	}

	return cluster.RootResourcePoolID
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

// cloneNeeds lists what the specifications of all clones ask for, on the folder and the pool of the placement; a datastore that it leaves open is the
// source's. A clone that is a template goes into no pool.
func cloneNeeds(source VirtualMachine, placement Placement, toTemplate bool) needs {
	provisioning := map[[2]bool]string{
		{false, false}: privilegeClone, {false, true}: privilegeToTemplate,
		{true, false}: privilegeDeploy, {true, true}: privilegeCloneTemplate,
	}
	var needs needs
	needs.add(TypeVirtualMachine, source.ID, provisioning[[2]bool{source.Template, toTemplate}])
	needs.add(TypeFolder, placement.FolderID, privilegeCreate)
	if !toTemplate {
		needs.add(TypeResourcePool, placement.ResourcePoolID, privilegeAssignPool)
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
