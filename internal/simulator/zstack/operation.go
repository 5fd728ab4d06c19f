package zstack

// operation is one API of the management node.
type operation struct {
	// name is the API's name: "CloneVmInstance", "QueryVmInstance". Request counts, faults and holds refer to it.
	name   string
	method string // "PUT"
	path   string // "/v1/vm-instances/{uuid}/actions"
	// action is the key of the parameters in the body: "cloneVmInstance"; for POST it is "params". It is
	// empty for GET and DELETE, which have no body.
	action string
	// sync operations answer with the result itself, all others with a job.
	sync bool
	// open operations need no session.
	open bool
	// begin checks the call and marks transitional states; the effect runs after the job's duration, or at once where the
	// operation is synchronous. The inventory's lock is held during both. The effect's result is the whole body of the answer, nil is
	// an empty one. A nil effect: begin did everything.
	begin func(c *call) (effect effect, failure *errorCode)
}

// effect applies a call's change and returns its result.
type effect func() (any, *errorCode)
