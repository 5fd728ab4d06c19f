package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// TaskInfo is one task, for the owner of the server.
type TaskInfo struct {
	// ID is the id that the client received: a vim25 task's ("task-1000001") or a CIS task's.
	ID string `json:"id"`
	// VimTaskID is the id of the vim25 Task, which every CIS task of a VM has as well.
	VimTaskID string `json:"vim_task_id"`
	Method    string `json:"method"` // as in [RequestCounts.ByMethod]
	State     string `json:"state"`  // vim25's: running, success, error
	Percent   int    `json:"percent"`
	Held      bool   `json:"held"`
	Cancelled bool   `json:"cancelled"` // it ended because a client cancelled it
	Forgotten bool   `json:"forgotten"` // no API knows it any more
	ObjectID  string `json:"object_id"` // what it works on
	ResultID  string `json:"result_id"` // what it created
	// ResultName is the literal name of the result when the task ended.
	ResultName string `json:"result_name"`
	Error      string `json:"error"` // the fault's type
	User       string `json:"user"`
}

// hold makes tasks of a method that start from now on stop at 60 % until ReleaseTasks is called or they are
// cancelled. The method is spelled as in [RequestCounts.ByMethod]; empty means every method.
func (s *taskStore) hold(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holds == nil {
		s.holds = map[string]bool{}
	}
	s.holds[method] = true
}

// release lets held tasks go on and removes all holds.
func (s *taskStore) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds = nil
	for _, record := range s.records {
		record.mayHold = false
	}
	if s.released != nil {
		close(s.released)
	}
	s.released = make(chan struct{})
}

// TaskTarget is what a CIS task names as its target, of which vCenter's documentation says no more than that it is an object created by
// the operation or an existing one, unset if there is none or several.
type TaskTarget string

// The targets. The zero value is TargetSource.
const (
	TargetSource  TaskTarget = ""        // the VM that is cloned
	TargetCreated TaskTarget = "created" // the new VM, which can't be read before the task has ended
	TargetNone    TaskTarget = "none"
)

// setTargets makes CIS tasks that start from now on name that target.
func (s *taskStore) setTargets(target TaskTarget) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.targets = target
}

// setIgnoreCancel makes requests to cancel a task succeed without effect, or undoes that.
func (s *taskStore) setIgnoreCancel(ignore bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ignoreCancel = ignore
}

// forget makes all tasks, running ones too, unknown to every API, as vCenter does with old ones. Their work goes
// on.
func (s *taskStore) forget() {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	s.mu.Lock()
	var forgotten []*taskRecord
	for _, record := range s.records {
		if !record.forgotten {
			record.forgotten = true
			forgotten = append(forgotten, record)
		}
	}
	clear(s.byID)
	s.mu.Unlock()

	ctx := s.inventory.newContext(administrator)
	for _, record := range forgotten {
		s.inventory.removeTask(ctx, record.object.Self, &record.entity)
	}
}

// list returns all tasks since the server started, oldest first.
func (s *taskStore) list() []TaskInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	infos := make([]TaskInfo, 0, len(s.records))
	for _, record := range s.records {
		infos = append(infos, record.info())
	}

	return slices.Clip(infos)
}

func (r *taskRecord) info() TaskInfo {
	info := TaskInfo{
		ID: r.id, VimTaskID: r.id, Method: r.method, State: string(r.state), Percent: r.percent, Held: r.held,
		Forgotten: r.forgotten, ObjectID: r.entity.Value, User: r.user, ResultName: r.resultName,
	}
	if r.cisID != "" {
		info.ID = r.cisID
	}
	if ref, ok := r.result.(types.ManagedObjectReference); ok {
		info.ResultID = ref.Value
	}
	if made, ok := r.result.(types.FaultToleranceSecondaryOpResult); ok {
		info.ResultID = made.Vm.Value
	}
	if r.problem != nil {
		info.Error = faultName(r.problem.fault)
		info.Cancelled = r.asked
	}

	return info
}

// abort ends running tasks without their effect.
func (s *taskStore) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range s.records {
		if record.state == types.TaskInfoStateRunning && !record.acting && !record.aborted {
			record.aborted = true
			if !record.asked {
				close(record.wake)
			}
		}
	}
}

// nameOfResult returns the literal name of the object that a task created; empty where it has none. The inventory must be locked.
func (s *taskStore) nameOfResult(result types.AnyType) string {
	if made, ok := result.(types.FaultToleranceSecondaryOpResult); ok {
		result = made.Vm
	}
	ref, ok := result.(types.ManagedObjectReference)
	if !ok {
		return ""
	}
	if entity, ok := s.inventory.registry.Get(ref).(mo.Entity); ok {
		return literalName(nameOf(entity))
	}
	_, vm, p := s.inventory.snapshotOf(ref)
	if p != nil {
		return ""
	}
	all := copySnapshots(vm)
	i := slices.IndexFunc(all, func(snapshot Snapshot) bool { return snapshot.ID == ref.Value })
	if i < 0 {
		return ""
	}

	return all[i].Name
}

// cancelVimTask answers CancelTask.
func (s *taskStore) cancelVimTask(c *call) soap.HasFault {
	record, ok := s.find(c.this.Value)
	if !ok {
		return notFound(c.this).body()
	}
	if !s.cancelTask(record) {
		p := &problem{
			fault:    &types.InvalidState{},
			messages: []string{"The task has ended or can no longer be cancelled."},
		}

		return p.body()
	}

	return &methods.CancelTaskBody{Res: &types.CancelTaskResponse{}}
}

// cancelTask asks a task to cancel, and reports whether it can still be asked.
func (s *taskStore) cancelTask(record *taskRecord) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if record.state != types.TaskInfoStateRunning || record.acting {
		return false
	}
	if !s.ignoreCancel && !record.asked {
		record.asked = true
		if !record.aborted {
			close(record.wake)
		}
	}

	return true
}
