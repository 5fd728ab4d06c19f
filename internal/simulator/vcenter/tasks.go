package vcenter

import (
	"fmt"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	progressSteps = 10
	stepPercent   = 100 / progressSteps
	heldPercent   = 60
	// firstTask keeps the ids of tasks apart from those of govmomi's own tasks.
	firstTask = 1_000_000
	// cloneService is the service that CIS tasks of the VM API belong to.
	cloneService = "com.vmware.vcenter.VM"
)

// effect is the work of a task, after its progress. It runs while the inventory is locked for writing.
type effect func(ctx *simulator.Context) (types.AnyType, *problem)

// taskSpec describes a task that is about to start.
type taskSpec struct {
	method      string // for holds, faults and Tasks
	name        string // vim25: "CloneVM_Task"
	description string // vim25: "VirtualMachine.clone"
	operation   string // CIS: "clone"; empty for a task that only vim25 knows
	targets     TaskTarget
	entity      types.ManagedObjectReference
	entityName  string
	user        string
	session     *simulator.Session // of the caller, nil for REST
	effect      effect
}

// taskRecord is one task. The mutex of the store guards its fields.
type taskRecord struct {
	taskSpec

	id      string // of the vim25 Task
	cisID   string
	object  *simulator.Task
	state   types.TaskInfoState
	percent int
	mayHold bool // a hold on its method stood when it started
	held    bool
	asked   bool // to cancel
	aborted bool // by a restart of the server: it ends without an effect
	acting  bool // the effect has begun: too late to cancel
	started time.Time
	ended   time.Time
	result  types.AnyType
	problem *problem
	// resultName is the literal name of the result when the task ended.
	resultName string

	forgotten bool
	wake      chan struct{} // closed when a client asks to cancel
	done      chan struct{} // closed when it has ended
}

// taskStore runs every task and keeps it, until the server ends, for [Server.Tasks].
type taskStore struct {
	inventory  *inventory
	events     *eventLog
	lifetime   *lifetime
	conditions *conditionStore
	faults     *faultStore
	duration   time.Duration // of each task, before its effect

	mu           sync.Mutex
	count        int
	records      []*taskRecord
	byID         map[string]*taskRecord // by vim25 and CIS id; forgotten ones are not in here
	holds        map[string]bool
	released     chan struct{}
	ignoreCancel bool
	targets      TaskTarget
	byUser       map[string]TaskCount
}

// methods returns the vim25 methods that this store answers.
func (s *taskStore) methods() map[string]method {
	return map[string]method{
		"Task.CancelTask": {direct: s.cancelVimTask},
	}
}

// start starts a task. The inventory must be locked for writing.
func (s *taskStore) start(ctx *simulator.Context, spec taskSpec) *taskRecord {
	s.mu.Lock()
	s.count++
	spec.targets = s.targets
	record := &taskRecord{
		taskSpec: spec,
		id:       fmt.Sprintf("task-%d", firstTask+s.count),
		state:    types.TaskInfoStateRunning,
		mayHold:  s.holds[spec.method] || s.holds[""],
		started:  time.Now(),
		wake:     make(chan struct{}),
		done:     make(chan struct{}),
	}
	if s.byID == nil {
		s.byID = map[string]*taskRecord{}
	}
	if s.released == nil {
		s.released = make(chan struct{})
	}
	s.records = append(s.records, record)
	s.enter(spec.user)
	s.byID[record.id] = record
	if spec.operation != "" {
		record.cisID = newUUID() + ":" + cloneService
		s.byID[record.cisID] = record
	}
	released := s.released
	s.mu.Unlock()

	s.publishStart(ctx, record)
	own := s.inventory.newContext(spec.user)
	if spec.session != nil {
		own.Session = spec.session
	}
	s.lifetime.background.Go(func() { s.drive(own, record, released) })

	return record
}

// drive runs a task from its start to its end.
func (s *taskStore) drive(ctx *simulator.Context, record *taskRecord, released <-chan struct{}) {
	for percent := stepPercent; percent < 100; percent += stepPercent {
		if !s.lifetime.wait(s.duration/progressSteps, record.wake) {
			break
		}
		holds := s.advance(record, percent)
		if s.duration > 0 || holds {
			s.publishProgress(ctx, record)
		}
		if holds {
			s.awaitRelease(record, released)
		}
	}
	s.lifetime.wait(s.duration/progressSteps, record.wake)

	select {
	case <-s.lifetime.stopped:
		s.finish(ctx, record, nil, cancelled())

		return
	default:
	}
	if !s.act(record) {
		s.finish(ctx, record, nil, cancelled())

		return
	}
	if fault := s.faults.Take(record.method, FaultInTask); fault != nil {
		s.finish(ctx, record, nil, fault.problem())

		return
	}
	result, p := s.perform(ctx, record)
	s.finish(ctx, record, result, p)
}

func (s *taskStore) perform(ctx *simulator.Context, record *taskRecord) (result types.AnyType, p *problem) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	defer s.inventory.guard(ctx, &p)

	result, p = record.effect(ctx)
	if p == nil {
		name := s.nameOfResult(result)
		s.mu.Lock()
		record.resultName = name
		s.mu.Unlock()
	}

	return result, p
}

// advance sets the progress and reports whether the task is held there.
func (s *taskStore) advance(record *taskRecord, percent int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	record.percent = percent
	record.held = percent == heldPercent && record.mayHold

	return record.held
}

func (s *taskStore) awaitRelease(record *taskRecord, released <-chan struct{}) {
	select {
	case <-released:
	case <-record.wake:
	case <-s.lifetime.stopped:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	record.held = false
}

// act marks the beginning of the effect, and reports false for a task that was cancelled.
func (s *taskStore) act(record *taskRecord) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if record.asked || record.aborted {
		return false
	}
	record.acting = true

	return true
}

func (s *taskStore) finish(ctx *simulator.Context, record *taskRecord, result types.AnyType, p *problem) {
	s.mu.Lock()
	record.ended, record.held = time.Now(), false
	s.leave(record.user)
	record.result, record.problem = result, p
	if p == nil {
		record.state, record.percent = types.TaskInfoStateSuccess, 100
	} else {
		record.state = types.TaskInfoStateError
	}
	s.mu.Unlock()
	s.publishEnd(ctx, record)
	close(record.done)
}

func (s *taskStore) find(id string) (*taskRecord, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record, ok := s.byID[id]

	return record, ok
}
