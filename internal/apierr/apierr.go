// Package apierr is the one error type that both platform clients return.
//
// A client decides by fault type, vAPI error_type or ZStack code, never by text, and keeps the whole chain of what the
// platform said. Package tfdiag turns an [Error] into a Terraform diagnostic; nothing else writes texts for users.
package apierr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind groups the errors of all platforms by what a caller can do about them.
type Kind int

// The kinds. The zero value is Internal, so that an unclassified error is never taken for a harmless one.
const (
	Internal        Kind = iota // the platform failed and did not say what a caller could change
	NotFound                    // a named object does not exist
	AlreadyExists               // an object by that name exists
	InvalidArgument             // an argument is wrong in itself or conflicts with another
	InvalidState                // the object's current state does not allow the operation
	Busy                        // another operation holds the object: repeat later
	Insufficient                // no room: capacity, quota, licence
	Denied                      // the user lacks a privilege
	Unauthenticated             // no session, or it expired, or the credentials are wrong
	Unsupported                 // the platform, its version or the object cannot do this
	Unavailable                 // the service or an object behind it cannot be reached now
	Cancelled                   // the operation was cancelled before it took effect
	TimedOut                    // a deadline passed, here or on the platform
	InUse                       // the object is in use by another object
)

var kindNames = [...]string{
	Internal: "Internal", NotFound: "NotFound", AlreadyExists: "AlreadyExists", InvalidArgument: "InvalidArgument",
	InvalidState: "InvalidState", Busy: "Busy", Insufficient: "Insufficient", Denied: "Denied",
	Unauthenticated: "Unauthenticated", Unsupported: "Unsupported", Unavailable: "Unavailable", Cancelled: "Cancelled",
	TimedOut: "TimedOut", InUse: "InUse",
}

// Kinds returns all kinds, for tables that must cover each.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}

	return kinds
}

// String returns the kind's name as it is spelled in Go.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}

	return kindNames[k]
}

// Codes that the clients give to failures which no platform names, because the platform was not reached or is not what
// it was taken for.
const (
	// CodeUntrustedCertificate is a TLS certificate that no trusted authority has signed; [Error] has its Thumbprint. Kind
	// Unauthenticated: asking again does not help.
	CodeUntrustedCertificate = "UntrustedCertificate"
	// CodeThumbprintMismatch is a certificate that is not the one the configuration pins. Kind Unauthenticated, with
	// the Thumbprint that was presented.
	CodeThumbprintMismatch = "ThumbprintMismatch"
	// CodeCertificateExpired is a certificate that is not valid at this time, by this machine's clock. Kind Unauthenticated, with
	// the Thumbprint that was presented.
	CodeCertificateExpired = "CertificateExpired"
	// CodeCertificateName is a certificate that is for other names than the endpoint's. Kind Unauthenticated, with the
	// Thumbprint that was presented; Arguments are the names that it is for.
	CodeCertificateName = "CertificateName"
	// CodePlainHTTP is an endpoint that was asked for TLS and answered in plain HTTP. Kind Unsupported; Object is the endpoint.
	CodePlainHTTP = "PlainHTTP"
	// CodeSpeaksTLS is an endpoint that was asked in plain HTTP and wants TLS. Kind Unsupported; Object is the endpoint.
	CodeSpeaksTLS = "SpeaksTLS"
	// CodeUnreachable is an endpoint that can't be connected to: DNS, routing, a closed port. Kind
	// Unavailable; Object is the endpoint.
	CodeUnreachable = "Unreachable"
	// CodeNotVCenter is an endpoint that answers but is no vCenter (an ESXi host, some other server). Kind Unsupported;
	// Object is the endpoint, Messages say what it is.
	CodeNotVCenter = "NotVCenter"
	// CodeNotZStack is an endpoint that answers but not as ZStack's API does. Kind Unsupported; Object is the endpoint.
	CodeNotZStack = "NotZStack"
	// CodeAccessKeyRefused is a ZStack that does not accept a request's signature: the access key's id or secret is wrong, or
	// the time that the request was signed at is not in the time zone of the server's clock. Kind Unauthenticated; Object is
	// the endpoint.
	CodeAccessKeyRefused = "AccessKeyRefused"
	// CodeClockSkew is a signature that is refused while the server's clock is more than a quarter of an hour from ours. Kind
	// Unauthenticated; Object is the endpoint.
	CodeClockSkew = "ClockSkew"
	// CodeInvalidLogin is vim25's fault for a wrong user name or password. Kind Unauthenticated; Object is the endpoint.
	CodeInvalidLogin = "InvalidLogin"
	// CodeConnectionLost is a connection that broke after the request was sent and before the answer was complete. Kind
	// Unavailable.
	CodeConnectionLost = "ConnectionLost"
	// CodeNoAnswer is a request that found no answer within the request timeout. Kind TimedOut.
	CodeNoAnswer = "NoAnswer"
	// CodeInterrupted is a request whose caller stopped waiting: its context ended. Kind Cancelled, or TimedOut where a
	// deadline ended it.
	CodeInterrupted = "Interrupted"
	// CodeNoSlot is a task that was not started, since as many of this provider ran as the configuration allows, until its caller stopped
	// waiting. Kind as that of CodeInterrupted; Arguments are how many that is.
	CodeNoSlot = "NoSlot"
	// CodeNoGuestAddress is a VM from whose guest no address can be expected any more. Kind TimedOut where it told none in the time it
	// had, InvalidState where the VM was switched off, NotFound where it was deleted; Object is the VM.
	CodeNoGuestAddress = "NoGuestAddress"
	// CodeVMState is a VM that can't be changed in the state that it is in. Kind InvalidState; Object is the VM, and Arguments are that state: a
	// connection state, or [StateTemplate].
	CodeVMState = "VMState"
	// CodeVersionTooOld is something that this version of the platform does not have yet. Kind Unsupported; Arguments are the
	// API version that is needed and the one that is there.
	CodeVersionTooOld = "VersionTooOld"
	// CodeMalformedAnswer is an answer that can't be read. Kind Internal.
	CodeMalformedAnswer = "MalformedAnswer"
)

// StateTemplate is the state of a VM that is a template, beside the connection states.
const StateTemplate = "template"

// Error is what a platform answered when it refused or failed an operation, or what kept the answer from arriving.
type Error struct {
	Kind Kind
	// Op is the API method that failed, in the platform's own spelling: "Destroy_Task",
	// "POST /api/vcenter/vm?action=clone".
	Op string
	// Object names what Op worked on, by id where one is known: "vm-42".
	Object string
	// Code is the platform's own name of the error: a vim25 fault type ("InvalidName"), a vAPI error_type
	// ("ALREADY_EXISTS"), a ZStack code ("SYS.1006"), or "HTTP 502" where a reply had none.
	Code string
	// Messages is what the platform said, outermost first; each further message is the cause of the one before
	// (faultMessage and faultCause; vAPI messages).
	Messages []string
	// TaskID is the task that failed, where the failure came from one.
	TaskID string
	// MissingPrivileges says what a Denied user lacks and where, as far as the platform tells.
	MissingPrivileges []MissingPrivilege
	// Arguments is what the answer names by id or by parameter, in the answer's own order: the args and params of vAPI
	// messages, vim25's InvalidArgument.invalidProperty, ManagedObjectNotFound.obj, a message's named objects. It puts
	// the diagnostic on the right attribute ("datastore-12" → placement.datastore_id). Never a secret.
	Arguments []string
	// Thumbprint is the SHA-256 thumbprint of the certificate that was not accepted, in colon form, with the codes about
	// certificates only.
	Thumbprint string
	// AnswerLost says that the request may have taken effect although no answer arrived (connection dropped, 502, 504):
	// a create must be looked up before it is sent again.
	AnswerLost bool

	cause error
}

// MissingPrivilege is one privilege that the user lacks on one object.
type MissingPrivilege struct {
	Privilege  string // the platform's id: "VirtualMachine.Provisioning.Clone"
	Object     string // the object it is missing on: "vm-42"
	ObjectName string // empty where it is not known
	User       string // the login, as the platform spells it; empty where it is not known
}

// Wrap sets the underlying Go error, for errors.Is and errors.As, and returns e.
func (e *Error) Wrap(cause error) *Error {
	e.cause = cause

	return e
}

// Unwrap returns the underlying Go error, if any.
func (e *Error) Unwrap() error { return e.cause }

// Error describes the failure in one line, for logs; users read what tfdiag makes of it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Object != "" {
		b.WriteString(" on " + e.Object)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Kind.String())
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	if len(e.Messages) > 0 {
		b.WriteString(": " + strings.Join(e.Messages, ": "))
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}

	return b.String()
}

// KindOf returns the kind of the first [Error] in err's chain, and Internal where there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}

	return Internal
}

// Is reports whether err's chain holds an [Error] of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	e, ok := errors.AsType[*Error](err)

	return ok && slices.Contains(kinds, e.Kind)
}

// IsAnswerLost reports whether err says that a request may have taken effect although its answer never arrived.
func IsAnswerLost(err error) bool {
	e, ok := errors.AsType[*Error](err)

	return ok && e.AnswerLost
}

// NeedsConfiguration reports whether only another configuration of the provider can put the error right: its endpoint, its
// credentials or what it trusts, or the proxy on the way there, which answers 403 in its own words.
func NeedsConfiguration(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Code {
	case CodePlainHTTP, CodeSpeaksTLS, CodeNotVCenter, CodeNotZStack, "HTTP 403":
		return true
	default:
		return e.Kind == Unauthenticated
	}
}
