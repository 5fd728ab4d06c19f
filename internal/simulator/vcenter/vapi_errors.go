package vcenter

import "net/http"

// The vAPI error types (com.vmware.vapi.std.errors.Error.Type).
const (
	errorError                       = "ERROR"
	errorAlreadyExists               = "ALREADY_EXISTS"
	errorAlreadyInDesiredState       = "ALREADY_IN_DESIRED_STATE"
	errorCanceled                    = "CANCELED"
	errorConcurrentChange            = "CONCURRENT_CHANGE"
	errorFeatureInUse                = "FEATURE_IN_USE"
	errorInternalServerError         = "INTERNAL_SERVER_ERROR"
	errorInvalidArgument             = "INVALID_ARGUMENT"
	errorInvalidElementConfiguration = "INVALID_ELEMENT_CONFIGURATION"
	errorInvalidElementType          = "INVALID_ELEMENT_TYPE"
	errorInvalidRequest              = "INVALID_REQUEST"
	errorNotAllowedInCurrentState    = "NOT_ALLOWED_IN_CURRENT_STATE"
	errorNotFound                    = "NOT_FOUND"
	errorOperationNotFound           = "OPERATION_NOT_FOUND"
	errorResourceBusy                = "RESOURCE_BUSY"
	errorResourceInUse               = "RESOURCE_IN_USE"
	errorResourceInaccessible        = "RESOURCE_INACCESSIBLE"
	errorServiceUnavailable          = "SERVICE_UNAVAILABLE"
	errorTimedOut                    = "TIMED_OUT"
	errorUnableToAllocateResource    = "UNABLE_TO_ALLOCATE_RESOURCE"
	errorUnauthenticated             = "UNAUTHENTICATED"
	errorUnauthorized                = "UNAUTHORIZED"
	errorUnexpectedInput             = "UNEXPECTED_INPUT"
	errorUnsupported                 = "UNSUPPORTED"
	errorUnverifiedPeer              = "UNVERIFIED_PEER"
)

// statuses gives the HTTP status of each error type; the clone operation documents 400 401 403 404 500 503.
var statuses = map[string]int{
	errorError:                       http.StatusInternalServerError,
	errorAlreadyExists:               http.StatusBadRequest,
	errorAlreadyInDesiredState:       http.StatusBadRequest,
	errorCanceled:                    http.StatusBadRequest,
	errorConcurrentChange:            http.StatusConflict,
	errorFeatureInUse:                http.StatusBadRequest,
	errorInternalServerError:         http.StatusInternalServerError,
	errorInvalidArgument:             http.StatusBadRequest,
	errorInvalidElementConfiguration: http.StatusBadRequest,
	errorInvalidElementType:          http.StatusBadRequest,
	errorInvalidRequest:              http.StatusBadRequest,
	errorNotAllowedInCurrentState:    http.StatusBadRequest,
	errorNotFound:                    http.StatusNotFound,
	errorOperationNotFound:           http.StatusNotFound,
	errorResourceBusy:                http.StatusInternalServerError,
	errorResourceInUse:               http.StatusBadRequest,
	errorResourceInaccessible:        http.StatusInternalServerError,
	errorServiceUnavailable:          http.StatusServiceUnavailable,
	errorTimedOut:                    http.StatusGatewayTimeout,
	errorUnableToAllocateResource:    http.StatusInternalServerError,
	errorUnauthenticated:             http.StatusUnauthorized,
	errorUnauthorized:                http.StatusForbidden,
	errorUnexpectedInput:             http.StatusBadRequest,
	errorUnsupported:                 http.StatusBadRequest,
	errorUnverifiedPeer:              http.StatusBadRequest,
}

// faultErrorTypes gives the error type that REST shows where vim25 has a fault; others are ERROR.
var faultErrorTypes = map[string]string{
	"DuplicateName":              errorAlreadyExists,
	"AlreadyExists":              errorAlreadyExists,
	"RequestCanceled":            errorCanceled,
	"ManagedObjectNotFound":      errorNotFound,
	"NotFound":                   errorNotFound,
	"InvalidArgument":            errorInvalidArgument,
	"InvalidName":                errorInvalidArgument,
	"InvalidDatastore":           errorInvalidArgument,
	"InvalidPowerState":          errorNotAllowedInCurrentState,
	"InvalidState":               errorNotAllowedInCurrentState,
	"NoPermission":               errorUnauthorized,
	"NotAuthenticated":           errorUnauthenticated,
	"InvalidLogin":               errorUnauthenticated,
	"NotSupported":               errorUnsupported,
	"TaskInProgress":             errorResourceBusy,
	"ResourceInUse":              errorResourceInUse,
	"InaccessibleDatastore":      errorResourceInaccessible,
	"HostNotConnected":           errorResourceInaccessible,
	"HostNotReachable":           errorResourceInaccessible,
	"NoDiskSpace":                errorUnableToAllocateResource,
	"InsufficientResourcesFault": errorUnableToAllocateResource,
	"Timedout":                   errorTimedOut,
}

func errorTypeOfFault(name string) string {
	if errorType, ok := faultErrorTypes[name]; ok {
		return errorType
	}

	return errorError
}

// vapiError is the body of every REST answer that is not a success (Std_Errors_Error).
type vapiError struct {
	ErrorType string        `json:"error_type"`
	Messages  []vapiMessage `json:"messages"`
}

// vapiMessage is one localizable message (Std_LocalizableMessage).
type vapiMessage struct {
	ID             string   `json:"id"`
	DefaultMessage string   `json:"default_message"`
	Args           []string `json:"args"`
}

func (p *problem) vapi() *vapiError {
	answer := &vapiError{ErrorType: p.errorType, Messages: []vapiMessage{}}
	if answer.ErrorType == "" {
		answer.ErrorType = errorError
	}
	for _, message := range p.messages {
		answer.Messages = append(answer.Messages, vapiMessage{
			ID: "com.vmware.api.vcenter.error", DefaultMessage: message, Args: []string{},
		})
	}

	return answer
}
