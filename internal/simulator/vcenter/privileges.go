package vcenter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The privileges that a clone needs, each on one object: the source, the folder, the pool, each datastore.
const (
	privilegeClone         = "VirtualMachine.Provisioning.Clone"
	privilegeCreateFrom    = "VirtualMachine.Inventory.CreateFromExisting"
	privilegeAssignPool    = "Resource.AssignVMToPool"
	privilegeAllocateSpace = "Datastore.AllocateSpace"
	privilegePowerOn       = "VirtualMachine.Interact.PowerOn"
	privilegePowerOff      = "VirtualMachine.Interact.PowerOff"
	privilegeDelete        = "VirtualMachine.Inventory.Delete"
)

// methodPrivileges names the privilege on the method's own object that a method needs.
var methodPrivileges = map[string]string{
	"CloneVM_Task":                 privilegeClone,
	"RelocateVM_Task":              "Resource.ColdMigrate",
	"MigrateVM_Task":               "Resource.HotMigrate",
	"PowerOnVM_Task":               privilegePowerOn,
	"PowerOffVM_Task":              privilegePowerOff,
	"ShutdownGuest":                privilegePowerOff,
	"SuspendVM_Task":               "VirtualMachine.Interact.Suspend",
	"ResetVM_Task":                 "VirtualMachine.Interact.Reset",
	"ReconfigVM_Task":              "VirtualMachine.Config.Settings",
	"Rename_Task":                  "VirtualMachine.Config.Rename",
	"MoveIntoFolder_Task":          "VirtualMachine.Inventory.Move",
	"Destroy_Task":                 privilegeDelete,
	"UnregisterVM":                 "VirtualMachine.Inventory.Unregister",
	"CreateVM_Task":                "VirtualMachine.Inventory.Create",
	"CreateSnapshot_Task":          "VirtualMachine.State.CreateSnapshot",
	"CreateSnapshotEx_Task":        "VirtualMachine.State.CreateSnapshot",
	"RemoveSnapshot_Task":          "VirtualMachine.State.RemoveSnapshot",
	"RemoveAllSnapshots_Task":      "VirtualMachine.State.RemoveSnapshot",
	"RevertToSnapshot_Task":        "VirtualMachine.State.RevertToSnapshot",
	"RevertToCurrentSnapshot_Task": "VirtualMachine.State.RevertToSnapshot",
	"RenameSnapshot":               "VirtualMachine.State.RenameSnapshot",
	"ConsolidateVMDisks_Task":      "VirtualMachine.State.RemoveSnapshot",
	"MarkAsTemplate":               "VirtualMachine.Provisioning.MarkAsTemplate",
	"MarkAsVirtualMachine":         "VirtualMachine.Provisioning.MarkAsVM",
	"CreateFolder":                 "Folder.Create",
	"CreateResourcePool":           "Resource.CreatePool",
	"TerminateSession":             "Sessions.TerminateSession",
	"CreateCustomizationSpec":      "VirtualMachine.Provisioning.ModifyCustSpecs",
	"InstantClone_Task":            privilegeClone,

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

// missingPrivilege refuses a call of a user who lacks the method's privilege.
func (s *vimAPI) missingPrivilege(c *call) *problem {
	if readsOnly(c.method) || slices.Contains(sessionMethods, c.method) {
		return nil
	}
	if c.method == "CancelTask" {
		return s.mayCancel(c)
	}
	privilege, ok := methodPrivileges[c.method]
	if !ok {
		privilege = otherModification
	}
	if c.method == "CloneVM_Task" || c.method == "InstantClone_Task" {
		return nil // its check knows all objects that the clone touches
	}

	return s.users.require(c.user, privilege, s.taskEntity(c)) // of a snapshot its VM
}

func (s *vimAPI) mayCancel(c *call) *problem {
	if record, ok := s.tasks.find(c.this.Value); ok && record.user == c.user {
		return nil
	}

	return s.users.require(c.user, "Global.CancelTask", c.this)
}

// require refuses a user who lacks a privilege on an object.
func (s *userStore) require(user, privilege string, ref types.ManagedObjectReference) *problem {
	if s.has(user, privilege) {
		return nil
	}

	return &problem{
		fault:     &types.NoPermission{Object: &ref, PrivilegeId: privilege},
		errorType: errorUnauthorized,
		messages: []string{
			"Permission to perform this operation was denied.",
			fmt.Sprintf("Privilege %s is missing on %s:%s.", privilege, ref.Type, ref.Value),
		},
	}
}

// authorization answers what users may do, as AuthorizationManager does.
type authorization struct {
	inventory *inventory
	users     *userStore
}

// methods are the vim25 methods that are answered here.
func (s *authorization) methods() map[string]method {
	return map[string]method{
		"AuthorizationManager.HasPrivilegeOnEntities":       {direct: s.hasPrivilegeOnEntities},
		"AuthorizationManager.HasPrivilegeOnEntity":         {direct: s.hasPrivilegeOnEntity},
		"AuthorizationManager.HasUserPrivilegeOnEntities":   {direct: s.hasUserPrivilegeOnEntities},
		"AuthorizationManager.FetchUserPrivilegeOnEntities": {direct: s.fetchUserPrivilegeOnEntities},
	}
}

func (s *authorization) availability(user string, entities []types.ManagedObjectReference, ids []string) []types.EntityPrivilege {
	answer := make([]types.EntityPrivilege, 0, len(entities))
	for _, entity := range entities {
		each := types.EntityPrivilege{Entity: entity}
		for _, id := range ids {
			each.PrivAvailability = append(each.PrivAvailability, types.PrivilegeAvailability{
				PrivId: id, IsGranted: s.users.has(user, id),
			})
		}
		answer = append(answer, each)
	}

	return answer
}

func (s *authorization) hasPrivilegeOnEntities(c *call) soap.HasFault {
	req := bodyOf[types.HasPrivilegeOnEntities](c)
	if p := s.unknownEntities(req.Entity); p != nil {
		return p.body()
	}

	return &methods.HasPrivilegeOnEntitiesBody{Res: &types.HasPrivilegeOnEntitiesResponse{
		Returnval: s.availability(c.user, req.Entity, req.PrivId),
	}}
}

func (s *authorization) hasPrivilegeOnEntity(c *call) soap.HasFault {
	req := bodyOf[types.HasPrivilegeOnEntity](c)
	if p := s.unknownEntities([]types.ManagedObjectReference{req.Entity}); p != nil {
		return p.body()
	}
	granted := make([]bool, 0, len(req.PrivId))
	for _, id := range req.PrivId {
		granted = append(granted, s.users.has(c.user, id))
	}

	return &methods.HasPrivilegeOnEntityBody{Res: &types.HasPrivilegeOnEntityResponse{Returnval: granted}}
}

func (s *authorization) hasUserPrivilegeOnEntities(c *call) soap.HasFault {
	req := bodyOf[types.HasUserPrivilegeOnEntities](c)
	if p := s.unknownEntities(req.Entities); p != nil {
		return p.body()
	}

	return &methods.HasUserPrivilegeOnEntitiesBody{Res: &types.HasUserPrivilegeOnEntitiesResponse{
		Returnval: s.availability(req.UserName, req.Entities, req.PrivId),
	}}
}

func (s *authorization) fetchUserPrivilegeOnEntities(c *call) soap.HasFault {
	req := bodyOf[types.FetchUserPrivilegeOnEntities](c)
	if p := s.unknownEntities(req.Entities); p != nil {
		return p.body()
	}
	answer := make([]types.UserPrivilegeResult, 0, len(req.Entities))
	for _, entity := range req.Entities {
		answer = append(answer, types.UserPrivilegeResult{Entity: entity, Privileges: s.privilegesOf(req.UserName)})
	}

	return &methods.FetchUserPrivilegeOnEntitiesBody{Res: &types.FetchUserPrivilegeOnEntitiesResponse{Returnval: answer}}
}

func (s *authorization) privilegesOf(name string) []string {
	found, ok := s.users.find(name)
	switch {
	case !ok:
		return nil
	case found.all:
		return object.AuthorizationRoleList(esx.RoleList).ByName("Admin").Privilege
	default:
		return found.privileges
	}
}

func (s *authorization) unknownEntities(entities []types.ManagedObjectReference) *problem {
	for _, entity := range entities {
		if s.inventory.registry.Get(entity) == nil {
			return notFound(entity)
		}
	}

	return nil
}

// bodyOf is a call's request. The table pairs method and type; another type is a request for an empty one.
func bodyOf[T any](c *call) *T {
	if body, ok := c.body.(*T); ok {
		return body
	}

	return new(T)
}

// sameUser compares user names as vCenter does: without regard to case.
func sameUser(a, b string) bool { return strings.EqualFold(a, b) }
