package conn

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// wholeREST is the API version from which on vCenter has the whole REST API below /api. Before, a part of it has an older form, below /rest.
const wholeREST = "7.0.2"

// WholeREST reports whether vCenter has the whole REST API, from 7.0 U2 on. It needs no request after the first call.
func (c *Conn) WholeREST(ctx context.Context) (bool, error) { return c.AtLeast(ctx, wholeREST) }

// olderPaths are the paths of the older form that have a newer one, by its beginning.
var olderPaths = map[string]string{
	sessionPath:         "/rest/com/vmware/cis/session",
	"/api/cis/tagging/": "/rest/com/vmware/cis/tagging/",
	"/api/vcenter/vm":   "/rest/vcenter/vm",
}

// formed returns the request in the form that vCenter knows. It is an error of kind Unsupported (apierr.CodeVersionTooOld) where an older
// vCenter has none. The service content must be known.
func (c *Conn) formed(ctx context.Context, request Request) (Request, error) {
	if whole, err := c.WholeREST(ctx); whole || err != nil {
		return request, err
	}
	for newer, older := range olderPaths {
		rest, found := strings.CutPrefix(request.Path, newer)
		if !found || request.Query.Get("vmw-task") != "" { // no call of the older form is a task
			continue
		}
		request.Path, request.older = older+rest, true
		if request.ID != "" {
			request.ID = "id:" + request.ID
		}
		request.Query = olderQuery(request.Query)
		if request.Method == http.MethodGet && newer == sessionPath {
			request.Method, request.Query = http.MethodPost, url.Values{"~action": {"get"}}
		}

		return request, nil
	}

	return request, c.Require(ctx, request.Call, wholeREST)
}

// olderQuery returns a query in the older form: an action has a tilde, and a filter says that it is one.
func olderQuery(query url.Values) url.Values {
	older := make(url.Values, len(query))
	for name, values := range query {
		if name == "action" {
			older["~action"] = values
		} else {
			older["filter."+name] = values
		}
	}

	return older
}

// unwrapped returns the answer to a request of the older form, which is wrapped, and every other answer as it is.
func unwrapped(request Request, body []byte) ([]byte, error) {
	if !request.older {
		return body, nil
	}
	var wrapped struct {
		Value json.RawMessage `json:"value"`
	}
	err := json.Unmarshal(body, &wrapped)

	return wrapped.Value, err //nolint:wrapcheck // the caller's error is of the call
}
