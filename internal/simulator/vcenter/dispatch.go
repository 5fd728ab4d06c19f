package vcenter

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// call is one authenticated call of a vim25 method.
type call struct {
	ctx    *simulator.Context
	method string // "PowerOnVM_Task"
	this   types.ManagedObjectReference
	body   any // pointer to the method's request type
	user   string
}

// dispatcher is what govmomi is given to call instead of the object that a method is for. It takes no lock of
// govmomi's by itself.
type dispatcher struct {
	api  *vimAPI
	call *call
}

// Reference implements mo.Reference.
func (d *dispatcher) Reference() types.ManagedObjectReference { return d.call.this }

// Lock and Unlock keep govmomi from locking on the dispatcher's behalf.
func (d *dispatcher) Lock() {}

// Unlock does nothing, see Lock.
func (d *dispatcher) Unlock() {}

// Dispatch is the method that govmomi finds by reflection.
func (d *dispatcher) Dispatch(ctx *simulator.Context, _ types.AnyType) (answer soap.HasFault) {
	d.call.ctx = ctx
	ctx.Caller = &d.call.this
	var p *problem
	defer func() {
		if p != nil {
			answer = p.body()
		}
		requestOf(ctx).answer = answer
	}()
	defer guard(&p)

	return d.api.answer(d.call)
}

// foreign is the type of a reference that no registry and no session knows, so that govmomi takes the dispatcher.
const foreign = "VmforkDispatcher"

// vimAPI answers vim25 calls, which arrive as SOAP or as VI/JSON.
type vimAPI struct {
	inventory *inventory
	stock     *stockMethods
	users     *userStore
	tasks     *taskStore
	ftRules   *ftRules
	methods   map[string]method // by "Type.Method", or "*.Method" for any type
	inflight  inflight
}

// dispatch is govmomi's hook before each call. Calls without a session stay with govmomi, which refuses all but a few.
func (s *vimAPI) dispatch(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil {
		return nil, nil
	}
	c := &call{
		method: method.Name, this: method.This, body: method.Body, user: ctx.Session.UserName,
	}
	method.Name = "Dispatch"
	method.This.Type = foreign

	return &dispatcher{api: s, call: c}, nil
}

// answer runs one call: privileges first, then the method of the table or govmomi's.
func (s *vimAPI) answer(c *call) soap.HasFault {
	if p := s.missingPrivilege(c); p != nil {
		return p.body()
	}
	entry := s.find(c.this.Type, c.method)
	switch {
	case entry.unlocked != nil:
		return entry.unlocked(c)
	case entry.task != nil:
		return s.startVimTask(c, entry)
	case requestOf(c.ctx).exclusive:
		return s.run(c, entry)
	case readsOnly(c.method):
		s.inventory.mu.RLock()
		defer s.inventory.mu.RUnlock()
	default:
		s.inventory.mu.Lock()
		defer s.inventory.mu.Unlock()
	}

	return s.run(c, entry)
}

func (s *vimAPI) run(c *call, entry method) soap.HasFault {
	if p := s.ftRules.refusedByPair(c.this, c.method, c.body); p != nil {
		return p.body()
	}
	if entry.direct != nil {
		return entry.direct(c)
	}

	answer, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body)
	if p != nil && answer == nil {
		return p.body()
	}

	return answer
}

// invoke calls govmomi's own method. The world must be held. A task that the method starts has ended when invoke
// returns, with its result or problem.
func (s *stockMethods) invoke(
	ctx *simulator.Context, this types.ManagedObjectReference, name string, body any,
) (soap.HasFault, types.AnyType, *problem) {
	object := ctx.Session.Get(this)
	if object == nil {
		return nil, nil, notFound(this)
	}
	if p := s.unknownReference(ctx, name, body); p != nil {
		return nil, nil, p
	}
	function := reflect.ValueOf(object).MethodByName(goMethodName(name))
	if !function.IsValid() {
		p := &problem{
			fault:    &types.MethodNotFound{Receiver: this, Method: name},
			messages: []string{fmt.Sprintf("%s does not implement %s.", this.Type, name)},
		}

		return nil, nil, p
	}

	result, p := callLocked(ctx, object, function, body)
	defer s.awaitGrandchildren(ctx)
	if p != nil {
		return nil, nil, p
	}
	if fault := result.Fault(); fault != nil {
		return result, nil, fromSOAPFault(fault)
	}
	if ref, ok := startedTask(result); ok {
		value, p := s.awaitNested(ctx, ref)

		return result, value, p
	}

	return result, nil, nil
}

// callLocked calls a method of govmomi's with the lock of its object. Where the method cannot take what it was given,
// and panics, the caller gets a fault and everybody else goes on.
func callLocked(
	ctx *simulator.Context, object mo.Reference, function reflect.Value, body any,
) (result soap.HasFault, p *problem) {
	arguments := []reflect.Value{reflect.ValueOf(body)}
	if function.Type().NumIn() > 1 {
		arguments = append([]reflect.Value{reflect.ValueOf(ctx)}, arguments...)
	}
	unlock := ctx.Map.AcquireLock(ctx, object)
	defer unlock()
	defer guard(&p)
	result, _ = reflect.TypeAssert[soap.HasFault](function.Call(arguments)[0])

	return result, nil
}

func fromSOAPFault(fault *soap.Fault) *problem {
	if base, ok := fault.VimFault().(types.BaseMethodFault); ok {
		return fromFault(base, fault.String)
	}

	return &problem{fault: &types.SystemError{Reason: fault.String}, messages: []string{fault.String}}
}

// goMethodName is govmomi's name of a method: "Foo_Task" is FooTask.
func goMethodName(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	if bare, ok := strings.CutSuffix(name, "_Task"); ok {
		return bare + "Task"
	}

	return name
}

// startedTask returns the task that an answer hands out.
func startedTask(answer soap.HasFault) (types.ManagedObjectReference, bool) {
	if answer == nil || answer.Fault() != nil {
		return types.ManagedObjectReference{}, false
	}
	response := reflect.ValueOf(answer).Elem().FieldByName("Res")
	if !response.IsValid() || response.Kind() != reflect.Pointer || response.IsNil() {
		return types.ManagedObjectReference{}, false
	}
	value := response.Elem().FieldByName("Returnval")
	if !value.IsValid() {
		return types.ManagedObjectReference{}, false
	}
	ref, ok := reflect.TypeAssert[types.ManagedObjectReference](value)

	return ref, ok && ref.Type == "Task"
}

// unknownReference finds the first reference in a request to an object that does not exist. govmomi's methods take
// references on trust, and one that leads nowhere ends the process.
func (s *stockMethods) unknownReference(ctx *simulator.Context, name string, body any) *problem {
	if readsOnly(name) {
		return nil // read methods answer for missing objects by themselves
	}
	var unknown *types.ManagedObjectReference
	walkReferences(reflect.ValueOf(body), func(ref types.ManagedObjectReference) {
		if unknown == nil && ref.Value != "" && ctx.Session.Get(ref) == nil {
			unknown = &ref
		}
	})
	if unknown == nil {
		return nil
	}

	return notFound(*unknown)
}

func walkReferences(value reflect.Value, found func(types.ManagedObjectReference)) {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			walkReferences(value.Elem(), found)
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range value.Len() {
			walkReferences(value.Index(i), found)
		}
	case reflect.Struct:
		if ref, ok := reflect.TypeAssert[types.ManagedObjectReference](value); ok {
			found(ref)

			return
		}
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				walkReferences(value.Field(i), found)
			}
		}
	default:
	}
}
