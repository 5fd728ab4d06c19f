package zstack

import "fmt"

// Codes of errors that the front raises itself.
const (
	codeInternal         = "SYS.1000"
	codeTimeout          = "SYS.1001"
	codeNotFound         = "SYS.1003"
	codeOperationFailed  = "SYS.1006"
	codeInvalidArgument  = "SYS.1007"
	codeLoginFailed      = "ID.1000"
	codeInvalidSession   = "ID.1001"
	codePermissionDenied = "ID.1002"
	codeTooManySessions  = "ID.1006"
)

// Codes of errors that the inventory raises.
const (
	codeVMCreate  = "VM.1000"
	codeVMStart   = "VM.1001"
	codeVMStop    = "VM.1002"
	codeVMReboot  = "VM.1003"
	codeVMDestroy = "VM.1004"
	codeVMState   = "VM.1010"
	codeNoHost    = "HOST_ALLOCATION.1000"
	codeNoStorage = "PS.1000"
	codeNoAddress = "L3.1000"
)

// descriptions are the platform's brief texts for its codes.
var descriptions = map[string]string{
	codeInternal:         "An internal error happened in system",
	codeTimeout:          "A message or an operation timed out",
	codeNotFound:         "Unable to find resource",
	codeOperationFailed:  "An operation failed",
	codeInvalidArgument:  "One or more arguments are invalid",
	codeLoginFailed:      "Wrong account/username or password",
	codeInvalidSession:   "Session expired",
	codePermissionDenied: "Permission denied",
	codeTooManySessions:  "The user has reached the maximum number of sessions",

	codeVMCreate:  "Failed to create VM",
	codeVMStart:   "Failed to start VM",
	codeVMStop:    "Failed to stop VM",
	codeVMReboot:  "Failed to reboot VM",
	codeVMDestroy: "Failed to destroy VM",
	codeVMState:   "VM is not in correct state for the operation",
	codeNoHost:    "No available host found",
	codeNoStorage: "Failed to allocate primary storage",
	codeNoAddress: "Failed to allocate an IP address",

	// Only injected faults raise these.
	"ID.1003":  "Quota exceeded",
	"SYS.1009": "No route to the target",
	"SYS.1010": "The management node is not ready yet",
	"SYS.1011": "A message cannot be delivered",
	"SYS.1012": "The management node is unavailable",
	"VM.1005":  "Failed to attach a volume to VM",
}

// errorCode is the platform's error. Its root is the deepest cause.
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
