package vcenter

import (
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// taskPlan is a task whose checks have passed.
type taskPlan struct {
	effect effect
	// begun runs once the task has started, while the inventory is still locked.
	begun func(ctx *simulator.Context)
}

// taskAnswer is the SOAP answer of any method that starts a task: Res holds a value of the method's response type, from
// whose name govmomi takes the element's name as long as the field has none of its own.
type taskAnswer struct {
	Res any `xml:"-"`
}

// Fault implements soap.HasFault.
func (*taskAnswer) Fault() *soap.Fault { return nil }

// startVimTask checks a call of the method table and starts its task.
func (s *vimAPI) startVimTask(c *call, entry method) soap.HasFault {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	if c.ctx.Session.Get(c.this) == nil {
		return notFound(c.this).body()
	}
	if p := s.stock.unknownReference(c.ctx, c.method, c.body); p != nil {
		return p.body()
	}
	if p := s.ftRules.refusedByPair(c.this, c.method, c.body); p != nil {
		return p.body()
	}
	plan, p := entry.task(c)
	if p != nil {
		return p.body()
	}
	record := s.tasks.start(c.ctx, taskSpec{
		method: c.method, name: c.method, description: descriptionOf(c), entity: s.taskEntity(c),
		user: c.user, session: c.ctx.Session, effect: plan.effect,
	})
	if plan.begun != nil {
		plan.begun(c.ctx)
	}

	return newTaskAnswer(entry.response, record.object.Self)
}

// taskEntity returns the entity of a task: the object of the call, and for a snapshot its VM.
func (s *vimAPI) taskEntity(c *call) types.ManagedObjectReference {
	if snapshot, ok := s.inventory.registry.Get(c.this).(*simulator.VirtualMachineSnapshot); ok {
		return snapshot.Vm
	}

	return c.this
}

func newTaskAnswer(response any, ref types.ManagedObjectReference) *taskAnswer {
	value := reflect.New(reflect.TypeOf(response)).Elem()
	value.FieldByName("Returnval").Set(reflect.ValueOf(ref))

	return &taskAnswer{Res: value.Interface()}
}

// descriptions are the description ids that are not simply the type and the method.
var descriptions = map[string]string{
	"CloneVM_Task": "VirtualMachine.clone", "RelocateVM_Task": "VirtualMachine.relocate",
	"PowerOnVM_Task": "VirtualMachine.powerOn", "PowerOffVM_Task": "VirtualMachine.powerOff",
	"SuspendVM_Task": "VirtualMachine.suspend", "ResetVM_Task": "VirtualMachine.reset",
	"ReconfigVM_Task": "VirtualMachine.reconfigure", "CreateVM_Task": "Folder.createVm",
	"Rename_Task": "ManagedEntity.rename", "MoveIntoFolder_Task": "Folder.moveInto",
}

func descriptionOf(c *call) string {
	if known, ok := descriptions[c.method]; ok {
		return known
	}
	bare := strings.TrimSuffix(c.method, "_Task")

	return c.this.Type + "." + strings.ToLower(bare[:1]) + bare[1:]
}
