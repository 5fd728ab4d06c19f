package vsphere

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// The privileges that changes in place document.
const (
	privilegeRename      = "VirtualMachine.Config.Rename"
	privilegeMove        = "VirtualMachine.Inventory.Move"
	privilegeColdMigrate = "Resource.ColdMigrate"
	privilegeHotMigrate  = "Resource.HotMigrate"
	privilegePowerOff    = "VirtualMachine.Interact.PowerOff"
)

// Changes are the operations on a VM that exists.
type Changes struct {
	Rename        bool
	FolderID      string        // where it is moved to; empty: it stays
	Relocation    *RelocateSpec // nil: it stays
	Runs          bool          // while it is relocated
	PowerOn       bool
	PowerOff      bool
	Configuration ReconfigureSpec
}

// Empty reports whether nothing is done.
func (c Changes) Empty() bool {
	return !c.Rename && c.FolderID == "" && c.Relocation == nil && !c.PowerOn && !c.PowerOff && c.Configuration.Empty()
}

// MissingChangePrivileges says which of the privileges that changes of a VM need the user lacks, and on which objects
// (HasUserPrivilegeOnEntities, one call for all that ask within a few milliseconds).
func (c *Client) MissingChangePrivileges(ctx context.Context, vmID string, changes Changes) ([]apierr.MissingPrivilege, error) {
	needs := changes.needs(vmID)
	if err := c.addPolicies(ctx, &needs, changes.Configuration.namesPolicies()); err != nil {
		return nil, err
	}

	return c.missing(ctx, needs)
}

// Asks returns a text that is the same for changes that need the same privileges on the VM that they change, and on the same other objects.
func (c Changes) Asks() string { return fmt.Sprint(c.needs("the VM"), c.Configuration.namesPolicies()) }

// needs returns the privileges of changes of a VM, but for those of storage policies.
func (c Changes) needs(vmID string) needs {
	var needs needs
	for _, part := range []struct {
		privilege string
		needed    bool
	}{
		{privilegeRename, c.Rename},
		{privilegeMove, c.FolderID != ""},
		{privilegeHotMigrate, c.Relocation != nil && c.Runs},
		{privilegeColdMigrate, c.Relocation != nil && !c.Runs},
		{privilegeMoveEncrypted, c.Relocation != nil && c.Configuration.Encrypted},
		{privilegePowerOn, c.PowerOn},
		{privilegePowerOff, c.PowerOff},
	} {
		if part.needed {
			needs.add(TypeVirtualMachine, vmID, part.privilege)
		}
	}
	needs.add(TypeFolder, c.FolderID, privilegeMove)
	if to := c.Relocation; to != nil {
		needs.add(TypeResourcePool, to.ResourcePoolID, privilegeAssignPool)
		needs.add(TypeDatastoreCluster, to.DatastoreClusterID, privilegeApplyRecommendation)
		for _, datastore := range append(slices.Sorted(maps.Values(to.DiskDatastores)), to.DatastoreID) {
			needs.add(TypeDatastore, datastore, privilegeAllocate)
		}
	}
	needs.addConfig(TypeVirtualMachine, vmID, c.Configuration)

	return needs
}
