package vcenter

import (
	"reflect"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// switchType is the type of distributed switches to clients. govmomi's switches are of its base type, and can't be of another: so what
	// comes from clients is translated into the base type, and what goes to them back.
	switchType     = "VmwareDistributedVirtualSwitch"
	switchBaseType = "DistributedVirtualSwitch"

	// mostPorts is how many ports a distributed switch may have, as vCenter's configuration maximums say.
	mostPorts = 60_000
)

// switches answers for distributed switches what govmomi does not, or otherwise.
type switches struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *switches) methods() map[string]method {
	return map[string]method{
		switchBaseType + ".AddDVPortgroup_Task":          {task: s.planAdd},
		"DistributedVirtualSwitchManager.QueryDvsByUuid": {direct: s.queryByUUID},
	}
}

// planAdd plans AddDVPortgroup_Task. It limits the ports of the groups: govmomi makes as many as it is asked for, one by one.
func (s *switches) planAdd(c *call) (taskPlan, *problem) {
	ports := 0
	for _, spec := range bodyOf[types.AddDVPortgroup_Task](c).Spec {
		if ports += int(spec.NumPorts); spec.NumPorts < 0 || ports > mostPorts {
			return taskPlan{}, invalidArgument("spec.numPorts", "A switch may have %d ports.", mostPorts)
		}
	}

	return s.stock.planStock(c)
}

// queryByUUID answers QueryDvsByUuid.
func (s *switches) queryByUUID(c *call) soap.HasFault {
	uuid := bodyOf[types.QueryDvsByUuid](c).Uuid
	for _, each := range s.stock.inventory.registry.All(switchBaseType) {
		if dvs, ok := each.(*simulator.DistributedVirtualSwitch); ok && dvs.Uuid == uuid {
			return &methods.QueryDvsByUuidBody{Res: &types.QueryDvsByUuidResponse{Returnval: &dvs.Self}}
		}
	}

	return (&problem{
		fault: &types.NotFound{}, errorType: errorNotFound, messages: []string{"There is no distributed switch " + uuid + "."},
	}).body()
}

// ownType returns the type that the registry knows objects of a type by.
func ownType(kind string) string {
	if kind == switchType {
		return switchBaseType
	}

	return kind
}

// tellSwitches returns an answer in which switches have the type that clients know.
func tellSwitches(answer soap.HasFault) soap.HasFault {
	if answer == nil {
		return nil
	}
	if fault := answer.Fault(); fault != nil {
		if told, changed := toldSwitches.replace(reflect.ValueOf(&fault.Detail.Fault).Elem()); changed {
			copied := *fault
			copied.Detail.Fault = told.Interface()

			return &faultBody{Reason: &copied}
		}

		return answer
	}
	body := reflect.Indirect(reflect.ValueOf(answer))
	response := body.FieldByName("Res")
	if !response.IsValid() {
		return answer
	}
	told, changed := toldSwitches.replace(response)
	if !changed {
		return answer
	}
	copied := reflect.New(body.Type())
	copied.Elem().Set(body)
	copied.Elem().FieldByName("Res").Set(told)
	if result, ok := reflect.TypeAssert[soap.HasFault](copied); ok {
		return result
	}

	return answer
}

// toldSwitches changes the references of switches to what clients know.
var toldSwitches = referenceChange(func(ref types.ManagedObjectReference) (types.ManagedObjectReference, bool) {
	if ref.Type != switchBaseType {
		return ref, false
	}
	ref.Type = switchType

	return ref, true
})
