package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	privilegeManageFields = "Global.ManageCustomFields"
	privilegeSetField     = "Global.SetCustomField"
)

// customFields sets custom attributes. Their definitions are govmomi's.
type customFields struct {
	inventory *inventory
	stock     *stockMethods
	users     *userStore
}

// methods returns the vim25 methods that this store answers.
func (s *customFields) methods() map[string]method {
	return map[string]method{
		"CustomFieldsManager.SetField": {direct: s.setField},
		"*.setCustomValue":             {direct: s.setCustomValue},
	}
}

// setField answers SetField.
func (s *customFields) setField(c *call) soap.HasFault {
	req := bodyOf[types.SetField](c)
	if p := s.set(c, req); p != nil {
		return p.body()
	}

	return &methods.SetFieldBody{Res: &types.SetFieldResponse{}}
}

// setCustomValue answers SetCustomValue, which names the attribute.
func (s *customFields) setCustomValue(c *call) soap.HasFault {
	req := bodyOf[types.SetCustomValue](c)
	for _, field := range s.fields() {
		if field.Name == req.Key && (field.ManagedObjectType == "" || field.ManagedObjectType == c.this.Type) {
			if p := s.set(c, &types.SetField{Entity: c.this, Key: field.Key, Value: req.Value}); p != nil {
				return p.body()
			}

			return &methods.SetCustomValueBody{Res: &types.SetCustomValueResponse{}}
		}
	}

	return badArgument("key", "There is no custom attribute %q.", req.Key).body()
}

func (s *customFields) fields() []types.CustomFieldDef {
	return s.inventory.registry.CustomFieldsManager().Field
}

func (s *customFields) set(c *call, req *types.SetField) *problem {
	entity, ok := s.inventory.registry.Get(req.Entity).(mo.Entity)
	if !ok {
		return notFound(req.Entity)
	}
	if p := s.users.require(c.user, privilegeSetField, req.Entity); p != nil {
		return p
	}
	for _, field := range s.fields() {
		if field.Key != req.Key {
			continue
		}
		if field.ManagedObjectType != "" && field.ManagedObjectType != req.Entity.Type {
			return badArgument("key", "Attribute %s is one of a %s.", field.Name, field.ManagedObjectType)
		}
		manager := *s.inventory.model.ServiceContent.CustomFieldsManager
		body := &types.SetField{This: manager, Entity: entity.Reference(), Key: req.Key, Value: req.Value}
		_, _, p := s.stock.invoke(c.ctx, manager, "SetField", body)

		return p
	}

	return badArgument("key", "There is no custom attribute %d.", req.Key)
}

// attributesOf returns the custom attributes of a VM by name.
func (s *inventory) attributesOf(vm *simulator.VirtualMachine) map[string]string {
	names, attributes := map[int32]string{}, map[string]string{}
	for _, field := range s.registry.CustomFieldsManager().Field {
		names[field.Key] = field.Name
	}
	for _, value := range vm.CustomValue {
		if text, ok := value.(*types.CustomFieldStringValue); ok {
			attributes[names[text.Key]] = text.Value
		}
	}

	return attributes
}

// clear takes the values of all custom attributes from a VM: vCenter keeps them by the id that the VM had in the inventory.
func (s *customFields) clear(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	ctx.Map.WithLock(ctx, vm, func() {
		vm.Value, vm.CustomValue, vm.Summary.CustomValue = nil, nil, nil
	})
}
