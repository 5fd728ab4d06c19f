package zstack

import (
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// front handles every request: it counts and delays the request, applies the injected fault, and passes it to serve.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if serving.IsControl(r) {
		s.control.ServeHTTP(w, r)

		return
	}
	// An answer's date follows the server's clock, not the machine's.
	w.Header().Set("Date", s.options.Clock().UTC().Format(http.TimeFormat))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, serving.MaxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	arrived := s.router.recognise(r, body)
	defer s.requests.Count(arrived.name)()
	s.wait(s.options.Latency, r.Context().Done())

	fault := s.takeCallFault(arrived.name)
	if fault == nil {
		s.serve(w, r, arrived, nil)

		return
	}
	s.wait(fault.Delay, r.Context().Done())
	s.serveFault(w, r, arrived, fault)
}

// serveFault answers a request that meets an injected fault.
func (s *Server) serveFault(w http.ResponseWriter, r *http.Request, arrived arrival, fault *Fault) {
	switch {
	case fault.Drop == DropBefore:
		panic(http.ErrAbortHandler)
	case fault.Drop == DropAfter:
		s.serve(httptest.NewRecorder(), r, arrived, nil)
		panic(http.ErrAbortHandler)
	case fault.Code == "" && fault.Status == 0:
		s.serve(w, r, arrived, nil)
	case fault.Code == "":
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(fault.RetryAfter.Seconds()))))
		}
		serving.WriteProxyError(w, fault.Status)
	case fault.Status != 0:
		s.responder.answer(w, fault.Status, failed(fault.failure()))
	default:
		s.serve(w, r, arrived, fault.failure())
	}
}

// serve answers a request. injected is an error that replaces the API's own answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, arrived arrival, injected *errorCode) {
	refused := arrived.refused
	switch {
	case refused != nil:
	case arrived.operation == nil && injected != nil:
		s.responder.answer(w, http.StatusServiceUnavailable, failed(injected))
	case arrived.operation == nil:
		refused = s.answerJob(w, arrived.values["uuid"])
	default:
		refused = s.serveOperation(w, r, arrived, injected)
	}
	if refused != nil {
		writeText(w, refused)
	}
}

// serveOperation answers a call of an operation, with the result or with the location of a job.
func (s *Server) serveOperation(w http.ResponseWriter, r *http.Request, arrived arrival, injected *errorCode) *refusal {
	c, failure, refused := newCall(r, arrived, &s.auth)
	if refused != nil {
		return refused
	}
	if failure == nil {
		failure = injected
	}
	if !arrived.operation.sync {
		location, refused := s.startJob(c, failure)
		if refused == nil {
			s.responder.answer(w, http.StatusAccepted, map[string]string{"location": location})
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
		s.responder.answer(w, http.StatusServiceUnavailable, failed(failure))
	default:
		s.responder.answer(w, http.StatusOK, result)
	}

	return nil
}

// run performs a synchronous call.
func (s *Server) run(c *call) (result any, failure *errorCode, refused *refusal) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	work, failure := c.begin()
	if failure == nil && c.refused == nil && work != nil {
		result, failure = work.do()
	}

	return result, failure, c.refused
}

// answerJob is GET /v1/api-jobs/{uuid}, which needs no session and extends none.
func (s *Server) answerJob(w http.ResponseWriter, uuid string) *refusal {
	found, known := s.findJob(uuid)
	switch {
	case !known:
		return refuse(http.StatusNotFound, "the job has been expired")
	case found.state != JobDone:
		s.responder.answer(w, http.StatusAccepted, nil)
	case found.failure != nil:
		s.responder.answer(w, http.StatusServiceUnavailable, failed(found.failure))
	case string(found.result) == "null":
		s.responder.answer(w, http.StatusOK, nil)
	default:
		s.responder.answer(w, http.StatusOK, found.result)
	}

	return nil
}
