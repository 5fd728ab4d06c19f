package conn

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// CodeError is an error as ZStack tells it. It is in the chain of every error that ZStack itself answered.
type CodeError struct {
	Code        string         `json:"code"`
	Description string         `json:"description"`
	Details     string         `json:"details"` // in the server's language: for people, never to decide on
	Elaboration string         `json:"elaboration"`
	Opaque      map[string]any `json:"opaque"`
	Cause       *CodeError     `json:"cause"`
}

// Error names the codes of the chain, outermost first.
func (e *CodeError) Error() string {
	var codes []string
	for _, link := range e.chain() {
		codes = append(codes, link.Code)
	}

	return "ZStack " + strings.Join(codes, " < ")
}

// deepestChain bounds the causes that are looked at; no real chain comes near.
const deepestChain = 32

// chain returns the error and its causes, outermost first. Links that say nothing are left out.
func (e *CodeError) chain() []*CodeError {
	var links []*CodeError
	for link := e; link != nil && len(links) < deepestChain; link = link.Cause {
		if link.Code != "" || link.text() != "" {
			links = append(links, link)
		}
	}

	return links
}

// text is what the error says for people.
func (e *CodeError) text() string {
	for _, text := range []string{e.Details, e.Description, e.Elaboration} {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}

	return ""
}

// Text is all that the error and its causes say for people, outermost first.
func (e *CodeError) Text() string {
	var texts []string
	for _, link := range e.chain() {
		texts = append(texts, link.Details, link.Description, link.Elaboration)
	}

	return strings.Join(texts, "\n")
}

// Codes of ZStack that the client itself decides on, or uses for what ZStack did not say.
const (
	CodeInternal        = "SYS.1000"
	codeTimeout         = "SYS.1001"
	CodeNotFound        = "SYS.1003" // a query answers an empty list instead
	CodeOperationFailed = "SYS.1006"
	CodeInvalidArgument = "SYS.1007"
	codeInvalidSession  = "ID.1001"
)

// codeKinds says what each documented code is. SYS.1000, SYS.1006 and VM.1000 to VM.1005 are not listed: they are too general to be
// anything but Internal. The codes of allocation are those of their families.
var codeKinds = map[string]apierr.Kind{
	codeTimeout:         apierr.TimedOut,
	CodeNotFound:        apierr.NotFound,
	CodeInvalidArgument: apierr.InvalidArgument,
	"SYS.1009":          apierr.Unavailable,
	"SYS.1010":          apierr.Unavailable,
	"SYS.1011":          apierr.Unavailable,
	"SYS.1012":          apierr.Unavailable,

	"ID.1000":          apierr.Unauthenticated,
	codeInvalidSession: apierr.Unauthenticated,
	"ID.1002":          apierr.Denied,
	"ID.1003":          apierr.Insufficient,
	"ID.1006":          apierr.Busy, // until another session ends

	"VM.1010": apierr.InvalidState,
}

// familyKinds says what a code that is not listed most likely is, by what stands before its number.
var familyKinds = map[string]apierr.Kind{
	"ID":                         apierr.Denied,
	"QUOTA":                      apierr.Insufficient,
	"HOST_ALLOCATION":            apierr.Insufficient,
	"PS":                         apierr.Insufficient,
	"PRIMARY_STORAGE_ALLOCATION": apierr.Insufficient,
	"L3":                         apierr.Insufficient,
	"HOST":                       apierr.Unavailable,
}

// codeKind returns the kind of a code, Internal for an unknown one.
func codeKind(code string) apierr.Kind {
	if kind, documented := codeKinds[code]; documented {
		return kind
	}
	family, _, _ := strings.Cut(code, ".")

	return familyKinds[family] // the zero value is Internal
}

// deciding returns the link that says what went wrong: the root cause, which is the deepest one, or where that is too general
// to tell anything, the nearest link above it that is not.
func deciding(links []*CodeError) *CodeError {
	for _, link := range slices.Backward(links) {
		if codeKind(link.Code) != apierr.Internal {
			return link
		}
	}
	for _, link := range slices.Backward(links) {
		if link.Code != "" && link.Code != CodeInternal && link.Code != CodeOperationFailed {
			return link
		}
	}

	return links[len(links)-1]
}

// Failure turns an error that ZStack told into one of a call. A code that says nothing gives an error of kind Internal.
func Failure(what httpapi.Call, code *CodeError) *apierr.Error {
	links := code.chain()
	if len(links) == 0 {
		return what.Error(apierr.Internal, apierr.CodeMalformedAnswer)
	}
	decided := deciding(links)
	failure := what.Error(codeKind(decided.Code), decided.Code).Wrap(code)
	for _, link := range links {
		text := link.text()
		if text != "" && (len(failure.Messages) == 0 || failure.Messages[len(failure.Messages)-1] != text) {
			failure.Messages = append(failure.Messages, text)
		}
		if link.Code == codeTimeout && what.Effect == httpapi.Changes {
			failure.AnswerLost = true // the platform itself gave up on work that may go on
		}
	}
	failure.Arguments = named(links)

	return failure
}

var uuidInText = regexp.MustCompile(`\b[0-9a-f]{32}\b`)

// named returns the uuids that an error names, in its own order: they tell which argument is meant.
func named(links []*CodeError) []string {
	var uuids []string
	for _, link := range links {
		for _, uuid := range uuidInText.FindAllString(link.Details+" "+link.Description, -1) {
			if !slices.Contains(uuids, uuid) {
				uuids = append(uuids, uuid)
			}
		}
	}

	return uuids
}

// refusals are the codes of a platform that has no management node to work, as while it fails over. Of a request with an effect
// they may come from the midst of its work.
var refusals = map[string]httpapi.Effect{
	"SYS.1009": httpapi.Reads, "SYS.1010": httpapi.Reads, "SYS.1011": httpapi.Reads, "SYS.1012": httpapi.Reads,
}

// NotBegun reports whether a failure proves that the platform did not begin, because there was no management node to: the code
// must stand alone, since as the cause of another it may come from the midst of the work.
func NotBegun(failure *apierr.Error) bool {
	code, told := errors.AsType[*CodeError](failure)
	_, refused := refusals[failure.Code]

	return told && refused && len(code.chain()) == 1
}

// noSession reports whether ZStack does not know the session of a request.
func noSession(err error) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && failure.Code == codeInvalidSession
}

// NoSession reports whether a job failed for want of a session, before it was even looked at: as the cause of another failure the
// code may come from the midst of the work.
func NoSession(failure *apierr.Error) bool {
	code, told := errors.AsType[*CodeError](failure)

	return told && failure.Code == codeInvalidSession && code.chain()[0].Code == codeInvalidSession
}
