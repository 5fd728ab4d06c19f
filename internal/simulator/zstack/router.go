package zstack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

const (
	// contextPath is the path of the management node's servlet, which precedes all paths of the API.
	contextPath = "zstack"
	jobPath     = "/v1/api-jobs/{uuid}"
	// QueryJob is the name by which requests for a job are counted, delayed and failed.
	QueryJob = "QueryApiJob"
)

// refusal is an answer of the REST layer itself: a status and a text, which is no JSON.
type refusal struct {
	status int
	text   string
}

func refuse(status int, text string, values ...any) *refusal {
	return &refusal{status: status, text: fmt.Sprintf(text, values...)}
}

// arrival is a request together with the operation that the router found for it.
type arrival struct {
	name      string // as in RequestCounts.ByMethod
	path      string // decoded, without the context path, slashes as sent: the text that access keys sign
	operation *operation
	values    map[string]string
	body      map[string]json.RawMessage
	refused   *refusal // why there is no operation
}

// router finds the operation of a request. It is read-only after the start.
type router struct{ operations []operation }

// recognise finds the operation of a request: by path, then by HTTP method, then by the action in the body.
func (t *router) recognise(r *http.Request, body []byte) arrival {
	path, inContext := withoutContext(r.URL.Path)
	found := arrival{name: r.Method + " " + r.URL.Path, path: path}
	if !inContext {
		found.refused = refuse(http.StatusNotFound, "no application is mapped to %s", r.URL.Path)

		return found
	}
	if values, ok := matchPath(jobPath, path); ok {
		found.name, found.values = QueryJob, values
		if r.Method != http.MethodGet {
			found.refused = refuse(http.StatusMethodNotAllowed, "only GET method is allowed for querying job status")
		}

		return found
	}
	if len(bytes.TrimSpace(body)) > 0 && r.Method != http.MethodGet && r.Method != http.MethodDelete {
		if err := json.Unmarshal(body, &found.body); err != nil {
			found.refused = refuse(http.StatusBadRequest, "the body is not a JSON object: %v", err)

			return found
		}
	}
	t.find(r.Method, &found)

	return found
}

// find sets the operation of a request, or why there is none.
func (t *router) find(method string, found *arrival) {
	pathKnown, methodKnown := false, false
	for i := range t.operations {
		candidate := &t.operations[i]
		values, ok := matchPath(candidate.path, found.path)
		if !ok {
			continue
		}
		pathKnown = true
		if candidate.method != method {
			continue
		}
		methodKnown = true
		if _, named := found.body[candidate.action]; method == http.MethodPut && !named {
			continue
		}
		found.name, found.operation, found.values = candidate.name, candidate, values

		return
	}
	switch {
	case !pathKnown:
		found.refused = refuse(http.StatusNotFound, "no api mapping to %s", found.path)
	case !methodKnown:
		found.refused = refuse(http.StatusMethodNotAllowed, "The method[%s] is not allowed for the path[%s]", method, found.path)
	default:
		found.refused = refuse(http.StatusBadRequest, "the body doesn't contain action mapping to the URL[%s]", found.path)
	}
}

// withoutContext removes the context path from a path, and reports false for the path of another application.
func withoutContext(path string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(path, "/"), contextPath)
	if !ok || !strings.HasPrefix(rest, "/") {
		return "", false
	}

	return rest, true
}

// matchPath compares a path with a pattern and returns the values of the placeholders. Doubled slashes count as one; a
// slash at the end matters.
func matchPath(pattern, path string) (map[string]string, bool) {
	want := strings.FieldsFunc(pattern, isSlash)
	got := strings.FieldsFunc(path, isSlash)
	if len(want) != len(got) || strings.HasSuffix(path, "/") {
		return nil, false
	}
	values := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			values[strings.TrimSuffix(name, "}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}

	return values, true
}

func isSlash(r rune) bool { return r == '/' }
