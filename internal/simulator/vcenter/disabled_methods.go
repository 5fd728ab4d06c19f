package vcenter

import (
	"reflect"
	"slices"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// DisableMethods and EnableMethods belong to the AuthorizationManager and are in no public WSDL: backup products keep a VM from moving with
// them. An object whose method is disabled refuses it, and names it in disabledMethod.

// disableMethodsRequest is the request of DisableMethods.
type disableMethodsRequest struct {
	This   types.ManagedObjectReference   `xml:"_this"`
	Entity []types.ManagedObjectReference `xml:"entity"`
	Method []struct {
		Method string `xml:"method"`
		Reason string `xml:"reasonId"`
	} `xml:"method"`
	Source string `xml:"sourceId"`
	Scope  bool   `xml:"sessionScope,omitempty"`
}

// enableMethodsRequest is the request of EnableMethods.
type enableMethodsRequest struct {
	This   types.ManagedObjectReference   `xml:"_this"`
	Entity []types.ManagedObjectReference `xml:"entity"`
	Method []string                       `xml:"method"`
	Source string                         `xml:"sourceId"`
}

func init() { // the names by which requests are decoded
	types.Add("DisableMethods", reflect.TypeFor[disableMethodsRequest]())
	types.Add("EnableMethods", reflect.TypeFor[enableMethodsRequest]())
}

// DisableMethodsResponse is named after its element.
type DisableMethodsResponse struct{}

// EnableMethodsResponse is named after its element.
type EnableMethodsResponse struct{}

type disableMethodsBody struct{ Res *DisableMethodsResponse }

// Fault implements soap.HasFault.
func (*disableMethodsBody) Fault() *soap.Fault { return nil }

type enableMethodsBody struct{ Res *EnableMethodsResponse }

// Fault implements soap.HasFault.
func (*enableMethodsBody) Fault() *soap.Fault { return nil }

// disabledMethods answers the calls that disable and enable methods.
type disabledMethods struct{ inventory *inventory }

// methods returns the vim25 methods that this store answers.
func (s *disabledMethods) methods() map[string]method {
	return map[string]method{
		"AuthorizationManager.DisableMethods": {direct: s.disable},
		"AuthorizationManager.EnableMethods":  {direct: s.enable},
	}
}

func (s *disabledMethods) disable(c *call) soap.HasFault {
	req := bodyOf[disableMethodsRequest](c)
	var names []string
	for _, method := range req.Method {
		names = append(names, method.Method)
	}
	if p := s.change(c, req.Entity, func(disabled []string) []string {
		disabled = append(slices.Clone(disabled), names...)
		slices.Sort(disabled)

		return slices.Compact(disabled)
	}); p != nil {
		return p.body()
	}

	return &disableMethodsBody{Res: &DisableMethodsResponse{}}
}

func (s *disabledMethods) enable(c *call) soap.HasFault {
	req := bodyOf[enableMethodsRequest](c)
	if p := s.change(c, req.Entity, func(disabled []string) []string {
		return slices.DeleteFunc(slices.Clone(disabled), func(name string) bool { return slices.Contains(req.Method, name) })
	}); p != nil {
		return p.body()
	}

	return &enableMethodsBody{Res: &EnableMethodsResponse{}}
}

// change changes the disabled methods of all entities, or of none where one is not there.
func (s *disabledMethods) change(c *call, refs []types.ManagedObjectReference, change func([]string) []string) *problem {
	var entities []mo.Entity
	for _, ref := range refs {
		entity, ok := s.inventory.registry.Get(ref).(mo.Entity)
		if !ok {
			return notFound(ref)
		}
		entities = append(entities, entity)
	}
	for _, entity := range entities {
		s.inventory.registry.AtomicUpdate(c.ctx, entity, []types.PropertyChange{
			{Name: "disabledMethod", Val: change(entity.Entity().DisabledMethod)},
		})
	}

	return nil
}

// disabledOf refuses a method that is disabled on its object. The inventory must be locked.
func (s *inventory) disabledOf(ref types.ManagedObjectReference, method string) *problem {
	entity, ok := s.registry.Get(ref).(mo.Entity)
	if !ok || !slices.Contains(entity.Entity().DisabledMethod, method) {
		return nil
	}

	return &problem{
		fault:     &types.MethodDisabled{},
		errorType: errorNotAllowedInCurrentState,
		messages:  []string{"The method is disabled by a product or an administrator: " + method + "."},
	}
}
