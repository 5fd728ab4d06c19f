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
	// firstTask keeps the ids of our tasks clear of those that govmomi counts up.
	firstTask = 1_000_000
	// cloneService is the service that CIS tasks of the VM API belong to.
	cloneService = "com.vmware.vcenter.VM"
)

// effect is what a task does in the end. It runs while the world is held alone.
type effect func(ctx *simulator.Context) (types.AnyType, *problem)

// taskSpec describes a task that is about to start.
type taskSpec struct {
	method      string // for holds, faults and Tasks
	name        string // vim25: "CloneVM_Task"
	description string // vim25: "VirtualMachine.clone"
	operation   string // CIS: "clone"; empty for a task that only vim25 knows
	entity      types.ManagedObjectReference
	entityName  string
	user        string
	session     *simulator.Session // of the caller, nil for REST
	effect      effect
}

// taskRecord is one task. Its fields change under the engine's mutex.
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
	// resultName is the literal name of what it made, as that was at once.
	resultName string

	forgotten bool
	wake      chan struct{} // closed when somebody asks to cancel
	done      chan struct{} // closed when it has ended
}

type taskEngine struct {
	mu           sync.Mutex
	count        int
	records      []*taskRecord
	byID         map[string]*taskRecord // by vim25 and CIS id; forgotten ones are not in here
	holds        map[string]bool
	released     chan struct{}
	ignoreCancel bool
	crowds       map[string]TaskCrowd // by user
}

// startTask starts a task. The world must be held alone.
func (s *Server) startTask(ctx *simulator.Context, spec taskSpec) *taskRecord {
	e := &s.tasks
	e.mu.Lock()
	e.count++
	record := &taskRecord{
		taskSpec: spec,
		id:       fmt.Sprintf("task-%d", firstTask+e.count),
		state:    types.TaskInfoStateRunning,
		mayHold:  e.holds[spec.method] || e.holds[""],
		started:  time.Now(),
		wake:     make(chan struct{}),
		done:     make(chan struct{}),
	}
	if e.byID == nil {
		e.byID = map[string]*taskRecord{}
	}
	if e.released == nil {
		e.released = make(chan struct{})
	}
	e.records = append(e.records, record)
	e.enter(spec.user)
	e.byID[record.id] = record
	if spec.operation != "" {
		record.cisID = newUUID() + ":" + cloneService
		e.byID[record.cisID] = record
	}
	released := e.released
	e.mu.Unlock()

	s.publishStart(ctx, record)
	own := s.newContext(spec.user)
	if spec.session != nil {
		own.Session = spec.session
	}
	s.background.Go(func() { s.drive(own, record, released) })

	return record
}

// drive takes a task from its start to its end.
func (s *Server) drive(ctx *simulator.Context, record *taskRecord, released <-chan struct{}) {
	for percent := stepPercent; percent < 100; percent += stepPercent {
		if !s.wait(s.options.TaskDuration/progressSteps, record.wake) {
			break
		}
		holds := s.advance(record, percent)
		if s.options.TaskDuration > 0 || holds {
			s.publishProgress(ctx, record)
		}
		if holds {
			s.awaitRelease(record, released)
		}
	}
	s.wait(s.options.TaskDuration/progressSteps, record.wake)

	select {
	case <-s.stopped:
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

func (s *Server) perform(ctx *simulator.Context, record *taskRecord) (result types.AnyType, p *problem) {
	s.world.Lock()
	defer s.world.Unlock()
	defer guard(&p)

	result, p = record.effect(ctx)
	if p == nil {
		name := s.nameOfResult(result)
		s.tasks.mu.Lock()
		record.resultName = name
		s.tasks.mu.Unlock()
	}

	return result, p
}

// advance notes progress and reports whether the task is held there.
func (s *Server) advance(record *taskRecord, percent int) bool {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	record.percent = percent
	record.held = percent == heldPercent && record.mayHold

	return record.held
}

func (s *Server) awaitRelease(record *taskRecord, released <-chan struct{}) {
	select {
	case <-released:
	case <-record.wake:
	case <-s.stopped:
	}
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	record.held = false
}

// act says that the effect begins, or reports false for a task that somebody cancelled.
func (s *Server) act(record *taskRecord) bool {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	if record.asked || record.aborted {
		return false
	}
	record.acting = true

	return true
}

func (s *Server) finish(ctx *simulator.Context, record *taskRecord, result types.AnyType, p *problem) {
	s.tasks.mu.Lock()
	record.ended, record.held = time.Now(), false
	s.tasks.leave(record.user)
	record.result, record.problem = result, p
	if p == nil {
		record.state, record.percent = types.TaskInfoStateSuccess, 100
	} else {
		record.state = types.TaskInfoStateError
	}
	s.tasks.mu.Unlock()
	s.publishEnd(ctx, record)
	close(record.done)
}

// cancelTask asks a task to cancel, and reports whether it can still be asked.
func (e *taskEngine) cancelTask(record *taskRecord) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if record.state != types.TaskInfoStateRunning || record.acting {
		return false
	}
	if !e.ignoreCancel && !record.asked {
		record.asked = true
		if !record.aborted {
			close(record.wake)
		}
	}

	return true
}

func (e *taskEngine) find(id string) (*taskRecord, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	record, ok := e.byID[id]

	return record, ok
}
