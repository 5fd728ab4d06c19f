package vsphere

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// answerGrace is how long a request with an effect may still wait for its answer after its caller was cancelled: most
// answers are only milliseconds away, and a task whose id is known can be settled where a lost answer must be searched for.
const answerGrace = time.Second

// vimCall makes one vim25 method call with login, request timeout, retries and errors as this package has them.
func (s *session) vimCall(ctx context.Context, what httpapi.Call, method func(context.Context, *vim25.Client) error) error {
	return s.repeater().Do(ctx, what.Effect, func() error {
		return s.vimOnce(ctx, what, s.timeout, method)
	})
}

func (s *session) vimOnce(
	ctx context.Context, what httpapi.Call, limit time.Duration, method func(context.Context, *vim25.Client) error,
) error {
	if ctx.Err() != nil {
		return what.Interrupted(ctx, nil)
	}
	vim, err := s.client(ctx)
	if err != nil {
		return err
	}
	bounded, x, cancel := s.bound(ctx, what, limit)
	defer cancel()
	if err := method(bounded, vim); err != nil {
		return s.soapError(ctx, what, x, err)
	}

	return nil
}

// bound returns the context for one request: traced, with the time limit, and for a request with an effect with a little
// grace after ctx's end.
func (s *session) bound(
	ctx context.Context, what httpapi.Call, limit time.Duration,
) (context.Context, *httpapi.Exchange, context.CancelFunc) {
	release := func() {}
	if what.Effect == httpapi.Changes {
		ctx, release = httpapi.Lingering(ctx, answerGrace)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	bounded, x := httpapi.Traced(bounded, what.Op)

	return bounded, x, func() {
		cancel()
		release()
	}
}

// soapError classifies what govmomi returned for a method call. ctx is the caller's own.
func (s *session) soapError(ctx context.Context, what httpapi.Call, x *httpapi.Exchange, err error) *apierr.Error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		return failure
	}
	if method, message, ok := soapFault(err); ok {
		failure := faultError(what, method, message)
		if failure.Kind == apierr.Unauthenticated {
			failure.Object = s.endpoint.Host
		}

		return failure
	}
	switch status := x.Status(); status {
	case 0:
		return what.NetworkError(ctx, x, s.endpoint.Host, err)
	case http.StatusOK:
		_, cut := errors.AsType[net.Error](err)
		if cut || errors.Is(err, io.ErrUnexpectedEOF) || ctx.Err() != nil {
			return what.NetworkError(ctx, x, s.endpoint.Host, err)
		}
		failure := what.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(err)
		failure.AnswerLost = what.Effect == httpapi.Changes

		return failure
	default:
		return what.StatusError(status)
	}
}

// reauthenticator repeats a method call once under a new login when vCenter has dropped the session.
type reauthenticator struct {
	session *session
}

// RoundTrip implements [soap.RoundTripper].
func (r *reauthenticator) RoundTrip(ctx context.Context, request, response soap.HasFault) error {
	generation := r.session.currentGeneration()
	err := r.exchange(ctx, request, response)
	if !sessionLost(ctx, err, response) {
		return err
	}
	if err := r.session.ensureLogin(ctx, generation); err != nil {
		return err
	}
	// The decoder fills what is there: a fault of the first attempt would stay.
	reflect.ValueOf(response).Elem().SetZero()

	return r.exchange(ctx, request, response)
}

var errNoResponse = errors.New("the answer is not the method's")

// exchange makes the call. govmomi takes an answer to another method for a success without a response.
func (r *reauthenticator) exchange(ctx context.Context, request, response soap.HasFault) error {
	if err := r.session.methods.RoundTrip(ctx, request, response); err != nil {
		return err //nolint:wrapcheck // a round tripper passes govmomi's errors on; soapError classifies them
	}
	if result := reflect.ValueOf(response).Elem().FieldByName("Res"); result.IsValid() && result.IsNil() {
		return errNoResponse
	}

	return nil
}

// sessionLost reports whether vCenter no longer knows the session: methods answer a fault, property reads may succeed with
// the fault in place of every property.
func sessionLost(ctx context.Context, err error, response soap.HasFault) bool {
	if err != nil {
		return isNotAuthenticated(err) || unauthorized(ctx)
	}
	switch body := response.(type) {
	case *methods.RetrievePropertiesExBody:
		return body.Res != nil && body.Res.Returnval != nil && objectsLost(body.Res.Returnval.Objects)
	case *methods.ContinueRetrievePropertiesExBody:
		return body.Res != nil && objectsLost(body.Res.Returnval.Objects)
	case *methods.WaitForUpdatesExBody:
		return body.Res != nil && body.Res.Returnval != nil && updatesLost(body.Res.Returnval.FilterSet)
	}

	return false
}

func objectsLost(objects []types.ObjectContent) bool {
	for i := range objects {
		if missingLost(objects[i].MissingSet) {
			return true
		}
	}

	return false
}

func updatesLost(filters []types.PropertyFilterUpdate) bool {
	for i := range filters {
		for j := range filters[i].ObjectSet {
			if missingLost(filters[i].ObjectSet[j].MissingSet) {
				return true
			}
		}
	}

	return false
}

func missingLost(missing []types.MissingProperty) bool {
	for i := range missing {
		if _, lost := missing[i].Fault.Fault.(*types.NotAuthenticated); lost {
			return true
		}
	}

	return false
}
