package vcenter

import (
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// vimAPI answers vim25 calls, which arrive as SOAP or as VI/JSON.
type vimAPI struct {
	inventory *inventory
	stock     *stockMethods
	users     *userStore
	tasks     *taskStore
	ftRules   *ftRules
	methods   map[string]method // by "Type.Method", or "*.Method" for any type
	inflight  inflight
	// version is the server's, and refuseNewer says that requests in a newer one are refused; see spoken.
	version     string
	refuseNewer bool
}

// call is one authenticated call of a vim25 method.
type call struct {
	ctx    *simulator.Context
	method string // "PowerOnVM_Task"
	this   types.ManagedObjectReference
	body   any // pointer to the method's request type
	user   string
}

// dispatcher is the object that govmomi calls instead of the one that a method is for. It takes none of govmomi's locks.
type dispatcher struct {
	api  *vimAPI
	call *call
}

// foreign is a type of reference that no registry and no session knows, so that govmomi calls the dispatcher.
const foreign = "VmforkDispatcher"

// dispatch is govmomi's hook before each call. Calls without a session stay with govmomi, which refuses all but a few. So do calls that no client
// sent: methods of govmomi's make them while the inventory is locked, to find a datastore by its name.
func (s *vimAPI) dispatch(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if _, sent := ctx.Value(requestKey{}).(*request); ctx.Session == nil || !sent {
		return nil, nil
	}
	s.inventory.resolveReferences(ctx.Session, reflect.ValueOf(method.Body))
	c := &call{
		method: method.Name, this: s.inventory.resolved(ctx.Session, method.This), body: method.Body, user: ctx.Session.UserName,
	}
	method.Name = "Dispatch"
	method.This.Type = foreign

	return &dispatcher{api: s, call: c}, nil
}

// answer checks the version and the privilege of a call, then calls the method of the table or govmomi's.
func (s *vimAPI) answer(c *call) soap.HasFault {
	if p := unknownTo(requestOf(c.ctx).version, c.method, c.body); p != nil {
		return p.body()
	}
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
	if p := s.inventory.disabledOf(c.this, c.method); p != nil {
		return p.body()
	}
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

// Reference implements mo.Reference.
func (d *dispatcher) Reference() types.ManagedObjectReference { return d.call.this }

// Lock and Unlock keep govmomi from locking on the dispatcher's behalf.
func (d *dispatcher) Lock() {}

// Unlock does nothing, see Lock.
func (d *dispatcher) Unlock() {}

// Dispatch answers the call. govmomi finds the method by reflection.
func (d *dispatcher) Dispatch(ctx *simulator.Context, _ types.AnyType) (answer soap.HasFault) {
	d.call.ctx = ctx
	ctx.Caller = &d.call.this
	var p *problem
	defer func() {
		if p != nil {
			answer = p.body()
		}
		answer = tellSwitches(answer)
		requestOf(ctx).answer = answer
	}()
	defer d.api.inventory.guard(ctx, &p)

	return d.api.answer(d.call)
}

// find returns how a method of a type is answered. A method that only govmomi has and that starts a task runs as a task of the
// taskStore: govmomi's own task is removed when it has ended.
func (s *vimAPI) find(kind, name string) method {
	for _, key := range []string{kind + "." + name, "*." + name} {
		if entry, ok := s.methods[key]; ok {
			return entry
		}
	}
	if strings.HasSuffix(name, taskSuffix) {
		return method{task: s.stock.planStock}
	}

	return method{}
}

// bodyOf returns a call's request. The table pairs method and type; another type is a request for an empty one.
func bodyOf[T any](c *call) *T {
	if body, ok := c.body.(*T); ok {
		return body
	}

	return new(T)
}
