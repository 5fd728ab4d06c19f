package tfdiag

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// Operation is what was tried, for the text of its failure.
type Operation struct {
	// Action says in words what was tried on which object, as it follows "Could not": `clone VM "web-1" from vm-42`.
	Action string
	// Platform is where it was tried.
	Platform Platform
	// Attributes puts the diagnostic on the attribute that the error is about: from a value of the request, or from a
	// parameter's name on the platform, to the attribute's path ("datastore-12" and "spec.placement.datastore" →
	// placement.datastore_id). Nil where the operation has no configuration, such as in Delete.
	Attributes map[string]path.Path
	// NameAttribute is the attribute that names the new object: errors about a name go there.
	NameAttribute path.Path
	// TimeoutAttribute is the attribute that bounds the operation, such as timeouts.create, for texts about deadlines.
	TimeoutAttribute path.Path
}

// FromError returns the error diagnostic of an operation that failed with err, which must not be nil. It sits on the
// attribute that the error is about, where [Operation.Attributes] tells: the first of the error's arguments, its missing
// privileges' objects and its object that is in the map. A connection that is [Refused] is about no attribute.
func FromError(op Operation, err error) diag.Diagnostic {
	summary := "Could not " + op.Action
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok {
		return report(diag.SeverityError, path.Empty(), summary, plainDetail(op, err)...)
	}

	paragraphs := []string{
		said(op.Platform, failure),
		advice(op, failure),
		unfinishedNote(op.Platform, err, failure),
		answerLostNote(failure),
		facts(op.Platform, failure),
	}
	if apierr.NeedsConfiguration(failure) {
		return Refused{report(diag.SeverityError, path.Empty(), summary, paragraphs...), op.Platform}
	}

	return report(diag.SeverityError, op.attribute(failure), summary, paragraphs...)
}

// plainDetail describes an error that is not the platform's.
func plainDetail(op Operation, err error) []string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return []string{"Time ran out: " + err.Error() + ".", deadlineAdvice(op)}
	case errors.Is(err, context.Canceled):
		return []string{"The operation was interrupted: " + err.Error() + ".", "Apply again to go on."}
	default:
		return []string{sentence(upperFirst(err.Error()))}
	}
}

// said is what the platform said: its own name of the error and the whole chain of messages.
func said(platform Platform, failure *apierr.Error) string {
	if text := ownFailure(failure); text != "" {
		return text
	}
	messages := failure.Messages
	if cause := failure.Unwrap(); len(messages) == 0 && cause != nil {
		messages = []string{cause.Error()}
	}
	var chain strings.Builder
	for i, message := range messages {
		if i > 0 {
			chain.WriteString("\n  caused by: ")
		}
		chain.WriteString(sentence(message))
	}

	return join(opening(platform, failure), chain.String())
}

// opening names the platform and its own name of the error; it is empty for an error that the client itself reports.
func opening(platform Platform, failure *apierr.Error) string {
	name := platform.words().name
	switch failure.Code {
	case apierr.CodeConnectionLost:
		return "The connection to " + name + " broke"
	case apierr.CodeNoAnswer:
		return name + " did not answer in time"
	case apierr.CodeMalformedAnswer:
		return name + "'s answer can't be read"
	case apierr.CodeInterrupted:
		if failure.Kind == apierr.TimedOut {
			return "Time ran out"
		}

		return "The operation was interrupted"
	case task.CodeDeadlineExceeded, task.CodeTaskUnknown, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch,
		apierr.CodeCertificateExpired, apierr.CodeCertificateName, apierr.CodePlainHTTP, apierr.CodeSpeaksTLS, apierr.CodeUnreachable,
		apierr.CodeNotVCenter, apierr.CodeNotZStack:
		return ""
	case apierr.CodeAccessKeyRefused, apierr.CodeClockSkew:
		return name + " refuses the access key's signature"
	case "":
		if failure.AnswerLost || failure.Kind == apierr.Unavailable || failure.Kind == apierr.TimedOut {
			return name + " did not answer"
		}

		return name + " answered " + failure.Kind.String()
	default:
		return name + " answered " + failure.Code
	}
}

// join puts a colon between an opening and what follows, and makes a sentence of whichever there is.
func join(opening, rest string) string {
	switch {
	case opening == "":
		return upperFirst(rest)
	case rest == "":
		return opening + "."
	default:
		return opening + ": " + rest
	}
}

// facts lists what an administrator needs to search the platform's own logs.
func facts(platform Platform, failure *apierr.Error) string {
	if ownFailure(failure) != "" {
		return "" // the platform knows nothing of it
	}
	var known []string
	if failure.Op != "" {
		known = append(known, "call "+failure.Op)
	}
	if failure.Object != "" {
		known = append(known, "object "+failure.Object)
	}
	if len(failure.Arguments) > 0 {
		known = append(known, "named "+list(failure.Arguments))
	}
	if failure.TaskID != "" {
		known = append(known, platform.words().task+" "+failure.TaskID)
	}
	if len(known) == 0 {
		return ""
	}

	return "Details: " + strings.Join(known, ", ") + "."
}

func unfinishedNote(platform Platform, err error, failure *apierr.Error) string {
	if !errors.Is(err, task.ErrUnfinished) {
		return ""
	}
	if failure.TaskID == "" {
		return fmt.Sprintf("The %s goes on and may still succeed.", platform.words().task)
	}

	return fmt.Sprintf("%s %s goes on and may still succeed.", upperFirst(platform.words().task), failure.TaskID)
}

func answerLostNote(failure *apierr.Error) string {
	if !failure.AnswerLost || failure.Code == codeGaveUp {
		return ""
	}

	return "No answer arrived, so the request may have taken effect all the same."
}

// attribute finds the attribute that the failure is about.
func (op Operation) attribute(failure *apierr.Error) path.Path {
	if namesFault(failure.Code) && !isEmpty(op.NameAttribute) {
		return op.NameAttribute // also where the object that has the name is in the configuration, such as the source
	}
	candidates := append([]string{}, failure.Arguments...)
	for _, missing := range failure.MissingPrivileges {
		candidates = append(candidates, missing.Object)
	}
	for _, candidate := range candidates {
		if at, ok := op.Attributes[candidate]; ok {
			return at
		}
	}
	if failure.Kind == apierr.AlreadyExists && !isEmpty(op.NameAttribute) {
		return op.NameAttribute
	}

	if op.Platform == ZStack && !blamesObject(failure.Kind) {
		return path.Empty()
	}

	return op.Attributes[failure.Object]
}

// blamesObject reports whether an error of the kind is about the object that the call works on. ZStack tells that object with
// every error, also when a clone's source is not to blame.
func blamesObject(kind apierr.Kind) bool {
	switch kind {
	case apierr.NotFound, apierr.InvalidState, apierr.InUse, apierr.Denied:
		return true
	default:
		return false
	}
}

// namesFault reports whether a vim25 fault is about the name of the new object.
func namesFault(code string) bool {
	return code == "InvalidName" || code == "DuplicateName"
}
