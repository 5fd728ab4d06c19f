package conn

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"

	"github.com/vmware/govmomi/vim25/soap"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// Method makes one vim25 method call. It is the [soap.RoundTripper] that the functions of govmomi's package methods take, and adds
// login, request timeout, retries and errors.
type Method struct {
	conn  *Conn
	what  httpapi.Call
	limit time.Duration
	once  bool
	// service is the client of another service than vim25; nil for vim25.
	service *soap.Client
}

// Method returns what makes the call.
func (c *Conn) Method(what httpapi.Call) Method { return Method{conn: c, what: what, limit: c.timeout} }

// Once returns m without retries.
func (m Method) Once() Method {
	m.once = true

	return m
}

// Lasting returns m for a call that the server answers after a while: so much longer may the answer take.
func (m Method) Lasting(while time.Duration) Method {
	m.limit += while

	return m
}

// Call calls a method: methods.PowerOnVM_Task, for example.
func Call[Q, R any](
	ctx context.Context, m Method, method func(context.Context, soap.RoundTripper, *Q) (*R, error), request *Q,
) (*R, error) {
	return method(ctx, m, request)
}

// RoundTrip implements [soap.RoundTripper].
func (m Method) RoundTrip(ctx context.Context, request, response soap.HasFault) error {
	for attempts := m.conn.attempts(m.what.Effect); ; {
		err := m.attempt(ctx, request, response)
		if err == nil || m.once || !attempts.Again(ctx, err) {
			return err
		}
		reflect.ValueOf(response).Elem().SetZero()
	}
}

// attempt makes the call, and makes it again under a new login when vCenter has dropped the session.
func (m Method) attempt(ctx context.Context, request, response soap.HasFault) error {
	if ctx.Err() != nil {
		return m.what.Interrupted(ctx, nil)
	}
	generation, err := m.conn.ensureLogin(ctx, 0)
	if err != nil {
		return err
	}
	bounded, x, cancel := m.conn.bound(ctx, m.what, m.limit)
	defer cancel()
	err = m.exchange(bounded, request, response)
	if sessionLost(x, err, response) {
		if _, err := m.conn.ensureLogin(bounded, generation); err != nil {
			return err
		}
		// The decoder fills what is there: a fault of the first attempt would stay.
		reflect.ValueOf(response).Elem().SetZero()
		err = m.exchange(bounded, request, response)
	}
	if err != nil {
		return m.conn.soapError(ctx, m.what, x, err)
	}

	return nil
}

var errNoResponse = errors.New("the answer is not the method's")

// exchange sends the request. govmomi takes an answer to another method for a success without a response.
func (m Method) exchange(ctx context.Context, request, response soap.HasFault) error {
	client := m.service
	if client == nil {
		client = m.conn.methods
	}
	if err := client.RoundTrip(ctx, request, response); err != nil {
		return err //nolint:wrapcheck // soapError classifies it
	}
	if result := reflect.ValueOf(response).Elem().FieldByName("Res"); result.IsValid() && result.IsNil() {
		return errNoResponse
	}

	return nil
}

// bound returns the context for one request: traced, with the time limit, and for a request with an effect with a little
// grace after ctx's end.
func (c *Conn) bound(
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
func (c *Conn) soapError(ctx context.Context, what httpapi.Call, x *httpapi.Exchange, err error) *apierr.Error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		return failure
	}
	if method, message, ok := soapFault(err); ok {
		failure := faultError(what, method, message)
		for i := range failure.MissingPrivileges {
			failure.MissingPrivileges[i].User = c.username
		}
		if failure.Kind == apierr.Unauthenticated {
			failure.Object = c.endpoint.Host
		}

		return failure
	}
	switch status := x.Status(); status {
	case 0:
		return what.NetworkError(ctx, x, c.endpoint.Host, err)
	case http.StatusOK:
		_, cut := errors.AsType[net.Error](err)
		if cut || errors.Is(err, io.ErrUnexpectedEOF) || ctx.Err() != nil {
			return what.NetworkError(ctx, x, c.endpoint.Host, err)
		}
		failure := what.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(err)
		failure.AnswerLost = what.Effect == httpapi.Changes

		return failure
	default:
		return what.StatusError(status)
	}
}
