package zstack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

const (
	// contextPath is where the management node's servlet stands before all paths of the API.
	contextPath = "zstack"
	jobPath     = "/v1/api-jobs/{uuid}"
	// QueryJob is the name by which requests for a job are counted, delayed and failed.
	QueryJob = "QueryApiJob"
)

// refusal is what the REST layer itself refuses: a status and a text, which is no JSON.
type refusal struct {
	status int
	text   string
}

func refuse(status int, text string, values ...any) *refusal {
	return &refusal{status: status, text: fmt.Sprintf(text, values...)}
}

// arrival is a request that the front has recognised.
type arrival struct {
	name      string // as in RequestCounts.ByMethod
	path      string // decoded, without the context path, slashes as they came: what access keys sign
	operation *operation
	values    map[string]string
	body      map[string]json.RawMessage
	refused   *refusal // why there is no operation
}

// front sees every request first: it counts, delays, drops and fails it, or hands it on.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if serving.IsControl(r) {
		s.control.ServeHTTP(w, r)

		return
	}
	// An answer's date is the server's, not that of the machine that plays it.
	w.Header().Set("Date", s.options.Clock().UTC().Format(http.TimeFormat))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, serving.MaxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	came := s.recognise(r, body)
	defer s.requests.Count(came.name)()
	s.wait(s.options.Latency, r.Context().Done())

	fault := s.faults.Take(came.name, FaultAtCall)
	if fault == nil {
		s.serve(w, r, came, nil)

		return
	}
	s.wait(fault.Delay, r.Context().Done())
	switch {
	case fault.Drop == DropBefore:
		panic(http.ErrAbortHandler)
	case fault.Drop == DropAfter:
		s.serve(httptest.NewRecorder(), r, came, nil)
		panic(http.ErrAbortHandler)
	case fault.Code == "" && fault.Status == 0:
		s.serve(w, r, came, nil)
	case fault.Code == "":
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(fault.RetryAfter.Seconds()))))
		}
		serving.WriteProxyError(w, fault.Status)
	case fault.Status != 0:
		s.answer(w, fault.Status, failed(fault.failure()))
	default:
		s.serve(w, r, came, fault.failure())
	}
}

// recognise finds the operation of a request: by path, then by HTTP method, then by the action in the body.
func (s *Server) recognise(r *http.Request, body []byte) arrival {
	path, inContext := withoutContext(r.URL.Path)
	came := arrival{name: r.Method + " " + r.URL.Path, path: path}
	if !inContext {
		came.refused = refuse(http.StatusNotFound, "no application is mapped to %s", r.URL.Path)

		return came
	}
	if values, ok := matchPath(jobPath, path); ok {
		came.name, came.values = QueryJob, values
		if r.Method != http.MethodGet {
			came.refused = refuse(http.StatusMethodNotAllowed, "only GET method is allowed for querying job status")
		}

		return came
	}
	if len(bytes.TrimSpace(body)) > 0 && r.Method != http.MethodGet && r.Method != http.MethodDelete {
		if err := json.Unmarshal(body, &came.body); err != nil {
			came.refused = refuse(http.StatusBadRequest, "the body is not a JSON object: %v", err)

			return came
		}
	}
	s.findOperation(r.Method, &came)

	return came
}

func (s *Server) findOperation(method string, came *arrival) {
	pathKnown, methodKnown := false, false
	for i := range s.routes {
		candidate := &s.routes[i]
		values, ok := matchPath(candidate.path, came.path)
		if !ok {
			continue
		}
		pathKnown = true
		if candidate.method != method {
			continue
		}
		methodKnown = true
		if _, named := came.body[candidate.action]; method == http.MethodPut && !named {
			continue
		}
		came.name, came.operation, came.values = candidate.name, candidate, values

		return
	}
	switch {
	case !pathKnown:
		came.refused = refuse(http.StatusNotFound, "no api mapping to %s", came.path)
	case !methodKnown:
		came.refused = refuse(http.StatusMethodNotAllowed, "The method[%s] is not allowed for the path[%s]", method, came.path)
	default:
		came.refused = refuse(http.StatusBadRequest, "the body doesn't contain action mapping to the URL[%s]", came.path)
	}
}

// serve works on a request. injected is an error that its API answers instead of its own answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, came arrival, injected *errorCode) {
	refused := came.refused
	switch {
	case refused != nil:
	case came.operation == nil && injected != nil:
		s.answer(w, http.StatusServiceUnavailable, failed(injected))
	case came.operation == nil:
		refused = s.answerJob(w, came.values["uuid"])
	default:
		refused = s.serveOperation(w, r, came, injected)
	}
	if refused != nil {
		writeText(w, refused)
	}
}

func (s *Server) serveOperation(w http.ResponseWriter, r *http.Request, came arrival, injected *errorCode) *refusal {
	c, failure, refused := s.newCall(r, came)
	if refused != nil {
		return refused
	}
	if failure == nil {
		failure = injected
	}
	if !came.operation.sync {
		location, refused := s.startJob(c, failure)
		if refused == nil {
			s.answer(w, http.StatusAccepted, map[string]string{"location": location})
		}

		return refused
	}
	var result any
	if failure == nil {
		result, failure, refused = s.run(c)
	}
	switch {
	case refused != nil:
		return refused
	case failure != nil:
		s.answer(w, http.StatusServiceUnavailable, failed(failure))
	default:
		s.answer(w, http.StatusOK, result)
	}

	return nil
}

// run carries out a synchronous call.
func (s *Server) run(c *call) (result any, failure *errorCode, refused *refusal) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	work, failure := c.begin()
	if failure == nil && c.refused == nil && work != nil {
		result, failure = work.do()
	}

	return result, failure, c.refused
}

// withoutContext takes the context path off a path, and reports false where it is another application's.
func withoutContext(path string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(path, "/"), contextPath)
	if !ok || !strings.HasPrefix(rest, "/") {
		return "", false
	}

	return rest, true
}

// matchPath compares a path with a pattern and returns what stands for the placeholders. Doubled slashes count as one; a
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
