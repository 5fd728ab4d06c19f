package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Call describes one request for errors and for the retry policy.
type Call struct {
	Op     string // API method as in apierr.Error.Op
	Object string // what it works on, for errors
	Effect Effect
}

// Effect says what a request does, and so what may be repeated.
type Effect int

// The effects.
const (
	Reads   Effect = iota // changes nothing: may be repeated at will
	Changes               // has an effect once: may be repeated only when it provably had none
)

// Error is a failure of the call.
func (c Call) Error(kind apierr.Kind, code string) *apierr.Error {
	return &apierr.Error{Kind: kind, Op: c.Op, Object: c.Object, Code: code}
}

// Interrupted is the error for a call whose own context ended. x is nil where nothing was sent.
func (c Call) Interrupted(ctx context.Context, x *Exchange) *apierr.Error {
	kind := apierr.Cancelled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		kind = apierr.TimedOut
	}
	cause := context.Cause(ctx)
	if cause != nil && !errors.Is(cause, ctx.Err()) {
		cause = fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	failure := c.Error(kind, apierr.CodeInterrupted).Wrap(cause)
	failure.AnswerLost = c.Effect == Changes && x != nil && x.Sent()

	return failure
}

// NetworkError classifies a request that brought no usable answer. ctx is the caller's, without the request timeout.
func (c Call) NetworkError(ctx context.Context, x *Exchange, endpoint string, err error) *apierr.Error {
	var untrusted *UntrustedCertificateError
	switch {
	case errors.As(err, &untrusted):
		failure := (&apierr.Error{Kind: apierr.Unauthenticated, Op: c.Op, Object: endpoint, Code: untrusted.code()}).Wrap(untrusted)
		failure.Thumbprint, failure.Arguments = untrusted.Thumbprint, untrusted.names()

		return failure
	case errors.Is(err, ErrAnswerTooLarge):
		failure := c.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(ErrAnswerTooLarge)
		failure.AnswerLost = c.Effect == Changes

		return failure
	case ctx.Err() != nil:
		return c.Interrupted(ctx, x)
	case errors.Is(err, ErrClosed):
		return c.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(ErrClosed)
	case errors.Is(err, http.ErrSchemeMismatch):
		return (&apierr.Error{Kind: apierr.Unsupported, Op: c.Op, Object: endpoint, Code: apierr.CodePlainHTTP}).Wrap(http.ErrSchemeMismatch)
	case !x.Sent():
		return (&apierr.Error{Kind: apierr.Unavailable, Op: c.Op, Object: endpoint, Code: apierr.CodeUnreachable}).Wrap(err)
	case errors.Is(err, context.DeadlineExceeded):
		failure := c.Error(apierr.TimedOut, apierr.CodeNoAnswer).Wrap(err)
		failure.AnswerLost = c.Effect == Changes

		return failure
	default:
		failure := c.Error(apierr.Unavailable, apierr.CodeConnectionLost).Wrap(err)
		failure.AnswerLost = c.Effect == Changes

		return failure
	}
}

// StatusError classifies an answer by its HTTP status alone, when its body says nothing.
func (c Call) StatusError(status int) *apierr.Error {
	failure := c.Error(statusKind(status), fmt.Sprintf("HTTP %d", status))
	// Something on the way gave up on a server that may still be at work.
	failure.AnswerLost = c.Effect == Changes && (status == http.StatusInternalServerError ||
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
