package vcenter

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/pbm"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

const (
	apiPrefix = "/api/"
	sdkPath   = "/sdk"
)

// arrival is a request with the API and the method that it is for.
type arrival struct {
	method  string // as in RequestCounts.ByMethod
	soap    bool
	pbm     bool        // a SOAP request for the service of storage policies
	json    *jsonTarget // of a VI/JSON request
	matched match       // of a REST request
}

// front is the handler of all requests: it counts, delays, drops and fails them, or hands them to an API.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if serving.IsControl(r) {
		s.control.ServeHTTP(w, r)

		return
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, serving.MaxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	came := s.recognise(r, body)
	r = noteEmptied(r, came, body)
	defer s.requests.Count(came.method)()
	s.inventory.lifetime.wait(s.options.Latency, r.Context().Done())

	if s.outage.away() {
		answerFault(w, came, &Fault{Status: http.StatusServiceUnavailable})

		return
	}
	fault := s.faults.Take(came.method, FaultAtCall)
	if fault == nil {
		s.serveArrival(w, r, came)

		return
	}
	s.inventory.lifetime.wait(fault.Delay, r.Context().Done())
	switch {
	case fault.Drop == DropBefore:
		panic(http.ErrAbortHandler)
	case fault.Drop == DropAfter:
		s.serveArrival(httptest.NewRecorder(), r, came)
		panic(http.ErrAbortHandler)
	case fault.Code == "" && fault.Status == 0:
		s.serveArrival(w, r, came)
	default:
		answerFault(w, came, fault)
	}
}

func (s *Server) recognise(r *http.Request, body []byte) arrival {
	if target, ok := jsonTargetOf(r); ok {
		return arrival{method: target.method(), json: target}
	}
	switch {
	case r.Method == http.MethodPost && (r.URL.Path == sdkPath || strings.HasPrefix(r.URL.Path, sdkPath+"/")):
		return arrival{method: soapMethod(body), soap: true}
	case r.Method == http.MethodPost && r.URL.Path == pbm.Path:
		return arrival{method: soapMethod(body), soap: true, pbm: true}
	case strings.HasPrefix(r.URL.Path, apiPrefix) && s.hasREST():
		matched := s.rest.match(r)

		return arrival{method: matched.method, matched: matched}
	default:
		return arrival{method: r.Method + " " + r.URL.Path}
	}
}

func (s *Server) serveArrival(w http.ResponseWriter, r *http.Request, came arrival) {
	switch {
	case came.json != nil:
		s.json.serveJSON(w, r, came.json)
	case came.pbm:
		s.profiles.serve(w, r)
	case came.soap:
		s.vim.serveSOAP(w, r, came.method)
	case came.matched.method != "":
		s.rest.serveREST(w, r, came.matched)
	default:
		s.inventory.service.ServeMux.ServeHTTP(w, r)
	}
}

func answerFault(w http.ResponseWriter, came arrival, fault *Fault) {
	p := fault.problem()
	status := fault.Status
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(fault.RetryAfter.Seconds()))))
	}
	switch {
	case fault.Code == "":
		serving.WriteProxyError(w, status)
	case came.soap, came.json != nil:
		if status == 0 {
			status = http.StatusInternalServerError
		}
		if came.soap {
			writeSOAPFault(w, status, p)
		} else {
			writeJSONFaultAs(w, status, p)
		}
	default:
		if status == 0 {
			status = statuses[p.errorType]
		}
		serving.WriteJSON(w, status, p.vapi())
	}
}
