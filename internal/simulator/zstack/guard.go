package zstack

import "runtime/debug"

// guard lets a mistake of the simulator's own end one call with SYS.1000 and where it happened, instead of the whole process
// with all its servers. It is for defer.
func guard(failure **errorCode) {
	if reason := recover(); reason != nil {
		*failure = newError(codeInternal, "the simulator failed: %v\n%s", reason, debug.Stack())
	}
}

// begin runs a call's beginning. The world must be held.
func (c *call) begin() (work effect, failure *errorCode) {
	defer guard(&failure)

	return c.operation.begin(c)
}

// do runs an effect. The world must be held.
func (work effect) do() (result any, failure *errorCode) {
	defer guard(&failure)

	return work()
}
