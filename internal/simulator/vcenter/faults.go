package vcenter

import (
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// What the faults of all simulators have in common.
type (
	// FaultWhere says where an injected fault shows.
	FaultWhere = serving.FaultWhere
	// FaultDrop says that a request gets no answer: its TCP connection is closed.
	FaultDrop = serving.FaultDrop
)

// Where a fault shows, and when a connection is dropped.
const (
	FaultAtCall = serving.FaultAtCall
	FaultInTask = serving.FaultInTask
	DropBefore  = serving.DropBefore
	DropAfter   = serving.DropAfter
)

// Fault is one injected failure.
type Fault struct {
	// Method is the method that fails, spelled as in [RequestCounts.ByMethod]. Empty means every method.
	Method string `json:"method"`
	// Code is the vAPI error_type ("ALREADY_EXISTS") of a REST method, the vim25 fault type ("InvalidName") of a SOAP
	// method.
	Code string `json:"code"`
	// Message is the message of the fault.
	Message string `json:"message"`
	// Messages are further messages, each the cause of the one before: messages of a vAPI error, faultCause of a fault.
	Messages []string `json:"messages"`
	// Status is the HTTP status; 0 means the usual one of Code. With a Status and without a Code the answer is not an
	// API error at all, but a page as a proxy sends it.
	Status int `json:"status"`
	// Times is how often it fails: 0 means once, a negative number for ever.
	Times int `json:"times"`
	// Skip is the number of requests that succeed first.
	Skip int `json:"skip"`
	// Where says whether the call or its task fails.
	Where FaultWhere `json:"where"`
	// Drop closes the connection instead of answering.
	Drop FaultDrop `json:"drop"`
	// RetryAfter is sent as the Retry-After header, in whole seconds, as a proxy does with 429 and 503; 0 sends none.
	RetryAfter time.Duration `json:"-"`
	// Delay delays the request; a fault with nothing but a delay makes the method slow.
	Delay time.Duration `json:"-"`
}

// known reports whether the fault's code is an error of the platform.
func (f *Fault) known() bool {
	if f.Code == "" {
		return true
	}
	_, isErrorType := statuses[f.Code]
	_, isFault := newFault(f.Code)

	return isErrorType || isFault
}

// faultStore holds the injected faults. The zero value is empty.
type faultStore struct {
	serving.FaultBox[Fault]
}

func (s *faultStore) inject(fault Fault) {
	s.Add(serving.FaultSchedule{Method: fault.Method, Where: fault.Where, Times: fault.Times, Skip: fault.Skip}, fault)
}

// problem returns the fault in the terms of both APIs; the name of a vim25 fault that does not exist is ERROR.
func (f *Fault) problem() *problem {
	p := &problem{errorType: f.Code}
	if f.Message != "" {
		p.messages = append(p.messages, f.Message)
	}
	p.messages = append(p.messages, f.Messages...)
	if len(p.messages) == 0 {
		p.messages = []string{"Injected: " + f.Code}
	}
	if _, isErrorType := statuses[f.Code]; isErrorType {
		p.fault = &types.SystemError{Reason: p.message()}

		return p
	}
	p.errorType = errorTypeOfFault(f.Code)
	if fault, ok := newFault(f.Code); ok {
		p.fault = fault
	} else {
		p.fault = &types.SystemError{Reason: f.Code}
	}

	return p
}
