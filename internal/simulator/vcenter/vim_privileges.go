package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// sessionMethods belong to the caller's own session: they need no privilege beyond System.View.
var sessionMethods = []string{
	"Login", "LoginByToken", "LoginExtensionByCertificate", "CloneSession", "Logout",
	"CreateFilter", "CreatePropertyCollector", "DestroyPropertyCollector", "DestroyPropertyFilter",
	"CreateContainerView", "CreateListView", "CreateListViewFromView", "CreateInventoryView", "ModifyListView", "ResetListView",
	"DestroyView", "CreateCollectorForEvents", "CreateCollectorForTasks", "SetCollectorPageSize", "RewindCollector",
	"ResetCollector", "DestroyCollector", "AcquireCloneTicket", "SetLocale",
}

// otherModification is the privilege named for a method that changes something and is not in the table.
const otherModification = "Global.Settings"

// methodPrivileges names the privilege on the method's own object that a method needs.
var methodPrivileges = map[string]string{
	"RelocateVM_Task":                privilegeColdMigrate,
	"MigrateVM_Task":                 privilegeHotMigrate,
	"PowerOnVM_Task":                 privilegePowerOn,
	"PowerOffVM_Task":                privilegePowerOff,
	"ShutdownGuest":                  privilegePowerOff,
	"SuspendVM_Task":                 "VirtualMachine.Interact.Suspend",
	"ResetVM_Task":                   "VirtualMachine.Interact.Reset",
	"Rename_Task":                    "VirtualMachine.Config.Rename",
	"UnregisterVM":                   "VirtualMachine.Inventory.Unregister",
	"CreateVM_Task":                  "VirtualMachine.Inventory.Create",
	"CreateSnapshot_Task":            "VirtualMachine.State.CreateSnapshot",
	"CreateSnapshotEx_Task":          "VirtualMachine.State.CreateSnapshot",
	"RemoveSnapshot_Task":            "VirtualMachine.State.RemoveSnapshot",
	"RemoveAllSnapshots_Task":        "VirtualMachine.State.RemoveSnapshot",
	"RevertToSnapshot_Task":          "VirtualMachine.State.RevertToSnapshot",
	"RevertToCurrentSnapshot_Task":   "VirtualMachine.State.RevertToSnapshot",
	"RenameSnapshot":                 "VirtualMachine.State.RenameSnapshot",
	"ConsolidateVMDisks_Task":        "VirtualMachine.State.RemoveSnapshot",
	"DisableMethods":                 "Global.DisableMethods",
	"EnableMethods":                  "Global.EnableMethods",
	"MarkAsTemplate":                 "VirtualMachine.Provisioning.MarkAsTemplate",
	"MarkAsVirtualMachine":           "VirtualMachine.Provisioning.MarkAsVM",
	"CustomizeVM_Task":               privilegeCustomize,
	"UpgradeVM_Task":                 "VirtualMachine.Config.UpgradeVirtualHardware",
	"PromoteDisks_Task":              "VirtualMachine.Provisioning.PromoteDisks",
	"RegisterVM_Task":                "VirtualMachine.Inventory.Register",
	"SearchDatastore_Task":           "Datastore.Browse",
	"SearchDatastoreSubFolders_Task": "Datastore.Browse",
	"AddHost_Task":                   "Host.Inventory.AddHostToCluster",
	"CreateFolder":                   "Folder.Create",
	"AddCustomFieldDef":              privilegeManageFields,
	"RemoveCustomFieldDef":           privilegeManageFields,
	"RenameCustomFieldDef":           privilegeManageFields,
	"CreateResourcePool":             "Resource.CreatePool",
	"TerminateSession":               "Sessions.TerminateSession",
	"CreateCustomizationSpec":        "VirtualMachine.Provisioning.ModifyCustSpecs",

	"CreateSecondaryVM_Task":          "VirtualMachine.Interact.CreateSecondary",
	"CreateSecondaryVMEx_Task":        "VirtualMachine.Interact.CreateSecondary",
	"TurnOffFaultToleranceForVM_Task": "VirtualMachine.Interact.TurnOffFaultTolerance",
	"DisableSecondaryVM_Task":         "VirtualMachine.Interact.DisableSecondary",
	"EnableSecondaryVM_Task":          "VirtualMachine.Interact.EnableSecondary",
	"MakePrimaryVM_Task":              "VirtualMachine.Interact.MakePrimary",
	"TerminateFaultTolerantVM_Task":   "VirtualMachine.Interact.TerminateFaultTolerantVM",
	"ReconfigureComputeResource_Task": "Host.Inventory.EditCluster",
	"ApplyRecommendation":             "Resource.ApplyRecommendation",
	"CancelRecommendation":            "Resource.ApplyRecommendation",
	"RefreshRecommendation":           "Resource.ApplyRecommendation",
}

// missingPrivilege refuses a call of a user without the method's privilege.
func (s *vimAPI) missingPrivilege(c *call) *problem {
	if readsOnly(c.method) || slices.Contains(sessionMethods, c.method) {
		return nil
	}
	switch c.method {
	case "CancelTask":
		return s.mayCancel(c)
	case "MoveIntoFolder_Task":
		return s.mayMove(c)
	case "Destroy_Task":
		return s.users.requireAll(c.user, c.this, s.inventory.destroyNeeds(c.this))
	}
	privilege, ok := methodPrivileges[c.method]
	if !ok {
		privilege = otherModification
	}
	switch c.method {
	case "CloneVM_Task", "InstantClone_Task", "PowerOnMultiVM_Task", "ReconfigVM_Task", "SetField", "setCustomValue",
		"RecommendDatastores", "ApplyStorageDrsRecommendation_Task":
		return nil // the method checks the privileges itself, on all objects that it touches
	}

	return s.users.require(c.user, privilege, s.taskEntity(c)) // of a snapshot its VM
}

// mayMove refuses a user who may not move one of the objects into the folder of the call.
func (s *vimAPI) mayMove(c *call) *problem {
	var needs []need
	for _, ref := range bodyOf[types.MoveIntoFolder_Task](c).List {
		needs = append(needs, s.inventory.moveNeeds(ref, c.this)...)
	}

	return s.users.requireAll(c.user, c.this, needs)
}

func (s *vimAPI) mayCancel(c *call) *problem {
	if record, ok := s.tasks.find(c.this.Value); ok && record.user == c.user {
		return nil
	}

	return s.users.require(c.user, "Global.CancelTask", c.this)
}
