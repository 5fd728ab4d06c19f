package vsphere

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// controlHandler is the HTTP side of the methods that change the server itself. Bodies are JSON; an empty answer is
// 204, a refused one 400 with {"error": …}. It needs no session.
//
//	GET    /_control/requests              → RequestCounts
//	DELETE /_control/requests
//	POST   /_control/faults                ← Fault, with "delay" and "retry_after" as durations: "200ms"
//	DELETE /_control/faults
//	GET    /_control/tasks                 → [TaskInfo]
//	POST   /_control/tasks/hold            ← {"method": "CloneVM_Task"}
//	POST   /_control/tasks/release
//	POST   /_control/tasks/forget
//	POST   /_control/tasks/ignore-cancel   ← {"ignore": true}
//	POST   /_control/restart               ← {"outage": "2s", "abort_tasks": true}
//	GET    /_control/sessions              → [SessionInfo]
//	POST   /_control/sessions/expire
//	GET    /_control/vms                   → [VM]
//	POST   /_control/vms/{vm}              ← Change
//	DELETE /_control/vms/{vm}
//	POST   /_control/snapshots/{snapshot}  ← {"name": "by hand", "description": ""}
//	DELETE /_control/snapshots/{snapshot}
//	POST   /_control/datastores/{id}       ← {"accessible": false, "free_bytes": 1}
//	POST   /_control/hosts/{id}            ← {"maintenance": true, "connected": false}
//	POST   /_control/clusters/{id}         ← ClusterChange
//	POST   /_control/vms/{vm}/fail-over    a primary's host fails
//	POST   /_control/guests                ← {"suppress_addresses": true, "ignore_shutdown": true}
//	POST   /_control/users                 ← {"name": "ci", "password": "…", "privileges": ["…"]}
//	GET    /_control/id?path=/DC0/vm       → {"id": "group-v4"}
func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	s.controlRequests(mux)
	s.controlTasks(mux)
	s.controlInventory(mux)
	s.controlFT(mux)

	return mux
}

func (s *Server) controlRequests(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/requests", answers(s.Requests))
	mux.HandleFunc("DELETE /_control/requests", does(s.ResetRequests))
	mux.HandleFunc("POST /_control/faults", takes(func(body struct {
		Fault
		Delay      string `json:"delay"`
		RetryAfter string `json:"retry_after"`
	}, _ *http.Request,
	) error {
		if err := setDuration(&body.Fault.Delay, "delay", body.Delay); err != nil {
			return err
		}
		if err := setDuration(&body.Fault.RetryAfter, "retry_after", body.RetryAfter); err != nil {
			return err
		}
		if !body.known() {
			return errors.New("code is neither a vAPI error type nor a vim25 fault")
		}
		s.Inject(body.Fault)

		return nil
	}))
	mux.HandleFunc("DELETE /_control/faults", does(s.ClearFaults))
	mux.HandleFunc("POST /_control/restart", takes(func(body struct {
		Outage     string `json:"outage"`
		AbortTasks bool   `json:"abort_tasks"`
	}, _ *http.Request,
	) error {
		how := Restart{AbortTasks: body.AbortTasks}
		if err := setDuration(&how.Outage, "outage", body.Outage); err != nil {
			return err
		}
		s.Restart(how)

		return nil
	}))
	mux.HandleFunc("GET /_control/sessions", answers(s.Sessions))
	mux.HandleFunc("POST /_control/sessions/expire", does(s.ExpireSessions))
	mux.HandleFunc("POST /_control/users", takes(func(body struct {
		Name       string   `json:"name"`
		Password   string   `json:"password"`
		Privileges []string `json:"privileges"`
	}, _ *http.Request,
	) error {
		s.AddUser(body.Name, body.Password, body.Privileges...)

		return nil
	}))
}

func (s *Server) controlTasks(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/tasks", answers(s.Tasks))
	mux.HandleFunc("POST /_control/tasks/hold", takes(func(body struct {
		Method string `json:"method"`
	}, _ *http.Request,
	) error {
		s.HoldTasks(body.Method)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/release", does(s.ReleaseTasks))
	mux.HandleFunc("POST /_control/tasks/forget", does(s.ForgetTasks))
	mux.HandleFunc("POST /_control/tasks/ignore-cancel", takes(func(body struct {
		Ignore *bool `json:"ignore"`
	}, _ *http.Request,
	) error {
		s.IgnoreCancel(body.Ignore == nil || *body.Ignore)

		return nil
	}))
}

func (s *Server) controlInventory(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/vms", answers(s.VMs))
	mux.HandleFunc("POST /_control/vms/{vm}", takes(func(body Change, r *http.Request) error {
		return s.ChangeVM(r.PathValue("vm"), body)
	}))
	mux.HandleFunc("DELETE /_control/vms/{vm}", takes(func(_ struct{}, r *http.Request) error {
		return s.DestroyVM(r.PathValue("vm"))
	}))
	mux.HandleFunc("POST /_control/snapshots/{snapshot}", takes(func(body SnapshotChange, r *http.Request) error {
		return s.ChangeSnapshot(r.PathValue("snapshot"), body)
	}))
	mux.HandleFunc("DELETE /_control/snapshots/{snapshot}", takes(func(_ struct{}, r *http.Request) error {
		return s.DestroySnapshot(r.PathValue("snapshot"))
	}))
	mux.HandleFunc("POST /_control/datastores/{id}", takes(func(body struct {
		Accessible *bool  `json:"accessible"`
		FreeBytes  *int64 `json:"free_bytes"`
	}, r *http.Request,
	) error {
		return s.ChangeDatastore(r.PathValue("id"), body.Accessible, body.FreeBytes)
	}))
	mux.HandleFunc("POST /_control/hosts/{id}", takes(func(body struct {
		Maintenance *bool `json:"maintenance"`
		Connected   *bool `json:"connected"`
	}, r *http.Request,
	) error {
		return s.ChangeHost(r.PathValue("id"), body.Maintenance, body.Connected)
	}))
	mux.HandleFunc("POST /_control/guests", takes(func(body struct {
		SuppressAddresses *bool `json:"suppress_addresses"`
		IgnoreShutdown    *bool `json:"ignore_shutdown"`
	}, _ *http.Request,
	) error {
		if body.SuppressAddresses != nil {
			s.SuppressGuestAddresses(*body.SuppressAddresses)
		}
		if body.IgnoreShutdown != nil {
			s.IgnoreShutdown(*body.IgnoreShutdown)
		}

		return nil
	}))
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"id": s.ID(r.URL.Query().Get("path"))})
	})
}

// setDuration reads a duration, unless the text is empty.
func setDuration(into *time.Duration, name, text string) error {
	if text == "" {
		return nil
	}
	duration, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%s is not a duration such as 200ms", name)
	}
	*into = duration

	return nil
}

func answers[T any](get func() T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, get()) }
}

func does(act func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		act()
		w.WriteHeader(http.StatusNoContent)
	}
}

func takes[T any](act func(T, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&body)
		if errors.Is(err, io.EOF) {
			err = nil // no body: all at its default
		}
		if err == nil {
			err = act(body, r)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})

			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
