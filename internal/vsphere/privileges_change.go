package vsphere

import (
	"context"
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
	var needs needs
	for _, part := range []struct {
		privilege string
		needed    bool
	}{
		{privilegeRename, changes.Rename},
		{privilegeMove, changes.FolderID != ""},
		{privilegeHotMigrate, changes.Relocation != nil && changes.Runs},
		{privilegeColdMigrate, changes.Relocation != nil && !changes.Runs},
		{privilegePowerOn, changes.PowerOn},
		{privilegePowerOff, changes.PowerOff},
	} {
		if part.needed {
			needs.add(TypeVirtualMachine, vmID, part.privilege)
		}
	}
	needs.add(TypeFolder, changes.FolderID, privilegeMove)
	if to := changes.Relocation; to != nil {
		needs.add(TypeResourcePool, to.ResourcePoolID, privilegeAssignPool)
		for _, datastore := range append(slices.Sorted(maps.Values(to.DiskDatastores)), to.DatastoreID) {
			needs.add(TypeDatastore, datastore, privilegeAllocate)
		}
	}
	needs.addConfig(TypeVirtualMachine, vmID, changes.Configuration)
	if err := c.addPolicies(ctx, &needs, changes.Configuration.namesPolicies()); err != nil {
		return nil, err
	}

	return c.missing(ctx, needs)
}
