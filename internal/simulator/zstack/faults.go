package zstack

import (
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// The parts of a fault that all simulators share.
type (
	// RequestCounts holds how many requests came, see [Server.Requests].
	RequestCounts = serving.RequestCounts
	// FaultWhere is where an injected fault acts.
	FaultWhere = serving.FaultWhere
	// FaultDrop closes the TCP connection of a request that gets no answer.
	FaultDrop = serving.FaultDrop
)

// Where a fault acts, and when a connection is dropped.
const (
	// FaultAtCall, the default, makes the call fail before it does anything: a synchronous one answers 503, any other one
	// answers 202 with a job that has failed, as the platform does. With a Status the call itself answers with that.
	FaultAtCall = serving.FaultAtCall
	// FaultInTask makes the job fail in place of its effect.
	FaultInTask = serving.FaultInTask
	// FaultInEntry makes one entry of a clone call fail: the clone that Name names, or the next one.
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
	// Message is the error's details.
	Message string `json:"message"`
	// Causes are further errors, each the cause of the one before.
	Causes []FaultCause `json:"causes"`
	// Status is the HTTP status; 0 means the usual one. With a Status and without a Code the answer is not an error of the
	// API but a page as a proxy sends it.
	Status int `json:"status"`
	// Times is how often the method fails: 0 means once, a negative number always.
	Times int `json:"times"`
	// Skip is how many requests succeed first.
	Skip int `json:"skip"`
	// Where is what fails: the call, its job or one of its entries.
	Where FaultWhere `json:"where"`
	// Name is the name of the clone whose entry fails; empty means any. Applies to FaultInEntry only.
	Name string `json:"name"`
	// Drop closes the connection instead of answering.
	Drop FaultDrop `json:"drop"`
	// RetryAfter is sent as the Retry-After header of a proxy's page, in whole seconds; 0 sends none.
	RetryAfter time.Duration `json:"-"`
	// Delay passes before the request is handled; a fault with a delay alone makes the method slow.
	Delay time.Duration `json:"-"`
}

// FaultCause is the cause of an error.
type FaultCause struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// faultStore holds the injected faults. It has its own lock.
type faultStore struct{ box serving.FaultBox[Fault] }

// Inject adds a fault. Of several faults for one method the oldest acts first.
func (f *faultStore) Inject(fault Fault) {
	f.box.Add(serving.FaultSchedule{Method: fault.Method, Where: fault.Where, Times: fault.Times, Skip: fault.Skip}, fault)
}

// ClearFaults removes all faults.
func (f *faultStore) ClearFaults() { f.box.Clear() }

// Struck returns how many times an injected fault has acted on a request, a job or an entry since the server started.
func (f *faultStore) Struck() int { return f.box.Struck() }

// takeCallFault returns the fault that acts on a call of a method now, nil if none.
func (f *faultStore) takeCallFault(method string) *Fault { return f.box.Take(method, FaultAtCall) }

// takeJobFault returns the error of the fault that acts on a job of a method now, nil if none.
func (f *faultStore) takeJobFault(method string) *errorCode {
	return f.box.Take(method, FaultInTask).failure()
}

// takeEntryFault returns the error of the fault that acts on one entry of a clone call, nil if none. name is the entry's.
func (f *faultStore) takeEntryFault(method, name string) *errorCode {
	return f.box.TakeIf(method, FaultInEntry, func(candidate Fault) bool {
		return candidate.Name == "" || candidate.Name == name
	}).failure()
}

// failure returns the error that the fault raises, nil without a fault.
func (f *Fault) failure() *errorCode {
	if f == nil {
		return nil
	}
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
