package vcenter

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// taskPlan is a task whose checks have passed.
type taskPlan struct {
	effect effect
	// begun runs once the task has started, while the inventory is still locked.
	begun func(ctx *simulator.Context)
}

// taskSuffix ends the names of the methods that start a task.
const taskSuffix = "_Task"

// taskAnswer is the SOAP answer of any method that starts a task.
type taskAnswer struct {
	Res *taskResponse `xml:"-"`
}

// taskResponse is the response of any method that starts a task.
type taskResponse struct {
	method    string
	Returnval types.ManagedObjectReference
}

// MarshalXML implements xml.Marshaler: the element is named after the method.
func (r *taskResponse) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	start.Name.Local = r.method + "Response"
	var content struct {
		Returnval types.ManagedObjectReference `xml:"returnval"`
	}
	content.Returnval = r.Returnval
	if err := e.EncodeElement(content, start); err != nil {
		return fmt.Errorf("encode the response of %s: %w", r.method, err)
	}

	return nil
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
	if p := s.inventory.disabledOf(c.this, c.method); p != nil {
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

	return &taskAnswer{Res: &taskResponse{method: c.method, Returnval: record.object.Self}}
}

// taskEntity returns the entity of a task: the object of the call, and for a snapshot its VM.
func (s *vimAPI) taskEntity(c *call) types.ManagedObjectReference {
	if snapshot, ok := s.inventory.registry.Get(c.this).(*simulator.VirtualMachineSnapshot); ok {
		return snapshot.Vm
	}

	return c.this
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
	bare := strings.TrimSuffix(c.method, taskSuffix)

	return c.this.Type + "." + strings.ToLower(bare[:1]) + bare[1:]
}
