package zstack

import "runtime/debug"

// guard converts a panic of the simulator to SYS.1000 with the stack, so that a bug ends one call and not the whole process with all
// its servers. It must be deferred.
func guard(failure **errorCode) {
	if reason := recover(); reason != nil {
		*failure = newError(codeInternal, "the simulator failed: %v\n%s", reason, debug.Stack())
	}
}

// begin runs a call's begin. The inventory's lock must be held.
func (c *call) begin() (work effect, failure *errorCode) {
	defer guard(&failure)

	return c.operation.begin(c)
}

// do runs an effect. The inventory's lock must be held.
func (work effect) do() (result any, failure *errorCode) {
	defer guard(&failure)

	return work()
}
