package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// cisTask is a task as /api/cis/tasks shows it (Cis_Task_Info).
type cisTask struct {
	Description vapiMessage  `json:"description"`
	Service     string       `json:"service"`
	Operation   string       `json:"operation"`
	Target      *cisTarget   `json:"target,omitempty"`
	Status      string       `json:"status"`
	Cancelable  bool         `json:"cancelable"`
	Progress    *cisProgress `json:"progress,omitempty"`
	StartTime   string       `json:"start_time,omitempty"`
	EndTime     string       `json:"end_time,omitempty"`
	User        string       `json:"user,omitempty"`
	Result      any          `json:"result,omitempty"`
	Error       *vapiError   `json:"error,omitempty"`
}

type cisTarget struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type cisProgress struct {
	Total     int         `json:"total"`
	Completed int         `json:"completed"`
	Message   vapiMessage `json:"message"`
}

// cisFilter selects tasks for the list (Cis_Tasks_FilterSpec).
type cisFilter struct {
	Tasks    []string    `json:"tasks"`
	Services []string    `json:"services"`
	Targets  []cisTarget `json:"targets"`
	Status   []string    `json:"status"`
	Users    []string    `json:"users"`
}

// describe returns a task as CIS shows it.
func (s *taskStore) describe(record *taskRecord) cisTask {
	s.mu.Lock()
	defer s.mu.Unlock()

	return record.cis()
}

// matching returns the CIS tasks that a filter selects, by id.
func (s *taskStore) matching(filter cisFilter) map[string]cisTask {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := map[string]cisTask{}
	for _, record := range s.records {
		if record.cisID == "" || record.forgotten || !filter.matches(record) {
			continue
		}
		listed[record.cisID] = record.cis()
	}

	return listed
}

func (f cisFilter) matches(record *taskRecord) bool {
	target := record.target()

	return (len(f.Tasks) == 0 || slices.Contains(f.Tasks, record.cisID)) &&
		(len(f.Services) == 0 || slices.Contains(f.Services, cloneService)) &&
		(len(f.Targets) == 0 || target != nil && slices.Contains(f.Targets, *target)) &&
		(len(f.Status) == 0 || slices.Contains(f.Status, record.cisStatus())) &&
		(len(f.Users) == 0 || slices.ContainsFunc(f.Users, func(user string) bool { return sameUser(user, record.user) }))
}

// cisStatus returns vAPI's name of the state: PENDING before the first progress, BLOCKED while a hold
// stops the task. The store must be locked.
func (r *taskRecord) cisStatus() string {
	switch {
	case r.state == types.TaskInfoStateSuccess:
		return "SUCCEEDED"
	case r.state == types.TaskInfoStateError:
		return "FAILED"
	case r.held:
		return "BLOCKED"
	case r.percent == 0 && !r.acting:
		return "PENDING"
	default:
		return "RUNNING"
	}
}

// target returns the object that the task is said to work on. The store must be locked.
func (r *taskRecord) target() *cisTarget {
	switch made, done := r.result.(types.ManagedObjectReference); {
	case r.targets == TargetNone:
		return nil
	case r.targets == TargetCreated && done:
		return &cisTarget{Type: made.Type, ID: made.Value}
	case r.targets == TargetCreated: // a VM that no client can read yet
		return &cisTarget{Type: "VirtualMachine", ID: "vm-" + strings.TrimPrefix(r.id, "task-")}
	default:
		return &cisTarget{Type: r.entity.Type, ID: r.entity.Value}
	}
}

// cis describes the task. The store must be locked.
func (r *taskRecord) cis() cisTask {
	message := vapiMessage{
		ID: "com.vmware.vcenter.VM." + r.operation, DefaultMessage: "Clone virtual machine " + r.entityName, Args: []string{},
	}
	info := cisTask{
		Description: message, Service: cloneService, Operation: r.operation,
		Target:     r.target(),
		Status:     r.cisStatus(),
		Cancelable: r.state == types.TaskInfoStateRunning && !r.acting,
		Progress:   &cisProgress{Total: 100, Completed: r.percent, Message: message},
		StartTime:  r.started.UTC().Format(timeFormat),
		User:       r.user,
	}
	if !r.ended.IsZero() {
		info.EndTime = r.ended.UTC().Format(timeFormat)
	}
	if ref, ok := r.result.(types.ManagedObjectReference); ok {
		info.Result = ref.Value
	}
	if r.problem != nil {
		info.Error = r.problem.vapi()
	}

	return info
}
