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

// stockMethods calls govmomi's own methods and waits for the tasks that they start.
type stockMethods struct {
	inventory *inventory
	nested    nestedTasks
}

// invoke calls govmomi's own method. The inventory must be locked. A task that the method starts has ended when invoke
// returns, with its result or problem.
func (s *stockMethods) invoke(
	ctx *simulator.Context, this types.ManagedObjectReference, name string, body any,
) (soap.HasFault, types.AnyType, *problem) {
	object := ctx.Session.Get(this)
	if object == nil {
		return nil, nil, notFound(this)
	}
	if p := missingParameter(body); p != nil {
		return nil, nil, p
	}
	if p := s.unknownReference(ctx, name, body); p != nil {
		return nil, nil, p
	}
	function, p := methodOf(object, name)
	if p != nil {
		return nil, nil, p
	}

	result, p, panicked := callLocked(ctx, object, function, body)
	defer func() { s.awaitAdopted(ctx, panicked) }()
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
	if !answers(result) {
		return nil, nil, &problem{
			fault: &types.InvalidArgument{}, errorType: errorInvalidArgument, messages: []string{"A specified parameter was not correct."},
		}
	}

	return result, nil, nil
}

// answers reports whether an answer of govmomi's holds a response. Some methods of govmomi's return none where they find nothing that the
// request names.
func answers(result soap.HasFault) bool {
	response := reflect.Indirect(reflect.ValueOf(result)).FieldByName("Res")

	return !response.IsValid() || response.Kind() != reflect.Pointer || !response.IsNil()
}

// unknownReference finds the first reference in a request to an object that does not exist. govmomi's methods do
// not check references, and an unknown one makes them panic.
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

// missingParameter refuses a request without a part that the API requires. An empty text may have been given: it is not missing.
func missingParameter(body any) *problem {
	if name := missingIn(reflect.Indirect(reflect.ValueOf(body))); name != "" {
		return invalidRequest("Required parameter " + strings.ToLower(name[:1]) + name[1:] + " is missing.")
	}

	return nil
}

// missingIn returns the first required field that is missing in a value or in what it holds.
func missingIn(value reflect.Value) string {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			return missingIn(value.Elem())
		}
	case reflect.Slice:
		for i := range value.Len() {
			if name := missingIn(value.Index(i)); name != "" {
				return name
			}
		}
	case reflect.Struct:
		for i := range value.NumField() {
			field := value.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			required := !field.Anonymous && !strings.Contains(field.Tag.Get("xml"), "omitempty")
			if required && isMissing(value.Field(i)) {
				return field.Name
			}
			if name := missingIn(value.Field(i)); name != "" {
				return name
			}
		}
	default:
	}

	return ""
}

func isMissing(value reflect.Value) bool {
	if ref, ok := reflect.TypeAssert[types.ManagedObjectReference](value); ok {
		return ref.Value == ""
	}

	return value.Kind() == reflect.Interface && value.IsNil()
}

// methodOf returns govmomi's own method of an object.
func methodOf(object mo.Reference, name string) (reflect.Value, *problem) {
	function := reflect.ValueOf(object).MethodByName(goMethodName(name))
	if !function.IsValid() {
		this := object.Reference()

		return function, &problem{
			fault:    &types.MethodNotFound{Receiver: this, Method: name},
			messages: []string{fmt.Sprintf("%s does not implement %s.", this.Type, name)},
		}
	}

	return function, nil
}

// planStock plans a task whose effect is govmomi's own method.
func (s *stockMethods) planStock(c *call) (taskPlan, *problem) {
	if _, p := methodOf(c.ctx.Session.Get(c.this), c.method); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		_, result, p := s.invoke(ctx, c.this, c.method, c.body)

		return result, p
	}}, nil
}

// awaitAdopted waits until no task of govmomi's runs any more, removes those that no caller waits for, and releases the locks that a panic
// of the call or of a task has left. The inventory must be locked for writing.
func (s *stockMethods) awaitAdopted(ctx *simulator.Context, panicked bool) {
	adopted, failed := s.nested.take()
	for _, task := range adopted {
		if info := s.nestedInfo(task); s.inventory.registry.Get(info.Task) != nil {
			s.inventory.removeTask(ctx, info.Task, info.Entity)
		}
	}
	if panicked || failed {
		s.inventory.releaseLocks(ctx)
	}
}

// awaitNested waits for the end of a task of govmomi's and removes it. The inventory must be locked for writing.
func (s *stockMethods) awaitNested(ctx *simulator.Context, ref types.ManagedObjectReference) (types.AnyType, *problem) {
	task, ok := s.inventory.registry.Get(ref).(*simulator.Task)
	if !ok {
		return nil, notFound(ref)
	}
	signal := s.nested.register(ref)
	defer s.nested.forget(ref)
	for {
		info := s.nestedInfo(task)
		switch info.State {
		case types.TaskInfoStateSuccess:
			s.inventory.removeTask(ctx, ref, info.Entity)

			return info.Result, nil
		case types.TaskInfoStateError:
			s.inventory.removeTask(ctx, ref, info.Entity)

			return nil, fromFault(info.Error.Fault, info.Error.LocalizedMessage)
		default:
			<-signal
		}
	}
}

func (s *stockMethods) nestedInfo(task *simulator.Task) types.TaskInfo {
	var info types.TaskInfo
	s.inventory.registry.WithLock(&simulator.Context{Map: s.inventory.registry}, task, func() { info = task.Info })

	return info
}

// callLocked calls a method of govmomi's with the lock of its object. Where the method panics on
// its request, the caller gets a fault, and releases the locks that it left when the tasks that it started have ended.
func callLocked(
	ctx *simulator.Context, object mo.Reference, function reflect.Value, body any,
) (result soap.HasFault, p *problem, panicked bool) {
	arguments := []reflect.Value{reflect.ValueOf(body)}
	if function.Type().NumIn() > 1 {
		arguments = append([]reflect.Value{reflect.ValueOf(ctx)}, arguments...)
	}
	unlock := ctx.Map.AcquireLock(ctx, object)
	defer unlock()
	defer guardGovmomi(&p)
	panicked = true //nolint:wastedassign // what is returned where the call panics
	result, _ = reflect.TypeAssert[soap.HasFault](function.Call(arguments)[0])

	return result, nil, false
}

func fromSOAPFault(fault *soap.Fault) *problem {
	if base, ok := fault.VimFault().(types.BaseMethodFault); ok {
		return fromFault(base, fault.String)
	}

	return &problem{fault: &types.SystemError{Reason: fault.String}, messages: []string{fault.String}}
}

// goMethodName returns govmomi's name of a method: "Foo_Task" is FooTask.
func goMethodName(name string) string {
	name = strings.ToUpper(name[:1]) + name[1:]
	if bare, ok := strings.CutSuffix(name, taskSuffix); ok {
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
