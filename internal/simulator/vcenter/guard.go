package vcenter

import (
	"fmt"
	"net/http"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// govmomi's methods do not validate requests: one without a field that the method reads makes it panic, often in a goroutine
// of its own, which would end the process with every other server in it. The guards of this file turn the panic into an
// answer.

// guard turns a panic into a problem. It is deferred around code that may panic.
func guard(p **problem) {
	if caught := recover(); caught != nil {
		*p = problemOfPanic(caught)
	}
}

// problemOfPanic returns what the client is told of a panic.
func problemOfPanic(caught any) *problem {
	if caught == http.ErrAbortHandler { //nolint:errorlint,err113 // a signal to net/http, not an error
		panic(caught)
	}

	return &problem{
		fault:     &types.SystemError{Reason: fmt.Sprint(caught)},
		errorType: errorInternalServerError,
		messages:  []string{"A general system error occurred: the simulator failed on this request.", fmt.Sprint(caught)},
	}
}

// guardGovmomi is guard for a method of govmomi's. It panics on what vCenter does not take: an object of another type, a part of the request that
// is missing, a number that is out of range. So the client gets vCenter's fault for that.
func guardGovmomi(p **problem) {
	if caught := recover(); caught != nil {
		told := problemOfPanic(caught)
		told.fault, told.errorType, told.messages[0] = &types.InvalidArgument{}, errorInvalidArgument, "A specified parameter was not correct."
		*p = told
	}
}

// guardTask guards the work of a task of govmomi's, which runs in a goroutine of govmomi. failed is called when it panics.
func guardTask(task *simulator.Task, failed func()) {
	work := task.Execute
	task.Execute = func(task *simulator.Task) (result types.AnyType, fault types.BaseMethodFault) {
		var p *problem
		defer func() {
			if p != nil {
				fault = p.fault
				failed()
			}
		}()
		defer guardGovmomi(&p)

		return work(task)
	}
}
