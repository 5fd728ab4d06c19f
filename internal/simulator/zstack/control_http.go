package zstack

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// controlHandler is the HTTP side of the methods that change the server itself. Each store registers its own paths. Bodies are
// JSON; an empty answer is 204, a refused one 400 with {"error": …}. No session is needed. Jobs are called tasks here, as on
// every platform.
//
//	GET    /_control/requests        → RequestCounts
//	DELETE /_control/requests
//	POST   /_control/faults          ← Fault, with "delay" as a duration: "200ms"
//	DELETE /_control/faults
//	GET    /_control/catalog         → [CatalogOperation]
//	GET    /_control/tasks           → [JobInfo]
//	POST   /_control/tasks/hold      ← {"method": "CloneVmInstance"}
//	POST   /_control/tasks/release
//	POST   /_control/tasks/forget    jobs are purged
//	POST   /_control/tasks/lose      ← {"with_effect": true}; the management node restarts
//	POST   /_control/accounts        ← {"name": "…", "password": "…"} → {"uuid": "…", "access_key_id": "…", "access_key_secret": "…"}
//	GET    /_control/sessions        → [SessionInfo]
//	POST   /_control/sessions/expire
func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_control/requests", serving.Answers(s.Requests))
	mux.HandleFunc("DELETE /_control/requests", serving.Does(s.ResetRequests))
	s.faultStore.handle(mux)
	s.sessionStore.handle(mux)
	s.accountStore.handle(mux)
	s.jobStore.handle(mux)
	s.inventoryView.handle(mux)
	s.inventoryEditor.handle(mux)
	s.router.handle(mux)

	return mux
}

// handle registers the control paths of the sessions.
func (s *sessionStore) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/sessions", serving.Answers(s.Sessions))
	mux.HandleFunc("POST /_control/sessions/expire", serving.Does(s.ExpireSessions))
}

// handle registers the control paths of the accounts.
func (s *accountStore) handle(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/accounts", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Name     string `json:"name"`
			Password string `json:"password"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Name == "" {
			serving.WriteJSON(w, http.StatusBadRequest, map[string]string{"error": "an account needs a name"})

			return
		}
		uuid, id, secret := s.AddAccount(body.Name, body.Password)
		serving.WriteJSON(w, http.StatusOK, map[string]string{"uuid": uuid, "access_key_id": id, "access_key_secret": secret})
	})
}

// handle registers the control paths of the faults.
func (f *faultStore) handle(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/faults", serving.Takes(f.post))
	mux.HandleFunc("DELETE /_control/faults", serving.Does(f.ClearFaults))
}

// faultBody is a fault as a client posts it.
type faultBody struct {
	Fault

	Delay      serving.Duration `json:"delay"`
	RetryAfter serving.Duration `json:"retry_after"`
}

// codePattern matches the platform's codes.
var codePattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]*\.[0-9]+$`)

// post checks a posted fault and injects it.
func (f *faultStore) post(body faultBody, _ *http.Request) error {
	switch body.Where {
	case "", FaultAtCall, FaultInTask, FaultInEntry:
	default:
		return errors.New("where is none of call, task, entry")
	}
	switch body.Drop {
	case "", DropBefore, DropAfter:
	default:
		return errors.New("drop is neither before nor after")
	}
	if body.Code != "" && !codePattern.MatchString(body.Code) {
		return errors.New("code is not like SYS.1006 or HOST_ALLOCATION.1000")
	}
	if (body.Where == FaultInTask || body.Where == FaultInEntry) && body.Code == "" {
		return errors.New("a job or an entry fails with a code only")
	}
	if body.Name != "" && body.Where != FaultInEntry {
		return errors.New("name is for entries only")
	}
	body.Fault.Delay, body.Fault.RetryAfter = time.Duration(body.Delay), time.Duration(body.RetryAfter)
	f.Inject(body.Fault)

	return nil
}

// handle registers the control paths of the jobs.
func (j *jobStore) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/tasks", serving.Answers(j.Jobs))
	mux.HandleFunc("POST /_control/tasks/hold", serving.Takes(func(body struct {
		Method string `json:"method"`
	}, _ *http.Request,
	) error {
		j.HoldJobs(body.Method)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/release", serving.Does(j.ReleaseJobs))
	mux.HandleFunc("POST /_control/tasks/forget", serving.Does(j.PurgeJobs))
	mux.HandleFunc("POST /_control/tasks/lose", serving.Takes(func(body struct {
		WithEffect bool `json:"with_effect"`
	}, _ *http.Request,
	) error {
		j.LoseJobs(body.WithEffect)

		return nil
	}))
}
