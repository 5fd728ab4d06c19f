package vsphere

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Codes of failures on the way that neither apierr nor the platform names.
const (
	codeConnectionLost = "ConnectionLost" // the connection broke before the answer was complete
	codeNoAnswer       = "NoAnswer"       // no answer came within the request timeout
	codeInterrupted    = "Interrupted"    // the caller's context ended first
)

// call describes one request for errors and for the retry policy.
type call struct {
	op     string // API method as in apierr.Error.Op
	object string // what it works on, for errors
	effect effect
}

// effect says what a request does, and so what may be repeated.
type effect int

const (
	reads   effect = iota // changes nothing: may be repeated at will
	changes               // has an effect once: may be repeated only when it provably had none
)

func (c call) error(kind apierr.Kind, code string) *apierr.Error {
	return &apierr.Error{Kind: kind, Op: c.op, Object: c.object, Code: code}
}

// interrupted is the error for a call whose own context ended.
func (c call) interrupted(ctx context.Context, x *exchange) *apierr.Error {
	kind := apierr.Cancelled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		kind = apierr.TimedOut
	}
	cause := context.Cause(ctx)
	if cause != nil && !errors.Is(cause, ctx.Err()) {
		cause = fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	failure := c.error(kind, codeInterrupted).Wrap(cause)
	failure.AnswerLost = c.effect == changes && x != nil && x.sent.Load()

	return failure
}

// networkError classifies a request that brought no usable answer. ctx is the caller's, without the request timeout.
func (c call) networkError(ctx context.Context, x *exchange, endpoint string, err error) *apierr.Error {
	var untrusted *UntrustedCertificateError
	switch {
	case errors.As(err, &untrusted):
		code := apierr.CodeUntrustedCertificate
		if untrusted.Pinned {
			code = apierr.CodeThumbprintMismatch
		}
		failure := (&apierr.Error{Kind: apierr.Unauthenticated, Op: c.op, Object: endpoint, Code: code}).Wrap(untrusted)
		failure.Thumbprint = untrusted.Thumbprint

		return failure
	case ctx.Err() != nil:
		return c.interrupted(ctx, x)
	case errors.Is(err, errClosed):
		return c.error(apierr.Cancelled, codeInterrupted).Wrap(errClosed)
	case !x.sent.Load():
		return (&apierr.Error{Kind: apierr.Unavailable, Op: c.op, Object: endpoint, Code: apierr.CodeUnreachable}).Wrap(err)
	case errors.Is(err, context.DeadlineExceeded):
		failure := c.error(apierr.TimedOut, codeNoAnswer).Wrap(err)
		failure.AnswerLost = c.effect == changes

		return failure
	default:
		failure := c.error(apierr.Unavailable, codeConnectionLost).Wrap(err)
		failure.AnswerLost = c.effect == changes

		return failure
	}
}

// statusError classifies an answer by its HTTP status alone, when its body says nothing.
func (c call) statusError(status int) *apierr.Error {
	failure := c.error(statusKind(status), fmt.Sprintf("HTTP %d", status))
	// Something on the way gave up on a server that may still be at work.
	failure.AnswerLost = c.effect == changes && (status == http.StatusInternalServerError ||
		status == http.StatusBadGateway || status == http.StatusGatewayTimeout)

	return failure
}

func statusKind(status int) apierr.Kind {
	switch status {
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return apierr.InvalidArgument
	case http.StatusUnauthorized:
		return apierr.Unauthenticated
	case http.StatusForbidden:
		return apierr.Denied
	case http.StatusNotFound, http.StatusGone:
		return apierr.NotFound
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return apierr.TimedOut
	case http.StatusConflict, http.StatusTooManyRequests:
		return apierr.Busy
	case http.StatusNotImplemented:
		return apierr.Unsupported
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return apierr.Unavailable
	default:
		return apierr.Internal
	}
}
