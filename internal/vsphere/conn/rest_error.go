package conn

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// VAPIError is the body of a REST error (Std_Errors_Error), and the error of a CIS task. Older servers wrap it in "value"
// and name the type instead of the error_type.
type VAPIError struct {
	ErrorType string          `json:"error_type"`
	Messages  []VAPIMessage   `json:"messages"`
	Data      json.RawMessage `json:"data"`
	Type      string          `json:"type"`
	Value     *VAPIError      `json:"value"`
}

// VAPIMessage is a localizable message (Std_LocalizableMessage).
type VAPIMessage struct {
	ID             string               `json:"id"`
	DefaultMessage string               `json:"default_message"`
	Args           []string             `json:"args"`
	Params         map[string]vapiParam `json:"params"`
	Localized      string               `json:"localized"`
}

type vapiParam struct {
	S string `json:"s"`
}

// Text prefers the localized message, then the default one, then the bare id.
func (m VAPIMessage) Text() string {
	for _, text := range []string{m.Localized, m.DefaultMessage, m.ID} {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}

	return ""
}

// arguments returns what the message names, in a stable order.
func (m VAPIMessage) arguments() []string {
	arguments := slices.Clone(m.Args)
	names := make([]string, 0, len(m.Params))
	for name := range m.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if s := m.Params[name].S; s != "" {
			arguments = append(arguments, s)
		}
	}

	return arguments
}

// vapiKinds maps all 25 error_types of the vAPI standard errors.
var vapiKinds = map[string]apierr.Kind{
	"ERROR":                         apierr.Internal,
	"ALREADY_EXISTS":                apierr.AlreadyExists,
	"ALREADY_IN_DESIRED_STATE":      apierr.InvalidState,
	"CANCELED":                      apierr.Cancelled,
	"CONCURRENT_CHANGE":             apierr.Busy,
	"FEATURE_IN_USE":                apierr.InUse,
	"INTERNAL_SERVER_ERROR":         apierr.Internal,
	"INVALID_ARGUMENT":              apierr.InvalidArgument,
	"INVALID_ELEMENT_CONFIGURATION": apierr.InvalidArgument,
	"INVALID_ELEMENT_TYPE":          apierr.InvalidArgument,
	"INVALID_REQUEST":               apierr.InvalidArgument,
	"NOT_ALLOWED_IN_CURRENT_STATE":  apierr.InvalidState,
	"NOT_FOUND":                     apierr.NotFound,
	"OPERATION_NOT_FOUND":           apierr.Unsupported,
	"RESOURCE_BUSY":                 apierr.Busy,
	"RESOURCE_IN_USE":               apierr.InUse,
	"RESOURCE_INACCESSIBLE":         apierr.Unavailable,
	"SERVICE_UNAVAILABLE":           apierr.Unavailable,
	"TIMED_OUT":                     apierr.TimedOut,
	"UNABLE_TO_ALLOCATE_RESOURCE":   apierr.Insufficient,
	"UNAUTHENTICATED":               apierr.Unauthenticated,
	"UNAUTHORIZED":                  apierr.Denied,
	"UNEXPECTED_INPUT":              apierr.InvalidArgument,
	"UNSUPPORTED":                   apierr.Unsupported,
	"UNVERIFIED_PEER":               apierr.Unavailable,
}

// normalized unwraps the older form and derives the error_type where only the type's name is told, as in
// "com.vmware.vapi.std.errors.not_found".
func (e VAPIError) normalized() VAPIError {
	outer := e.Type
	if outer == "" {
		outer = lastSegment(e.ErrorType)
	}
	if e.Value != nil {
		e = *e.Value
	}
	if e.ErrorType == "" && outer != "" {
		e.ErrorType = strings.ToUpper(lastSegment(outer))
	}

	return e
}

// Code returns the error_type.
func (e VAPIError) Code() string { return e.normalized().ErrorType }

func lastSegment(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }

// Fill writes what the error says into failure. It reports false when the error says nothing.
func (e VAPIError) Fill(failure *apierr.Error) bool {
	e = e.normalized()
	if e.ErrorType == "" && len(e.Messages) == 0 {
		return false
	}
	if e.ErrorType != "" {
		failure.Code = e.ErrorType
		if kind, known := vapiKinds[e.ErrorType]; known {
			failure.Kind = kind
		}
	}
	for _, message := range e.Messages {
		if text := message.Text(); text != "" {
			failure.Messages = append(failure.Messages, text)
		}
		for _, argument := range message.arguments() {
			if argument != "" && !slices.Contains(failure.Arguments, argument) {
				failure.Arguments = append(failure.Arguments, argument)
			}
		}
	}

	return true
}

// decodeError turns an answer that is no success into an error. Bodies that are not the API's (a proxy's HTML page, plain
// text, nothing) leave the status to decide.
func decodeError(c httpapi.Call, status int, body []byte) *apierr.Error {
	failure := c.StatusError(status)
	var decoded VAPIError
	if err := json.Unmarshal(body, &decoded); err == nil && decoded.Fill(failure) {
		// vCenter itself has spoken: its answer is not lost. Only a timeout leaves open whether the work goes on.
		failure.AnswerLost = c.Effect == httpapi.Changes && failure.Code == "TIMED_OUT"

		return failure
	}
	if text := httpapi.Printable(body); text != "" {
		failure.Messages = []string{text}
	}

	return failure
}
