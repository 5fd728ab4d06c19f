package zstack

import "fmt"

// Codes of errors that the front raises itself.
const (
	codeInternal         = "SYS.1000"
	codeNotFound         = "SYS.1003"
	codeOperationFailed  = "SYS.1006"
	codeInvalidArgument  = "SYS.1007"
	codeLoginFailed      = "ID.1000"
	codeInvalidSession   = "ID.1001"
	codePermissionDenied = "ID.1002"
	codeTooManySessions  = "ID.1006"
)

// descriptions are the brief texts that the platform has for its codes.
var descriptions = map[string]string{
	codeInternal:         "An internal error happened in system",
	codeNotFound:         "Unable to find resource",
	codeOperationFailed:  "An operation failed",
	codeInvalidArgument:  "One or more arguments are invalid",
	codeLoginFailed:      "Wrong account/username or password",
	codeInvalidSession:   "Session expired",
	codePermissionDenied: "Permission denied",
	codeTooManySessions:  "The user has reached the maximum number of sessions",
}

// errorCode is the platform's error. The root of it is the deepest cause.
type errorCode struct {
	Code        string         `json:"code"`
	Description string         `json:"description,omitempty"`
	Details     string         `json:"details,omitempty"`
	Elaboration string         `json:"elaboration,omitempty"`
	Opaque      map[string]any `json:"opaque,omitempty"`
	Cause       *errorCode     `json:"cause,omitempty"`
}

// newError returns an error with the platform's description of the code.
func newError(code, details string, values ...any) *errorCode {
	return &errorCode{Code: code, Description: descriptions[code], Details: fmt.Sprintf(details, values...)}
}

// because returns the error with a cause.
func (e *errorCode) because(cause *errorCode) *errorCode {
	e.Cause = cause

	return e
}
