package vsphere

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// The privileges that changes in place and the destroy document.
const (
	privilegeRename       = "VirtualMachine.Config.Rename"
	privilegeMove         = "VirtualMachine.Inventory.Move"
	privilegeColdMigrate  = "Resource.ColdMigrate"
	privilegeHotMigrate   = "Resource.HotMigrate"
	privilegePowerOff     = "VirtualMachine.Interact.PowerOff"
	privilegeMarkTemplate = "VirtualMachine.Provisioning.MarkAsTemplate"
	privilegeMarkMachine  = "VirtualMachine.Provisioning.MarkAsVM"
	privilegeDelete       = "VirtualMachine.Inventory.Delete"
)

// Changes are the operations on a VM that exists.
type Changes struct {
	Rename        bool
	In            string        // the folder that it is in: to move or destroy a VM takes the privilege on that as well
	FolderID      string        // where it is moved to; empty: it stays
	Relocation    *RelocateSpec // nil: it stays
	Runs          bool          // while it is relocated
	PowerOn       bool
	PowerOff      bool
	MakeTemplate  bool
	MakeMachine   *Placement // the place that a template gets as it becomes a machine; nil: it stays what it is
	Configuration ReconfigureSpec
	GrowOn        []string // datastores of the disks that the configuration grows
	Destroy       bool
}

// Empty reports whether nothing is done.
func (c Changes) Empty() bool {
	return !c.Rename && c.FolderID == "" && c.Relocation == nil && !c.PowerOn && !c.PowerOff && !c.MakeTemplate && c.MakeMachine == nil &&
		!c.Destroy && c.Configuration.Empty()
}

// MissingChangePrivileges says which of the privileges that changes of a VM need the user lacks, and on which objects
// (HasUserPrivilegeOnEntities, one call for all that ask within a few milliseconds).
func (c *Client) MissingChangePrivileges(ctx context.Context, vmID string, changes Changes) ([]apierr.MissingPrivilege, error) {
	if changes.Relocation != nil {
		to := *changes.Relocation
		to.ResourcePoolID = c.poolOf(ctx, to.ResourcePoolID, to.ClusterID)
		changes.Relocation = &to
	}
	if changes.MakeMachine != nil {
		to := *changes.MakeMachine
		to.ResourcePoolID = c.poolOf(ctx, to.ResourcePoolID, to.ClusterID)
		changes.MakeMachine = &to
	}
	needs := changes.needs(vmID)
	if err := c.addPolicies(ctx, &needs, changes.Configuration.namesPolicies()); err != nil {
		return nil, err
	}

	return c.missing(ctx, needs)
}

// MissingFirstPrivileges is [Client.MissingChangePrivileges] for the changes of a VM right after its creation in a folder and a pool. Both may
// give the privileges, as the VM inherits permissions from both; what a configuration needs is asked for on the folder.
func (c *Client) MissingFirstPrivileges(ctx context.Context, place Placement, changes Changes) ([]apierr.MissingPrivilege, error) {
	var needs needs
	if changes.PowerOff {
		needs.addOnNew(place, privilegePowerOff)
	}
	needs.addConfig(TypeFolder, place.FolderID, changes.Configuration)

	return c.missing(ctx, needs)
}

// Asks returns a text that is the same for changes that need the same privileges on the VM that they change, and on the same other objects.
func (c Changes) Asks() string {
	return fmt.Sprint(c.needs("the VM"), c.Relocation.cluster(), c.MakeMachine.cluster(), c.Configuration.namesPolicies())
}

// cluster returns the cluster of the relocation, which stands for its root pool; empty where there is none.
func (s *RelocateSpec) cluster() string {
	if s == nil {
		return ""
	}

	return s.ClusterID
}

// cluster returns the cluster of the place, which stands for its root pool; empty where there is none.
func (p *Placement) cluster() string {
	if p == nil {
		return ""
	}

	return p.ClusterID
}

// needs returns the privileges of changes of a VM, but for those of storage policies.
func (c Changes) needs(vmID string) needs {
	var needs needs
	moves := c.FolderID
	if c.Relocation != nil {
		moves = either(moves, c.Relocation.FolderID)
	}
	for _, part := range []struct {
		privilege string
		needed    bool
	}{
		{privilegeRename, c.Rename},
		{privilegeMove, moves != ""},
		{privilegeColdMigrate, c.Relocation != nil},
		{privilegeHotMigrate, c.Relocation != nil && c.Runs}, // besides the first
		{privilegeMoveEncrypted, c.Relocation != nil && c.Configuration.Encrypted},
		{privilegeMarkMachine, c.MakeMachine != nil},
		{privilegeMarkTemplate, c.MakeTemplate},
		{privilegePowerOn, c.PowerOn},
		{privilegePowerOff, c.PowerOff},
		{privilegeDelete, c.Destroy},
	} {
		if part.needed {
			needs.add(TypeVirtualMachine, vmID, part.privilege)
		}
	}
	if moves != "" {
		needs.add(TypeFolder, c.In, privilegeMove)
		needs.add(TypeFolder, moves, privilegeMove)
	}
	if c.Destroy {
		needs.add(TypeFolder, c.In, privilegeDelete)
	}
	c.addPlace(&needs)
	needs.addConfig(TypeVirtualMachine, vmID, c.Configuration)
	for _, datastore := range c.GrowOn {
		needs.add(TypeDatastore, datastore, privilegeAllocate)
	}

	return needs
}

// addPlace adds what the VM needs where it goes.
func (c Changes) addPlace(needs *needs) {
	if to := c.MakeMachine; to != nil {
		needs.add(TypeResourcePool, to.ResourcePoolID, privilegeAssignPool)
	}
	if to := c.Relocation; to != nil {
		needs.add(TypeResourcePool, to.ResourcePoolID, privilegeAssignPool)
		needs.add(TypeDatastoreCluster, to.DatastoreClusterID, privilegeApplyRecommendation)
		for _, datastore := range append(slices.Sorted(maps.Values(to.DiskDatastores)), to.DatastoreID) {
			needs.add(TypeDatastore, datastore, privilegeAllocate)
		}
	}
}
