package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// authorization answers what users may do, as AuthorizationManager does.
type authorization struct {
	inventory *inventory
	users     *userStore
}

// methods returns the vim25 methods that this store answers.
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
				PrivId: id, IsGranted: s.users.has(user, id, entity),
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
		granted = append(granted, s.users.has(c.user, id, req.Entity))
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
		answer = append(answer, types.UserPrivilegeResult{Entity: entity, Privileges: s.privilegesOf(req.UserName, entity)})
	}

	return &methods.FetchUserPrivilegeOnEntitiesBody{Res: &types.FetchUserPrivilegeOnEntitiesResponse{Returnval: answer}}
}

func (s *authorization) privilegesOf(name string, on types.ManagedObjectReference) []string {
	found, _ := s.users.find(name)
	granted := found.privileges
	if found.all {
		granted = object.AuthorizationRoleList(esx.RoleList).ByName("Admin").Privilege
	}

	return slices.DeleteFunc(slices.Clone(granted), func(privilege string) bool { return !found.has(privilege, on.Value) })
}

func (s *authorization) unknownEntities(entities []types.ManagedObjectReference) *problem {
	for _, entity := range entities {
		if s.inventory.registry.Get(entity) == nil {
			return notFound(entity)
		}
	}

	return nil
}
