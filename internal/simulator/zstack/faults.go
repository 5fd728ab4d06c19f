package zstack

import (
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// What the faults of all simulators have in common.
type (
	// RequestCounts says what was asked of the server, see [Server.Requests].
	RequestCounts = serving.RequestCounts
	// FaultWhere says where an injected fault shows.
	FaultWhere = serving.FaultWhere
	// FaultDrop says that a request gets no answer: its TCP connection is closed.
	FaultDrop = serving.FaultDrop
)

// Where a fault shows, and when a connection is dropped.
const (
	// FaultAtCall, the default, makes the call fail before it does anything: a synchronous one answers 503, any other one
	// answers 202 with a job that has failed, as the platform does. With a Status the call itself answers with that.
	FaultAtCall = serving.FaultAtCall
	// FaultInTask makes the job fail at the moment of its effect, which it does not have.
	FaultInTask = serving.FaultInTask
	// FaultInEntry makes one entry of a clone call fail: the one that Name names, else the first that comes.
	FaultInEntry FaultWhere = "entry"

	DropBefore = serving.DropBefore
	DropAfter  = serving.DropAfter
)

// Fault is one injected failure.
type Fault struct {
	// Method is the API that fails, spelled as in [Server.Requests]. Empty means every one, also asking for jobs.
	Method string `json:"method"`
	// Code is the platform's code: "SYS.1006", "VM.1001".
	Code string `json:"code"`
	// Message is the details of the error.
	Message string `json:"message"`
	// Causes are further errors, each the cause of the one before.
	Causes []FaultCause `json:"causes"`
	// Status is the HTTP status; 0 means the usual one. With a Status and without a Code the answer is not an error of the
	// API at all, but such a page as a proxy sends.
	Status int `json:"status"`
	// Times is how often it fails: 0 means once, a negative number for ever.
	Times int `json:"times"`
	// Skip lets that many requests pass first.
	Skip int `json:"skip"`
	// Where says whether the call, its job or one of its entries fails.
	Where FaultWhere `json:"where"`
	// Name is the name of the clone whose entry fails; empty means any. It is for FaultInEntry alone.
	Name string `json:"name"`
	// Drop closes the connection instead of answering.
	Drop FaultDrop `json:"drop"`
	// RetryAfter is sent as the Retry-After header of a proxy's page, in whole seconds; 0 sends none.
	RetryAfter time.Duration `json:"-"`
	// Delay is waited before the request is worked on; a fault that has nothing but a delay makes the method slow.
	Delay time.Duration `json:"-"`
}

// FaultCause is why an error came to be.
type FaultCause struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Inject adds a fault. Of several faults for one method the oldest acts first.
func (s *Server) Inject(fault Fault) {
	s.faults.Add(serving.FaultSchedule{Method: fault.Method, Where: fault.Where, Times: fault.Times, Skip: fault.Skip}, fault)
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() { s.faults.Clear() }

// Struck returns how many times an injected fault has met a request, a job or an entry since the server started.
func (s *Server) Struck() int { return s.faults.Struck() }

// failure is what the fault says in the terms of the API.
func (f *Fault) failure() *errorCode {
	message := f.Message
	if message == "" {
		message = "Injected: " + f.Code
	}
	outer := newError(f.Code, "%s", message)
	inner := outer
	for _, cause := range f.Causes {
		inner.Cause = newError(cause.Code, "%s", cause.Message)
		inner = inner.Cause
	}

	return outer
}

// entryFault returns the injected fault that one entry of a clone call meets, nil if none. name is the entry's.
func (c *call) entryFault(name string) *errorCode {
	fault := c.server.faults.TakeIf(c.operation.name, FaultInEntry, func(candidate Fault) bool {
		return candidate.Name == "" || candidate.Name == name
	})
	if fault == nil {
		return nil
	}

	return fault.failure()
}
